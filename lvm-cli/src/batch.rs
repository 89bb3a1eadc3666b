//! Several commands whose changes become one commit.
//!
//! Commands begin, edit and commit a [`Transaction`]. In a batch, beginning hands out the one
//! transaction of the batch and committing gives it back; what a command does once its change is
//! on disk (messages, activation) waits until the batch is. All of it is one metadata version, so
//! that after a failure, or a crash, there is all or nothing of it.

use std::rc::Rc;

use lvmkit::config::Config;
use lvmkit::{DeviceSpec, Lvm, Plan, PvSource, Transaction, VolumeGroup};

use crate::args::option as o;
use crate::args::{UsageError, parse};
use crate::command::{self, Command};
use crate::session::{Failure, Outcome, Session};

/// Commands that change one group, and may be part of a batch.
const BATCHED: [&str; 14] = [
    "lvchange", "lvcreate", "lvextend", "lvreduce", "lvremove", "lvrename", "lvresize", "pvchange",
    "pvcreate", "pvresize", "vgchange", "vgcreate", "vgextend", "vgreduce",
];
/// These too, but nothing can come after them.
const LAST: [&str; 2] = ["vgremove", "vgrename"];

/// What a command does after its change was written.
pub(crate) type After = Box<dyn FnOnce(&mut Session<'_>, &Lvm, &VolumeGroup) -> Outcome>;

/// A command line of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    /// Where it stands, counted from 1.
    pub(crate) number: usize,
    /// The command and its arguments.
    pub(crate) words: Vec<String>,
}

impl Line {
    fn shown(&self) -> String {
        self.words.join(" ")
    }
}

/// A batch that is being collected.
pub(crate) struct Batch {
    lvm: Lvm,
    config: Rc<Config>,
    plans: bool,
    yes: bool,
    transaction: Option<Transaction>,
    /// True while a command has the transaction.
    lent: bool,
    /// Devices that pvcreate was asked to make physical volumes of, for a group to take.
    new_pvs: Vec<PvSource>,
    after: Vec<After>,
}

impl Batch {
    /// Over the devices of `session`, and the image files that the lines name.
    pub(crate) fn new(session: &Session<'_>, lines: &[Line], plans: bool) -> Outcome<Self> {
        let words = lines.iter().flat_map(|line| line.words.iter().skip(1));
        let specs = words.filter(|word| !word.starts_with(['-', '@'])).map(|word| device_of(word));
        let specs = specs.filter(|spec| spec.path().is_file()).collect::<Vec<_>>();
        Ok(Self {
            lvm: session.open(&specs)?,
            config: Rc::clone(&session.config),
            plans,
            yes: session.args.has(&o::YES),
            transaction: None,
            lent: false,
            new_pvs: Vec::new(),
            after: Vec::new(),
        })
    }

    pub(crate) fn lvm(&self) -> Lvm {
        self.lvm.clone()
    }

    pub(crate) fn config(&self) -> Rc<Config> {
        Rc::clone(&self.config)
    }

    /// True when nothing will be written.
    pub(crate) fn plans(&self) -> bool {
        self.plans
    }

    /// True when questions are answered with yes.
    pub(crate) fn says_yes(&self) -> bool {
        self.yes
    }

    /// The change as it is so far.
    pub(crate) fn transaction(&self) -> Option<&Transaction> {
        self.transaction.as_ref()
    }

    /// Hands out the change of the group of that name or id.
    ///
    /// # Errors
    /// When the batch changes another group; when the group cannot be had.
    pub(crate) fn begin(&mut self, name: &str) -> Outcome<Transaction> {
        self.lent = true;
        let Some(transaction) = self.transaction.take() else {
            return self.lvm.begin(name).map_err(|error| command::cannot_process(name, error));
        };
        if transaction.name() != name && transaction.id().to_string() != name {
            return Err(another_group(transaction.name(), name));
        }
        Ok(transaction)
    }

    /// Takes the change back.
    pub(crate) fn put_back(&mut self, transaction: Transaction) {
        self.transaction = Some(transaction);
        self.lent = false;
    }

