//! The filter of lvm.conf(5): which devices are looked at, told by their paths.

use std::path::Path;

use lvm_core::{Error, Result};
use regex_lite::{Regex, RegexBuilder};

pub(crate) mod pattern;

/// The most bytes a compiled expression may take.
const COMPILED_MAX: usize = 1 << 20;

/// One entry of a filter.
#[derive(Clone, Debug)]
struct Rule {
    accepts: bool,
    expression: Regex,
    text: String,
}

/// A list of rules, `a|…|` to accept and `r|…|` to reject, as `devices/filter` and
/// `devices/global_filter` of lvm.conf(5) have them.
///
/// For each path of a device the first rule that matches decides. A device is accepted when one
/// of its paths is, and rejected when none is and one is rejected; a device that no rule knows is
/// accepted. (Observed with lvm2 2.03.16; its manual says the same.)
///
/// Expressions are in lvm2's own dialect, which differs from the usual ones: braces are ordinary
/// characters, a backslash takes every character but `n`, `r` and `t` literally, and a class is
/// closed by its first `]`. What lvm2 reads without a word and understands in its own way is an
/// error here: a `)` that closes nothing, a class without characters such as `[]` and `[z-a]`.
///
/// ```
/// use lvmkit::scan::filter::Filter;
/// let filter = Filter::new(["a|^/dev/sd[a-c]$|", "r|.*|"])?;
/// assert!(filter.accepts(["/dev/sda", "/dev/disk/by-id/x"]));
/// assert!(!filter.accepts(["/dev/sdd"]));
/// # Ok::<(), lvmkit::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Filter {
    rules: Vec<Rule>,
}

impl Filter {
    /// Reads a list of rules.
    ///
    /// # Errors
    /// `InvalidInput` naming the rule when it begins with neither `a` nor `r`, when it does not
    /// end with the character that opened its expression, or when lvm2 could not read the
    /// expression.
    pub fn new<S: AsRef<str>>(rules: impl IntoIterator<Item = S>) -> Result<Self> {
        let rules = rules.into_iter().map(|rule| Rule::new(rule.as_ref())).collect::<Result<_>>()?;
        Ok(Self { rules })
    }

    /// Whether a device with these paths is looked at.
    pub fn accepts<P: AsRef<Path>>(&self, paths: impl IntoIterator<Item = P>) -> bool {
        let mut rejected = false;
        for path in paths {
            let path = path.as_ref().to_string_lossy();
            match self.rules.iter().find(|rule| rule.expression.is_match(&path)) {
                Some(rule) if rule.accepts => return true,
                Some(_) => rejected = true,
                None => {}
            }
        }
        !rejected
    }

    /// True when it accepts everything without looking.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules as they were given.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.text.as_str())
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.rules().eq(other.rules())
    }
}

impl Eq for Filter {}

impl Rule {
    fn new(text: &str) -> Result<Self> {
        let refused = |why: &str| Error::invalid(format!("Invalid filter pattern \"{text}\": {why}."));
        let mut rest = text.chars();
        let accepts = match rest.next() {
            Some('a') => true,
            Some('r') => false,
            _ => return Err(refused("it must begin with 'a' or 'r'")),
        };
        let closing = match rest.next() {
            Some('(') => ')',
            Some('[') => ']',
            Some('{') => '}',
            Some(separator) => separator,
            None => return Err(refused("it has no expression")),
        };
        if rest.next_back() != Some(closing) {
            return Err(refused("it does not end with the character that opened the expression"));
        }
        let translated = pattern::translate(rest.as_str()).map_err(|error| refused(&error.to_string()))?;
        let expression = RegexBuilder::new(&translated)
            .size_limit(COMPILED_MAX)
            .build()
            .map_err(|error| refused("the expression is too large").with_source(error))?;
        Ok(Self { accepts, expression, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests;
