//! `lvmdiskscan`

use lvmkit::Bytes;
use lvmkit::core::store::Scan;

use super::Command;
use crate::args::option as o;
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "lvmdiskscan",
    summary: "List devices that are or may become physical volumes",
    usage: &["lvmdiskscan [ --lvmpartition ]"],
    options: &[o::COMMON, &[&o::IGNORELOCKINGFAILURE, &o::LVMPARTITION, &o::READONLY, &o::REPORTFORMAT]],
    run,
};

/// The width of sizes.
const SIZE_WIDTH: usize = 15;

struct Listed {
    name: String,
    size: Bytes,
    is_pv: bool,
}

fn run(session: &mut Session<'_>) -> Outcome {
    super::no_words(session)?;
    let lvm = session.open(None)?;
    let scan = lvm.scan()?;
    super::warn_about(session, &scan);
    let mut devices = pvs(&scan);
    for name in &scan.others {
        // It may have gone since.
        if let Some(size) = session.note(lvm.device_size(name.as_str()).map_err(Into::into)) {
            devices.push(Listed { name: name.clone(), size, is_pv: false });
        }
    }
    devices.sort_by(|one, two| {
        (super::order::place(&one.name), &one.name).cmp(&(super::order::place(&two.name), &two.name))
    });
    let width = devices.iter().map(|device| device.name.len()).max().unwrap_or_default();
    let only_pvs = session.args.has(&o::LVMPARTITION);
    if only_pvs {
        session.out.warn("only considering LVM devices");
        devices.retain(|device| device.is_pv);
    }
    for Listed { name, size, is_pv } in &devices {
        let what = if *is_pv { "LVM physical volume" } else { "" };
        let size = super::shown_size(*size);
        session.out.lines("  ", &format!("{name:<width$} [{size:>SIZE_WIDTH$}] {what}"));
    }
    // A name that ends in a digit is taken to be that of a partition, as by lvm2.
    let count = |is_pv: bool, whole: bool| {
        let of = |device: &&Listed| {
            device.is_pv == is_pv && device.name.ends_with(|last: char| last.is_ascii_digit()) != whole
        };
        devices.iter().filter(of).count()
    };
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    if !only_pvs {
        session.out.lines("  ", &plural(count(false, true), "disk"));
        session.out.lines("  ", &plural(count(false, false), "partition"));
    }
    session.out.lines("  ", &plural(count(true, true), "LVM physical volume whole disk"));
    session.out.lines("  ", &plural(count(true, false), "LVM physical volume"));
    Ok(())
}

fn pvs(scan: &Scan) -> Vec<Listed> {
    let members = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten());
    let orphans = scan.orphans.iter().map(|orphan| &orphan.pv);
    let all = members.chain(orphans).map(|pv| Listed {
        name: pv.device.name().to_owned(),
        size: Bytes(pv.device.size()),
        is_pv: true,
    });
    all.collect()
}
