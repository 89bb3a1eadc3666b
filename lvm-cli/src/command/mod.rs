//! The table of commands.

mod access;
mod apply;
mod choose;
mod devtypes;
mod diff;
mod display;
mod dm;
mod doctor;
mod fullreport;
mod history;
mod known;
mod lvchange;
mod lvcreate;
mod lvdisplay;
mod lvmconfig;
mod lvmdevices;
mod lvmdiskscan;
mod lvpoll;
mod lvread;
mod lvremove;
mod lvrename;
mod lvresize;
mod lvscan;
mod lvwrite;
mod map;
mod obsolete;
mod order;
mod problems;
mod pvchange;
mod pvck;
mod pvcreate;
mod pvdisplay;
mod pvremove;
mod pvresize;
mod pvscan;
mod recover;
mod report;
mod segtypes;
mod select;
mod sizing;
mod systemid;
mod tags;
mod version;
mod vgcfgbackup;
mod vgcfgrestore;
mod vgchange;
mod vgck;
mod vgcreate;
mod vgdisplay;
mod vgexport;
mod vgextend;
mod vgimportclone;
mod vgimportdevices;
mod vgmerge;
mod vgreduce;
mod vgremove;
mod vgrename;
mod vgscan;
mod vgsplit;
mod why;

use lvmkit::core::name::check_name;
use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::{Bytes, DeviceSpec, Error, ErrorKind, Lvm, Transaction};

use crate::args::name::Target;
use crate::args::{Opt, logs, option};
use crate::session::{Failure, Outcome, Session};

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

    /// True for commands of LVM2 that change something, and log that with `--reportformat json`.
    pub(crate) fn changes(&self) -> bool {
        self.options().any(|opt| opt.long == option::NOFLUSH.long) && logs(self.name)
    }
}

/// Every command, by name.
pub(crate) static COMMANDS: &[&Command] = &[
    &apply::APPLY,
    &lvmconfig::CONFIG,
    &devtypes::COMMAND,
    &diff::COMMAND,
    &dm::COMMAND,
    &doctor::COMMAND,
    &lvmconfig::DUMPCONFIG,
    &segtypes::FORMATS,
    &fullreport::COMMAND,
    &crate::generate::COMMAND,
    &crate::help::HELP,
    &history::COMMAND,
    &lvchange::COMMAND,
    &lvcreate::COMMAND,
    &lvdisplay::COMMAND,
    &lvresize::EXTEND,
    &obsolete::LVMCHANGE,
    &lvmconfig::COMMAND,
    &lvmdevices::COMMAND,
    &lvmdiskscan::COMMAND,
    &obsolete::LVMSADC,
    &obsolete::LVMSAR,
    &lvpoll::COMMAND,
    &lvread::COMMAND,
    &lvresize::REDUCE,
    &lvremove::COMMAND,
    &lvrename::COMMAND,
    &lvresize::RESIZE,
    &report::LVS,
    &lvscan::COMMAND,
    &lvwrite::COMMAND,
    &map::COMMAND,
    &apply::PLAN,
    &pvchange::COMMAND,
    &pvck::COMMAND,
    &pvcreate::COMMAND,
    &obsolete::PVDATA,
    &pvdisplay::COMMAND,
    &pvremove::COMMAND,
    &pvresize::COMMAND,
    &report::PVS,
    &pvscan::COMMAND,
    &recover::COMMAND,
    &segtypes::COMMAND,
    &systemid::COMMAND,
    &tags::COMMAND,
    &crate::help::VERSION,
    &vgcfgbackup::COMMAND,
    &vgcfgrestore::COMMAND,
    &vgchange::COMMAND,
    &vgck::COMMAND,
    &vgcreate::COMMAND,
    &vgdisplay::COMMAND,
    &vgexport::COMMAND,
    &vgextend::COMMAND,
    &vgexport::IMPORT,
    &vgimportclone::COMMAND,
    &vgimportdevices::COMMAND,
    &vgmerge::COMMAND,
    &vgscan::NODES,
    &vgreduce::COMMAND,
    &vgremove::COMMAND,
    &vgrename::COMMAND,
    &report::VGS,
    &vgscan::COMMAND,
    &vgsplit::COMMAND,
    &why::COMMAND,
];

