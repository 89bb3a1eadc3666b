//! Command lines in every form, and what LVM2 says of them.
//!
//! `arguments/forms.txt` has them: the exit code and the line, then indented what LVM2 (2.03.16)
//! prints on standard error. Of a line that is answered otherwise here on purpose, `= CODE` and what
//! is printed here follow. None needs a device: what is understood fails for want of a group, or at
//! an option that does not exist. Every line that LVM2 prints is printed here, in its order; further
//! lines may say more.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]

mod support;

#[path = "../../tests/support/mod.rs"]
mod machine;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use machine::lvm2::Lvm2;
use support::Folder;

const FORMS: &str = include_str!("arguments/forms.txt");

/// No device of the machine is looked at.
const CONFIGURATION: &str = "devices { filter = [ \"r|.*|\" ] }";

/// What a program answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Answer {
    code: i32,
    lines: Vec<String>,
}

#[derive(Debug)]
struct Form {
    line: &'static str,
    lvm2: Answer,
    /// What is answered here, when it is something else.
    own: Option<Answer>,
}

impl Form {
    fn own(&self) -> &Answer {
        self.own.as_ref().unwrap_or(&self.lvm2)
    }
}

fn forms() -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for line in FORMS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(text) = line.strip_prefix('\t') {
            let form = forms.last_mut().unwrap();
            form.own.as_mut().unwrap_or(&mut form.lvm2).lines.push(text.to_owned());
        } else if let Some(code) = line.strip_prefix("= ") {
            forms.last_mut().unwrap().own = Some(Answer { code: code.parse().unwrap(), lines: Vec::new() });
        } else {
            let (code, line) = line.split_once(' ').unwrap();
            let lvm2 = Answer { code: code.parse().unwrap(), lines: Vec::new() };
            forms.push(Form { line, lvm2, own: None });
        }
    }
    forms
}

/// Words between blanks, or in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

/// True when every line of `few` is in `all`, in this order.
fn has_lines(all: &str, few: &[String]) -> bool {
    let mut all = all.lines();
    few.iter().all(|line| all.any(|other| other == line))
}

#[test]
fn forms_are_answered_as_recorded() {
    let mut folder = Folder::new(&[]);
    folder.devices.clear();
    fs::write(folder.path("lvm.conf"), CONFIGURATION).unwrap();
    let forms = forms();
    assert!(forms.len() > 400, "{}", forms.len());
    let mut wrong = Vec::new();
    for form in &forms {
        let line = words(form.line);
        let done = folder.run_with(&line.iter().map(String::as_str).collect::<Vec<_>>(), b"");
        let expected = form.own();
        if done.code != expected.code || !has_lines(&done.stderr, &expected.lines) || !done.stdout.is_empty()
        {
            wrong.push(format!("{}\n  expected {expected:?}\n  got {done:?}", form.line));
        }
    }
    assert!(wrong.is_empty(), "{} of {} forms:\n{}", wrong.len(), forms.len(), wrong.join("\n"));
}

#[test]
fn what_is_recorded_is_what_lvm2_answers() {
    // Other versions word some answers in another way.
    let lvm2 = Lvm2::new().and_then(|lvm2| match lvm2.version().starts_with("2.03.16(") {
        true => Ok(lvm2),
        false => Err(format!("lvm2 is {}", lvm2.version())),
    });
    let Some(lvm2) = machine::needed("forms as lvm2 answers them", lvm2) else { return };
    let text = fs::read_to_string(lvm2.system_dir().join("lvm.conf")).unwrap();
    fs::write(lvm2.system_dir().join("lvm.conf"), format!("{text}\n{CONFIGURATION}\n")).unwrap();
    let mut wrong = Vec::new();
    for form in forms() {
        let mut command = Command::new("lvm");
        command.args(words(form.line)).stdin(std::process::Stdio::null());
        command.env("LVM_SYSTEM_DIR", lvm2.system_dir());
        let output = command.env("LVM_SUPPRESS_FD_WARNINGS", "1").env("LC_ALL", "C").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(form.lvm2.code) || !has_lines(&said, &form.lvm2.lines) {
            wrong.push(format!("{}\n  recorded {:?}\n  got {said}", form.line, form.lvm2));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The options that a long help names.
fn named_options(help: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    // Behind the options lvm2 explains the kinds of values, with examples.
    let options = help.split("Common variables").next().unwrap_or_default();
    let words = options.split(|c: char| !is_name(c)).filter(|word| word.starts_with("--") && word.len() > 3);
    words.map(str::to_owned).collect()
}

#[test]
fn every_option_of_lvm2_is_known() {
    let Some(lvm2) = machine::needed("the options of lvm2", Lvm2::new()) else { return };
    let folder = Folder::new(&[]);
    let own = folder.run("generate options").ok();
    let commands = own.lines().filter_map(|line| line.split('\t').next()).collect::<BTreeSet<_>>();
    let mut compared = 0;
    for command in commands {
        let mut run = Command::new("lvm");
        run.args([command, "--longhelp"]).env("LVM_SYSTEM_DIR", lvm2.system_dir());
        let output = run.env("LVM_SUPPRESS_FD_WARNINGS", "1").env("LC_ALL", "C").output().unwrap();
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        // `lvm version` never shows help.
        let of_lvm2 = named_options(if command == "version" { "" } else { &help });
        let of_this = named_options(&folder.run(&format!("{command} --longhelp")).ok());
        let unknown = of_lvm2.difference(&of_this).collect::<Vec<_>>();
        assert!(unknown.is_empty(), "{command}: {unknown:?}");
        compared += of_lvm2.len();
    }
    assert!(compared > 800, "{compared}");
}
