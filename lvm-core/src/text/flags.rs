//! Status bits as lists of words, in the two places LVM2 keeps them.

use bitflags::Flags;
use std_alloc::{string::String, vec::Vec};

use super::print::Printer;
use super::tree::Value;
use crate::metadata::flag_tables::{FlagTable, Place, WRITE_LOCKED};

/// What a pair of lists said.
#[derive(Debug)]
pub(super) struct ParsedFlags<F> {
    pub(super) bits: F,
    pub(super) unknown_status: Vec<String>,
    pub(super) unknown_flags: Vec<String>,
}

/// Reads `status` and `flags`. `write` is the bit that WRITE_LOCKED stands for.
pub(super) fn parse<F: Flags + Copy>(
    table: FlagTable<F>,
    write: Option<F>,
    status: &[Value<'_>],
    flags: &[Value<'_>],
) -> ParsedFlags<F> {
    let mut parsed = ParsedFlags { bits: F::empty(), unknown_status: Vec::new(), unknown_flags: Vec::new() };
    for word in status.iter().filter_map(Value::as_str) {
        match status_bit(table, &word) {
            Some(bit) => parsed.bits.insert(bit),
            None => parsed.unknown_status.push(word.into_owned()),
        }
    }
    for word in flags.iter().filter_map(Value::as_str) {
        match flags_bit(table, write, &word) {
            Some(bit) => parsed.bits.insert(bit),
            None => parsed.unknown_flags.push(word.into_owned()),
        }
    }
    parsed
}

/// The bit that a word in `status` stands for.
pub(super) fn status_bit<F: Flags + Copy>(table: FlagTable<F>, word: &str) -> Option<F> {
    table.iter().find(|(_, name, place)| *name == word && *place != Place::Flags).map(|(bit, ..)| *bit)
}

/// The bit that a word in `flags` stands for.
pub(super) fn flags_bit<F: Flags + Copy>(table: FlagTable<F>, write: Option<F>, word: &str) -> Option<F> {
    let known = table.iter().find(|(_, name, place)| *name == word && *place != Place::Status);
    known.map(|(bit, ..)| *bit).or_else(|| write.filter(|_| word == WRITE_LOCKED))
}

/// Writes `status` and `flags`. With `locked`, WRITE moves to `flags` as WRITE_LOCKED.
pub(super) fn export<F: Flags + Copy>(
    p: &mut Printer<'_>,
    table: FlagTable<F>,
    bits: F,
    locked: bool,
    unknown: (&[String], &[String]),
) {
    let mut words: [SmallList; 2] = [SmallList::default(); 2];
    for (bit, name, place) in table {
        if !bits.contains(*bit) {
            continue;
        }
        let [status, flags] = &mut words;
        if locked && *name == "WRITE" {
            flags.push(WRITE_LOCKED);
        } else if *place == Place::Status {
            status.push(name);
        } else {
            flags.push(name);
        }
    }
    let [status, flags] = &words;
    p.list("status", status.iter().chain(unknown.0.iter().map(String::as_str)));
    p.list("flags", flags.iter().chain(unknown.1.iter().map(String::as_str)));
}

/// Words of one list; no table has more than sixteen.
#[derive(Clone, Copy, Default)]
struct SmallList {
    words: [&'static str; 16],
    count: usize,
}

impl SmallList {
    fn push(&mut self, word: &'static str) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = word;
            self.count = self.count.saturating_add(1);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().take(self.count).copied()
    }
}
