//! `pvscan`

mod device;

use lvmkit::core::store::{FoundPv, FoundVg, Scan};
use lvmkit::{Bytes, DeviceSpec, Lvm, system};

use super::{Command, access, order, shown_size};
use crate::activation;
use crate::args::{Activation, Opt, option as o};
use crate::session::{Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "pvscan",
    summary: "List all physical volumes; activate groups that are complete",
    usage: &[
        "pvscan [ --exported | --novolumegroup ] [ --short | --uuid ]",
        "pvscan --cache [ --activate ay ] [ --listvg [ --checkcomplete --udevoutput ] ] [ PV ... ]",
        "pvscan --cache --listlvs [ --checkcomplete ] PV",
        "pvscan --listvg|--listlvs PV",
    ],
    options: &[
        o::COMMON,
        &[
            &o::AUTOACTIVATION,
            &o::BACKGROUND,
            &o::CHECKCOMPLETE,
            &o::EVENTACTIVATION,
            &o::EXPORTED,
            &o::IGNORELOCKINGFAILURE,
            &o::LISTLVS,
            &o::LISTVG,
            &o::NOUDEVSYNC,
            &o::NOVOLUMEGROUP,
            &o::PVSCAN_ACTIVATE,
            &o::PVSCAN_CACHE,
            &o::PVSCAN_MAJOR,
            &o::PVSCAN_MINOR,
            &o::PVSCAN_UUID,
            &o::READONLY,
            &o::REPORTFORMAT,
            &o::SHORT,
            &o::UDEVOUTPUT,
            &o::VGONLINE,
        ],
    ],
    run,
};

/// What a path and a uuid take beside the path.
const UUID_WIDTH: usize = 50;
/// The least width of groups' names.
const VG_WIDTH: usize = 13;

/// Options of the list.
static OF_LIST: [&Opt; 4] = [&o::EXPORTED, &o::NOVOLUMEGROUP, &o::SHORT, &o::PVSCAN_UUID];
/// Options that go with `--cache` only.
static OF_CACHE: [&Opt; 7] = [
    &o::AUTOACTIVATION,
    &o::BACKGROUND,
    &o::CHECKCOMPLETE,
    &o::NOUDEVSYNC,
    &o::PVSCAN_ACTIVATE,
    &o::UDEVOUTPUT,
    &o::VGONLINE,
];
/// Those of them that also need `--listvg` or `--listlvs`.
static OF_CONTENTS: [&Opt; 3] = [&o::CHECKCOMPLETE, &o::UDEVOUTPUT, &o::VGONLINE];
/// Options that do not go with `--listvg` and `--listlvs`.
static NOT_OF_CONTENTS: [&Opt; 2] = [&o::IGNORELOCKINGFAILURE, &o::REPORTFORMAT];

/// Refuses options that do not go together.
fn check(session: &Session<'_>) -> Outcome {
    let args = &session.args;
    let first = |options: &[&'static Opt]| options.iter().copied().find(|opt| args.has(opt));
    let refuse = |opt: Option<&'static Opt>| match opt {
        None => Ok(()),
        Some(opt) => {
            let value = args.text(opt).filter(|value| !value.is_empty());
            let value = value.map_or_else(String::new, |value| format!(" {value}"));
            Err(activation::not_accepted(&format!("--{}{value}", opt.long)))
        }
    };
    let listed = first(&[&o::LISTVG, &o::LISTLVS]);
    if args.has(&o::PVSCAN_CACHE) {
        refuse(first(&OF_LIST).map(|_| &o::PVSCAN_CACHE))?;
        return if listed.is_none() { refuse(first(&OF_CONTENTS)) } else { Ok(()) };
    }
    refuse(first(&OF_CACHE))?;
    if listed.is_some() {
        let wrong = first(&OF_LIST).or(first(&NOT_OF_CONTENTS));
        refuse(wrong.and(listed))?;
        refuse(listed.filter(|_| args.has(&o::LISTVG) && args.has(&o::LISTLVS)))?;
    }
    Ok(())
}

fn run(session: &mut Session<'_>) -> Outcome {
    check(session)?;
    if session.args.has(&o::PVSCAN_CACHE) {
        return online(session);
    }
    if session.args.has(&o::LISTVG) || session.args.has(&o::LISTLVS) {
        return device::contents(session);
    }
    super::no_words(session)?;
    if session.args.has(&o::EXPORTED) && session.args.has(&o::NOVOLUMEGROUP) {
        return Err(session.wrong("Options -e and -n are incompatible"));
    }
    list(session)
}

