//! What came of all lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::bench::Said;
use crate::compare::{Difference, Part, compares_error, first_error, json};
use crate::known;

/// Lines of a difference that are shown.
const SHOWN: usize = 6;

/// Seconds after which a line is named.
const SLOW: f32 = 10.0;

/// A line that was run.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    pub area: &'a str,
    pub title: &'a str,
    pub line: &'a str,
    pub theirs: &'a Said,
    pub ours: &'a Said,
    /// Seconds that both took.
    pub took: f32,
}

/// Counts, and every difference that no rule explains.
#[derive(Debug, Default)]
pub struct Tally {
    lines: usize,
    failing: usize,
    equal: usize,
    json: usize,
    errors: usize,
    error_lines: (usize, usize),
    /// For each rule that was needed, how often.
    explained: BTreeMap<usize, usize>,
    /// By area and part.
    counts: BTreeMap<(String, Part), usize>,
    unexplained: BTreeSet<String>,
    soft: BTreeSet<String>,
    commands: BTreeMap<String, usize>,
    slow: Vec<(f32, String)>,
}

impl Tally {
    /// Counts a line.
    pub fn take(&mut self, tried: Tried<'_>, differences: Vec<Difference>) {
        self.lines += 1;
        let command = tried.line.split_whitespace().next().unwrap_or_default();
        *self.commands.entry(command.to_owned()).or_default() += 1;
        self.failing += usize::from(tried.theirs.code != 0);
        if tried.took > SLOW {
            self.slow.push((tried.took, tried.line.to_owned()));
        }
        self.json += usize::from(json(&tried.theirs.out).is_some());
        self.errors += usize::from(compares_error(tried.theirs));
        if tried.theirs.code != 0 && tried.ours.code != 0 {
            let same = first_error(tried.theirs) == first_error(tried.ours);
            self.error_lines.0 += usize::from(same);
            self.error_lines.1 += 1;
            if !same && !compares_error(tried.theirs) {
                let (theirs, ours) = (first_error(tried.theirs), first_error(tried.ours));
                self.soft.insert(format!("{}\n    lvm2   {theirs}\n    lvmkit {ours}", tried.line));
            }
        }
        if differences.is_empty() {
            self.equal += 1;
        }
        // No difference excuses a program that broke, and two that both did are not equal.
        let broke = |said: &Said| !(0..=5).contains(&said.code) || said.err.contains("panicked at");
        if broke(tried.ours) {
            self.unexplained.insert(format!("[{}] {}: broke: {:?}", tried.title, tried.line, tried.ours));
        }
        let mut left = Vec::new();
        for difference in differences {
            match known::explain(&tried, &difference) {
                Some(rule) => *self.explained.entry(rule).or_default() += 1,
                None => left.push(difference),
            }
        }
        if !left.is_empty() {
            self.differs(&tried, &left);
        }
    }

    fn differs(&mut self, tried: &Tried<'_>, differences: &[Difference]) {
        for difference in differences {
            *self.counts.entry((tried.area.to_owned(), difference.part)).or_default() += 1;
        }
        let mut text = format!("[{}] {}", tried.title, tried.line);
        for (name, said) in [("lvm2  ", tried.theirs), ("lvmkit", tried.ours)] {
            let lines = said.err.lines().map(str::trim).take(SHOWN).collect::<Vec<_>>();
            text.push_str(&format!("\n  {name} {} {}", said.code, lines.join(" | ")));
        }
        for difference in differences.iter().filter(|found| !matches!(found.part, Part::Exit | Part::Error)) {
            text.push_str(&format!("\n    {}", difference.part));
            text.push_str(&shown(&difference.theirs, &difference.ours));
        }
        self.unexplained.insert(text);
    }

    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.failing += other.failing;
        self.equal += other.equal;
        self.json += other.json;
        self.errors += other.errors;
        self.error_lines.0 += other.error_lines.0;
        self.error_lines.1 += other.error_lines.1;
        for (rule, count) in other.explained {
            *self.explained.entry(rule).or_default() += count;
        }
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        for (command, count) in other.commands {
            *self.commands.entry(command).or_default() += count;
        }
        self.slow.extend(other.slow);
        self.unexplained.extend(other.unexplained);
        self.soft.extend(other.soft);
    }

    /// Says what was run and what came of it.
    pub fn print(&self) {
        let commands = self.commands.iter().map(|(name, count)| format!("{name} {count}"));
        println!("commands: {}", commands.collect::<Vec<_>>().join(", "));
        if std::env::var_os("LVMKIT_DIFFER_SOFT").is_some() {
            self.soft.iter().for_each(|text| println!("{text}"));
        }
        for (rule, count) in &self.explained {
            println!("  {count:4} explained by: {}", known::rule(*rule).row);
        }
        for (took, line) in &self.slow {
            println!("  {took:.0} s: {line}");
        }
        for ((area, part), count) in &self.counts {
            println!("  {count:4} {part:8} in {area}");
        }
        let explained = self.explained.values().sum::<usize>();
        println!(
            "differential: {} lines, {} of them refused by lvm2, {} equal; {} reports in JSON; first error lines: {} \
             compared, {} of {} equal; differences: {explained} explained, {} unexplained",
            self.lines,
            self.failing,
            self.equal,
            self.json,
            self.errors,
            self.error_lines.0,
            self.error_lines.1,
            self.unexplained.len()
        );
    }

    /// Fails for differences that nothing explains, and in a `complete` run for rules that explain
    /// nothing.
    pub fn check(&self, complete: bool) {
        let stale = known::rules().enumerate().filter(|(at, _)| !self.explained.contains_key(at));
        let stale = stale.filter(|(_, rule)| !known::BY_CHANCE.contains(&rule.row));
        let stale = stale.map(|(_, rule)| format!("{} ({})", rule.row, rule.line)).collect::<Vec<_>>();
        let unexplained = self.unexplained.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(unexplained.is_empty(), "{} unexplained:\n{unexplained}", self.unexplained.len());
        assert!(!complete || stale.is_empty(), "rules that explain nothing: {stale:#?}");
    }
}

/// The first lines in which two texts differ.
fn shown(theirs: &str, ours: &str) -> String {
    let (theirs, ours) = (theirs.lines().collect::<Vec<_>>(), ours.lines().collect::<Vec<_>>());
    let pairs = (0..theirs.len().max(ours.len())).map(|at| (theirs.get(at), ours.get(at)));
    let mut out = String::new();
    for (theirs, ours) in pairs.filter(|(theirs, ours)| theirs != ours).take(SHOWN) {
        let line = |line: Option<&&str>| line.map_or("-".to_owned(), |line| format!("|{line}|"));
        out.push_str(&format!("\n      lvm2   {}\n      lvmkit {}", line(theirs), line(ours)));
    }
    out
}
