//! What man pages say of commands beyond the table: how they behave, examples, related commands.
//! A command without a page has what the table says.

mod devices;
mod groups;
mod program;
mod volumes;

/// The page of a command.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) command: &'static str,
    /// Paragraphs.
    pub(crate) description: &'static [&'static str],
    /// Command lines, and what they do.
    pub(crate) examples: &'static [(&'static str, &'static str)],
    /// Related commands.
    pub(crate) see_also: &'static [&'static str],
}

/// The page of that command.
pub(crate) fn page(command: &str) -> Option<&'static Page> {
    all().find(|page| page.command == command)
}

/// Every page.
pub(super) fn all() -> impl Iterator<Item = &'static Page> {
    [devices::PAGES, groups::PAGES, program::PAGES, volumes::PAGES].into_iter().flatten()
}
