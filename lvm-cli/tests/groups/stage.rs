//! Loop devices on which a command line is run twice from one state: by lvm2 and by this program.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use lvmkit::core::Utc;
use lvmkit::core::metadata::TextHeader;
use lvmkit::core::store::{AreaState, FoundPv, Scan};
use lvmkit::core::text::{ExportHeader, Layout, export};
use lvmkit::{DeviceSpec, Lvm, Options};
use tempfile::TempDir;

use crate::support::loops::Loop;
use crate::support::lvm2::{Lvm2, Said};

const MIB: u64 = 1 << 20;
/// Characters of an id as it is written.
const ID_LENGTH: usize = 38;

/// The devices, and lvm2 with its own directories.
pub struct Stage {
    dir: TempDir,
    loops: Vec<Loop>,
    pub lvm2: Lvm2,
    /// What the program and lvm2 get as `--config`.
    config: String,
    /// Which devices are in view; all when empty.
    view: Vec<usize>,
    /// The version of a group may differ: a change that lvm2 makes in several steps is one here.
    pub own_seqno: bool,
    /// What differed, all of which is told at the end.
    differences: RefCell<Vec<String>>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let differences = self.differences.take();
        if differences.is_empty() {
            return;
        }
        // A later failure may come of them.
        if std::thread::panicking() {
            let text = format!("{}\n", differences.join("\n"));
            let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        } else {
            panic!("{} differences\n{}", differences.len(), differences.join("\n"));
        }
    }
}

/// What may differ in what both say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// Nothing.
    Same,
    /// Standard error: it is empty in both or in neither.
    OwnErrors,
    /// Everything but the exit code and what is on the devices.
    Own,
}

impl Stage {
    /// # Errors
    /// Why there is none: no root, no loop devices, no lvm2.
    pub fn new(sizes: &[u64]) -> Result<Self, String> {
        let lvm2 = Lvm2::new()?;
        let dir = TempDir::new().map_err(|error| error.to_string())?;
        let loops = sizes.iter().enumerate();
        let loops = loops.map(|(at, mib)| Loop::new(dir.path(), &format!("disk{at}"), mib * MIB));
        let loops = loops.collect::<Result<_, _>>()?;
        Ok(Self {
            dir,
            loops,
            lvm2,
            config: String::new(),
            view: Vec::new(),
            own_seqno: false,
            differences: RefCell::default(),
        })
    }

    /// Both get these settings from now on.
    pub fn config(&mut self, config: &str) {
        self.config = config.replace("DIR", &self.dir.path().to_string_lossy());
    }

    /// Both see only these devices from now on; all when none is given.
    pub fn see(&mut self, devices: &[usize]) {
        self.view = devices.to_vec();
    }

