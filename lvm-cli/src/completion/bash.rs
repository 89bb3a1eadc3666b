//! Completions for bash.

use std::fmt::Write;

use super::{PROGRAM, quoted};
use crate::args::{Opt, Takes};
use crate::command::{COMMANDS, Command};
use crate::help;
use crate::manual::{Arguments, Kind, OptionList};

const HEAD: &str = r#"# Completions of lvmkit for bash, made by 'lvmkit generate completions bash'.

_lvmkit_names() {
    case $1 in
    vg) lvmkit vgs --readonly --noheadings -o vg_name ;;
    lv) lvmkit lvs --readonly --noheadings -o lv_full_name ;;
    pv) lvmkit pvs --readonly --noheadings -o pv_name ;;
    esac 2>/dev/null </dev/null
}

"#;

const TAIL: &str = r#"
_lvmkit_reply() {
    local kind
    case $current in
    -*) COMPREPLY+=($(compgen -W "$options" -- "$current")); return ;;
    esac
    COMPREPLY+=($(compgen -W "$values" -- "$current"))
    for kind in $kinds; do
        case $kind in
        command) COMPREPLY+=($(compgen -W "$_lvmkit_commands" -- "$current")) ;;
        dir) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$current")) ;;
        file) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")) ;;
        pv)
            compopt -o filenames 2>/dev/null
            COMPREPLY+=($(compgen -f -- "$current"))
            COMPREPLY+=($(compgen -W "$(_lvmkit_names pv)" -- "$current"))
            ;;
        *) COMPREPLY+=($(compgen -W "$(_lvmkit_names "$kind")" -- "$current")) ;;
        esac
    done
}

_lvmkit() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local name=${COMP_WORDS[0]##*/} options= values= kinds= at=1
    COMPREPLY=()
    # '--option=value' is three words here.
    if [[ $current == '=' ]]; then
        current=
    elif [[ $previous == '=' ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $name in
    lvm | lvmkit)
        name=${COMP_WORDS[1]}
        # Behind 'plan' stands a command line of its own.
        [[ $name == plan && $COMP_CWORD -gt 1 && ${COMP_WORDS[2]} != -* ]] && at=2 && name=${COMP_WORDS[2]}
        if ((COMP_CWORD == at)); then
            kinds=command
            _lvmkit_reply
            return
        fi
        ;;
    esac
    _lvmkit_command "$name" "$previous"
    _lvmkit_reply
}

"#;

/// The script; with `links` also for the names of LVM2's commands.
pub(crate) fn script(links: bool) -> String {
    let mut text = HEAD.to_owned();
    let names = help::summaries().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    text.push_str(&format!("_lvmkit_commands={}\n\n", quoted(&names.join(" "))));
    text.push_str("# Sets what may stand behind the word $2 of the command $1.\n");
    text.push_str("_lvmkit_command() {\n    case $1 in\n");
    for command in COMMANDS {
        write_command(&mut text, command);
    }
    text.push_str("    esac\n}\n");
    text.push_str(TAIL);
    text.push_str(&format!("complete -F _lvmkit {PROGRAM}\n"));
    if links {
        let names = super::link_names().join(" ");
        text.push_str(&format!("complete -F _lvmkit {names}\n"));
    }
    text
}

fn write_command(text: &mut String, command: &'static Command) {
    let list = OptionList::of(command);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "    {})\n        case $2 in", command.name);
    let mut free = Vec::new();
    for opt in list.all().filter(|opt| opt.takes != Takes::Nothing) {
        let words = opt.takes.words().join(" ");
        match (words.is_empty(), Kind::of_value(opt.takes)) {
            (true, None) => free.push(pattern(opt)),
            (_, kind) => {
                let kind = kind.map_or("", kind_name);
                let _ = writeln!(
                    text,
                    "        {}) values={} kinds={} ; return ;;",
                    pattern(opt),
                    quoted(&words),
                    quoted(kind)
                );
            }
        }
    }
    if !free.is_empty() {
        let _ = writeln!(text, "        {}) return ;;", free.join(" | "));
    }
    text.push_str("        esac\n");
    let names = list.all().flat_map(names).collect::<Vec<_>>().join(" ");
    let arguments = Arguments::of(command);
    let words = arguments.words.iter().copied().collect::<Vec<_>>().join(" ");
    let kinds = arguments.kinds.iter().map(|kind| kind_name(*kind)).collect::<Vec<_>>().join(" ");
    let _ = writeln!(text, "        options={}", quoted(&names));
    let _ = writeln!(text, "        values={} kinds={}\n        ;;", quoted(&words), quoted(&kinds));
}

fn names(opt: &'static Opt) -> impl Iterator<Item = String> {
    opt.short.map(|short| format!("-{short}")).into_iter().chain([format!("--{}", opt.long)])
}

fn pattern(opt: &'static Opt) -> String {
    let aliases = opt.aliases.iter().map(|alias| format!("--{alias}"));
    names(opt).chain(aliases).collect::<Vec<_>>().join(" | ")
}

/// What the scripts call a kind.
fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Command => "command",
        Kind::Dir => "dir",
        Kind::File => "file",
        Kind::Lv => "lv",
        Kind::Pv => "pv",
        Kind::Vg => "vg",
    }
}
