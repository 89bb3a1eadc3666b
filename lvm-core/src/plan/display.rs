//! A plan for people.

use core::fmt;

use super::{ExtentRange, Plan, Step};
use crate::edit::DataStep;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stages.is_empty() {
            return writeln!(f, "volume group {}: nothing to do", self.vg);
        }
        for stage in &self.stages {
            match (self.seqno, stage.seqno) {
                (Some(from), Some(to)) => writeln!(f, "volume group {}: seqno {from} -> {to}", self.vg)?,
                (None, Some(to)) => writeln!(f, "volume group {}: new, seqno {to}", self.vg)?,
                (_, None) => writeln!(f, "volume group {}: removed", self.vg)?,
            }
            for step in &stage.steps {
                writeln!(f, "  {step}")?;
            }
        }
        Ok(())
    }
}

fn write_ranges(f: &mut fmt::Formatter<'_>, ranges: &[ExtentRange]) -> fmt::Result {
    for (at, range) in ranges.iter().enumerate() {
        let separator = if at == 0 { " on " } else { ", " };
        write!(f, "{separator}{range}")?;
    }
    Ok(())
}

/// `DEVICE:FIRST-LAST`, as commands take it.
impl fmt::Display for ExtentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.start.saturating_add(self.count).saturating_sub(1);
        write!(f, "{}:{}-{last}", self.device, self.start)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InitialisePv { device, size, .. } => {
                write!(f, "initialise {device} ({size}) as physical volume")
            }
            Self::CreateVg { extent_size } => write!(f, "create the group with extents of {extent_size}"),
            Self::RenameVg { from, to } => write!(f, "rename the group from {from} to {to}"),
            Self::RemoveVg => f.write_str("remove the group; its physical volumes stay"),
            Self::AddPv { device, extents, .. } => {
                write!(f, "add physical volume {device} with {extents} extents")
            }
            Self::RemovePv { device, .. } => write!(f, "remove physical volume {device} from the group"),
            Self::ResizePv { device, from, to, .. } => {
                write!(f, "resize physical volume {device} from {from} to {to} extents")
            }
            Self::CreateLv { name, segment_type, size, ranges, .. } => {
                write!(f, "create {segment_type} volume {name} of {size}")?;
                write_ranges(f, ranges)
            }
            Self::ExtendLv { name, from, to, ranges, .. } => {
                write!(f, "extend volume {name} from {from} to {to}")?;
                write_ranges(f, ranges)
            }
            Self::ReduceLv { name, from, to, ranges, .. } => {
                write!(f, "reduce volume {name} from {from} to {to}, giving back extents")?;
                write_ranges(f, ranges)
            }
            Self::MoveExtents { name, from, to, .. } => {
                write!(f, "move extents of volume {name}")?;
                for (word, ranges) in [("from", from), ("to", to)] {
                    for (at, range) in ranges.iter().enumerate() {
                        let separator = if at == 0 { format_args!(" {word} ") } else { format_args!(", ") };
                        write!(f, "{separator}{range}")?;
                    }
                }
                Ok(())
            }
            Self::ConvertLv { name, from, to, .. } => write!(f, "convert volume {name} from {from} to {to}"),
            Self::RemoveLv { name, size, .. } => write!(f, "remove volume {name} of {size}"),
            Self::RenameLv { from, to, .. } => write!(f, "rename volume {from} to {to}"),
            Self::Change { object, attribute, from, to } => {
                write!(f, "change {attribute} of {object} from \"{from}\" to \"{to}\"")
            }
            Self::FileSystem { name, action, command, before } => {
                let when = if *before { "before it changes" } else { "then" };
                write!(f, "on volume {name}, {when}: {action}")?;
                command.iter().try_for_each(|command| write!(f, " ({command})"))
            }
            Self::Data { name, data } => match data {
                DataStep::Zero { length, .. } => write!(f, "zero the first {length} of volume {name}"),
                DataStep::WipeSignatures { .. } => write!(f, "wipe known signatures off volume {name}"),
            },
        }
    }
}
