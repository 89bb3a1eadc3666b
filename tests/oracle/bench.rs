//! Twin sets of devices: one that lvm2 edits and one that this library edits.
//!
//! lvm2 sees loop devices. This library sees the image files they lie on, unless both edit the
//! same devices.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use lvmkit::core::metadata::TextHeader;
use lvmkit::core::ondisk::Label;
use lvmkit::core::store::{AreaState, FoundPv, FoundVg, Problem, Scan};
use lvmkit::core::text::{ExportHeader, Layout, export};
use lvmkit::core::{BlockDevice, Utc};
use lvmkit::{Lvm, Options};
use tempfile::TempDir;

use crate::generate::View;
use crate::support::loops::Loop;
use crate::support::lvm2::Lvm2;

/// The devices of one side.
#[derive(Debug)]
pub struct Side {
    loops: Vec<Loop>,
    as_files: bool,
}

impl Side {
    fn new(dir: &Path, name: &str, count: usize, as_files: bool) -> Result<Self, String> {
        let loops = (0..count).map(|at| Loop::new(dir, &format!("{name}{at}"), 8 << 20));
        Ok(Self { loops: loops.collect::<Result<_, _>>()?, as_files })
    }

    /// The devices' paths for lvm2.
    pub fn paths(&self) -> Vec<&str> {
        self.loops.iter().map(Loop::path).collect()
    }

    /// What this library opens.
    pub fn names(&self) -> Vec<&str> {
        if !self.as_files {
            return self.paths();
        }
        self.loops.iter().map(|device| device.file().to_str().unwrap()).collect()
    }

    /// The path for lvm2 of what this library calls `name`.
    pub fn path_of(&self, name: &str) -> String {
        let at = self.names().iter().position(|known| *known == name);
        at.map_or_else(|| name.to_owned(), |at| self.paths()[at].to_owned())
    }

    /// Empty devices of these sizes.
    pub fn reset(&mut self, sizes: &[u64]) {
        for (device, size) in self.loops.iter_mut().zip(sizes) {
            device.reset(*size);
        }
        if !self.as_files {
            // Whoever else has a device open keeps pages of what it held before.
            let flush = Command::new("blockdev").arg("--flushbufs").args(self.paths()).status();
            assert!(flush.unwrap().success());
        }
    }

    /// The devices' sizes in bytes.
    pub fn sizes(&self) -> Vec<u64> {
        self.loops.iter().map(Loop::size).collect()
    }
}

/// Twin devices, lvm2, and the locks both of them take.
#[derive(Debug)]
pub struct Bench {
    pub theirs: Side,
    pub ours: Side,
    pub lvm2: Lvm2,
    _dir: TempDir,
}

impl Bench {
    /// Twins of `count` devices; with no devices of their own for lvm2 when `shared`.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn new(count: usize, shared: bool) -> Result<Self, String> {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let dir = dir.map_err(|error| error.to_string())?;
        Ok(Self {
            lvm2: Lvm2::new()?,
            theirs: Side::new(dir.path(), "theirs", if shared { 0 } else { count }, true)?,
            ours: Side::new(dir.path(), "ours", count, !shared)?,
            _dir: dir,
        })
    }

    /// This library's view of a side.
    pub fn lvm(&self, side: &Side) -> Lvm {
        let options = Options::new().devices(side.names()).locking_dir(self.lvm2.locking_dir());
        Lvm::open(options.command("oracle")).unwrap()
    }
}

/// What is on one side's devices, with everything left out that differs between twins: ids, times
/// and paths.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// For each group its text without version, and how many metadata areas it has and ignores.
    pub groups: BTreeMap<String, String>,
    /// For each device what its label says.
    pub disks: Vec<String>,
}

/// What a side's devices hold.
#[derive(Debug)]
pub struct Seen {
    pub state: State,
    pub view: View,
    pub scan: Scan,
}

impl Seen {
    /// Looks at a side. `random_areas` says that lvm2 chose at random which metadata areas are in
    /// use.
    pub fn new(lvm: &Lvm, side: &Side, random_areas: bool) -> Self {
        let scan = lvm.scan().unwrap();
        let paths = side.names();
        let number = |device: &str| paths.iter().position(|path| *path == device).unwrap();
        let mut disks = vec!["blank".to_owned(); paths.len()];
        let areas = scan.groups.iter().flat_map(|found| found.pvs.iter().flatten());
        let mut areas = areas.flat_map(|pv| &pv.scanned.areas);
        let all_areas_in_use = areas.all(|area| !matches!(area.state, AreaState::Ignored(_)));
        let mut view = View { sizes: side.sizes(), all_areas_in_use, ..View::default() };
        let mut state = State::default();
        for found in &scan.groups {
            for pv in found.pvs.iter().flatten() {
                let at = number(pv.device.name());
                disks[at] = disk(pv, true);
                if pv.scanned.areas.len() > 1 {
                    view.areas_at_end.push(at);
                }
            }
            let members = found.pvs.iter().flatten().map(|pv| number(pv.device.name())).collect();
            view.groups.push((found.vg.clone(), members));
            state.groups.insert(found.vg.name().to_owned(), group(found, &paths, random_areas));
        }
        for orphan in &scan.orphans {
            let at = number(orphan.pv.device.name());
            disks[at] = disk(&orphan.pv, false) + if orphan.used_by_unknown { " used" } else { "" };
            view.orphans.push(at);
        }
        view.orphans.sort_unstable();
        view.blanks = (0..paths.len()).filter(|at| disks[*at] == "blank").collect();
        view.groups.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        state.disks = disks;
        Self { state, view, scan }
    }