    /// The folder that `DIR` stands for.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn path(&self, device: usize) -> &str {
        self.loops[device].path()
    }

    /// Copies one device's content to another.
    pub fn copy(&self, from: usize, to: usize) {
        fs::copy(self.loops[from].file(), self.loops[to].file()).unwrap();
        self.settle();
    }

    /// Changes bytes of a device.
    pub fn damage(&self, device: usize, offset: u64, bytes: &[u8]) {
        use std::os::unix::fs::FileExt;
        let file = fs::File::options().write(true).open(self.path(device)).unwrap();
        file.write_all_at(bytes, offset).unwrap();
        file.sync_all().unwrap();
    }

    pub fn bytes(&self, device: usize, offset: u64, length: usize) -> Vec<u8> {
        use std::os::unix::fs::FileExt;
        let mut bytes = vec![0; length];
        fs::File::open(self.path(device)).unwrap().read_exact_at(&mut bytes, offset).unwrap();
        bytes
    }

    fn view(&self) -> Vec<&str> {
        let shown = |at: &usize| self.view.is_empty() || self.view.contains(at);
        (0..self.loops.len()).filter(shown).map(|at| self.path(at)).collect()
    }

    /// `d0` and the like become paths.
    fn words(&self, line: &str) -> Vec<String> {
        let word = |word: &str| {
            let (device, rest) = word
                .split_once(':')
                .map_or((word, String::new()), |(device, rest)| (device, format!(":{rest}")));
            let number = device.strip_prefix('d').and_then(|number| number.parse::<usize>().ok());
            match number.filter(|number| *number < self.loops.len()) {
                Some(number) => format!("{}{rest}", self.path(number)),
                None if word == "''" => String::new(),
                None => word.replace("DIR", &self.dir.path().to_string_lossy()),
            }
        };
        line.split_whitespace().map(word).collect()
    }

    pub fn theirs(&self, line: &str) -> Said {
        let mut words = self.words(line);
        if !self.config.is_empty() {
            words.extend(["--config".to_owned(), self.config.clone()]);
        }
        // These do not take the list of devices for their own.
        let alone = [
            "pvck",
            "segtypes",
            "formats",
            "devtypes",
            "tags",
            "systemid",
            "lvmchange",
            "lvmsadc",
            "lvmsar",
            "pvdata",
        ];
        match alone.contains(&words[0].as_str()) {
            true => self.lvm2.run_on_machine("", &words.iter().map(String::as_str).collect::<Vec<_>>()),
            false => self.lvm2.run(&self.view(), &words),
        }
    }

    pub fn ours(&self, line: &str) -> Said {
        let words = self.words(line);
        let locks = format!("global/locking_dir=\"{}\" {}", self.lvm2.locking_dir().display(), self.config);
        let output = Command::new(env!("CARGO_BIN_EXE_lvmkit"))
            .arg(&words[0])
            .args(["--config", &locks])
            .args(&words[1..])
            .env("LVMKIT_DEVICES", self.view().join(","))
            .env("LVM_SYSTEM_DIR", self.lvm2.system_dir())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        // What follows the first line of an error, indented, lvm2 has not got.
        let err = String::from_utf8_lossy(&output.stderr);
        let err = err.lines().filter(|line| !line.starts_with("    ")).map(str::trim);
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: err.collect::<Vec<_>>().join("\n"),
        }
    }

    /// Runs lvm2; it must succeed.
    #[track_caller]
    pub fn reset(&self, line: &str) {
        let said = self.theirs(line);
        assert!(said.ok(), "{line}: {said:?}");
    }

    /// Both do and say the same. What lvm2 made is what is there afterwards.
    #[track_caller]
    pub fn same(&self, line: &str) -> Said {
        self.compare(line, Words::Same)
    }

    #[track_caller]
    pub fn compare(&self, line: &str, words: Words) -> Said {
        let before = self.scan();
        let saved = self.save();
        let ours = self.ours(line);
        let by_us = self.scan();
        self.restore(&saved);
        let theirs = self.theirs(line);
        let by_them = self.scan();
        let describe = |scan: &Scan| describe(scan, self.own_seqno);
        let known = ids(&describe(&before));
        let (our_state, their_state) =
            (masked(&describe(&by_us), &known), masked(&describe(&by_them), &known));
        // Its own way of bringing copies up to date, which it tells of.
        let told = |line: &&str| {
            !(line.starts_with("WARNING: updating old metadata to ")
                // Without a device-mapper.
                || line.starts_with("Incompatible libdevmapper")
                || line.starts_with("WARNING: Failed to check for active volumes"))
        };
        let err = theirs.err.lines().filter(told).collect::<Vec<_>>().join("\n");
        let theirs = Said { err, ..theirs };
        let lines =
            |text: &str| masked(&text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"), &known);
        let out = words == Words::Own || lines(&ours.out) == lines(&theirs.out);
        let err = match words {
            Words::Same => lines(&ours.err) == lines(&theirs.err),
            Words::OwnErrors => ours.err.is_empty() == theirs.err.is_empty(),
            Words::Own => true,
        };
        let mut differs = Vec::new();
        if our_state != their_state {
            let ours = our_state.lines().filter(|line| !their_state.lines().any(|other| other == *line));
            differs.extend(ours.map(|line| format!("only ours: {line}")));
            let theirs = their_state.lines().filter(|line| !our_state.lines().any(|other| other == *line));
            differs.extend(theirs.map(|line| format!("only lvm2's: {line}")));
            differs.push("devices differ".to_owned());
        }
        if !out || !err || ours.code != theirs.code {
            differs.push(format!("ours {} {:?} {:?}", ours.code, ours.out, ours.err));
            differs.push(format!("lvm2 {} {:?} {:?}", theirs.code, theirs.out, theirs.err));
        }
        if !differs.is_empty() {
            let place = std::panic::Location::caller();
            self.differences.borrow_mut().push(format!("{place}: {line}\n  {}", differs.join("\n  ")));
        }
        theirs
    }

    fn save(&self) -> Vec<PathBuf> {
        self.settle();
        let copy = |device: &Loop| {
            let copy = device.file().with_extension("saved");
            let done =
                Command::new("cp").args(["--sparse=always"]).arg(device.file()).arg(&copy).status().unwrap();
            assert!(done.success());
            copy
        };
        self.loops.iter().map(copy).collect()
    }

    fn restore(&self, saved: &[PathBuf]) {
        for (device, copy) in self.loops.iter().zip(saved) {
            let content = fs::read(copy).unwrap();
            // Through the device, whose cache would go on showing what it had.
            fs::write(device.path(), content).unwrap();
        }
        self.settle();
    }

    fn settle(&self) {
        for device in &self.loops {
            let done = Command::new("blockdev").arg("--flushbufs").arg(device.path()).status().unwrap();
            assert!(done.success());
        }
    }

    pub fn scan(&self) -> Scan {
        let devices = (0..self.loops.len()).map(|at| DeviceSpec::whole(self.path(at)));
        Lvm::open(Options::new().devices(devices).read_only(true).locking(false)).unwrap().scan().unwrap()
    }
}

