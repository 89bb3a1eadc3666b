//! What help, man pages and completions say of a command: put together from the table of commands,
//! and from the pages, which add what does not fit into a line.

mod pages;

use std::collections::BTreeSet;

use crate::args::{Names, Opt, Support, Takes, option};
use crate::command::Command;

pub(crate) use pages::page;

/// A command's options, in the order in which they are shown.
pub(crate) struct OptionList {
    /// Those of the command.
    pub(crate) own: Vec<&'static Opt>,
    /// Those of every command.
    pub(crate) common: Vec<&'static Opt>,
    /// Long names of those that only LVM2's command of that name has.
    pub(crate) lacking: Vec<&'static str>,
}

impl OptionList {
    pub(crate) fn of(command: &'static Command) -> Self {
        let is_common = |opt: &&'static Opt| option::COMMON.iter().any(|common| common.long == opt.long);
        let there = command.options().filter(|opt| opt.support != Support::Missing);
        let (mut common, mut own) = there.partition::<Vec<_>, _>(is_common);
        own.sort_unstable_by_key(|opt| opt.long);
        common.sort_unstable_by_key(|opt| opt.long);
        let missing = command.options().filter(|opt| opt.support == Support::Missing).map(|opt| opt.long);
        let lacking = Names::of(command).lacking().map(|lacking| lacking.long);
        let lacking = missing.chain(lacking).collect::<BTreeSet<_>>().into_iter().collect();
        Self { own, common, lacking }
    }

    /// Those that can be given.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'static Opt> + '_ {
        self.own.iter().chain(&self.common).copied()
    }
}

/// An option's text, with the reason when it changes nothing, and its other names.
pub(crate) fn option_text(opt: &Opt) -> String {
    let mut text = match opt.support {
        Support::NoEffect(why) => format!("Taken and changes nothing: {why}."),
        _ => opt.help.to_owned(),
    };
    if !opt.aliases.is_empty() {
        let names = opt.aliases.iter().map(|name| format!("--{name}")).collect::<Vec<_>>();
        text.push_str(&format!(" Also: {}.", names.join(", ")));
    }
    if opt.repeats && opt.takes != Takes::Nothing {
        text.push_str(" May be repeated.");
    }
    text
}

/// What an argument or a value can be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// Another command.
    Command,
    /// A folder.
    Dir,
    /// A file.
    File,
    /// A logical volume.
    Lv,
    /// A physical volume: a device or an image file.
    Pv,
    /// A volume group.
    Vg,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "COMMAND" | "Command" => Some(Self::Command),
            "DIR" | "Dir" => Some(Self::Dir),
            "FILE" | "File" => Some(Self::File),
            "LV" | "VG/LV" => Some(Self::Lv),
            "PV" => Some(Self::Pv),
            "VG" => Some(Self::Vg),
            _ => None,
        }
    }

    /// What the value of an option is.
    pub(crate) fn of_value(takes: Takes) -> Option<Self> {
        match takes {
            Takes::Text(what) => Self::of(what),
            _ => None,
        }
    }
}

/// What stands behind a command's name, apart from its options.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) kinds: BTreeSet<Kind>,
    /// Words that stand for themselves.
    pub(crate) words: BTreeSet<&'static str>,
}

impl Arguments {
    /// Those that the forms of a command name.
    pub(crate) fn of(command: &'static Command) -> Self {
        let mut arguments = Self::default();
        for usage in command.usage {
            let mut tokens =
                usage.split_whitespace().skip(1).filter(|token| !matches!(*token, "[" | "]" | "|"));
            while let Some(token) = tokens.next() {
                if let Some(long) = token.strip_prefix("--") {
                    // The next word is the option's value.
                    if command.options().any(|opt| opt.long == long && opt.takes != Takes::Nothing) {
                        tokens.next();
                    }
                    continue;
                }
                token.split('|').for_each(|word| arguments.add(word));
            }
        }
        arguments
    }

    fn add(&mut self, word: &'static str) {
        let name = word.split(['[', ':']).next().unwrap_or_default();
        match Kind::of(name) {
            Some(kind) => drop(self.kinds.insert(kind)),
            None if !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()) => {
                self.words.insert(word);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parse;
    use crate::command::{COMMANDS, find};

    #[test]
    fn arguments_of_commands() {
        let kinds = |name: &str| Arguments::of(find(name).unwrap()).kinds.into_iter().collect::<Vec<_>>();
        assert_eq!(kinds("lvs"), [Kind::Lv, Kind::Vg]);
        assert_eq!(kinds("lvcreate"), [Kind::Pv, Kind::Vg]);
        assert_eq!(kinds("pvcreate"), [Kind::Pv]);
        assert_eq!(kinds("apply"), [Kind::File]);
        // The value of --file is none of the arguments.
        assert_eq!(kinds("vgcfgrestore"), [Kind::Vg]);
        let words = Arguments::of(find("dm").unwrap()).words;
        assert!(words.contains("table") && words.contains("ls"), "{words:?}");
    }

    #[test]
    fn options_are_shown_once() {
        for command in COMMANDS {
            let list = OptionList::of(command);
            let there = command.options().filter(|opt| opt.support != Support::Missing).count();
            assert_eq!(list.all().count(), there, "{}", command.name);
            for opt in list.all() {
                assert!(!option_text(opt).is_empty(), "{} --{}", command.name, opt.long);
                assert!(!list.lacking.contains(&opt.long), "{} --{}", command.name, opt.long);
            }
        }
    }

    #[test]
    fn pages_are_of_commands_and_their_examples_are_understood() {
        for page in pages::all() {
            let command = find(page.command).expect(page.command);
            assert!(!page.description.is_empty(), "{}", page.command);
            for (line, text) in page.examples {
                let line = line.split(" | ").next().unwrap();
                let mut words = line.split_whitespace().map(|word| word.trim_matches('\'').to_owned());
                assert_eq!(words.next().as_deref(), Some("lvmkit"), "{line}");
                assert_eq!(words.next().as_deref(), Some(command.name), "{line}");
                if let Err(error) = parse(command, &words.collect::<Vec<_>>()) {
                    panic!("{line}: {error:?}");
                }
                assert!(text.ends_with('.'), "{text}");
            }
            for other in page.see_also {
                assert!(find(other).is_some(), "{}: {other}", page.command);
            }
        }
    }
}
