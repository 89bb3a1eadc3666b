//! Completions for fish.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::PROGRAM;
use crate::args::{Opt, Takes};
use crate::command::COMMANDS;
use crate::dispatch::OWN_NAMES;
use crate::help;
use crate::manual::{Arguments, Kind, OptionList, option_text};

const HEAD: &str = r#"# Completions of lvmkit for fish, made by 'lvmkit generate completions fish'.

# The words of the command line, from the command's name on.
function __lvmkit_words
    set -l words (commandline -opc)
    set -e words[1]
    # Behind 'plan' stands a command line of its own.
    if test (count $words) -gt 1; and test "$words[1]" = plan; and not string match -q -- '-*' $words[2]
        set -e words[1]
    end
    printf '%s\n' $words
end

function __lvmkit_needs_command
    set -l words (__lvmkit_words)
    test -z "$words[1]"; or begin
        test (count $words) -eq 1; and test "$words[1]" = plan
    end
end

function __lvmkit_using
    set -l words (__lvmkit_words)
    test -n "$words[1]"; and contains -- $words[1] $argv
end

function __lvmkit_vg
    lvmkit vgs --readonly --noheadings -o vg_name 2>/dev/null </dev/null | string trim
end

function __lvmkit_lv
    lvmkit lvs --readonly --noheadings -o lv_full_name 2>/dev/null </dev/null | string trim
end

function __lvmkit_pv
    lvmkit pvs --readonly --noheadings -o pv_name 2>/dev/null </dev/null | string trim
end

"#;

/// The script; with `links` also for the names of LVM2's commands.
pub(crate) fn script(links: bool) -> String {
    let mut text = HEAD.to_owned();
    write_all(&mut text);
    if links {
        for name in super::link_names() {
            // A name stands for what is completed in its place.
            let wrapped = if OWN_NAMES.contains(&name) { String::new() } else { format!(" {name}") };
            let _ = writeln!(text, "complete -c {name} -w '{PROGRAM}{wrapped}'");
        }
    }
    text
}

fn write_all(text: &mut String) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "complete -c {PROGRAM} -f");
    for (name, summary) in help::summaries() {
        let _ = writeln!(
            text,
            "complete -c {PROGRAM} -n __lvmkit_needs_command -a {name} -d {}",
            quoted(summary)
        );
    }
    // Commands that have the same option share a line.
    let mut options: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for command in COMMANDS {
        for opt in OptionList::of(command).all() {
            options.entry(option(opt)).or_default().push(command.name);
        }
        let arguments = Arguments::of(command);
        let words = arguments.words.iter().map(|word| (*word).to_owned());
        let kinds = arguments.kinds.iter().map(|kind| kind_argument(*kind));
        let shown = words.chain(kinds).collect::<Vec<_>>().join(" ");
        // Files are named by their own rules, so that they come on top.
        let files = arguments.kinds.iter().any(|kind| matches!(kind, Kind::File | Kind::Dir | Kind::Pv));
        let mut what = if files { " -F".to_owned() } else { String::new() };
        if !shown.trim().is_empty() {
            what.push_str(&format!(" -a {}", quoted_expansion(shown.trim())));
        }
        if !what.is_empty() {
            let _ = writeln!(text, "complete -c {PROGRAM} -n '__lvmkit_using {}'{what}", command.name);
        }
    }
    for (option, commands) in options {
        let _ = writeln!(text, "complete -c {PROGRAM} -n '__lvmkit_using {}' {option}", commands.join(" "));
    }
}

/// An option as `complete` wants it.
fn option(opt: &'static Opt) -> String {
    let mut text = format!("-l {}", opt.long);
    if let Some(short) = opt.short {
        text.push_str(&format!(" -s {short}"));
    }
    if opt.takes != Takes::Nothing {
        let words = opt.takes.words().join(" ");
        match (words.is_empty(), Kind::of_value(opt.takes)) {
            (_, Some(Kind::File | Kind::Dir)) => text.push_str(" -r -F"),
            (true, Some(kind)) => {
                text.push_str(&format!(" -x -a {}", quoted_expansion(&kind_argument(kind))))
            }
            (true, None) => text.push_str(" -x"),
            (false, _) => text.push_str(&format!(" -x -a {}", quoted(&words))),
        }
    }
    text.push_str(&format!(" -d {}", quoted(&option_text(opt))));
    text
}

fn kind_argument(kind: Kind) -> String {
    match kind {
        Kind::Command => help::summaries().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" "),
        Kind::Dir | Kind::File => String::new(),
        Kind::Lv => "(__lvmkit_lv)".to_owned(),
        Kind::Pv => "(__lvmkit_pv)".to_owned(),
        Kind::Vg => "(__lvmkit_vg)".to_owned(),
    }
}

/// In single quotes, which fish takes off before it expands what `-a` says.
fn quoted_expansion(text: &str) -> String {
    format!("'{text}'")
}

/// A text in single quotes, as fish reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
