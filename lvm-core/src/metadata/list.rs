//! Lists that a large group has by the ten thousand: nearly always of one element, or of none.
//!
//! Reading such a group is bound by the memory it takes, so that these take as little as they can.

use core::fmt;
use core::ops::{Deref, DerefMut};

use serde::{Serialize, Serializer};
use std_alloc::{boxed::Box, vec, vec::Vec};

/// A list that mostly has one element, which then lies in place. It reads as a slice.
#[derive(Clone)]
pub struct ShortList<T>(Short<T>);

#[derive(Clone)]
enum Short<T> {
    One(T),
    /// None, or several.
    Many(Vec<T>),
}

impl<T> ShortList<T> {
    /// No element.
    #[must_use]
    pub const fn new() -> Self {
        Self(Short::Many(Vec::new()))
    }

    /// One element.
    #[must_use]
    pub const fn one(element: T) -> Self {
        Self(Short::One(element))
    }

    /// Adds an element behind the last.
    pub fn push(&mut self, element: T) {
        *self = match core::mem::take(self) {
            Self(Short::One(first)) => Self(Short::Many(vec![first, element])),
            Self(Short::Many(many)) if many.is_empty() => Self::one(element),
            Self(Short::Many(mut many)) => {
                many.push(element);
                Self(Short::Many(many))
            }
        };
    }
}

impl<T> Default for ShortList<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for ShortList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Short::One(one) => core::slice::from_ref(one),
            Short::Many(many) => many,
        }
    }
}

impl<T> DerefMut for ShortList<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Short::One(one) => core::slice::from_mut(one),
            Short::Many(many) => many,
        }
    }
}

impl<T> From<Vec<T>> for ShortList<T> {
    fn from(mut list: Vec<T>) -> Self {
        match (list.pop(), list.is_empty()) {
            (Some(one), true) => Self::one(one),
            (last, _) => {
                list.extend(last);
                Self(Short::Many(list))
            }
        }
    }
}

impl<T> From<ShortList<T>> for Vec<T> {
    fn from(list: ShortList<T>) -> Self {
        match list.0 {
            Short::One(one) => vec![one],
            Short::Many(many) => many,
        }
    }
}

impl<T> FromIterator<T> for ShortList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        elements.into_iter().collect::<Vec<_>>().into()
    }
}

/// A list that is mostly empty, and then takes a pointer. It reads as a slice.
#[derive(Clone)]
#[expect(clippy::box_collection, reason = "so that an empty one takes a third of a Vec")]
pub(crate) struct RareList<T>(Option<Box<Vec<T>>>);

impl<T> RareList<T> {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    fn push(&mut self, element: T) {
        self.0.get_or_insert_default().push(element);
    }

    /// Keeps the elements that `keep` says yes to.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        if let Some(list) = &mut self.0 {
            list.retain(keep);
        }
    }
}

impl<T> Extend<T> for RareList<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        elements.into_iter().for_each(|element| self.push(element));
    }
}

impl<T> Default for RareList<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for RareList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| list)
    }
}

impl<T> From<Vec<T>> for RareList<T> {
    fn from(list: Vec<T>) -> Self {
        Self((!list.is_empty()).then(|| Box::new(list)))
    }
}

macro_rules! as_slices {
    ($name:ident) => {
        impl<T: PartialEq> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                **self == **other
            }
        }

        impl<T: Eq> Eq for $name<T> {}

        impl<T: fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, f)
            }
        }

        impl<T: Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(&**self)
            }
        }

        impl<'l, T> IntoIterator for &'l $name<T> {
            type Item = &'l T;
            type IntoIter = core::slice::Iter<'l, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}
as_slices!(ShortList);
as_slices!(RareList);

impl<'l, T> IntoIterator for &'l mut ShortList<T> {
    type Item = &'l mut T;
    type IntoIter = core::slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lists_are_lists() {
        let mut list = ShortList::new();
        let mut plain = Vec::new();
        for element in 0..5 {
            assert_eq!(*list, *plain);
            assert_eq!(ShortList::from(plain.clone()), list);
            assert_eq!(Vec::from(list.clone()), plain);
            list.push(element);
            plain.push(element);
        }
        list.iter_mut().for_each(|element| *element += 1);
        assert_eq!(list, (1..6).collect());
        assert_eq!(std::format!("{list:?}"), "[1, 2, 3, 4, 5]");
    }

    #[test]
    fn rare_lists_are_lists() {
        let mut list = RareList::new();
        assert!(list.is_empty());
        list.retain(|_| true);
        list.push(1);
        list.push(2);
        assert_eq!(list, vec![1, 2].into());
        list.retain(|element| *element == 3);
        assert_eq!(list, RareList::new());
    }
}
