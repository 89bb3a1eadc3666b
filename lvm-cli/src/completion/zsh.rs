//! Completions for zsh.

use std::fmt::Write;

use super::{PROGRAM, quoted};
use crate::args::{Opt, Takes};
use crate::command::{COMMANDS, Command};
use crate::help;
use crate::manual::{Arguments, Kind, OptionList, option_text};

const NAMES: &str = r#"
_lvmkit_vg() {
    local -a names
    names=(${=$(lvmkit vgs --readonly --noheadings -o vg_name 2>/dev/null </dev/null)})
    compadd -a names
}

_lvmkit_lv() {
    local -a names
    names=(${=$(lvmkit lvs --readonly --noheadings -o lv_full_name 2>/dev/null </dev/null)})
    compadd -a names
}

_lvmkit_pv() {
    local -a names
    names=(${=$(lvmkit pvs --readonly --noheadings -o pv_name 2>/dev/null </dev/null)})
    compadd -a names
    _files
}

_lvmkit_any() {
    local kind
    for kind; do $kind; done
}

"#;

const MAIN: &str = r#"
_lvmkit() {
    local called=${words[1]:t}
    if [[ $called == lvmkit || $called == lvm ]]; then
        # Behind 'plan' stands a command line of its own.
        if ((CURRENT > 2)) && [[ $words[2] == plan && $words[3] != -* ]]; then
            shift words
            ((CURRENT--))
        fi
        if ((CURRENT == 2)); then
            _lvmkit_commands
            return
        fi
        shift words
        ((CURRENT--))
    fi
    local name=_lvmkit_command_${words[1]:t}
    (($+functions[$name])) && $name
}

"#;

/// The script; with `links` also for the names of LVM2's commands.
pub(crate) fn script(links: bool) -> String {
    let mut names = vec![PROGRAM];
    if links {
        names.extend(super::link_names());
    }
    let names = names.join(" ");
    let mut text = format!("#compdef {names}\n");
    text.push_str("# Completions of lvmkit for zsh, made by 'lvmkit generate completions zsh'.\n");
    text.push_str(NAMES);
    text.push_str("_lvmkit_commands() {\n    local -a commands\n    commands=(\n");
    for (name, summary) in help::summaries() {
        let _ = writeln!(text, "        {}", quoted(&format!("{name}:{}", summary.replace(':', "\\:"))));
    }
    text.push_str("    )\n    _describe command commands\n}\n");
    for command in COMMANDS {
        write_command(&mut text, command);
    }
    text.push_str(MAIN);
    let _ = writeln!(
        text,
        "if [[ $funcstack[1] == _lvmkit ]]; then\n    _lvmkit \"$@\"\nelse\n    compdef _lvmkit {names}\nfi"
    );
    text
}

fn write_command(text: &mut String, command: &'static Command) {
    let _ = writeln!(text, "\n_lvmkit_command_{}() {{\n    _arguments -s -S : \\", command.name);
    for opt in OptionList::of(command).all() {
        let _ = writeln!(text, "        {} \\", option(opt));
    }
    let arguments = Arguments::of(command);
    let words = arguments.words.iter().copied().collect::<Vec<_>>();
    let actions = arguments.kinds.iter().map(|kind| action(*kind)).collect::<Vec<_>>();
    let words = words.join(" ");
    let rest = match (words.is_empty(), actions.as_slice()) {
        (true, []) => "'*: :'".to_owned(),
        (true, [one]) => quoted(&format!("*: :{one}")),
        (false, []) => quoted(&format!("*: :({words})")),
        (true, _) => quoted(&format!("*: : _lvmkit_any {}", actions.join(" "))),
        (false, _) => quoted(&format!("*: :{{compadd {words}; _lvmkit_any {}}}", actions.join(" "))),
    };
    let _ = writeln!(text, "        {rest}\n}}");
}

/// An option as `_arguments` wants it.
fn option(opt: &'static Opt) -> String {
    let has_value = opt.takes != Takes::Nothing;
    let mut names = vec![format!("--{}{}", opt.long, if has_value { "=" } else { "" })];
    names.extend(opt.short.map(|short| format!("-{short}{}", if has_value { "+" } else { "" })));
    let mut spec = format!("[{}]", escaped(&option_text(opt)).replace('[', "\\[").replace(']', "\\]"));
    if let Some(value) = opt.takes.shown() {
        spec.push_str(&format!(":{}:", escaped(&value)));
        let words = opt.takes.words().join(" ");
        match (words.is_empty(), Kind::of_value(opt.takes)) {
            (false, _) => spec.push_str(&format!("({words})")),
            (true, Some(kind)) => spec.push_str(action(kind)),
            (true, None) => spec.push(' '),
        }
    }
    // What is there excludes its other name, unless it may be repeated.
    let other = opt.short.map(|short| format!("(-{short} --{})", opt.long));
    let exclusion = if opt.repeats { "*".to_owned() } else { other.unwrap_or_default() };
    let specs = names.iter().map(|name| quoted(&format!("{exclusion}{name}{spec}")));
    specs.collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(':', "\\:")
}

fn action(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => "_lvmkit_commands",
        Kind::Dir => "_directories",
        Kind::File => "_files",
        Kind::Lv => "_lvmkit_lv",
        Kind::Pv => "_lvmkit_pv",
        Kind::Vg => "_lvmkit_vg",
    }
}
