//! `lvmkit`: LVM2's commands over the lvmkit library.
//!
//! It is called as `lvmkit COMMAND …`, or through a symlink named like a command (`lvs`,
//! `pvcreate`) or like `lvm`. This program parses arguments, calls the library and prints; what it
//! does is in the library.

#![forbid(unsafe_code)]

mod activation;
mod args;
mod batch;
mod command;
mod completion;
mod dispatch;
mod generate;
mod help;
mod man;
mod manual;
mod output;
mod progress;
mod pv;
mod session;
mod settings;
mod shell;
mod streams;

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(dispatch::run(std::env::args_os()))
}
