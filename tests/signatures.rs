//! Signatures on images that real tools make, compared with what `wipefs` of util-linux finds.
//!
//! Nothing here needs root. On Debian the tools come with `apt-get install util-linux e2fsprogs
//! xfsprogs btrfs-progs dosfstools`; a tool that is missing is a failure when `CI` is set.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use lvm_core::block::check_range;
use lvm_core::{BlockDevice, Error, Result};
use lvmkit::data::signature::{Signature, detect, wipe};

#[path = "../src/data/signature/samples.rs"]
mod samples;

/// A file as a device.
struct Image {
    file: File,
    size: u64,
}

impl Image {
    fn open(path: &Path) -> Self {
        let file = File::options().read(true).write(true).open(path).unwrap();
        let size = file.metadata().unwrap().len();
        Self { file, size }
    }
}

impl BlockDevice for Image {
    fn size(&self) -> u64 {
        self.size
    }
    fn name(&self) -> &str {
        "image"
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        check_range("image", self.size, offset, buf.len())?;
        self.file.read_exact_at(buf, offset).map_err(|error| Error::io("read", "image", offset, error))
    }
    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        check_range("image", self.size, offset, buf.len())?;
        self.file.write_all_at(buf, offset).map_err(|error| Error::io("write", "image", offset, error))
    }
    fn flush(&self) -> Result<()> {
        Ok(())
    }
    fn discard(&self, _offset: u64, _length: u64) -> Result<()> {
        Err(Error::unsupported("no discard"))
    }
}

/// Names and offsets that wipefs lists.
type Marks = BTreeSet<(String, u64)>;

fn has_tool(tool: &str, needed: bool) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .any(|dir| dir.join(tool).is_file());
    if !found {
        assert!(!(needed && std::env::var_os("CI").is_some()), "{tool} is missing");
        println!("skipped: {tool} is not installed");
    }
    found
}

/// A tool, also when only root's `PATH` would have it.
fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    command
}