/// What is on the devices: every group's text, and what labels and areas say.
fn describe(scan: &Scan, without_seqno: bool) -> String {
    let mut groups = BTreeMap::new();
    let mut pvs = BTreeMap::new();
    for found in &scan.groups {
        let header = TextHeader::default();
        let with = ExportHeader { header: &header, generator: "", host_description: "", zone: &Utc };
        let text = export(&found.vg, &with, Layout::Raw);
        let lines = text.lines().filter(|line| !(without_seqno && line.starts_with("seqno = ")));
        groups.insert(found.vg.name(), lines.map(|line| format!("{line}\n")).collect::<String>());
        for (at, pv) in found.pvs.iter().enumerate() {
            if let Some(pv) = pv {
                pvs.insert(
                    pv.device.name().to_owned(),
                    format!("{} {}", found.vg.name(), describe_pv(pv, without_seqno)),
                );
            } else {
                pvs.insert(format!("{} {at}", found.vg.name()), "missing".to_owned());
            }
        }
        for pv in &found.outdated {
            pvs.insert(pv.device.name().to_owned(), format!("outdated {}", describe_pv(pv, without_seqno)));
        }
    }
    for orphan in &scan.orphans {
        pvs.insert(
            orphan.pv.device.name().to_owned(),
            format!("no group {}", describe_pv(&orphan.pv, without_seqno)),
        );
    }
    let mut text = String::new();
    for group in groups.values() {
        text.push_str(group);
    }
    for (device, pv) in pvs {
        writeln!(text, "{device} {pv}").unwrap();
    }
    text
}

fn describe_pv(pv: &FoundPv, without_seqno: bool) -> String {
    let label = &pv.scanned.label;
    let mut text = format!(
        "{} sector {} size {} used {}",
        pv.id(),
        label.sector,
        label.pv_header.device_size,
        label.pv_header.is_used()
    );
    for area in &pv.scanned.areas {
        let state = match &area.state {
            AreaState::Good(_, text) if without_seqno => text.vg.name().to_owned(),
            AreaState::Good(_, text) => format!("{} {}", text.vg.name(), text.vg.seqno()),
            AreaState::Ignored(_) => "ignored".to_owned(),
            AreaState::Empty(_) => "empty".to_owned(),
            _ => "bad".to_owned(),
        };
        write!(text, " area {}+{}: {state}", area.location.offset, area.location.size).unwrap();
    }
    text
}

/// Everything in a text that looks like an id.
fn ids(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

fn is_id(word: &str) -> bool {
    let groups = word.split('-').map(str::len).collect::<Vec<_>>();
    word.len() == ID_LENGTH && groups == [6, 4, 4, 4, 4, 4, 6]
}

/// The text without times, and with numbers for ids that are not known: the first is `NEW1`
/// wherever it stands, so that ids that are swapped or given twice show.
fn masked(text: &str, known: &HashSet<String>) -> String {
    let mut lines = Vec::new();
    let mut new = Vec::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        for id in ids(&line) {
            if !known.contains(&id) {
                let at = new.iter().position(|seen| *seen == id).unwrap_or_else(|| {
                    new.push(id.clone());
                    new.len() - 1
                });
                line = line.replace(&id, &format!("NEW{}", at + 1));
            }
        }
        if line.trim_start().starts_with("creation_") {
            continue;
        }
        lines.push(line);
    }
    lines.join("\n")
}
