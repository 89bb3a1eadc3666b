//! A folder with image files, and the program run in it.

#![allow(dead_code, clippy::unwrap_used, reason = "a test helper, of which every test file uses a part")]

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub(crate) const MIB: u64 = 1 << 20;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// Its standard output, when it exited with 0.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// Its standard error, when it exited with that code.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        self.stderr
    }
}

/// A folder for one test.
pub(crate) struct Folder {
    dir: TempDir,
    /// What `LVMKIT_DEVICES` says in it.
    pub(crate) devices: String,
}

impl Folder {
    /// With image files of so many MiB, which are the view.
    pub(crate) fn new(images: &[(&str, u64)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, mib) in images {
            File::create(dir.path().join(name)).unwrap().set_len(mib * MIB).unwrap();
        }
        let devices = images.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
        Self { dir, devices }
    }

    /// With a group `vg` of extents of 1 MiB over those images.
    pub(crate) fn with_group(images: &[(&str, u64)]) -> Self {
        let folder = Self::new(images);
        let names = images.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
        folder.run(&format!("vgcreate -s 1m vg {names}")).ok();
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a text file into the folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Bytes that a file takes on disk.
    pub(crate) fn allocated(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).unwrap().blocks() * 512
    }

    /// Runs a line of words separated by blanks; `''` stands for the empty word.
    pub(crate) fn run(&self, line: &str) -> Done {
        let words = line.split_whitespace().map(|word| if word == "''" { "" } else { word });
        self.run_with(&words.collect::<Vec<_>>(), b"")
    }

    pub(crate) fn run_with(&self, words: &[&str], input: &[u8]) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lvmkit"));
        command.args(words);
        self.finish(command, input)
    }

    /// Runs the program under another name.
    pub(crate) fn run_as(&self, name: &str, line: &str) -> Done {
        let link = self.path(name);
        if !link.exists() {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_lvmkit"), &link).unwrap();
        }
        let mut command = Command::new(link);
        command.args(line.split_whitespace());
        self.finish(command, b"")
    }

    fn finish(&self, mut command: Command, input: &[u8]) -> Done {
        command.current_dir(self.dir.path()).env("LVMKIT_DEVICES", &self.devices).env("TZ", "UTC");
        // Not the machine's own configuration, whatever the test runs on.
        command.env("LVM_SYSTEM_DIR", self.dir.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may end without having read everything.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// One column of a report, without headings, each line trimmed.
    #[track_caller]
    pub(crate) fn column(&self, line: &str) -> Vec<String> {
        let text = self.run(&format!("{line} --noheadings")).ok();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}