    /// What a scan calls a problem, apart from sizes that `pvresize` was told to pretend.
    pub fn problems(&self) -> Vec<String> {
        let groups = self.scan.groups.iter().flat_map(|found| &found.problems);
        let problems = self.scan.problems.iter().chain(groups);
        let problems = problems.filter(|problem| !matches!(problem, Problem::SmallDevice { .. }));
        let outdated = self.scan.groups.iter().flat_map(|found| &found.outdated);
        let mut all = problems.map(ToString::to_string).collect::<Vec<_>>();
        all.extend(outdated.map(|pv| format!("{} is outdated", pv.device.name())));
        all
    }
}

/// What the label says. Of a member with a second metadata area lvm2 writes the size that is left
/// for extents when it is resized, where this library writes the device's; inside a group nobody
/// reads that number.
fn disk(pv: &FoundPv, is_member: bool) -> String {
    let Label { sector, pv_header } = &pv.scanned.label;
    let areas = pv.scanned.areas.iter().map(|area| match area.state {
        AreaState::Unusable(_) => "unusable",
        AreaState::Bad(..) => "bad",
        _ => "good",
    });
    let size = match pv_header.metadata_areas.len() {
        2 if is_member => "of its device".to_owned(),
        _ => pv_header.device_size.to_string(),
    };
    format!(
        "sector {sector} size {size} data {:?} areas {:?} extension {:?} state {:?}",
        pv_header.data_areas,
        pv_header.metadata_areas,
        pv_header.extension,
        areas.collect::<Vec<_>>(),
    )
}

/// A group's text with everything left out that differs between twins.
fn group(found: &FoundVg, paths: &[&str], random_areas: bool) -> String {
    let header = TextHeader::default();
    let with = ExportHeader { header: &header, generator: "", host_description: "", zone: &Utc };
    let text = export(&found.vg, &with, Layout::Raw);
    let areas = found.pvs.iter().flatten().flat_map(|pv| &pv.scanned.areas).collect::<Vec<_>>();
    let ignored = areas.iter().filter(|area| matches!(area.state, AreaState::Ignored(_))).count();
    let mut out = format!("{} metadata areas\n", areas.len());
    // With a number of copies wanted the number is the same; once it is unmanaged again, what was
    // chosen at random stays.
    if !random_areas || found.vg.metadata_copies() != 0 {
        out.push_str(&format!("{ignored} ignored\n"));
    }
    for line in text.lines().take_while(|line| !line.starts_with("# Generated")) {
        let key = line.split(' ').next().unwrap_or_default();
        match key {
            "id" | "creation_time" => out.push_str(key),
            "seqno" => {}
            "device" => {
                let path = line.trim_start_matches("device = ").trim_matches('"');
                let number = paths.iter().position(|known| *known == path);
                out.push_str(&number.map_or_else(|| line.to_owned(), |number| format!("device d{number}")));
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The first lines in which two texts differ.
pub fn difference(theirs: &str, ours: &str) -> String {
    let (a, b) = (theirs.lines().collect::<Vec<_>>(), ours.lines().collect::<Vec<_>>());
    let at = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at)).unwrap_or(0);
    let part = |lines: &[&str]| {
        lines.iter().skip(at.saturating_sub(6)).take(16).copied().collect::<Vec<_>>().join("\n    ")
    };
    format!("  lvm2:\n    {}\n  lvmkit:\n    {}", part(&a), part(&b))
}

/// Every text on a side's devices is what this library writes for what it reads, byte for byte.
/// Returns how many were looked at.
pub fn texts_export_alike(seen: &Seen) -> Result<usize, String> {
    let mut count = 0;
    let pvs = seen.scan.groups.iter().flat_map(|found| found.pvs.iter().flatten());
    for pv in pvs {
        for area in &pv.scanned.areas {
            let AreaState::Good(header, imported) = &area.state else { continue };
            let bytes = read_text(&*pv.device, header);
            let text = std::str::from_utf8(&bytes[..bytes.len() - 1]).map_err(|error| error.to_string())?;
            let generated =
                text.lines().find_map(|line| line.strip_prefix("# Generated by ")).unwrap_or_default();
            let host =
                text.lines().find(|line| line.starts_with("creation_host = ") && line.contains("\t# "));
            // `Www Mmm dd hh:mm:ss yyyy` and the colon before it are 26 characters.
            let generator = generated.get(..generated.len().saturating_sub(26)).unwrap_or_default();
            let with = ExportHeader {
                header: &imported.header,
                generator,
                host_description: host.and_then(|line| line.split_once("\t# ")).map_or("", |(_, host)| host),
                zone: &Utc,
            };
            let again = export(&imported.vg, &with, Layout::Raw);
            if again != text {
                return Err(format!("{}:\n{}", pv.device.name(), difference(text, &again)));
            }
            count += 1;
        }
    }
    Ok(count)
}

fn read_text(device: &dyn BlockDevice, header: &lvmkit::core::ondisk::MdaHeader) -> Vec<u8> {
    let size = usize::try_from(header.committed.size).unwrap();
    let mut text = vec![0; size];
    let room = usize::try_from(header.size - header.committed.offset).unwrap().min(size);
    let (first, wrapped) = text.split_at_mut(room);
    device.read_at(header.start + header.committed.offset, first).unwrap();
    device.read_at(header.start + 512, wrapped).unwrap();
    text
}