fn wipefs(path: &Path) -> Marks {
    let output = tool("wipefs").args(["--no-act", "--json"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    if output.stdout.is_empty() {
        return Marks::new();
    }
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mark = |entry: &serde_json::Value| {
        let offset = entry["offset"].as_str().unwrap().trim_start_matches("0x");
        (entry["type"].as_str().unwrap().to_owned(), u64::from_str_radix(offset, 16).unwrap())
    };
    json["signatures"].as_array().unwrap().iter().map(mark).collect()
}

/// All that wipefs lists is in our places, and each of ours has one that wipefs lists.
fn compare(label: &str, theirs: &Marks, ours: &[Signature]) -> std::result::Result<(), String> {
    // Part of one signature here: the MBR that guards a GPT, and what wipefs takes a boot sector
    // for when the file system in it is gone.
    let same_name = |signature: &Signature, name: &str| match signature.kind.name() {
        "gpt" => ["gpt", "PMBR"].contains(&name),
        "ntfs" | "exfat" if name == "dos" => true,
        "BitLocker" if ["dos", "vfat"].contains(&name) => true,
        kind => kind == name,
    };
    let is_ours = |(name, offset): &(String, u64)| {
        ours.iter().any(|one| same_name(one, name) && one.places().any(|place| place.offset == *offset))
    };
    // wipefs lists some of the uberblocks of ZFS only.
    let is_theirs = |one: &Signature| {
        let name = one.kind.name();
        let listed = |offset: u64| theirs.contains(&(name.to_owned(), offset));
        listed(one.offset) || name == "zfs_member" && one.places().any(|place| listed(place.offset))
    };
    if theirs.iter().all(is_ours) && ours.iter().all(is_theirs) {
        return Ok(());
    }
    Err(format!("{label}: wipefs {theirs:x?}, we {ours:?}"))
}

/// Compares, wipes, and lets wipefs look again.
fn check(label: &str, path: &Path) -> std::result::Result<(), String> {
    let image = Image::open(path);
    let theirs = wipefs(path);
    let ours = detect(&image).unwrap();
    compare(label, &theirs, &ours)?;
    if ours.is_empty() {
        return Err(format!("{label}: nothing found"));
    }
    ours.iter().for_each(|signature| wipe(&image, signature).unwrap());
    let (ours, theirs) = (detect(&image).unwrap(), wipefs(path));
    if ours.is_empty() && theirs.is_empty() {
        return Ok(());
    }
    Err(format!("{label} after wiping: wipefs {theirs:x?}, we {ours:?}"))
}

const MIB: u64 = 1 << 20;

/// Tool, size of the image in MiB, arguments before the path, needed under CI.
const MAKERS: &[(&str, u64, &[&str], bool)] = &[
    ("mkfs.ext2", 16, &["-q"], true),
    ("mkfs.ext3", 16, &["-q"], true),
    ("mkfs.ext4", 16, &["-q"], true),
    ("mkfs.ext4", 16, &["-q", "-O", "journal_dev"], true),
    ("mkfs.xfs", 512, &["-q"], true),
    ("mkfs.btrfs", 256, &["-q"], true),
    ("mkfs.vfat", 16, &["-F", "12"], true),
    ("mkfs.vfat", 32, &["-F", "16"], true),
    ("mkfs.vfat", 64, &["-F", "32"], true),
    ("mkswap", 16, &[], true),
    ("mkswap", 16, &["-p", "8192"], true),
    ("mkfs.ntfs", 16, &["-q", "-F", "-f"], false),
    ("mkfs.exfat", 16, &[], false),
    ("mkfs.f2fs", 64, &["-q"], false),
];

#[test]
fn images_that_mkfs_made() {
    if !has_tool("wipefs", true) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    let mut failed = Vec::new();
    for (maker, size, arguments, needed) in MAKERS {
        if !has_tool(maker, *needed) {
            continue;
        }
        let _ = std::fs::remove_file(&path);
        File::create(&path).unwrap().set_len(size * MIB).unwrap();
        let output = tool(maker).args(*arguments).arg(&path).output().unwrap();
        assert!(
            output.status.success(),
            "{maker} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        failed.extend(check(&format!("{maker} {arguments:?}"), &path).err());
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Tools that write more than a header into a file of their own making.
#[test]
fn images_that_other_tools_made() {
    if !has_tool("wipefs", true) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (path, source) = (dir.path().join("image"), dir.path().join("source"));
    std::fs::create_dir(&source).unwrap();
    std::fs::write(source.join("file"), vec![7; 100_000]).unwrap();
    std::fs::write(dir.path().join("key"), "key").unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let (image, from, key) = (text(&path), text(&source), text(&dir.path().join("key")));
    let luks =
        ["--batch-mode", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "luksFormat", "--type"];
    let luks = |version: &str| {
        [luks.map(str::to_owned).to_vec(), vec![version.to_owned(), image.clone(), key.clone()]].concat()
    };
    let runs: [(&str, Vec<String>, u64); 5] = [
        ("mksquashfs", vec![from.clone(), image.clone(), "-quiet".into(), "-no-progress".into()], 0),
        ("mkfs.erofs", vec!["-d0".into(), image.clone(), from], 0),
        ("cryptsetup", luks("luks1"), 32),
        ("cryptsetup", luks("luks2"), 32),
        ("sfdisk", vec!["--quiet".into(), "--no-reread".into(), "--label=gpt".into(), image.clone()], 32),
    ];
    let mut failed = Vec::new();
    for (name, arguments, size) in runs {
        if !has_tool(name, false) {
            continue;
        }
        let _ = std::fs::remove_file(&path);
        if size > 0 {
            File::create(&path).unwrap().set_len(size * MIB).unwrap();
        }
        let mut command = tool(name);
        command.args(&arguments);
        if name == "sfdisk" {
            let script = dir.path().join("script");
            std::fs::write(&script, "size=4MiB\nsize=8MiB\n").unwrap();
            command.stdin(File::open(script).unwrap());
        }
        let output = command.output().unwrap();
        if !output.status.success() {
            println!("skipped: {name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
            continue;
        }
        failed.extend(check(&format!("{name} {arguments:?}"), &path).err());
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The hand-made samples of the unit tests are what libblkid, too, takes for the real thing.
#[test]
fn samples_are_believed_by_wipefs() {
    if !has_tool("wipefs", true) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image");
    let mut failed = Vec::new();
    for sample in samples::samples() {
        std::fs::write(&path, sample.image()).unwrap();
        let theirs = wipefs(&path);
        let ours = detect(&Image::open(&path)).unwrap();
        assert_eq!((ours[0].kind.name(), ours[0].offset), (sample.kind, sample.offset), "{}", sample.label);
        if sample.known_to_libblkid {
            failed.extend(compare(sample.label, &theirs, &ours).err());
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
