//! Where `lvmkit` differs from lvm2 on purpose. Each rule names the row of `docs/compatibility.md`
//! that argues it.

mod rules_lv;
mod rules_report;
mod rules_vg;

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::compare::{Difference, Part};
use crate::tally::Tried;

/// A difference that is meant.
#[derive(Debug)]
pub struct Rule {
    /// The first cell of a row in `docs/compatibility.md`.
    pub row: &'static str,
    /// Which command lines.
    pub line: &'static str,
    /// What of them differs.
    pub parts: &'static [Part],
    /// What lvm2 says on either stream; empty for whatever.
    pub theirs: &'static str,
    /// What `lvmkit` says.
    pub ours: &'static str,
    /// What the difference itself must be like.
    pub holds: fn(&Difference) -> bool,
}

/// Whatever differs.
pub const fn anything(_: &Difference) -> bool {
    true
}

/// Fewer versions were written, not more.
pub fn fewer_versions(difference: &Difference) -> bool {
    let numbers = |text: &str| {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix("seqno = ")?.parse::<u64>().ok());
        lines.collect::<Vec<_>>()
    };
    let (theirs, ours) = (numbers(&difference.theirs), numbers(&difference.ours));
    theirs.len() == ours.len() && ours.iter().zip(&theirs).all(|(ours, theirs)| ours <= theirs)
}

/// Both are the same but that an area out of use has a text still.
pub fn text_behind_ignored_area(difference: &Difference) -> bool {
    let theirs = difference.theirs.trim_end();
    theirs.ends_with("area ignored") && difference.ours.starts_with(theirs)
}

/// Each tells also what the other tells first.
pub fn another_order(difference: &Difference) -> bool {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let has = |text: &str, line: &str| text.lines().any(|known| known == line);
    let (theirs, ours) = (&difference.theirs, &difference.ours);
    has(ours, &first(theirs)) && has(theirs, &first(ours))
}

/// The same extents come in another number of segments.
pub fn other_segments(difference: &Difference) -> bool {
    let extents = |text: &str| {
        let counts =
            text.lines().filter_map(|line| line.trim().strip_prefix("extent_count = ")?.parse::<u64>().ok());
        counts.sum::<u64>()
    };
    let segments = |text: &str| text.lines().filter(|line| line.contains("segment_count = ")).count();
    let (theirs, ours) = (&difference.theirs, &difference.ours);
    extents(theirs) == extents(ours) && segments(theirs) == segments(ours)
}

/// What lvm2 chooses at random may come out the same, so that nothing need be explained.
pub const BY_CHANCE: &[&str] = &["which metadata areas are ignored under `--vgmetadatacopies N`"];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [rules_lv::RULES, rules_vg::RULES, rules_report::RULES].into_iter().flatten()
}

/// The rule of that number.
pub fn rule(number: usize) -> &'static Rule {
    rules().nth(number).unwrap()
}

struct Compiled {
    line: Regex,
    theirs: Regex,
    ours: Regex,
}

fn compiled() -> &'static [Compiled] {
    static COMPILED: OnceLock<Vec<Compiled>> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let regex = |text: &str| Regex::new(text).unwrap();
        rules()
            .map(|rule| Compiled {
                line: regex(rule.line),
                theirs: regex(rule.theirs),
                ours: regex(rule.ours),
            })
            .collect()
    })
}

/// The rule that explains why a part of a line's outcome differs.
pub fn explain(tried: &Tried<'_>, difference: &Difference) -> Option<usize> {
    let theirs = format!("{}{}", tried.theirs.out, tried.theirs.err);
    let ours = format!("{}{}", tried.ours.out, tried.ours.err);
    rules().zip(compiled()).position(|(rule, compiled)| {
        rule.parts.contains(&difference.part)
            && (rule.holds)(difference)
            && compiled.line.is_match(tried.line)
            && compiled.theirs.is_match(&theirs)
            && compiled.ours.is_match(&ours)
    })
}

#[test]
fn every_rule_is_argued() {
    let text = include_str!("../../../docs/compatibility.md");
    for rule in rules() {
        let row = format!("| {} |", rule.row);
        assert!(text.lines().any(|line| line.starts_with(&row)), "docs/compatibility.md has no row {row}");
    }
}
