//! Completions, asked of the shells themselves.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod support;

#[path = "../../tests/support/mod.rs"]
mod machine;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use support::Folder;

/// Runs a shell with a script, with the program in its path, and returns what it prints.
fn shell(folder: &Folder, program: &str, arguments: &[&str], script: &str) -> Result<String, String> {
    fs::write(folder.path("script"), script).unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_lvmkit")).parent().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg(folder.path("script")).current_dir(folder.path(""));
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("HOME", folder.path(""));
    command.env("LVMKIT_DEVICES", &folder.devices).env("LVM_SYSTEM_DIR", folder.path(""));
    command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    assert!(output.status.success() && output.stderr.is_empty(), "{program}: {output:?}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes the completions for a shell.
fn generated(folder: &Folder, shell: &str, links: &str) -> String {
    let text = folder.run(&format!("generate completions {shell} {links}")).ok();
    fs::write(folder.path(&format!("completions.{shell}")), &text).unwrap();
    text
}

/// Long names of options by command.
fn options(folder: &Folder) -> BTreeMap<String, BTreeSet<String>> {
    let text = folder.run("generate options").ok();
    let mut options: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let columns = line.split('\t').collect::<Vec<_>>();
        options.entry(columns[0].to_owned()).or_default().insert(format!("--{}", columns[1]));
    }
    options
}

/// Command lines up to where something is to be completed, and some of what is offered there.
/// `-` in front is what must not be.
const PLACES: [(&str, &[&str]); 16] = [
    ("lvmkit lvc", &["lvchange", "lvcreate", "-lvs"]),
    ("lvmkit ", &["lvcreate", "pvs", "vgs", "help", "version"]),
    ("lvmkit help vgr", &["vgreduce", "vgremove", "vgrename"]),
    ("lvmkit lvcreate --wi", &["--wipesignatures"]),
    ("lvmkit lvcreate --alloc c", &["cling", "cling_by_tags", "contiguous", "-normal"]),
    ("lvmkit lvs --reportformat ", &["basic", "json"]),
    ("lvmkit lvcreate -a ", &["y", "n", "ay"]),
    ("lvmkit vgs ", &["vg"]),
    ("lvmkit vgchange -ay v", &["vg"]),
    ("lvmkit lvs v", &["vg", "vg/data", "vg/root"]),
    ("lvmkit lvremove vg/d", &["vg/data", "-vg/root"]),
    ("lvmkit pvs a", &["a.img"]),
    ("lvmkit apply scr", &["script"]),
    ("lvmkit dm ta", &["table", "targets"]),
    ("lvmkit plan lvcr", &["lvcreate"]),
    ("lvmkit plan lvcreate --wi", &["--wipesignatures"]),
];

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 8)]);
    folder.run("lvcreate -l1 -n root vg").ok();
    folder.run("lvcreate -l1 -n data vg").ok();
    fs::write(folder.path("script"), "").unwrap();
    folder
}

#[track_caller]
fn check_place(line: &str, offered: &[&str], expected: &[&str]) {
    for word in expected {
        match word.strip_prefix('-').filter(|word| !word.starts_with('-')) {
            Some(word) => assert!(!offered.contains(&word), "{line}: {word} in {offered:?}"),
            None => assert!(offered.contains(word), "{line}: no {word} in {offered:?}"),
        }
    }
}

/// Checks what a shell offers at all places, and that it offers every option. `ask` makes a script
/// that prints, for each line, what is offered, and then a line of `==`.
fn check(folder: &Folder, program: &str, arguments: &[&str], ask: impl Fn(&[String]) -> String) {
    let places = PLACES.iter().map(|(line, _)| (*line).to_owned()).collect::<Vec<_>>();
    let options = options(folder);
    let commands = options.keys().map(|command| format!("lvmkit {command} --")).collect::<Vec<_>>();
    let script = ask(&[places, commands].concat());
    let text =
        machine::needed(&format!("completions for {program}"), shell(folder, program, arguments, &script));
    let Some(text) = text else { return };
    let answers = text.split("==\n").map(|part| part.lines().collect::<Vec<_>>()).collect::<Vec<_>>();
    assert_eq!(answers.len(), PLACES.len() + options.len() + 1, "{text}");
    for ((line, expected), offered) in PLACES.iter().zip(&answers) {
        check_place(line, offered, expected);
    }
    for ((command, expected), offered) in options.iter().zip(&answers[PLACES.len()..]) {
        let offered = offered.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        let missing = expected.difference(&offered).collect::<Vec<_>>();
        assert!(missing.is_empty(), "{program} {command}: {missing:?}");
    }
}

