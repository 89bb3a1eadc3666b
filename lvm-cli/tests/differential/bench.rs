//! Twin sets of loop devices, each with a system directory of its own, and both programs.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::unistd::Whence;
use tempfile::TempDir;

use crate::loops::Loop;

/// Devices of each side.
pub const DEVICES: usize = 6;
/// Loop devices from this number on have paths of one length, so that columns are as wide on both
/// sides.
const FIRST_LOOP: u64 = 300;
const LAST_LOOP: u64 = 989;

/// Seconds that a command may take. lvm2 waits for ever for the progress of some.
const LIMIT: &str = "30";

/// What both programs read. A global filter keeps them off all devices but the twins, whatever a
/// command line says.
const CONFIGURATION: &str = r#"
devices {
    scan_lvs = 0
    hints = "none"
    use_devicesfile = 0
    obtain_device_list_from_udev = 0
    external_device_info_source = "none"
    multipath_component_detection = 0
    md_component_detection = 0
    fw_raid_component_detection = 0
    global_filter = [FILTER]
}
global { activation = 0 use_lvmpolld = 0 locking_dir = "DIR/lock" }
activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }
backup { backup = 0 archive = 0 }
"#;

/// Lines that lvm2 prints about running without the kernel, whatever the command.
const NOISE: [&str; 3] = [
    "WARNING: Activation disabled. No device-mapper interaction will be attempted.",
    "WARNING: This metadata update is NOT backed up.",
    "not zeroed.",
];

/// Which program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    Lvm2,
    Lvmkit,
}

/// What a command said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Bytes of a device that a sequence does not use.
const UNUSED: u64 = 1 << 20;

/// The devices and the directory of one program.
#[derive(Debug)]
pub struct Side {
    program: Program,
    dir: PathBuf,
    loops: Vec<Loop>,
    /// The paths of the other program's devices, and its directory, which metadata that was copied
    /// names.
    twins: Vec<String>,
    twin_dir: PathBuf,
    /// Which devices it sees.
    shown: Vec<bool>,
}

impl Side {
    fn new(program: Program, dir: &Path) -> Result<Self, String> {
        let name = match program {
            Program::Lvm2 => "lvm2__",
            Program::Lvmkit => "lvmkit",
        };
        let dir = dir.join(name);
        fs::create_dir_all(dir.join("lock")).map_err(|error| error.to_string())?;
        let mut loops = Vec::new();
        let mut from = FIRST_LOOP;
        for at in 0..DEVICES {
            let device = Loop::numbered(&dir, &format!("disk{at}"), UNUSED, from..=LAST_LOOP)?;
            // Their order by name is their order by number.
            from = device.number() + 1;
            loops.push(device);
        }
        Ok(Self {
            program,
            dir,
            loops,
            twins: Vec::new(),
            twin_dir: PathBuf::new(),
            shown: vec![true; DEVICES],
        })
    }

    /// The path of a device.
    pub fn path(&self, at: usize) -> &str {
        self.loops[at].path()
    }

    /// The paths of all devices.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.loops.iter().map(Loop::path)
    }

    /// The paths of its devices and of those of the other program, with their numbers.
    pub fn all_paths(&self) -> impl Iterator<Item = (usize, &str)> {
        self.paths().enumerate().chain(self.twins.iter().map(String::as_str).enumerate())
    }

    /// The files that commands wrote, with their paths below its directory.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        list(&self.dir, "", &mut files);
        files.sort();
        files
    }

    /// The minor numbers of its devices.
    pub fn minors(&self) -> impl Iterator<Item = u64> {
        self.loops.iter().map(Loop::number)
    }

    /// Its directory and that of the other program.
    pub fn all_dirs(&self) -> [&Path; 2] {
        [&self.dir, &self.twin_dir]
    }

    /// Its system directory, which commands may write files to.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Empties devices and gives them sizes; the others are not seen.
    fn reset(&mut self, sizes: &[u64], config: &str) {
        for (at, device) in self.loops.iter_mut().enumerate() {
            // What a sequence meets must not depend on what ran on the others before.
            device.reset(sizes.get(at).copied().unwrap_or(UNUSED));
        }
        flush(&self.loops);
        for entry in fs::read_dir(&self.dir).unwrap().flatten().filter(is_content) {
            remove(&entry.path());
        }
        self.show(|at| at < sizes.len(), config);
    }

    /// Chooses which devices it sees, and writes its configuration.
    fn show(&mut self, sees: impl Fn(usize) -> bool, config: &str) {
        self.shown = (0..self.loops.len()).map(sees).collect();
        let shown = self.paths().zip(&self.shown).filter(|(_, shown)| **shown);
        let accepted = shown.map(|(path, _)| format!("\"a|^{path}$|\", ")).collect::<String>();
        let text = CONFIGURATION.replace("FILTER", &format!("{accepted}\"r|.*|\""));
        let text = text.replace("DIR", &self.dir.to_string_lossy());
        fs::write(self.dir.join("lvm.conf"), text + config + "\n").unwrap();
    }

    fn spawn(&self, words: &[String]) -> Child {
        let program = match self.program {
            Program::Lvm2 => "lvm",
            Program::Lvmkit => env!("CARGO_BIN_EXE_lvmkit"),
        };
        let mut command = Command::new("timeout");
        command
            .args([LIMIT, program])
            .args(words)
            .current_dir(&self.dir)
            .env("LVM_SYSTEM_DIR", &self.dir)
            .env("LVM_SUPPRESS_FD_WARNINGS", "1")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env_remove("LVMKIT_DEVICES")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs its program.
    pub fn run(&self, words: &[String]) -> Said {
        said(self.spawn(words))
    }
}