    /// # Errors
    /// When there is a change already: a group can only be made first.
    pub(crate) fn require_no_group(&self, name: &str) -> Outcome {
        match &self.transaction {
            None => Ok(()),
            Some(transaction) => Err(another_group(transaction.name(), name)),
        }
    }

    pub(crate) fn after(&mut self, after: After) {
        self.after.push(after);
    }

    pub(crate) fn plan_pv(&mut self, source: PvSource) {
        self.new_pvs.retain(|known| known.device() != source.device());
        self.new_pvs.push(source);
    }

    /// The device as pvcreate was asked to make it.
    pub(crate) fn take_new_pv(&mut self, device: &DeviceSpec) -> Option<PvSource> {
        let at = self.new_pvs.iter().position(|known| known.device() == device)?;
        Some(self.new_pvs.swap_remove(at))
    }

    /// Runs the lines; the first that fails ends it, with the exit code it had.
    ///
    /// # Errors
    /// For lines that cannot be part of a batch; before any is run.
    pub(crate) fn run(&mut self, session: &mut Session<'_>, lines: &[Line]) -> Outcome<Option<u8>> {
        let commands = lines.iter().map(|line| check(line, lines)).collect::<Outcome<Vec<_>>>()?;
        for (line, (command, args)) in lines.iter().zip(commands) {
            self.lent = false;
            let code = Session::in_batch(session.out, command, args, line.shown(), self).run();
            if code != 0 {
                if lines.len() > 1 {
                    let (number, shown) = (line.number, line.shown());
                    session.out.err(&format!("  Line {number} failed: {shown}"));
                    session.out.err("    Nothing was changed, also by the lines before it.");
                }
                return Ok(Some(code));
            }
            if self.lent {
                // What the lines before it did went with it.
                let (number, shown) = (line.number, line.shown());
                return Err(Failure::Refused(vec![
                    format!("Line {number} changes nothing: {shown}"),
                    "  Nothing was changed, also by the lines before it.".to_owned(),
                    "  Leave it out.".to_owned(),
                ]));
            }
        }
        if let Some(source) = self.new_pvs.first() {
            let device = source.device();
            return Err(Failure::Refused(vec![
                format!("{device} becomes a physical volume, but no line puts it into the group."),
                "  A physical volume by itself is no part of the group's commit.".to_owned(),
                "  Add it with vgcreate or vgextend, or run pvcreate by itself.".to_owned(),
            ]));
        }
        Ok(None)
    }

    /// What would be written; `None` when nothing was asked for.
    pub(crate) fn plan(&self) -> Outcome<Option<Plan>> {
        Ok(self.transaction.as_ref().map(Transaction::plan).transpose()?)
    }

    /// Writes it, and does what the commands do afterwards.
    pub(crate) fn commit(self, session: &mut Session<'_>) -> Outcome {
        let Some(transaction) = self.transaction else { return Ok(()) };
        let vg = session.write(transaction)?;
        for after in self.after {
            let done = after(session, &self.lvm, &vg);
            session.note(done);
        }
        Ok(())
    }
}

/// True for a command line that is planned by itself: it is in no batch, or is not enough for one.
pub(crate) fn is_alone(words: &[String]) -> bool {
    let name = words.first().map_or("", String::as_str);
    name == "pvcreate" || !(BATCHED.contains(&name) || LAST.contains(&name))
}

fn another_group(known: &str, name: &str) -> Failure {
    Failure::Refused(vec![
        format!("Volume group {name} cannot be changed together with {known}."),
        "  One commit is one version of one group.".to_owned(),
        "  Use a batch for each group.".to_owned(),
    ])
}

/// The device of an argument that may have ranges of extents behind it.
fn device_of(word: &str) -> DeviceSpec {
    match lvmkit::PvArgument::parse(word) {
        Ok(lvmkit::PvArgument::Device { path, .. }) => DeviceSpec::from(path),
        _ => DeviceSpec::from(word),
    }
}

