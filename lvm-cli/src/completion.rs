//! What may stand at a place of a command line, and scripts that tell shells.

mod bash;
mod fish;
mod zsh;

use std::process::{Command as Process, Stdio};

use crate::args::{Names, Opt, Takes};
use crate::command::{self, Command};
use crate::dispatch::OWN_NAMES;
use crate::help;
use crate::manual::{Arguments, Kind, OptionList};

pub(crate) use bash::script as bash;
pub(crate) use fish::script as fish;
pub(crate) use zsh::script as zsh;

/// A place in a command line.
pub(crate) struct Wanted<'w> {
    /// The words before.
    pub(crate) done: &'w [String],
    /// What is there of the word.
    pub(crate) current: &'w str,
}

/// What may stand there.
#[derive(Default)]
pub(crate) struct Candidates {
    pub(crate) words: Vec<String>,
    /// Also a file.
    pub(crate) files: bool,
}

impl Candidates {
    /// Those of a place.
    pub(crate) fn of(wanted: &Wanted<'_>) -> Self {
        let own = wanted.done.first().is_some_and(|word| OWN_NAMES.contains(&word.as_str()));
        let mut done = wanted.done.get(usize::from(own)..).unwrap_or_default();
        let current = wanted.current;
        let mut candidates = Self::default();
        // Behind `plan` stands a command line of its own.
        while let [name, rest @ ..] = done
            && name == "plan"
            && rest.iter().any(|word| !word.starts_with('-'))
        {
            done = rest;
        }
        match done.split_first() {
            None => candidates.add_commands(),
            Some((name, rest)) => {
                if let Some(command) = command::find(name) {
                    candidates.add_of_command(command, rest.last().map(String::as_str), current);
                }
            }
        }
        candidates.words.retain(|word| word.starts_with(current) && word != current);
        candidates.words.sort_unstable();
        candidates.words.dedup();
        candidates
    }

    fn add_commands(&mut self) {
        self.words.extend(help::summaries().into_iter().map(|(name, _)| name.to_owned()));
        self.words.extend(["exit", "quit"].map(str::to_owned));
    }

    fn add_of_command(&mut self, command: &'static Command, last: Option<&str>, current: &str) {
        if let Some((name, _)) = current.strip_prefix("--").and_then(|long| long.split_once('=')) {
            if let Some(opt) = option(command, &format!("--{name}")) {
                let mut values = Self::default();
                values.add_values(opt);
                self.words.extend(values.words.iter().map(|value| format!("--{name}={value}")));
            }
        } else if let Some(opt) = last.and_then(|last| option(command, last)).filter(|opt| has_value(opt)) {
            self.add_values(opt);
        } else if current.starts_with('-') {
            let list = OptionList::of(command);
            self.words.extend(list.all().map(|opt| format!("--{}", opt.long)));
        } else {
            let arguments = Arguments::of(command);
            self.words.extend(arguments.words.into_iter().map(str::to_owned));
            arguments.kinds.into_iter().for_each(|kind| self.add_kind(kind));
        }
    }

    fn add_values(&mut self, opt: &Opt) {
        self.words.extend(opt.takes.words().into_iter().map(str::to_owned));
        if let Some(kind) = Kind::of_value(opt.takes) {
            self.add_kind(kind);
        }
    }

    fn add_kind(&mut self, kind: Kind) {
        match kind {
            Kind::Command => self.add_commands(),
            Kind::Dir | Kind::File => self.files = true,
            Kind::Lv => self.words.extend(reported(&["lvs", "-o", "lv_full_name"])),
            Kind::Pv => {
                self.files = true;
                self.words.extend(reported(&["pvs", "-o", "pv_name"]));
            }
            Kind::Vg => self.words.extend(reported(&["vgs", "-o", "vg_name"])),
        }
    }
}