#[test]
fn bash() {
    let folder = folder();
    generated(&folder, "bash", "");
    check(&folder, "bash", &["--norc"], |lines| {
        let mut script = "source ./completions.bash\n\
            ask() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _lvmkit; printf '%s\\n' \"${COMPREPLY[@]}\"; echo ==; }\n"
            .to_owned();
        for line in lines {
            let (words, last) = line.rsplit_once(' ').unwrap();
            script.push_str(&format!("ask {words} '{last}'\n"));
        }
        script
    });
    // --option=value is three words to bash.
    let script = "source ./completions.bash\nCOMP_WORDS=(lvmkit lvcreate --alloc = cl)\nCOMP_CWORD=4\n_lvmkit\n\
        echo \"${COMPREPLY[*]}\"; complete -p lvmkit";
    let shown = shell(&folder, "bash", &["--norc"], script).unwrap();
    assert_eq!(shown, "cling cling_by_tags\ncomplete -F _lvmkit lvmkit\n");
}

#[test]
fn fish() {
    let folder = folder();
    generated(&folder, "fish", "");
    check(&folder, "fish", &["--no-config"], |lines| {
        let mut script = "source completions.fish\n".to_owned();
        for line in lines {
            script.push_str(&format!("complete -C '{line}' | string split -f 1 \\t\necho ==\n"));
        }
        script
    });
}

/// What zsh at a terminal is told: a key that writes down all that would be offered.
const ZSH_SETUP: &str = r#"
PROMPT='' LISTMAX=100000
autoload -Uz compinit; compinit -u -D
source ./completions.zsh
zstyle ':completion:*' insert-tab false
compadd() {
    # What only asks is left alone.
    if [[ " ${@[1,(i)(-|--)]} " == *' -'(O|A|D)' '* ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -A hits "$@"
    (( $#hits )) && print -rl -- ${hits%=} >>offered
    builtin compadd "$@"
}
show() { : >offered; zle complete-all; print -r -- "==" >>offered; cat offered >>answers; BUFFER=; CURSOR=0 }
complete-all() { _main_complete; compstate[insert]=; compstate[list]= }
zle -C complete-all complete-word complete-all
zle -N show
bindkey '^T' show
: >answers
"#;

/// The terminal, and what is typed there: each line, and the key, once the answer before is there.
const ZSH_DRIVE: &str = r#"
zmodload zsh/zpty
zpty z zsh -f -i
repeat 100; do
    zpty -r -t z text && break
    sleep 0.05
done
zpty -w z 'source ./setup.zsh'
repeat 1000; do
    [[ -e answers ]] && break
    zpty -r -t z text
    sleep 0.05
done
done=0
for words in "${lines[@]}"; do
    zpty -w -n z "$words"$'\x14'
    repeat 1000; do
        zpty -r -t z text
        (( $(grep -c '^==$' answers) > done )) && break
        sleep 0.02
    done
    (( done++ ))
done
zpty -d z
cat answers
"#;

#[test]
fn zsh() {
    let folder = folder();
    generated(&folder, "zsh", "");
    fs::write(folder.path("setup.zsh"), ZSH_SETUP).unwrap();
    check(&folder, "zsh", &["-f"], |lines| {
        let lines = lines.iter().map(|line| format!("  '{line}'\n")).collect::<String>();
        format!("lines=(\n{lines})\n{ZSH_DRIVE}")
    });
}

#[test]
fn names_of_lvm2_are_completed_when_they_are_links() {
    let folder = folder();
    let links = folder.run("generate links").ok();
    let links = links.lines().collect::<Vec<_>>();
    assert!(links.contains(&"lvm") && links.contains(&"lvs") && !links.contains(&"recover"), "{links:?}");
    let text = generated(&folder, "bash", "--links");
    assert!(text.ends_with(&format!("complete -F _lvmkit {}\n", links.join(" "))), "{text}");
    let script =
        "source ./completions.bash\nCOMP_WORDS=(lvs --al)\nCOMP_CWORD=1\n_lvmkit\necho \"${COMPREPLY[*]}\"";
    assert_eq!(shell(&folder, "bash", &["--norc"], script).unwrap(), "--aligned --all\n");
    assert!(
        generated(&folder, "zsh", "--links").starts_with(&format!("#compdef lvmkit {}\n", links.join(" ")))
    );
    generated(&folder, "fish", "--links");
    let script = "source completions.fish\ncomplete -C 'lvs --al' | string split -f 1 \\t\n\
        complete -C 'lvm lvs --al' | string split -f 1 \\t";
    let shown = shell(&folder, "fish", &["--no-config"], script);
    let Some(shown) = machine::needed("completions of links for fish", shown) else { return };
    assert_eq!(shown, "--aligned\n--all\n--aligned\n--all\n");
}
