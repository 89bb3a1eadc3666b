//! What each allocation policy allows, and the tags that make physical volumes one place.

use hashbrown::HashMap;
use std_alloc::{string::String, vec::Vec};

use crate::metadata::{AllocationPolicy, VolumeGroup};

/// The policies a request goes through, strictest first: every request tries to be one
/// contiguous piece, then to cling, and so on up to the policy asked for. What a stricter one
/// has placed stays.
///
/// `cling` goes on to `cling_by_tags`, which is tried only when tags are configured.
pub(super) fn steps(policy: AllocationPolicy, has_tags: bool) -> impl Iterator<Item = AllocationPolicy> {
    use AllocationPolicy::{Anywhere, Cling, ClingByTags, Contiguous, Normal};
    let last = if policy == Cling { ClingByTags } else { policy };
    [Contiguous, Cling, ClingByTags, Normal, Anywhere]
        .into_iter()
        .filter(move |step| *step <= last && (has_tags || *step != ClingByTags))
}

/// How one policy looks at areas; changes between the passes of a policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Step {
    /// The policy tried.
    pub(super) policy: AllocationPolicy,
    /// The last segment has as many areas as the request.
    pub(super) matches: bool,
    /// The request may end up in several pieces.
    pub(super) can_split: bool,
    /// An area that qualifies fills the slot of the leg it follows, as a whole.
    pub(super) positional: bool,
    /// Only areas directly behind a leg of the last segment.
    pub(super) contiguous_to_last: bool,
    /// Only physical volumes of the volume that is extended.
    pub(super) cling_to_lv: bool,
    /// Only physical volumes that this request uses already.
    pub(super) cling_to_allocated: bool,
    /// Sharing a tag is as good as being the same physical volume.
    pub(super) by_tags: bool,
    /// Areas of one piece may not share a tag.
    pub(super) one_per_tag: bool,
}

impl Step {
    pub(super) fn new(
        policy: AllocationPolicy,
        matches: bool,
        can_split: bool,
        cling: bool,
        tags: bool,
    ) -> Self {
        use AllocationPolicy::{Cling, ClingByTags, Contiguous, Normal};
        let clings = matches!(policy, Cling | ClingByTags);
        Self {
            policy,
            matches,
            can_split,
            positional: clings || (policy == Contiguous && matches),
            contiguous_to_last: policy == Contiguous && matches,
            cling_to_lv: clings && matches,
            cling_to_allocated: (clings && !matches) || (policy == Normal && cling),
            by_tags: policy == ClingByTags,
            one_per_tag: policy == Contiguous && tags,
        }
    }

    /// True when only some physical volumes qualify.
    pub(super) fn prefers(&self) -> bool {
        self.contiguous_to_last || self.cling_to_lv || self.cling_to_allocated
    }

    /// True for `anywhere`, which does not keep areas apart.
    pub(super) fn is_anywhere(&self) -> bool {
        self.policy == AllocationPolicy::Anywhere
    }

    /// What to try after a pass; `None` ends this policy.
    pub(super) fn next(mut self, placed_something: bool, maximise_cling: bool) -> Option<Self> {
        let is_normal = self.policy == AllocationPolicy::Normal;
        if !placed_something {
            if maximise_cling && self.cling_to_lv && self.positional {
                self.positional = false;
            } else if is_normal && self.cling_to_allocated {
                self.cling_to_allocated = false;
            } else {
                return None;
            }
        } else if is_normal && maximise_cling {
            // Further pieces stay on the same physical volumes if they can.
            self.cling_to_allocated = true;
        }
        let goes_on = self.policy != AllocationPolicy::Contiguous && self.can_split;
        goes_on.then_some(self)
    }
}

/// The tags of `cling_tag_list` on each physical volume.
#[derive(Clone, Debug, Default)]
pub(super) struct TagGroups {
    /// Per position in the volume group: sorted numbers of tags.
    of_pv: Vec<Vec<usize>>,
}

impl TagGroups {
    /// Entries are `@TAG`, or `@*` for every tag; others are ignored.
    pub(super) fn new(vg: &VolumeGroup, cling_tag_list: &[String]) -> Self {
        let listed = cling_tag_list.iter().filter_map(|entry| entry.strip_prefix('@')).collect::<Vec<_>>();
        if listed.is_empty() {
            return Self::default();
        }
        let any = listed.contains(&"*");
        let mut numbers = HashMap::new();
        let mut of_pv = Vec::with_capacity(vg.physical_volumes().len());
        for pv in vg.physical_volumes() {
            let wanted = pv.tags().iter().filter(|tag| any || listed.contains(&tag.as_str()));
            let mut tags = Vec::new();
            for tag in wanted {
                let next = numbers.len();
                tags.push(*numbers.entry(tag.as_str()).or_insert(next));
            }
            tags.sort_unstable();
            of_pv.push(tags);
        }
        Self { of_pv }
    }

    /// True when tags are configured.
    pub(super) fn is_configured(&self) -> bool {
        !self.of_pv.is_empty()
    }

    /// True when both physical volumes carry one of the tags.
    pub(super) fn share(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.of_pv.get(one), self.of_pv.get(other)) else { return false };
        one.iter().any(|tag| other.binary_search(tag).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::AllocationPolicy::{Anywhere, Cling, ClingByTags, Contiguous, Normal};
    use super::*;

    #[test]
    fn policies_are_tried_from_the_strictest() {
        let table: [(AllocationPolicy, bool, &[AllocationPolicy]); 6] = [
            (Contiguous, true, &[Contiguous]),
            (Cling, false, &[Contiguous, Cling]),
            (Cling, true, &[Contiguous, Cling, ClingByTags]),
            (Normal, false, &[Contiguous, Cling, Normal]),
            (Normal, true, &[Contiguous, Cling, ClingByTags, Normal]),
            (Anywhere, false, &[Contiguous, Cling, Normal, Anywhere]),
        ];
        for (policy, tags, expected) in table {
            assert_eq!(steps(policy, tags).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn passes_of_a_policy() {
        let cling = Step::new(Cling, true, true, true, false);
        assert!(cling.positional && cling.cling_to_lv && !cling.cling_to_allocated);
        let retry = cling.next(false, true).unwrap();
        assert!(!retry.positional && retry.cling_to_lv);
        assert_eq!(retry.next(false, true), None);
        assert_eq!(cling.next(false, false), None, "only with maximise_cling");

        let normal = Step::new(Normal, false, true, true, false);
        assert!(normal.cling_to_allocated && !normal.positional);
        let free = normal.next(false, true).unwrap();
        assert!(!free.prefers());
        assert!(free.next(true, true).unwrap().cling_to_allocated);
        assert_eq!(free.next(false, true), None);

        let contiguous = Step::new(Contiguous, true, true, true, false);
        assert!(contiguous.positional && contiguous.contiguous_to_last);
        assert_eq!(contiguous.next(true, true), None, "one pass");
        assert!(!Step::new(Contiguous, false, true, true, false).prefers());
    }
}