/// The option that a word gives, without its value.
fn option(command: &'static Command, word: &str) -> Option<&'static Opt> {
    if let Some(long) = word.strip_prefix("--") {
        return Names::of(command).opt(long);
    }
    let letters = word.strip_prefix('-')?;
    // The last letter decides, when all before are without a value.
    let (last, before) = letters.char_indices().next_back().map(|(at, last)| (last, letters.get(..at)))?;
    let find = |letter: char| command.options().find(|opt| opt.short == Some(letter));
    let plain = before?.chars().all(|letter| find(letter).is_some_and(|opt| !has_value(opt)));
    find(last).filter(|_| plain)
}

fn has_value(opt: &Opt) -> bool {
    opt.takes != Takes::Nothing
}

/// The column of a report of this program; nothing when there is none.
fn reported(words: &[&str]) -> Vec<String> {
    let Ok(program) = std::env::current_exe() else { return Vec::new() };
    let mut process = Process::new(program);
    process.args(words).args(["--noheadings", "--readonly"]);
    let output = process.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The program that completions of shells ask for names.
const PROGRAM: &str = "lvmkit";

/// Names under which the program is called where it stands for LVM2: `lvm`, and LVM2's commands.
pub(crate) fn link_names() -> Vec<&'static str> {
    let commands = command::COMMANDS.iter().map(|command| command.name);
    std::iter::once("lvm").chain(commands.filter(|name| LVM2_COMMANDS.contains(name))).collect()
}

/// Commands that LVM2 has as programs of their own.
static LVM2_COMMANDS: &[&str] = &[
    "lvchange",
    "lvconvert",
    "lvcreate",
    "lvdisplay",
    "lvextend",
    "lvmconfig",
    "lvmdevices",
    "lvmdiskscan",
    "lvmsadc",
    "lvmsar",
    "lvreduce",
    "lvremove",
    "lvrename",
    "lvresize",
    "lvs",
    "lvscan",
    "pvchange",
    "pvck",
    "pvcreate",
    "pvdisplay",
    "pvmove",
    "pvremove",
    "pvresize",
    "pvs",
    "pvscan",
    "vgcfgbackup",
    "vgcfgrestore",
    "vgchange",
    "vgck",
    "vgconvert",
    "vgcreate",
    "vgdisplay",
    "vgexport",
    "vgextend",
    "vgimport",
    "vgimportclone",
    "vgimportdevices",
    "vgmerge",
    "vgmknodes",
    "vgreduce",
    "vgremove",
    "vgrename",
    "vgs",
    "vgscan",
    "vgsplit",
];

/// A text in single quotes, as bash and zsh read it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let (done, current) = line.rsplit_once(' ').unwrap_or(("", line));
        let done = done.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        Candidates::of(&Wanted { done: &done, current }).words
    }

    #[test]
    fn commands_options_and_values() {
        assert!(of("lvc").iter().all(|word| word.starts_with("lvc")));
        assert_eq!(of("lvcr"), ["lvcreate"]);
        assert_eq!(of("lvmkit lvcr"), ["lvcreate"]);
        assert_eq!(of("qu"), ["quit"]);
        assert_eq!(of("lvcreate --wi"), ["--wipesignatures"]);
        assert_eq!(of("lvcreate --alloc cl"), ["cling", "cling_by_tags"]);
        assert_eq!(of("lvcreate --alloc=co"), ["--alloc=contiguous"]);
        assert_eq!(of("lvcreate -a e"), ["ey"]);
        assert_eq!(of("lvcreate -va e"), ["ey"]);
        assert_eq!(of("dm ta"), ["table", "targets"]);
        assert_eq!(of("help lvcr"), ["lvcreate"]);
        assert_eq!(of("plan lvcreate --wi"), ["--wipesignatures"]);
        assert_eq!(of("plan lvcr"), ["lvcreate"]);
        assert!(of("nonsense --").is_empty());
        // A size can be anything.
        assert!(of("lvcreate -L ").is_empty());
    }
}