fn said(child: Child) -> Said {
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let err = err.lines().filter(|line| !NOISE.iter().any(|noise| line.contains(noise)));
    Said {
        // A program that a signal ended is never right.
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: err.map(|line| format!("{line}\n")).collect(),
    }
}

/// Whoever else has a device open keeps pages of what it held before.
fn flush(loops: &[Loop]) {
    let done = Command::new("blockdev").arg("--flushbufs").args(loops.iter().map(Loop::path)).status();
    assert!(done.unwrap().success());
}

/// Both sides.
#[derive(Debug)]
pub struct Bench {
    pub theirs: Side,
    pub ours: Side,
    config: String,
    _dir: TempDir,
}

impl Bench {
    /// Twins without content.
    ///
    /// # Errors
    /// Why there can be none: not root, no loop devices, no lvm2.
    pub fn new(_number: usize) -> Result<Self, String> {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let dir = dir.map_err(|error| error.to_string())?;
        let mut theirs = Side::new(Program::Lvm2, dir.path())?;
        let mut ours = Side::new(Program::Lvmkit, dir.path())?;
        theirs.twins = ours.paths().map(str::to_owned).collect();
        ours.twins = theirs.paths().map(str::to_owned).collect();
        theirs.twin_dir.clone_from(&ours.dir);
        ours.twin_dir.clone_from(&theirs.dir);
        let bench = Self { theirs, ours, config: String::new(), _dir: dir };
        Command::new("lvm").arg("version").output().map_err(|error| format!("no lvm2: {error}"))?;
        Ok(bench)
    }

    /// Empties both sides and gives their first devices these sizes in bytes.
    pub fn reset(&mut self, sizes: &[u64]) {
        self.config.clear();
        self.theirs.reset(sizes, "");
        self.ours.reset(sizes, "");
    }

    /// Adds lines to both configurations; `{dir}` is the directory of each side.
    pub fn configure(&mut self, line: &str) {
        self.config.push_str(line);
        self.config.push('\n');
        let shown = self.theirs.shown.clone();
        self.show(|at| shown[at]);
    }

    /// Chooses which devices both sides see.
    pub fn show(&mut self, sees: impl Fn(usize) -> bool) {
        for side in [&mut self.theirs, &mut self.ours] {
            let config = self.config.replace("{dir}", &side.dir.to_string_lossy());
            side.show(&sees, &config);
        }
    }

    /// Sees all but these devices, of those that have a size.
    pub fn hide(&mut self, hidden: &[usize]) {
        let count = self.theirs.shown.iter().rposition(|shown| *shown).map_or(0, |last| last + 1);
        self.show(|at| at < count && !hidden.contains(&at));
    }

    /// Runs a command through both at the same time.
    pub fn both(&self, theirs: &[String], ours: &[String]) -> (Said, Said) {
        let (theirs, ours) = (self.theirs.spawn(theirs), self.ours.spawn(ours));
        (said(theirs), said(ours))
    }

    /// Writes bytes onto a device of both.
    pub fn write(&self, at: usize, offset: u64, bytes: &[u8]) {
        for side in [&self.theirs, &self.ours] {
            let device = File::options().write(true).open(side.path(at)).unwrap();
            device.write_all_at(bytes, offset).unwrap();
            device.sync_all().unwrap();
        }
    }

    /// Another size for a device of both.
    pub fn resize(&mut self, at: usize, size: u64) {
        self.theirs.loops[at].resize(size);
        self.ours.loops[at].resize(size);
    }

    /// Makes our devices what lvm2's are, byte for byte.
    pub fn synchronise(&self) {
        for (from, to) in self.theirs.loops.iter().zip(&self.ours.loops) {
            copy(from.file(), to.file());
        }
        flush(&self.ours.loops);
        for entry in fs::read_dir(&self.ours.dir).unwrap().flatten().filter(is_content) {
            remove(&entry.path());
        }
        copy_files(&self.theirs.dir, &self.ours.dir);
        // A devices file names the devices of its side.
        for file in fs::read_dir(self.ours.dir.join("devices")).into_iter().flatten().flatten() {
            let mut text = fs::read_to_string(file.path()).unwrap();
            for (theirs, ours) in self.theirs.paths().zip(self.ours.paths()) {
                text = text.replace(theirs, ours);
            }
            text = text.replace(&*self.theirs.dir.to_string_lossy(), &self.ours.dir.to_string_lossy());
            fs::write(file.path(), text).unwrap();
        }
    }
}

/// True for what commands wrote, false for what the bench needs.
fn is_content(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    name != "lock" && name != "lvm.conf" && !name.starts_with("disk")
}

fn remove(path: &Path) {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
}

fn list(dir: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap().flatten().filter(is_content) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push((name, String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned()));
        }
    }
}

/// Copies files that commands wrote.
fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten().filter(is_content) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy_files(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Copies a file that mostly is a hole.
fn copy(from: &Path, to: &Path) {
    let mut from = File::open(from).unwrap();
    let mut to = File::options().write(true).open(to).unwrap();
    let size = from.metadata().unwrap().len();
    to.set_len(0).unwrap();
    to.set_len(size).unwrap();
    let mut at = 0;
    while let Ok(start) = nix::unistd::lseek(&from, at, Whence::SeekData) {
        let end = nix::unistd::lseek(&from, start, Whence::SeekHole).unwrap();
        let (first, length) = (u64::try_from(start).unwrap(), u64::try_from(end - start).unwrap());
        from.seek(SeekFrom::Start(first)).unwrap();
        to.seek(SeekFrom::Start(first)).unwrap();
        let mut part = Vec::new();
        Read::by_ref(&mut from).take(length).read_to_end(&mut part).unwrap();
        to.write_all(&part).unwrap();
        at = end;
    }
}
