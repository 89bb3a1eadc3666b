//! Manual pages: one for each command, with each option, and nothing that a formatter complains of.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod support;

#[path = "../../tests/support/mod.rs"]
mod machine;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use support::Folder;

/// Writes the pages.
fn pages(folder: &Folder) -> Vec<PathBuf> {
    folder.run("generate man pages").ok();
    let entries = fs::read_dir(folder.path("pages")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Command, long name, letter and value of every option.
fn options(folder: &Folder) -> Vec<[String; 4]> {
    let text = folder.run("generate options").ok();
    let row = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
    text.lines().map(row).collect()
}

/// What a program that formats a page prints, with nothing to complain about.
fn formatted(program: &str, arguments: &[&str], page: &PathBuf) -> Result<String, String> {
    let mut command = Command::new(program);
    let output = command.args(arguments).arg(page).env("MANWIDTH", "200").env("LC_ALL", "C.UTF-8").output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    let complaints = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let complaints = String::from_utf8_lossy(&complaints).into_owned();
    // Pages that are not installed are not looked for in the folder.
    let real = |line: &&str| line.contains("mandoc:") && !line.contains("referenced manual not found");
    assert_eq!(complaints.lines().find(real), None, "{}", page.display());
    assert!(output.stderr.is_empty() || program == "mandoc", "{}: {complaints}", page.display());
    assert!(output.status.code().is_some_and(|code| code < 3), "{}: {complaints}", page.display());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_command_has_a_page_and_every_option_is_on_it() {
    let folder = Folder::new(&[]);
    let pages = pages(&folder);
    let options = options(&folder);
    let commands = options.iter().map(|[command, ..]| command.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(pages.len(), commands.len() + 1);
    assert!(commands.len() > 30 && options.len() > 400);
    let help = folder.run("help").ok();
    let overview = fs::read_to_string(folder.path("pages/lvmkit.8")).unwrap();
    for command in commands {
        assert!(help.contains(&format!("  {command} ")), "{command}");
        assert!(overview.contains(&format!(".BR lvmkit\\-{command} (8)")), "{command}");
    }
    for [command, long, short, value] in &options {
        let page = fs::read_to_string(folder.path(&format!("pages/lvmkit-{command}.8"))).unwrap();
        let long = format!("\\fB\\-\\-{}\\fP", long.replace('-', "\\-"));
        let head = match short.is_empty() {
            true => format!("\n.TP\n{long}"),
            false => format!("\n.TP\n\\fB\\-{short}\\fP, {long}"),
        };
        let behind = if value.is_empty() { "\n" } else { " " };
        assert!(page.contains(&format!("{head}{behind}")), "{command} {head}");
    }
}

#[test]
fn formatters_have_nothing_to_say() {
    let folder = Folder::new(&[]);
    for page in pages(&folder) {
        for (program, arguments) in
            [("mandoc", &["-Tlint"] as &[&str]), ("groff", &["-man", "-Tutf8", "-ww", "-z"])]
        {
            let done = formatted(program, arguments, &page);
            if machine::needed("formatting manual pages", done).is_none() {
                return;
            }
        }
    }
}

#[test]
fn a_page_reads_as_it_was_meant() {
    let folder = Folder::new(&[]);
    pages(&folder);
    let page = folder.path("pages/lvmkit-lvcreate.8");
    let Some(text) =
        machine::needed("reading a manual page", formatted("mandoc", &["-Tascii", "-Owidth=200"], &page))
    else {
        return;
    };
    // Bold and italic are written by striking over.
    let text = text.split('\u{8}').map(|part| part.strip_suffix(|_: char| true).unwrap_or(part));
    let text = text.collect::<String>();
    for part in [
        "lvmkit-lvcreate - make a logical volume",
        "-L, --size Size[m|UNIT]",
        "--addtag Tag",
        "lvmkit lvcreate -l 100%FREE -n data vg0",
        "OPTIONS OF LVM2 THAT ARE NOT SUPPORTED",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
