//! An explanation for people: what, why, what to do.

use core::fmt;

use super::{Explanation, Obstacle, PvRoom, Remedy};
use crate::metadata::AllocationPolicy;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_what(f)?;
        self.write_why(f)?;
        for pv in &self.pvs {
            writeln!(f, "  {pv}")?;
        }
        self.write_remedies(f)
    }
}

impl Explanation {
    fn write_what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vg, wanted, wanted_size, placed, placed_size, .. } = self;
        match (&self.lv, self.before) {
            (Some(lv), Some(_)) => write!(f, "{vg}/{lv} {} grow by", self.can())?,
            (Some(lv), None) => write!(f, "{vg}/{lv} {} be created with", self.can())?,
            (None, _) => write!(f, "A new volume of {vg} {} have", self.can())?,
        }
        let is_less = self.fits && placed < wanted;
        let (extents, size) = if is_less { (placed, placed_size) } else { (wanted, wanted_size) };
        write!(f, " {extents} extents ({size})")?;
        if self.stripes > 1 {
            write!(f, " over {} stripes", self.stripes)?;
        }
        if is_less {
            write!(f, ", of the {wanted} that the share means")?;
        }
        match &self.blocked {
            _ if self.fits => writeln!(f, "."),
            Some(blocked) => writeln!(f, ": {blocked}"),
            None if self.largest.is_zero() => writeln!(f, ": no extent of it fits."),
            None => {
                let missing = wanted.saturating_sub(self.largest);
                writeln!(f, ": {} fit, {missing} are missing.", self.largest)
            }
        }
    }

    fn can(&self) -> &'static str {
        if self.fits { "can" } else { "cannot" }
    }

    fn write_why(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = &self.refusal {
            writeln!(f, "  {refusal}")?;
        }
        let extends = self.before.is_some();
        let rule = match self.policy {
            AllocationPolicy::Contiguous if extends => "extents directly behind the volume's, in one piece",
            AllocationPolicy::Contiguous => "each stripe in one piece",
            AllocationPolicy::Cling | AllocationPolicy::ClingByTags if extends => {
                "only physical volumes that the volume has already"
            }
            AllocationPolicy::Cling | AllocationPolicy::ClingByTags => {
                "all pieces on the physical volumes of the first"
            }
            AllocationPolicy::Anywhere => "any free extents; stripes may share a physical volume",
            _ if self.stripes > 1 => "any free extents, each stripe on a physical volume of its own",
            _ => "any free extents",
        };
        writeln!(f, "  Policy {}: {rule}.", self.policy)?;
        if self.refusal.is_none() {
            f.write_str("  They would lie on")?;
            for (at, place) in self.places.iter().enumerate() {
                let last = place.start.saturating_add(place.count).saturating_sub(1);
                let separator = if at == 0 { " " } else { ", " };
                write!(f, "{separator}{}:{}-{last}", place.device, place.start)?;
            }
            writeln!(f, ".")?;
        }
        Ok(())
    }

    fn write_remedies(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.before.is_some() { " more" } else { "" };
        writeln!(f, "  The most that fits: {}{more} ({} extents).", self.largest_size, self.largest)?;
        for other in &self.alternatives {
            // What gives no more is not worth a line.
            if other.largest > self.largest {
                let (policy, stripes) = (other.policy, other.stripes);
                let how = format_args!("with --alloc {policy} --stripes {stripes}");
                writeln!(f, "    {how}: {}{more} ({} extents)", other.largest_size, other.largest)?;
            }
        }
        if !self.remedies.is_empty() {
            writeln!(f, "  What would make it fit:")?;
            for remedy in &self.remedies {
                write!(f, "    ")?;
                self.write_remedy(f, remedy)?;
            }
        }
        Ok(())
    }

    fn write_remedy(&self, f: &mut fmt::Formatter<'_>, remedy: &Remedy) -> fmt::Result {
        match remedy {
            Remedy::Return { devices } => {
                write!(f, "give all devices of the group; missing:")?;
                devices.iter().try_for_each(|device| write!(f, " {device}"))?;
                writeln!(f, " (or vgreduce --removemissing {})", self.vg)
            }
            Remedy::Allocatable { devices } => {
                f.write_str("pvchange -x y")?;
                devices.iter().try_for_each(|device| write!(f, " {device}"))?;
                writeln!(f, "  (allow allocation there again)")
            }
            Remedy::EveryPv => writeln!(f, "name no physical volumes, so that all may be used"),
            Remedy::Policy { policy } => {
                let price = match policy {
                    AllocationPolicy::Anywhere => "  (stripes may share a physical volume)",
                    _ => "",
                };
                writeln!(f, "--alloc {policy}{price}")
            }
            Remedy::Stripes { stripes } => writeln!(f, "--stripes {stripes}"),
            Remedy::MorePvs { count, extents, size } => {
                let volumes = if *count == 1 { "another physical volume" } else { "physical volumes" };
                let number = if *count == 1 { "" } else { " each" };
                write!(f, "vgextend {} with ", self.vg)?;
                if *count > 1 {
                    write!(f, "{count} ")?;
                }
                writeln!(f, "{volumes} of at least {extents} extents ({size}){number}")
            }
            Remedy::Smaller { extents, size } => {
                writeln!(f, "--extents {extents} instead: {size} in all")
            }
        }
    }
}

impl fmt::Display for PvRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} of {} extents free", self.device, self.free, self.extents)?;
        if self.pieces > 1 {
            write!(f, " in {} pieces, the largest of {}", self.pieces, self.largest_piece)?;
        }
        if self.usable < self.free {
            write!(f, ", {} usable", self.usable)?;
        }
        for (at, obstacle) in self.obstacles.iter().enumerate() {
            let separator = if at == 0 { ": " } else { "; " };
            write!(f, "{separator}{obstacle}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the device is missing"),
            Self::NotAllocatable => f.write_str("allocation on it is switched off"),
            Self::Full => f.write_str("it is full"),
            Self::NotListed => f.write_str("it is not among those named"),
            Self::OutsideRanges { inside } => write!(f, "{inside} lie in the ranges named"),
            Self::OtherCopy => f.write_str("another copy lies there"),
            Self::OnePiece => f.write_str("the policy wants one piece"),
            Self::NotBehindEnd => f.write_str("no more is free directly behind the volume"),
            Self::NotOfVolume => f.write_str("the volume has nothing there"),
        }
    }
}
