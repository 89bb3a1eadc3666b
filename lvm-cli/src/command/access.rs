//! Which groups are this host's to look at. As in lvm2, reports leave out those of other hosts and
//! those that hosts share through a lock manager, unless they are asked for.

use lvmkit::core::store::{FoundVg, Scan};
use lvmkit::{Lvm, system};

use crate::args::name::Target;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

/// A group that is left out.
struct Hidden {
    name: String,
    devices: Vec<String>,
    /// `foreign` or `shared`.
    kind: &'static str,
    message: String,
}

/// Leaves groups out, says so, and takes arguments that mean them away.
///
/// # Errors
/// When no argument is left.
pub(super) fn leave_out(session: &mut Session<'_>, lvm: &Lvm, scan: &mut Scan) -> Outcome {
    let mut hidden: Vec<Hidden> = Vec::new();
    scan.groups.retain(|found| {
        let reason = hidden_for(session, lvm, found);
        let is_shown = reason.is_none();
        hidden.extend(reason);
        is_shown
    });
    if hidden.is_empty() {
        return Ok(());
    }
    let words = std::mem::take(&mut session.args.words);
    let by_device = matches!(session.command.name, "pvs" | "pvdisplay");
    // A group that is named is read alone.
    let all_are_read = by_device || words.is_empty() || words.iter().any(|word| word.starts_with('@'));
    if all_are_read {
        hidden.iter().filter(|it| it.kind == "foreign").for_each(|it| session.out.warn_plain(&it.message));
    }
    let had_words = !words.is_empty();
    for word in words {
        let meant =
            hidden.iter().find(|it| if by_device { it.has_device(&word) } else { it.is_meant(&word) });
        match meant {
            None => session.args.words.push(word),
            Some(it) if by_device => {
                let line = format!("Cannot use PV {word} in {} VG {}.", it.kind, it.name);
                session.fail(Failure::refused(line));
            }
            Some(it) => session.fail(Failure::refused(&it.message)),
        }
    }
    match had_words && session.args.words.is_empty() {
        true => Err(Failure::Refused(Vec::new())),
        false => Ok(()),
    }
}

/// Why a group is left out, if it is. Image files were named by the user and are shown.
fn hidden_for(session: &Session<'_>, lvm: &Lvm, found: &FoundVg) -> Option<Hidden> {
    let vg = &found.vg;
    let lock_type = vg.lock_type().filter(|kind| !matches!(*kind, "" | "none" | "clvm"));
    let foreign = lvm.require_own(vg).err().filter(|_| !session.args.has(&o::SHOW_FOREIGN));
    let lock_type = lock_type.filter(|_| !session.args.has(&o::SHOW_SHARED));
    let (kind, message) = match (foreign, lock_type) {
        (Some(error), _) => ("foreign", error.message().to_owned()),
        (None, Some(lock_type)) => {
            let name = vg.name();
            ("shared", format!("Cannot access VG {name} with lock type {lock_type} that requires lvmlockd."))
        }
        (None, None) => return None,
    };
    let devices = found.pvs.iter().flatten().map(|pv| pv.device.name().to_owned()).collect::<Vec<_>>();
    let on_disks = devices.iter().any(|device| system::device_numbers(device.as_ref()).is_some());
    on_disks.then(|| Hidden { name: vg.name().to_owned(), devices, kind, message })
}

impl Hidden {
    fn has_device(&self, word: &str) -> bool {
        let same = |device: &String| device == word || system::is_same_file(device.as_ref(), word.as_ref());
        self.devices.iter().any(same)
    }

    fn is_meant(&self, word: &str) -> bool {
        match Target::parse(word) {
            Target::Vg(name) | Target::Lv { vg: name, .. } => name == self.name,
            Target::Tag(_) => false,
        }
    }
}
