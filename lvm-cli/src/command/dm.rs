//! `dm`: what device-mapper has, whoever made it. Nothing is changed.

use std::fs;

use lvmkit::dm::kernel::{DeviceInfo, DeviceKey, Kernel, KernelLine, ListedDevice};

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

mod tree;

pub(super) static COMMAND: Command = Command {
    name: "dm",
    summary: "Show the devices of the kernel's device-mapper, as dmsetup does",
    usage: &["dm ls [ --tree ]", "dm table|status|info|deps [ Name ... ]", "dm deps --tree", "dm targets"],
    options: &[o::COMMON, &[&o::READONLY, &o::TREE]],
    run,
};

/// Sectors of a KiB.
const KIB_SECTORS: u64 = 2;

fn run(session: &mut Session<'_>) -> Outcome {
    let mut words = session.args.words.clone().into_iter();
    let Some(what) = words.next() else { return Err(Failure::Syntax) };
    let names = words.collect::<Vec<_>>();
    let is_tree = session.args.has(&o::TREE);
    if is_tree && !matches!(what.as_str(), "ls" | "deps") {
        return Err(crate::activation::not_accepted("--tree"));
    }
    let show: Show = match what.as_str() {
        "ls" => list,
        "table" => table,
        "status" => status,
        "info" => info,
        "deps" => deps,
        "targets" if names.is_empty() => return targets(session),
        _ => return Err(Failure::Syntax),
    };
    let kernel = Kernel::open()?;
    let devices = kernel.list_devices("")?;
    if is_tree {
        let forest = tree::draw(&kernel, &devices)?;
        session.out.raw(if devices.is_empty() { "No devices found\n" } else { &forest });
        return Ok(());
    }
    let all = names.is_empty();
    let mut chosen = Vec::new();
    for name in &names {
        let plain = name.strip_prefix("/dev/mapper/").unwrap_or(name);
        match devices.iter().find(|device| device.name == plain) {
            Some(device) => chosen.push(device),
            None => session.fail(Failure::refused(format!("Device {plain} not found"))),
        }
    }
    if all {
        chosen.extend(&devices);
        if devices.is_empty() {
            session.out.raw("No devices found\n");
        }
    }
    for device in chosen {
        match show(&kernel, device, all) {
            Ok(text) => session.out.raw(&text),
            // It was there a moment ago.
            Err(error) if *error.kind() == lvmkit::ErrorKind::NotFound && all => {}
            Err(error) => session.fail(error.into()),
        }
    }
    Ok(())
}

/// What is shown of a device; lines begin with its name when all devices are shown.
type Show = fn(&Kernel, &ListedDevice, bool) -> lvmkit::Result<String>;

fn list(_: &Kernel, device: &ListedDevice, _: bool) -> lvmkit::Result<String> {
    Ok(format!("{}\t({})\n", device.name, device.number))
}

fn table(kernel: &Kernel, device: &ListedDevice, all: bool) -> lvmkit::Result<String> {
    let (_, mut lines) = kernel.table_lines(DeviceKey::Number(device.number), false)?;
    lines.iter_mut().filter(|line| line.target == "crypt").for_each(hide_key);
    Ok(shown_lines(&lines, device, all))
}

/// Keys are nobody's business.
fn hide_key(line: &mut KernelLine) {
    let mut words = line.params.split(' ').map(str::to_owned).collect::<Vec<_>>();
    // One that begins with a colon only says where the key is.
    if let Some(key) = words.get_mut(1).filter(|key| !key.starts_with(':')) {
        *key = "0".repeat(key.len());
    }
    line.params = words.join(" ");
}

fn status(kernel: &Kernel, device: &ListedDevice, all: bool) -> lvmkit::Result<String> {
    // Without a flush: a pool would commit its metadata to answer.
    let (_, lines) = kernel.status_lines(DeviceKey::Number(device.number), true)?;
    Ok(shown_lines(&lines, device, all))
}

fn shown_lines(lines: &[KernelLine], device: &ListedDevice, all: bool) -> String {
    let prefix = if all { format!("{}: ", device.name) } else { String::new() };
    if lines.is_empty() {
        return format!("{prefix}\n");
    }
    let line = |line: &KernelLine| {
        format!("{prefix}{} {} {} {}\n", line.start.get(), line.length.get(), line.target, line.params)
    };
    lines.iter().map(line).collect()
}

fn info(kernel: &Kernel, device: &ListedDevice, _: bool) -> lvmkit::Result<String> {
    let info = kernel.info(DeviceKey::Number(device.number))?;
    let state = if info.is_suspended() { "SUSPENDED" } else { "ACTIVE" };
    let read_only = if info.is_read_only() { " (READ-ONLY)" } else { "" };
    let tables = match (info.has_live_table(), info.has_inactive_table()) {
        (true, true) => "LIVE & INACTIVE",
        (true, false) => "LIVE",
        (false, true) => "INACTIVE",
        (false, false) => "None",
    };
    let mut rows = vec![("Name:", info.name.clone()), ("State:", format!("{state}{read_only}"))];
    rows.extend(read_ahead(&info).map(|sectors| ("Read Ahead:", sectors.to_string())));
    rows.extend([
        ("Tables present:", tables.to_owned()),
        ("Open count:", info.open_count.to_string()),
        ("Event number:", info.event_nr.to_string()),
        ("Major, minor:", format!("{}, {}", info.number.major, info.number.minor)),
        ("Number of targets:", info.target_count.to_string()),
    ]);
    let mut text = rows.iter().map(|(name, value)| format!("{name:<18} {value}\n")).collect::<String>();
    if !info.uuid.is_empty() {
        text.push_str(&format!("UUID: {}\n", info.uuid));
    }
    text.push('\n');
    Ok(text)
}

/// How many sectors are read ahead.
fn read_ahead(info: &DeviceInfo) -> Option<u64> {
    let path = format!("/sys/dev/block/{}/bdi/read_ahead_kb", info.number);
    let kib = fs::read_to_string(path).ok()?.trim().parse::<u64>().ok()?;
    kib.checked_mul(KIB_SECTORS)
}

fn deps(kernel: &Kernel, device: &ListedDevice, all: bool) -> lvmkit::Result<String> {
    let deps = kernel.deps(DeviceKey::Number(device.number))?;
    let prefix = if all { format!("{}: ", device.name) } else { String::new() };
    let numbers = deps.iter().map(|dep| format!(" ({}, {})", dep.major, dep.minor)).collect::<String>();
    Ok(format!("{prefix}{} dependencies\t:{numbers}\n", deps.len()))
}

fn targets(session: &mut Session<'_>) -> Outcome {
    for target in Kernel::open()?.target_versions()? {
        session.out.raw(&format!("{:<16} v{}\n", target.name, target.version));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lvmkit::Sectors;

    #[test]
    fn keys_are_hidden() {
        let line = |params: &str| KernelLine {
            start: Sectors(0),
            length: Sectors(8),
            target: "crypt".to_owned(),
            params: params.to_owned(),
        };
        let hidden = |params: &str| {
            let mut line = line(params);
            hide_key(&mut line);
            line.params
        };
        assert_eq!(hidden("aes-xts-plain64 deadbeef 0 7:1 0"), "aes-xts-plain64 00000000 0 7:1 0");
        assert_eq!(hidden("aes :32:logon:k 0 7:1 0"), "aes :32:logon:k 0 7:1 0");
        assert_eq!(hidden(""), "");
    }
}