/// A line of the list.
struct Listed {
    device: String,
    uuid: String,
    /// Name of the group, and whether it is exported.
    vg: Option<(String, bool)>,
    size: Bytes,
    free: Bytes,
}

fn listed(scan: &Scan) -> Vec<Listed> {
    let mut listed = Vec::new();
    for found in order::groups(scan) {
        let vg = &found.vg;
        // A group whose extents contradict each other has no free ones.
        let map = vg.pv_map().ok();
        for (at, pv) in vg.physical_volumes().iter().enumerate() {
            let bytes = |extents: lvmkit::Extents| extents.to_bytes(vg.extent_size());
            let used = map.as_ref().map_or(pv.pe_count(), |map| map.used_count(at));
            let there = found.pvs.get(at).is_some_and(Option::is_some);
            listed.push(Listed {
                device: if there { pv.device().to_owned() } else { "[unknown]".to_owned() },
                uuid: pv.id().to_string(),
                vg: Some((vg.name().to_owned(), vg.is_exported())),
                size: bytes(pv.pe_count()),
                free: Bytes(bytes(pv.pe_count()).get().saturating_sub(bytes(used).get())),
            });
        }
    }
    let mut orphans = scan.orphans.iter().collect::<Vec<_>>();
    orphans.sort_by_key(|orphan| order::place(orphan.pv.device.name()));
    for orphan in orphans {
        let size = Bytes(orphan.pv.scanned.label.pv_header.device_size);
        listed.push(Listed {
            device: orphan.pv.device.name().to_owned(),
            uuid: orphan.pv.id().to_string(),
            vg: None,
            size,
            free: size,
        });
    }
    listed
}

fn list(session: &mut Session<'_>) -> Outcome {
    let lvm = session.open(None)?;
    let mut scan = lvm.scan()?;
    access::leave_out(session, &lvm, &mut scan)?;
    super::warn_about(session, &scan);
    let all = listed(&scan);
    // Columns are as wide as without a choice.
    let name_width = all.iter().map(|pv| pv.device.len()).max().unwrap_or_default();
    let names = all.iter().filter_map(|pv| pv.vg.as_ref()).map(|(name, _)| name.len());
    let vg_width = names.max().unwrap_or_default().max(VG_WIDTH) + 2;
    let uuids = session.args.has(&o::PVSCAN_UUID);
    let device_width = name_width + 2 + if uuids { UUID_WIDTH } else { 0 };
    let exported = session.args.has(&o::EXPORTED);
    let alone = session.args.has(&o::NOVOLUMEGROUP);
    if exported {
        session.out.warn("only considering physical volumes of exported volume group(s)");
    } else if alone {
        session.out.warn("only considering physical volumes in no volume group");
    }
    let chosen = all.into_iter().filter(|pv| match &pv.vg {
        Some((_, is_exported)) => !alone && (!exported || *is_exported),
        None => !exported,
    });
    let chosen = chosen.collect::<Vec<_>>();
    if chosen.is_empty() {
        session.out.say("No matching physical volumes found");
        return Ok(());
    }
    for pv in &chosen {
        let device = if uuids {
            format!("{:<name_width$} with UUID {}", pv.device, pv.uuid)
        } else {
            pv.device.clone()
        };
        let (size, free) = (shown_size(pv.size), shown_size(pv.free));
        session.out.say(match &pv.vg {
            _ if session.args.has(&o::SHORT) => pv.device.clone(),
            None => format!("PV {device:<device_width$} {:<vg_width$}    lvm2 [{size}]", ""),
            Some((vg, false)) => {
                format!("PV {device:<device_width$} VG {vg:<vg_width$} lvm2 [{size} / {free} free]")
            }
            Some((vg, true)) => {
                format!("PV {device:<device_width$}  is in exported VG {vg} [{size} / {free} free]")
            }
        });
    }
    let sum = |used: &dyn Fn(&&Listed) -> bool| {
        let pvs = chosen.iter().filter(used);
        let (count, size) =
            pvs.fold((0_u64, 0_u64), |(count, size), pv| (count + 1, size.saturating_add(pv.size.get())));
        format!("{count} [{}]", shown_size(Bytes(size)))
    };
    session.out.say(format!(
        "Total: {} / in use: {} / in no VG: {}",
        sum(&|_| true),
        sum(&|pv| pv.vg.is_some()),
        sum(&|pv| pv.vg.is_none())
    ));
    super::end_log(session);
    Ok(())
}

