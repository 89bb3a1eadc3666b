//! `lvwrite`

use std::fs::File;
use std::os::fd::AsFd;

use lvmkit::Error;

use super::Command;
use crate::args::option as o;
use crate::progress::Progress;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvwrite",
    summary: "Write a file or standard input to the start of a logical volume",
    usage: &["lvwrite LV [ --input File ]"],
    options: &[o::COMMON, &[&o::READONLY, &o::NOFLUSH, &o::INPUT]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let [word] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let (vg, lv) = super::volume(word)?;
    let path = session.args.text(&o::INPUT).filter(|path| *path != "-").map(str::to_owned);
    let lvm = session.open(None)?;
    let group = lvm.volume_group(&vg).map_err(|error| super::cannot_process(&vg, error))?;
    let device = lvm.open_lv(&group, &lv)?;
    let from = path.as_deref().unwrap_or("standard input");
    if session.is_test() {
        session.out.lines("  ", &format!("write {from} to volume {vg}/{lv} of {}", device.size()));
        return Ok(());
    }
    let input = match &path {
        Some(path) => File::open(path).map_err(|error| Error::io("cannot open the input", path, 0, error))?,
        None => {
            let descriptor = std::io::stdin().as_fd().try_clone_to_owned();
            File::from(descriptor.map_err(|error| Error::io("cannot use the input", from, 0, error))?)
        }
    };
    let mut progress = Progress::new(session.out);
    let read = device.copy_from(&input, &mut |event: &lvmkit::Event| progress.event(event));
    progress.finish();
    let read = read?;
    session.out.detail(format!("{read} bytes of {} written from {from}", device.size()));
    Ok(())
}
