//! Names of options: those of the command, and those that LVM2's command of that name has.

use crate::args::Opt;
use crate::args::lacking::{self, Lacking};
use crate::command::Command;

/// What a name means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// An option of the command.
    Opt(&'static Opt),
    /// One that only LVM2's command has.
    Lacking(Lacking),
}

impl Found {
    fn short(self) -> Option<char> {
        match self {
            Self::Opt(opt) => opt.short,
            Self::Lacking(lacking) => lacking.short,
        }
    }
}

/// The names of a command's options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    command: &'static Command,
}

impl Names {
    pub(crate) const fn of(command: &'static Command) -> Self {
        Self { command }
    }

    fn own(self) -> impl Iterator<Item = (&'static str, &'static Opt)> {
        let names = |opt: &'static Opt| std::iter::once(opt.long).chain(opt.aliases.iter().copied());
        self.command.options().flat_map(move |opt| names(opt).map(move |name| (name, opt)))
    }

    /// What LVM2's command has beyond them.
    pub(crate) fn lacking(self) -> impl Iterator<Item = Lacking> {
        let all = lacking::of_command(self.command.name);
        all.filter(move |lacking| !self.own().any(|(name, _)| name == lacking.long))
    }

    /// True for a name that LVM2's command of that name has.
    fn is_of_lvm2(self, name: &str) -> bool {
        let mut all = lacking::of_command(self.command.name).peekable();
        // Options of every command are not in the list.
        all.peek().is_some() && (lacking::is_common(name) || all.any(|known| known.long == name))
    }

    /// The option of that name, or the only one that begins so, with its full name.
    ///
    /// # Errors
    /// All names that begin so, in LVM2's order, when there is not one.
    pub(crate) fn find(self, name: &str) -> Result<(&'static str, Found), Vec<&'static str>> {
        if let Some((name, opt)) = self.own().find(|(known, _)| *known == name) {
            return Ok((name, Found::Opt(opt)));
        }
        let own = self.own().map(|(name, opt)| (name, Found::Opt(opt)));
        let lacking = self.lacking().map(|lacking| (lacking.long, Found::Lacking(lacking)));
        let mut candidates =
            own.chain(lacking).filter(|(known, _)| known.starts_with(name)).collect::<Vec<_>>();
        if let Some(exact) = candidates.iter().find(|(known, _)| *known == name) {
            return Ok(*exact);
        }
        // What only this program has never makes an abbreviation ambiguous that LVM2 takes.
        if candidates.iter().any(|(name, _)| self.is_of_lvm2(name)) {
            candidates.retain(|(name, _)| self.is_of_lvm2(name));
        }
        if let [one] = candidates.as_slice() {
            return Ok(*one);
        }
        candidates.sort_by_key(|(name, found)| order(name, found.short()));
        Err(candidates.into_iter().map(|(name, _)| name).collect())
    }

    /// The command's own option of that name.
    pub(crate) fn opt(self, name: &str) -> Option<&'static Opt> {
        match self.find(name) {
            Ok((_, Found::Opt(opt))) => Some(opt),
            _ => None,
        }
    }

    /// The option of that letter.
    pub(crate) fn letter(self, letter: char) -> Option<Found> {
        let own = self.command.options().find(|opt| opt.short == Some(letter)).map(Found::Opt);
        own.or_else(|| self.lacking().find(|lacking| lacking.short == Some(letter)).map(Found::Lacking))
    }
}

/// LVM2's order of options: those without a letter by name, then the others by letter.
fn order(name: &'static str, short: Option<char>) -> (Option<char>, bool, &'static str) {
    let is_capital = short.is_some_and(|letter| letter.is_ascii_uppercase());
    // Other names of an option with a letter come after its own.
    let name = if short.is_some() { "" } else { name };
    (short.map(|letter| letter.to_ascii_lowercase()), is_capital, name)
}