/// `--cache`: what the devices given, or all, mean to their groups.
fn online(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let devices = words.iter().map(DeviceSpec::from).collect::<Vec<_>>();
    for missing in devices.iter().filter(|device| !device.path().exists()) {
        // The event of a device that went away must not fail.
        session.out.err(&format!("  No device set up for arg {missing}"));
    }
    if !devices.is_empty() && devices.iter().all(|device| !device.path().exists()) {
        return Ok(());
    }
    let lvm = session.open(&devices)?;
    let scan = lvm.scan()?;
    let mentioned = |device: &str| {
        words.is_empty() || words.iter().any(|word| system::is_same_file(device.as_ref(), word.as_ref()))
    };
    let mut complete = Vec::new();
    let mut events = Vec::new();
    for found in order::groups(&scan) {
        let mut members = found.pvs.iter().flatten().filter(|pv| mentioned(pv.device.name())).peekable();
        if members.peek().is_none() {
            continue;
        }
        let missing = found.pvs.iter().filter(|pv| pv.is_none()).count();
        let devices = members.map(|pv| pv.device.name().to_owned()).collect::<Vec<_>>();
        events.extend(say_online(session, found, &devices, missing));
        if missing == 0 {
            complete.push(found);
        }
    }
    for orphan in scan.orphans.iter().filter(|orphan| mentioned(orphan.pv.device.name())) {
        let device = orphan.pv.device.name();
        events.push((order::place(device), format!("PV {device} not used.")));
    }
    events.sort_by_key(|(place, _)| *place);
    events.iter().for_each(|(_, event)| say_event(session, event));
    if session.args.has(&o::PVSCAN_ACTIVATE) {
        activation::begin(session)?;
        for found in complete {
            let activated = activate(session, &lvm, found);
            session.note(activated);
        }
    }
    Ok(())
}

/// Lists what is asked for; or tells the events, each with the place of its device.
fn say_online(
    session: &mut Session<'_>,
    found: &FoundVg,
    devices: &[String],
    missing: usize,
) -> Vec<(Option<u32>, String)> {
    let vg = found.vg.name();
    let checks = session.args.has(&o::CHECKCOMPLETE);
    let lists_volumes = session.args.has(&o::LISTLVS);
    if session.args.has(&o::LISTVG) || lists_volumes {
        let line = match (session.args.has(&o::UDEVOUTPUT), checks, missing) {
            (true, true, 0) => format!("LVM_VG_NAME_COMPLETE='{vg}'"),
            (true, true, _) => format!("LVM_VG_NAME_INCOMPLETE='{vg}'"),
            (true, false, _) => format!("LVM_VG_NAME='{vg}'"),
            (false, true, 0) => format!("  VG {vg} complete"),
            (false, true, _) => format!("  VG {vg} incomplete"),
            (false, false, _) => format!("  VG {vg}"),
        };
        session.out.raw(&format!("{line}\n"));
        if lists_volumes {
            let is_one = |pv: &Option<FoundPv>| {
                pv.as_ref().is_some_and(|pv| devices.iter().any(|device| device == pv.device.name()))
            };
            let pvs = found.pvs.iter().enumerate().filter(|(_, pv)| is_one(pv)).map(|(at, _)| at);
            device::say_volumes(session, found, &pvs.collect::<Vec<_>>());
        }
        return Vec::new();
    }
    let state = match missing {
        _ if !session.args.has(&o::PVSCAN_ACTIVATE) => String::new(),
        0 => format!(", VG {vg} is complete"),
        missing => format!(", VG {vg} incomplete (need {missing})"),
    };
    let event = |device: &String| (order::place(device), format!("PV {device} online{state}."));
    devices.iter().map(event).collect()
}

/// Not where udev reads what is printed.
fn say_event(session: &mut Session<'_>, text: &str) {
    if !session.args.has(&o::LISTVG) {
        event(session, text);
    }
}

fn event(session: &mut Session<'_>, text: &str) {
    session.out.say(format!("pvscan[{}] {text}", std::process::id()));
}

fn activate(session: &mut Session<'_>, lvm: &Lvm, found: &FoundVg) -> Outcome {
    if found.vg.is_exported() || !lvm.can_activate(&found.pvs) {
        return Ok(());
    }
    let vg = found.vg.name();
    say_event(session, &format!("VG {vg} run autoactivation."));
    activation::change(session, lvm, found, Activation::Auto, |_| true)?;
    activation::say_active(session, lvm, found)
}
