//! Manual pages, as roff for man(7), from the table of commands.

mod overview;
mod roff;

use crate::args::Opt;
use crate::command::Command;
use crate::manual::{OptionList, option_text, page};
use roff::Roff;

pub(crate) use overview::overview;

/// The section of the manual: for who administers a system.
pub(crate) const SECTION: &str = "8";
/// When the pages' own words were last changed: two builds of one source write the same bytes.
const DATE: &str = "2026-11-27";

/// The name of a command's page.
pub(crate) fn title(command: &str) -> String {
    format!("lvmkit-{command}")
}

/// The page of a command.
pub(crate) fn command(command: &'static Command) -> String {
    let mut roff = Roff::new(&title(command.name), SECTION, DATE);
    let page = page(command.name);
    roff.section("NAME");
    roff.text(&format!("{} - {}", title(command.name), uncapitalised(command.summary)));
    roff.section("SYNOPSIS");
    for usage in command.usage {
        roff.usage("lvmkit", command, usage);
    }
    roff.section("DESCRIPTION");
    match page {
        Some(page) => page.description.iter().for_each(|paragraph| roff.paragraph(paragraph)),
        None => roff.paragraph(&format!("{}.", command.summary)),
    }
    let list = OptionList::of(command);
    if !list.own.is_empty() {
        roff.section("OPTIONS");
        list.own.iter().for_each(|opt| write_option(&mut roff, opt));
    }
    roff.section("COMMON OPTIONS");
    list.common.iter().for_each(|opt| write_option(&mut roff, opt));
    if !list.lacking.is_empty() {
        roff.section("OPTIONS OF LVM2 THAT ARE NOT SUPPORTED");
        roff.paragraph("They are refused by name:");
        roff.literal(&list.lacking.iter().map(|name| format!("--{name}")).collect::<Vec<_>>());
    }
    if let Some(page) = page.filter(|page| !page.examples.is_empty()) {
        roff.section("EXAMPLES");
        page.examples.iter().for_each(|(line, text)| roff.example(line, text));
    }
    roff.section("SEE ALSO");
    let related = page.map_or(&[] as &[&str], |page| page.see_also);
    roff.see_also(std::iter::once("lvmkit".to_owned()).chain(related.iter().map(|name| title(name))));
    roff.finish()
}

fn write_option(roff: &mut Roff, opt: &Opt) {
    let value = opt.takes.shown();
    roff.option(opt.short, opt.long, value.as_deref());
    roff.text(&option_text(opt));
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
