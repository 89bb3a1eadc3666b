//! `lvread`

use std::fs::File;
use std::os::fd::AsFd;

use lvmkit::Error;

use super::Command;
use crate::args::option as o;
use crate::progress::Progress;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvread",
    summary: "Write the content of a logical volume to a file or to standard output",
    usage: &["lvread LV [ --output File ]"],
    options: &[o::COMMON, &[&o::READONLY, &o::OUTPUT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let [word] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let (vg, lv) = super::volume(word)?;
    let lvm = session.open_read_only()?;
    let group = lvm.volume_group(&vg).map_err(|error| super::cannot_process(&vg, error))?;
    let device = lvm.open_lv(&group, &lv)?;
    let path = session.args.text(&o::OUTPUT).filter(|path| *path != "-").map(str::to_owned);
    if session.is_test() {
        let to = path.as_deref().unwrap_or("standard output");
        session.out.lines("  ", &format!("write {} of volume {vg}/{lv} to {to}", device.size()));
        return Ok(());
    }
    let output = match &path {
        Some(path) => create(path)?,
        None => stdout(session)?,
    };
    let mut progress = Progress::new(session.out);
    let written = device.copy_to(&output, &mut |event: &lvmkit::Event| progress.event(event));
    progress.finish();
    let written = match written {
        // A reader that has seen enough is told nothing.
        Err(error) if is_broken_pipe(&error) => return Err(Failure::Refused(Vec::new())),
        written => written?,
    };
    session.out.detail(format!("{written} bytes written for {}", device.size()));
    Ok(())
}

fn is_broken_pipe(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn create(path: &str) -> Outcome<File> {
    // A device keeps its content until it is overwritten; a file is made anew.
    let opened = File::options().read(true).write(true).create(true).truncate(true).open(path);
    opened.map_err(|error| Error::io("cannot open the output", path, 0, error).into())
}

fn stdout(session: &mut Session<'_>) -> Outcome<File> {
    let descriptor = session.out.plain_stdout().as_fd().try_clone_to_owned();
    let descriptor =
        descriptor.map_err(|error| Error::io("cannot use the output", "standard output", 0, error))?;
    Ok(File::from(descriptor))
}
