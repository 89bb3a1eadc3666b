//! A machine that does not exist: sysfs, device nodes and /proc as files in a directory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::scan::machine::MachineOptions;

pub(crate) struct MadeUp {
    dir: TempDir,
}

impl MadeUp {
    /// One without devices.
    pub(crate) fn new() -> Self {
        let made = Self { dir: TempDir::new().unwrap() };
        for dir in ["sys/block", "dev/mapper", "proc", "lvm/devices"] {
            fs::create_dir_all(made.path(dir)).unwrap();
        }
        let types = "Character devices:\n  1 mem\n\nBlock devices:\n  2 fd\n  7 loop\n  8 sd\n  9 md\n 11 sr\n\
                     253 device-mapper\n254 virtblk\n259 blkext\n";
        made.write("proc/devices", types);
        made
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn node(&self, name: &str, bytes: u64) {
        let node = self.path(&format!("dev/{name}"));
        fs::create_dir_all(node.parent().unwrap()).unwrap();
        fs::File::create(node).unwrap().set_len(bytes).unwrap();
    }

    fn entry(&self, dir: &str, number: &str, bytes: u64) {
        self.write(&format!("{dir}/dev"), &format!("{number}\n"));
        self.write(&format!("{dir}/size"), &format!("{}\n", bytes / 512));
        self.write(&format!("{dir}/ro"), "0\n");
        for list in ["holders", "slaves"] {
            fs::create_dir_all(self.path(&format!("{dir}/{list}"))).unwrap();
        }
    }

    /// A disk with its node; `entry` is its name in sysfs. Returns the node.
    pub(crate) fn disk(&self, entry: &str, number: &str, bytes: u64) -> PathBuf {
        let name = entry.replace('!', "/");
        self.entry(&format!("sys/block/{entry}"), number, bytes);
        self.node(&name, bytes);
        self.path(&format!("dev/{name}"))
    }

    pub(crate) fn partition(&self, disk: &str, name: &str, number: &str, bytes: u64) -> PathBuf {
        let dir = format!("sys/block/{disk}/{name}");
        self.entry(&dir, number, bytes);
        let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        self.write(&format!("{dir}/partition"), digits);
        self.node(name, bytes);
        self.path(&format!("dev/{name}"))
    }

    pub(crate) fn mapped(&self, entry: &str, number: &str, name: &str, uuid: &str, bytes: u64) -> PathBuf {
        self.disk(entry, number, bytes);
        self.write(&format!("sys/block/{entry}/dm/name"), &format!("{name}\n"));
        self.write(&format!("sys/block/{entry}/dm/uuid"), &format!("{uuid}\n"));
        symlink(format!("../{entry}"), self.path(&format!("dev/mapper/{name}"))).unwrap();
        self.path(&format!("dev/mapper/{name}"))
    }

    /// `upper` stands on `lower`, both as they are found under sys/block.
    pub(crate) fn stack(&self, lower: &str, upper: &str) {
        let name = |path: &str| Path::new(path).file_name().unwrap().to_string_lossy().into_owned();
        let holder = format!("sys/block/{lower}/holders/{}", name(upper));
        fs::create_dir_all(self.path(&holder)).unwrap();
        fs::create_dir_all(self.path(&format!("sys/block/{upper}/slaves/{}", name(lower)))).unwrap();
    }

    pub(crate) fn options(&self) -> MachineOptions {
        MachineOptions {
            sysfs: self.path("sys"),
            dev: self.path("dev"),
            proc: self.path("proc"),
            system_dir: self.path("lvm"),
            plain_files: true,
            ..MachineOptions::default()
        }
    }
}
