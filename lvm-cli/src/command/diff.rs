//! `diff`

use lvmkit::history::{Difference, Version};
use lvmkit::{Error, ErrorKind};

use super::{Command, version};
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "diff",
    summary: "Show what changed between two versions of a group's metadata",
    usage: &[
        "diff VG|VG@SEQNO|FILE VG|VG@SEQNO|FILE",
        "diff VG@SEQNO|FILE           (up to what is on the disks)",
        "diff VG                      (what the last change changed)",
    ],
    options: &[o::COMMON, &[&o::ARCHIVE_DIR, &o::EXIT_CODE, &o::READONLY, &o::REPORTFORMAT]],
    run,
};

/// What `--exit-code` exits with when there is a difference, as git's does.
const EXIT_DIFFERENT: u8 = 1;

fn run(session: &mut Session<'_>) -> Outcome {
    let words = session.args.words.clone();
    let (old, new) = match words.as_slice() {
        [one] => against_disk(session, one)?,
        [one, other] => (version::find(session, one)?, version::find(session, other)?),
        _ => return Err(Failure::Syntax),
    };
    let difference = Difference::between(&old.vg, &new.vg);
    if session.is_json() {
        session.out.lines("", &difference.to_json());
    } else {
        session.out.say(format!("--- {}", old.describe()));
        session.out.say(format!("+++ {}", new.describe()));
        session.out.lines("  ", &difference.to_string());
    }
    if session.args.has(&o::EXIT_CODE) && !difference.is_empty() {
        session.exit_with(EXIT_DIFFERENT);
    }
    Ok(())
}

/// A version against what is on the disks; of a group alone its last archived version.
fn against_disk(session: &mut Session<'_>, word: &str) -> Outcome<(Version, Version)> {
    use lvmkit::history::VersionSource;
    let given = version::find(session, word)?;
    let name = given.vg.name().to_owned();
    let lvm = session.open_any()?;
    if given.source == VersionSource::Disk {
        return Ok((lvm.last_archived(&name)?, given));
    }
    let on_disk = lvm.version(&name).map_err(|error| missing(&name, error))?;
    Ok((given, on_disk))
}

/// The group of a file is nowhere.
fn missing(name: &str, error: Error) -> Failure {
    if *error.kind() != ErrorKind::NotFound {
        return error.into();
    }
    Failure::Refused(vec![
        format!("Volume group \"{name}\" not found"),
        "  because: none of the devices that are looked at has it".to_owned(),
        "  give its devices with --devices, or a second version to compare with".to_owned(),
    ])
}
