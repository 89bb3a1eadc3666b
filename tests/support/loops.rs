//! Loop devices over sparse files, given back when they are dropped.
//!
//! `LVMKIT_TEST_LOOPS=90-119` restricts which are used; without it the kernel chooses. A missing
//! device node is made, since containers often come without.

use std::fs::{self, File};
use std::ops::RangeInclusive;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::stat::{Mode, SFlag, makedev, mknod};

/// The major number of loop devices.
const LOOP_MAJOR: u64 = 7;
/// How often another device is tried when somebody else took the one that was free.
const TRIES: usize = 32;

/// A loop device over a file of its own.
#[derive(Debug)]
pub struct Loop {
    path: String,
    file: PathBuf,
    size: u64,
}

impl Loop {
    /// A device of `size` zero bytes over a new file in `dir`.
    ///
    /// # Errors
    /// Why there is none: no root, no loop devices.
    pub fn new(dir: &Path, name: &str, size: u64) -> Result<Self, String> {
        needs_root()?;
        let file = dir.join(name);
        File::create(&file).and_then(|file| file.set_len(size)).map_err(|error| error.to_string())?;
        let path = attach(&file, candidates()?)?;
        Ok(Self { path, file, size })
    }

    /// The same, the first that is free of these numbers.
    ///
    /// # Errors
    /// Why there is none.
    pub fn numbered(dir: &Path, name: &str, size: u64, numbers: RangeInclusive<u64>) -> Result<Self, String> {
        needs_root()?;
        let file = dir.join(name);
        File::create(&file).and_then(|file| file.set_len(size)).map_err(|error| error.to_string())?;
        let path = attach(&file, unused(numbers))?;
        Ok(Self { path, file, size })
    }

    /// The number in its name.
    pub fn number(&self) -> u64 {
        self.path.trim_start_matches("/dev/loop").parse().unwrap()
    }

    /// The device's path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file it lies on.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The device's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Empties the device and gives it another size.
    pub fn reset(&mut self, size: u64) {
        File::create(&self.file).unwrap();
        self.resize(size);
    }

    /// Gives the device another size; what lies in front of the new end stays.
    pub fn resize(&mut self, size: u64) {
        File::options().write(true).open(&self.file).unwrap().set_len(size).unwrap();
        if size != self.size {
            let done = Command::new("losetup").arg("--set-capacity").arg(&self.path).status().unwrap();
            assert!(done.success(), "losetup --set-capacity {}", self.path);
            self.size = size;
        }
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = Command::new("losetup").arg("--detach").arg(&self.path).status();
        let _ = fs::remove_file(&self.file);
    }
}

fn needs_root() -> Result<(), String> {
    match fs::metadata("/proc/self").map_or(u32::MAX, |process| process.uid()) {
        0 => Ok(()),
        _ => Err("loop devices need root".to_owned()),
    }
}

fn attach(file: &Path, candidates: Candidates) -> Result<String, String> {
    let mut why = "no loop device is free".to_owned();
    for candidate in candidates {
        let path = candidate?;
        make_node(&path)?;
        let output = Command::new("losetup").arg(&path).arg(file).output().map_err(|e| e.to_string())?;
        if output.status.success() {
            return Ok(path);
        }
        why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    }
    Err(why)
}

type Candidates = Box<dyn Iterator<Item = Result<String, String>>>;

/// Devices to try, in order.
fn candidates() -> Result<Candidates, String> {
    let Ok(range) = std::env::var("LVMKIT_TEST_LOOPS") else {
        return Ok(Box::new(std::iter::repeat_with(first_free).take(TRIES)));
    };
    let numbers = range.split_once('-').map(|(first, last)| (first.parse::<u64>(), last.parse::<u64>()));
    let Some((Ok(first), Ok(last))) = numbers else {
        return Err(format!("LVMKIT_TEST_LOOPS={range} is not FIRST-LAST"));
    };
    Ok(unused(first..=last))
}

fn unused(numbers: RangeInclusive<u64>) -> Candidates {
    let free = move |number: &u64| !Path::new(&format!("/sys/block/loop{number}/loop")).exists();
    Box::new(numbers.filter(free).map(|number| Ok(format!("/dev/loop{number}"))))
}

fn first_free() -> Result<String, String> {
    let output = Command::new("losetup").arg("--find").output().map_err(|e| format!("losetup: {e}"))?;
    if !output.status.success() {
        return Err(format!("no loop device: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn make_node(path: &str) -> Result<(), String> {
    if Path::new(path).exists() {
        return Ok(());
    }
    let number =
        path.trim_start_matches("/dev/loop").parse::<u64>().map_err(|_| format!("odd device {path}"))?;
    match mknod(path, SFlag::S_IFBLK, Mode::S_IRUSR | Mode::S_IWUSR, makedev(LOOP_MAJOR, number)) {
        Ok(()) | Err(nix::errno::Errno::EEXIST) => Ok(()),
        Err(error) => Err(format!("cannot make {path}: {error}")),
    }
}
