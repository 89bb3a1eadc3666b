//! Devices of volumes, and groups.

use lvm_core::store::{FoundVg, Problem, Scan};
use lvm_core::{ErrorKind, Result};
use lvm_dm::DeviceName;
use lvm_dm::kernel::Kernel;
use lvm_dm::name::UUID_PREFIX;

use super::Check;
use crate::activate::live::Live;
use crate::lvm::Lvm;

const MAPPED: &str = "active volumes";
const GROUPS: &str = "volume groups";

pub(super) fn examine(lvm: &Lvm) -> Vec<Check> {
    let mut checks = Vec::new();
    // Who has no device-mapper was told so already.
    let kernel = lvm.options.kernel.kernel().unwrap_or_default();
    let scan = match lvm.scan() {
        Ok(scan) => Some(scan),
        Err(error) if *error.kind() == ErrorKind::Unsupported => {
            checks.push(
                Check::warning(GROUPS, "no devices were named: none was looked at")
                    .remedy("name them with --devices"),
            );
            None
        }
        Err(error) => {
            checks.push(Check::problem(GROUPS, format!("the devices cannot be read: {error}")));
            None
        }
    };
    if let Some(kernel) = &kernel {
        match mapped(kernel, scan.as_ref()) {
            Ok(found) => checks.extend(found),
            Err(error) => {
                checks.push(Check::problem(MAPPED, format!("the kernel does not list them: {error}")));
            }
        }
    }
    checks.extend(scan.iter().flat_map(groups));
    checks
}

/// Devices that a crash left in the middle of a change.
fn mapped(kernel: &Kernel, scan: Option<&Scan>) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let devices = kernel.list_devices(UUID_PREFIX)?;
    for device in &devices {
        // It may be gone by now.
        let Some(info) = kernel.find(device.number.into())? else { continue };
        let what = match (info.is_suspended(), info.has_inactive_table()) {
            (false, false) => continue,
            (true, false) => "is suspended: its I/O waits",
            (true, true) => "is suspended, with another table waiting: its I/O waits",
            (false, true) => "has another table waiting",
        };
        let vg = device.name.parse::<DeviceName>();
        let vg = vg.map_or_else(|_| "VG".to_owned(), |name| name.vg().to_owned());
        checks.push(
            Check::problem(MAPPED, format!("{} {what}", device.name))
                .remedy(format!("if no command is changing it right now: lvmkit recover {vg}")),
        );
    }
    for found in scan.iter().flat_map(|scan| &scan.groups) {
        checks.extend(left_over(kernel, found)?);
    }
    if checks.is_empty() {
        checks
            .push(Check::ok(MAPPED, format!("{} device(s), none in the middle of a change", devices.len())));
    }
    Ok(checks)
}

/// Devices of volumes that the metadata does not have.
fn left_over(kernel: &Kernel, found: &FoundVg) -> Result<Vec<Check>> {
    let live = Live::of(kernel, found.vg.id())?;
    let gone = live.lvs().filter(|id| found.vg.logical_volume_by_id(*id).is_none());
    let mut names = gone.flat_map(|id| live.of_lv(id)).map(|device| &device.name).collect::<Vec<_>>();
    names.sort_unstable();
    let check = |name: &String| {
        Check::problem(MAPPED, format!("{name} is a device of a volume that does not exist"))
            .remedy(format!("lvmkit recover {}", found.vg.name()))
    };
    Ok(names.into_iter().map(check).collect())
}

/// What is wrong with groups and physical volumes.
fn groups(scan: &Scan) -> Vec<Check> {
    let mut checks = scan.problems.iter().map(|problem| of_problem(GROUPS, problem)).collect::<Vec<_>>();
    for found in &scan.groups {
        let name = format!("volume group {}", found.vg.name());
        checks.extend(found.problems.iter().map(|problem| of_problem(&name, problem)));
    }
    if checks.is_empty() {
        let count = scan.groups.len();
        checks.push(Check::ok(GROUPS, format!("{count} group(s), nothing wrong with them")));
    }
    checks
}

fn of_problem(name: &str, problem: &Problem) -> Check {
    match problem {
        Problem::Duplicate { pv, used, left_out } => {
            Check::problem(name, format!("{used} and {left_out} both are physical volume {pv}"))
                .remedy("look at one of them only, or make the copy a group of its own (vgimportclone)")
        }
        Problem::MissingPv { pv, hint } => {
            Check::problem(name, format!("physical volume {pv} is missing, last seen as {hint}"))
                .remedy("bring it back, or give it up (vgreduce --removemissing)")
        }
        problem if problem.is_serious() => Check::problem(name, problem.to_string()),
        problem => {
            Check::warning(name, problem.to_string()).remedy("the next change of the group puts it right")
        }
    }
}
