//! The table of commands.

mod lvchange;
mod lvcreate;
mod lvread;
mod lvremove;
mod lvrename;
mod lvresize;
mod lvwrite;
mod pvchange;
mod pvcreate;
mod pvremove;
mod pvresize;
mod report;
mod vgcfgbackup;
mod vgcfgrestore;
mod vgchange;
mod vgck;
mod vgcreate;
mod vgextend;
mod vgreduce;
mod vgremove;
mod vgrename;

use crate::args::Opt;
use crate::session::{Outcome, Session};

/// A command: what it is called, what it takes, and what runs it.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) summary: &'static str,
    /// Its forms.
    pub(crate) usage: &'static [&'static str],
    /// Its options, in groups.
    pub(crate) options: &'static [&'static [&'static Opt]],
    pub(crate) run: fn(&mut Session<'_>) -> Outcome,
}

impl Command {
    /// All its options.
    pub(crate) fn options(&self) -> impl Iterator<Item = &'static Opt> {
        self.options.iter().flat_map(|group| group.iter().copied())
    }
}

/// Every command, by name.
pub(crate) static COMMANDS: &[&Command] = &[
    &lvchange::COMMAND,
    &lvcreate::COMMAND,
    &lvresize::EXTEND,
    &lvread::COMMAND,
    &lvresize::REDUCE,
    &lvremove::COMMAND,
    &lvrename::COMMAND,
    &lvresize::RESIZE,
    &report::LVS,
    &lvwrite::COMMAND,
    &pvchange::COMMAND,
    &pvcreate::COMMAND,
    &pvremove::COMMAND,
    &pvresize::COMMAND,
    &report::PVS,
    &vgcfgbackup::COMMAND,
    &vgcfgrestore::COMMAND,
    &vgchange::COMMAND,
    &vgck::COMMAND,
    &vgcreate::COMMAND,
    &vgextend::COMMAND,
    &vgreduce::COMMAND,
    &vgremove::COMMAND,
    &vgrename::COMMAND,
    &report::VGS,
];

/// The command of that name.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().copied().find(|command| command.name == name)
}
