//! Images with file systems, and the tools that make and check them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use lvmkit::data::filesystem::{FileSystem, FsKind};
use lvmkit::dm::block::FileDevice;

pub(crate) const MIB: u64 = 1 << 20;

/// Tools that come with every distribution; what else is missing is never a failure.
const OPTIONAL: &[&str] = &["mkreiserfs", "resize_reiserfs", "reiserfsck", "mkfs.vfat"];

/// True when it is installed.
pub(crate) fn tool(name: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|dir: PathBuf| dir.join(name))
        .any(|path| path.is_file());
    if found || OPTIONAL.contains(&name) {
        if !found {
            println!("skipped: {name} is not installed");
        }
        return found;
    }
    super::support::needed(name, Err::<(), _>("it is not installed".to_owned())).is_some()
}

/// Runs a tool, which must succeed, and gives what it printed on standard output.
pub(crate) fn run(name: &str, arguments: &[&str]) -> String {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let output = Command::new(name).args(arguments).env("PATH", path).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {} {errors}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The number after `label`.
pub(crate) fn number_after(text: &str, label: &str) -> u64 {
    let (_, after) = text.split_once(label).unwrap_or_else(|| panic!("no {label} in {text}"));
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// Makes a new file of `size` bytes and lets `maker` work on it.
pub(crate) fn make(maker: &str, arguments: &[&str], path: &Path, size: u64) {
    let _ = std::fs::remove_file(path);
    File::create(path).unwrap();
    set_size(path, size);
    run(maker, &[arguments, &[path.to_str().unwrap()]].concat());
}

pub(crate) fn set_size(path: &Path, size: u64) {
    File::options().write(true).open(path).unwrap().set_len(size).unwrap();
}

pub(crate) fn open(path: &Path) -> FileDevice {
    FileDevice::open(path, true).unwrap()
}

/// The file system there.
pub(crate) fn detect(path: &Path) -> FileSystem {
    FileSystem::detect(&open(path)).unwrap().unwrap()
}

/// Lets the maker's own tool check it, without repairs.
pub(crate) fn check(kind: FsKind, path: &Path) {
    let path = path.to_str().unwrap();
    match kind {
        FsKind::Xfs => run("xfs_repair", &["-n", path]),
        FsKind::Btrfs => run("btrfs", &["check", "--readonly", path]),
        FsKind::Reiserfs => run("reiserfsck", &["--check", "--yes", "--quiet", path]),
        FsKind::Swap => run("swaplabel", &[path]),
        _ => run("e2fsck", &["-f", "-n", path]),
    };
}