/// The command of that name.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().copied().find(|command| command.name == name)
}

/// The failure of a group that could not be had.
pub(crate) fn cannot_process(name: &str, error: Error) -> Failure {
    if *error.kind() == ErrorKind::InvalidInput && check_name(name).is_err() {
        return no_group(name);
    }
    match refusal(error) {
        Failure::Refused(mut lines) => {
            lines.push(format!("Cannot process volume group {name}"));
            Failure::Refused(lines)
        }
        other => other,
    }
}

/// The same without a line that says what comes of it.
fn refusal(error: Error) -> Failure {
    let mut lines = vec![error.message().to_owned()];
    match error.kind() {
        _ if error.lv().is_some() => return error.into(),
        ErrorKind::NotFound => lines.extend(error.help().map(|help| format!("  {help}"))),
        ErrorKind::MissingDevice => {
            lines.push("See vgreduce --removemissing and vgextend --restoremissing.".to_owned());
        }
        _ => return error.into(),
    }
    Failure::Refused(lines)
}

/// The failure of a change that has no part in the one commit of a batch.
fn not_of_a_group(device: &DeviceSpec) -> Failure {
    Failure::Refused(vec![
        format!("{device} is in no volume group, so that its change cannot be part of one commit."),
        "  Run this command by itself.".to_owned(),
    ])
}

/// Checks that a group may be changed.
fn changeable(transaction: &Transaction) -> Outcome {
    transaction.check_changeable().map_err(|error| cannot_process(transaction.name(), error))
}

fn no_group(name: &str) -> Failure {
    let why = match check_name(name) {
        Ok(()) => format!("Volume group \"{name}\" not found"),
        Err(_) => format!("Volume group name \"{name}\" has invalid characters."),
    };
    Failure::Refused(vec![why, format!("Cannot process volume group {name}")])
}

/// The name of a group, of an argument that can only be one.
fn group_name(word: &str) -> Outcome<&str> {
    let name = Target::vg_name(word);
    if name.contains('/') {
        return Err(Failure::usage(format!("Invalid volume group name {word}.")));
    }
    Ok(name)
}

/// The failure of an argument that is a path, but not that of a volume.
fn invalid_path(word: &str) -> String {
    format!("\"{word}\": Invalid path for Logical Volume.")
}

/// The log of what was done, which `--reportformat json` puts behind it: lvm2's is empty unless
/// it is asked for in the configuration.
pub(crate) fn end_log(session: &mut Session<'_>) {
    if session.is_json() {
        session.out.raw("  {\n  }\n");
    }
}

/// Refuses arguments.
fn no_words(session: &Session<'_>) -> Outcome {
    match session.args.words.first() {
        None => Ok(()),
        Some(word) => Err(Failure::usage(format!("Command does not accept argument: {word}."))),
    }
}

/// A size as lists show it.
fn shown_size(size: Bytes) -> String {
    if size == Bytes::ZERO { "0   ".to_owned() } else { size.to_string() }
}

/// The group and the volume of an argument that must be a volume.
fn volume(word: &str) -> Outcome<(String, String)> {
    match Target::parse(word) {
        target if target.is_invalid_path() => Err(Failure::usage(invalid_path(word))),
        Target::Lv { vg, lv } => Ok((vg, lv)),
        _ => Err(Failure::usage(format!("Path required for Logical Volume \"{word}\"."))),
    }
}

/// Warns about what a scan found wrong, in LVM2's words where it has some.
fn warn_about(session: &mut Session<'_>, scan: &Scan) {
    for problem in &scan.problems {
        session.out.warn(problem.to_string());
    }
    for found in &scan.groups {
        warn_about_group(session, found);
    }
}

/// The same for one group.
pub(crate) fn warn_about_group(session: &mut Session<'_>, found: &FoundVg) {
    for line in problems::lines(found) {
        session.out.warn_plain(line);
    }
}

/// Begins a change of a group, and warns about what is wrong with it.
fn begin(session: &mut Session<'_>, lvm: &Lvm, name: &str) -> Outcome<Transaction> {
    let goes_on = session.has_change();
    let transaction = session.begin(lvm, name)?;
    if let Some(found) = transaction.found().filter(|_| !goes_on) {
        warn_about_group(session, found);
    }
    Ok(transaction)
}
