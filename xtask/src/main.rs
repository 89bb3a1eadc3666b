//! The workspace's own tools: `cargo xtask NAME`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tools talk to people")]

mod header;
mod install;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

/// What every task returns; the text says what is wrong and where.
type Outcome = Result<(), String>;

/// Name, what runs, and one line of help.
type Task = (&'static str, fn(&[String]) -> Outcome, &'static str);

const TASKS: &[Task] = &[
    ("header", header::run, "write include/lvmkit.h and include/lvmkit_cdef.h; --check: compare them"),
    ("install", install::run, "build the command and the C library, and put them under PREFIX"),
    ("tidy", tidy::run, "check the rules that no compiler checks"),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest = arguments.collect::<Vec<_>>();
    let Some((_, task, _)) = TASKS.iter().find(|(known, _, _)| *known == name) else {
        eprintln!("usage: cargo xtask TASK\n");
        for (name, _, help) in TASKS {
            eprintln!("  {name:<8} {help}");
        }
        return ExitCode::from(2);
    };
    match task(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{name}: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}
