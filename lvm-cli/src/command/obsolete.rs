//! Commands of LVM1 that LVM2 only knows by name.

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

macro_rules! obsolete {
    ($($name:ident = $command:literal, $summary:literal, $instead:literal;)*) => {
        $(pub(super) static $name: Command = Command {
            name: $command,
            summary: $summary,
            usage: &[$command],
            options: &[o::COMMON],
            run: |session| refuse(session, $instead),
        };)*
    };
}

obsolete! {
    LVMCHANGE = "lvmchange", "Obsolete: see dmsetup",
        "Use 'dmsetup' commands to reset the kernel device-mapper driver.";
    LVMSADC = "lvmsadc", "Obsolete: see dmstats", "Please use the superior 'dmstats' facilities instead.";
    LVMSAR = "lvmsar", "Obsolete: see dmstats", "Please use the superior 'dmstats' facilities instead.";
    PVDATA = "pvdata", "Obsolete: see pvs, lvs, vgs and pvck",
        "Use lvs, pvs, vgs instead; or use vgcfgbackup and read the text file backup.";
}

fn refuse(session: &mut Session<'_>, instead: &str) -> Outcome {
    super::no_words(session)?;
    let name = session.command.name;
    Err(Failure::Refused(vec![format!("There's no '{name}' command in LVM2."), instead.to_owned()]))
}
