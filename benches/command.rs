//! Whole processes: `lvs`, `vgs` and `pvs` of the command against those of lvm2, on the same loop
//! devices.
//!
//! The command is built with the profile `dist`, linked statically to a fixed address;
//! `LVMKIT_BENCH_COMMAND` names another one. Needs root, loop devices and lvm2.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a bench prints its figures, and uses a part of what the tests have"
)]

#[path = "support/mod.rs"]
mod figures;
#[path = "../tests/support/mod.rs"]
mod support;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use figures::report;
use lvmkit::core::store::PvOptions;
use lvmkit::{Bytes, Lvm, NewLv, Options, PvSource, Silent, Size};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use nix::sys::resource::{UsageWho, getrusage};
use support::loops::Loop;
use support::lvm2::Lvm2;

/// Set for the process that starts one program again and again: how often.
const RUNS_VARIABLE: &str = "LVMKIT_BENCH_RUNS";

/// What a program takes.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// User and system time, least of several runs, in ms.
    cpu: f64,
    /// From the start to the first byte of output, least of several runs, in ms.
    first_byte: f64,
    /// The most memory, in MiB.
    peak: f64,
}

fn main() {
    if let Ok(runs) = std::env::var(RUNS_VARIABLE) {
        let line = std::env::args().skip(1).collect::<Vec<_>>();
        return start_again_and_again(runs.parse().unwrap(), &line);
    }
    if let Err(why) = compare() {
        println!("skipped: {why}");
    }
}

/// Prints the [`Cost`] of a command line. In a process of its own: the kernel tells the peak of all
/// programs that a process has waited for, and of the memory that it was started from.
fn start_again_and_again(runs: usize, line: &[String]) {
    let (program, arguments) = line.split_first().unwrap();
    let mut least = [Duration::MAX; 2];
    for _ in 0..runs {
        let before = cpu_of_children();
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut buffer = [0; 1 << 16];
        let first = out.read(&mut buffer).unwrap();
        let first_byte = start.elapsed();
        while out.read(&mut buffer).unwrap() > 0 {}
        assert!(child.wait().unwrap().success() && first > 0, "{line:?}");
        least = [least[0].min(cpu_of_children() - before), least[1].min(first_byte)];
    }
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    println!("{} {} {peak}", least[0].as_secs_f64() * 1e3, least[1].as_secs_f64() * 1e3);
}

fn cpu_of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let [user, system] = [usage.user_time(), usage.system_time()];
    let micros = (user.tv_sec() + system.tv_sec()) * 1_000_000 + user.tv_usec() + system.tv_usec();
    Duration::from_micros(micros.try_into().unwrap())
}

fn cost(runs: usize, system_dir: &Path, program: &Path, arguments: &[&str]) -> Cost {
    let output = Command::new(std::env::current_exe().unwrap())
        .env(RUNS_VARIABLE, runs.to_string())
        .env("LVM_SYSTEM_DIR", system_dir)
        .env("LVM_SUPPRESS_FD_WARNINGS", "1")
        .arg(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{program:?} {arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let figures = text.split_whitespace().map(|word| word.parse::<f64>().unwrap()).collect::<Vec<_>>();
    let [cpu, first_byte, peak] = figures[..] else { panic!("{text}") };
    Cost { cpu, first_byte, peak: peak / 1024.0 }
}

fn compare() -> Result<(), String> {
    let lvm2 = Lvm2::new()?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let groups = [(10_usize, 100_usize), (10_000, 15)];
    let groups = groups.map(|(count, runs)| group(dir.path(), count).map(|device| (count, runs, device)));
    let ours = command(&dir.path().join("installed"))?;
    println!("{} against lvm2 {}", ours.display(), lvm2.version());
    let start = cost(100, lvm2.system_dir(), &ours, &["version"]);
    println!("start alone: {:.2} ms CPU, {:.1} MiB", start.cpu, start.peak);
    for group in groups {
        let (count, runs, device) = group?;
        for what in ["lvs", "vgs", "pvs"] {
            let cost = |program: &Path, runs| {
                cost(runs, lvm2.system_dir(), program, &[what, "--devices", device.path()])
            };
            compare_one(
                &format!("{what} of {count}"),
                what,
                cost(&ours, runs),
                cost("lvm".as_ref(), runs / 3),
            );
        }
    }
    Ok(())
}

fn compare_one(name: &str, what: &str, ours: Cost, theirs: Cost) {
    println!(
        "{name}: {:.2} ms CPU, {:.1} MiB; lvm2 {:.2} ms, {:.1} MiB",
        ours.cpu, ours.peak, theirs.cpu, theirs.peak
    );
    let factor = if what == "vgs" && name.ends_with("10000") { 50.0 } else { 10.0 };
    report(&format!("{name}: times less CPU than lvm2"), theirs.cpu / ours.cpu, "times", factor, true);
    report(&format!("{name}: memory of lvm2's"), ours.peak / theirs.peak, "times", 0.3333, false);
    if !name.ends_with("10000") {
        report(&format!("{name}: first byte"), ours.first_byte, "ms", 5.0, false);
    }
}

/// The command, installed in a folder.
fn command(folder: &Path) -> Result<PathBuf, String> {
    if let Some(command) = std::env::var_os("LVMKIT_BENCH_COMMAND") {
        return std::path::absolute(&command).map_err(|error| format!("{}: {error}", command.display()));
    }
    let mut install = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    install.args(["xtask", "install", "--only", "command", "--prefix"]).arg(folder);
    install.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    if !install.status().map_err(|error| format!("cargo: {error}"))?.success() {
        return Err("the command is not installed".to_owned());
    }
    let command = folder.join("bin/lvmkit");
    forget(&command).map_err(|error| format!("{}: {error}", command.display()))?;
    Ok(command)
}

/// Drops a file from the page cache. One that was just written lies there in large pieces, all of whose
/// pages count for a program that touches one; what the machine reads from disk does not.
fn forget(path: &Path) -> std::io::Result<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    Ok(posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?)
}

/// A loop device with a group of so many volumes of one extent.
fn group(dir: &Path, count: usize) -> Result<Loop, String> {
    let device = Loop::new(dir, &format!("disk{count}"), 50 << 30)?;
    let lvm =
        Lvm::open(Options::new().devices([device.path()]).no_backups().locking(false).flush(false).seed(1));
    let lvm = lvm.unwrap();
    let options = PvOptions { metadata_size: Some(Bytes::mib(64)), ..PvOptions::default() };
    let pv = PvSource::new(device.path()).options(options);
    let mut tx =
        lvm.create_vg(lvmkit::NewVg::new(format!("vg{count}")).extent_size(Bytes::mib(1)), [pv]).unwrap();
    for at in 0..count {
        tx.create_lv(NewLv::linear(format!("lv{at}"), Size::extents(1)).zero(false).wipe_signatures(false))
            .unwrap();
    }
    tx.commit(&mut Silent).unwrap();
    Ok(device)
}
