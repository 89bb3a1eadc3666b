//! `vgimportclone`

use lvmkit::ErrorKind;

use super::Command;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgimportclone",
    summary: "Make a group of its own of copies of physical volumes",
    usage: &["vgimportclone [ --basevgname VG ] [ --import ] PV ..."],
    options: &[
        o::COMMON,
        o::CHANGING,
        o::BACKUP,
        &[&o::BASEVGNAME, &o::CLONE_IMPORT, &o::IMPORTDEVICES, &o::FORCE],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let devices = pv::specs(&session.args.words);
    if devices.is_empty() {
        return Err(Failure::Syntax);
    }
    if let Some(device) = devices.iter().find(|device| !device.path().exists()) {
        return Err(Failure::refused(format!("Failed to find device {device}.")));
    }
    let lvm = session.open(&devices)?;
    let base = session.args.text(&o::BASEVGNAME).map(str::to_owned);
    let import = session.args.has(&o::CLONE_IMPORT);
    let transaction = lvm.begin_import_clone(&devices, base.as_deref(), import).map_err(|error| {
        let name = error.vg().unwrap_or_default().to_owned();
        match error.kind() {
            ErrorKind::MissingDevice => Failure::Refused(vec![
                error.message().to_owned(),
                "See vgreduce --removemissing and vgextend --restoremissing.".to_owned(),
                format!("Failed to read VG {name} from devices being imported."),
            ]),
            ErrorKind::InUse => Failure::Refused(vec![
                error.message().to_owned(),
                "Failed to update VG on devices being imported.".to_owned(),
            ]),
            _ => error.into(),
        }
    })?;
    session.commit(&lvm, transaction, |_, _, _| Ok(()))
}