/// Whether a line may be part of the batch, and what it means.
fn check(line: &Line, lines: &[Line]) -> Outcome<(&'static Command, crate::args::Args)> {
    let number = line.number;
    let (name, rest) = line.words.split_first().ok_or(Failure::Syntax)?;
    let Some(command) = command::find(name) else {
        return Err(Failure::usage(format!("Line {number}: no such command: {name}")));
    };
    let is_last = lines.last() == Some(line);
    if !BATCHED.contains(&command.name) && !LAST.contains(&command.name) {
        let lines = [
            format!("  Line {number}: {name} cannot be part of a batch."),
            "    A batch is one change of one volume group.".to_owned(),
            format!("    Commands that can: {} {}", BATCHED.join(" "), LAST.join(" ")),
        ];
        return Err(Failure::Usage(UsageError(lines.to_vec())));
    }
    if LAST.contains(&command.name) && !is_last {
        return Err(Failure::usage(format!("Line {number}: nothing can come after {name} in a batch.")));
    }
    let args = parse(command, rest).map_err(|mut error| {
        error.0.insert(0, format!("  Line {number}: {}", line.shown()));
        Failure::Usage(error)
    })?;
    let foreign = [
        &o::COMMANDPROFILE,
        &o::CONFIG,
        &o::DEVICES,
        &o::DEVICESFILE,
        &o::NOLOCKING,
        &o::PROFILE,
        &o::READONLY,
        &o::NOFLUSH,
        &o::NOUDEVSYNC,
        &o::AUTOBACKUP,
        &o::BACKUP_DIR,
        &o::ARCHIVE_DIR,
        &o::HELP,
        &o::LONG_HELP,
        &o::VERSION,
        &o::TEST,
        &o::ACTIVATE,
        &o::REFRESH,
    ];
    if let Some(opt) = foreign.into_iter().find(|opt| args.has(opt) && !is_create(command, opt)) {
        let what = opt.shown();
        return Err(Failure::usage(match opt.long {
            "activate" | "refresh" => {
                format!("Line {number}: {what} is no change of metadata: run it afterwards.")
            }
            _ => format!("Line {number}: {what} belongs to the whole batch: give it to apply or plan."),
        }));
    }
    Ok((command, args))
}

/// Options are known by their names; that of lvcreate says what becomes of the new volume.
fn is_create(command: &Command, opt: &crate::args::Opt) -> bool {
    command.name == "lvcreate" && opt.long == "activate"
}

/// Lines into words: one command a line, quoted as in a shell; `#` begins a comment, `\` at the
/// end goes on in the next line. `lvm` or `lvmkit` in front is left out.
///
/// # Errors
/// For a quote that is not closed.
pub(crate) fn lines(text: &str) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    let mut rest = text.lines().enumerate();
    while let Some((at, first)) = rest.next() {
        let mut whole = first.to_owned();
        while whole.ends_with('\\') && !whole.trim_start().starts_with('#') {
            whole.pop();
            whole.push(' ');
            let Some((_, next)) = rest.next() else { break };
            whole.push_str(next);
        }
        let number = at.saturating_add(1);
        let Some(mut words) = shlex::split(&whole) else {
            return Err(Failure::usage(format!("Line {number}: a quote is not closed.")));
        };
        if words.first().is_some_and(|word| word == "lvm" || word == "lvmkit") {
            words.remove(0);
        }
        if !words.is_empty() {
            lines.push(Line { number, words });
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batched_commands_exist() {
        for name in BATCHED.iter().chain(&LAST) {
            assert!(command::find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn words_of_lines() {
        let text = "# a comment\n\nlvm vgcreate vg a b # behind\nlvcreate -n 'my lv' \\\n -L1g vg\n";
        let lines = lines(text).unwrap();
        let words = lines.iter().map(|line| (line.number, line.words.join("|"))).collect::<Vec<_>>();
        assert_eq!(words, [(3, "vgcreate|vg|a|b".to_owned()), (4, "lvcreate|-n|my lv|-L1g|vg".to_owned())]);
        assert!(super::lines("lvremove 'vg/lv").is_err());
    }
}
