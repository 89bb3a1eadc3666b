//! The command and lvm2 on one bench.

use std::process::{Command, Stdio};

use crate::bench::{Bench, run};
use crate::support::lvm2::Said;

/// Both programs, and the devices they work on.
pub struct Twin {
    pub bench: Bench,
}

impl Twin {
    /// Devices of these sizes in MiB; `None` where the tests run in a guest instead.
    pub fn new(sizes_mib: &[u64]) -> Option<Self> {
        Bench::new(sizes_mib).map(|bench| Self { bench })
    }

    /// Runs the command on a line of words; a `--config` must be its end.
    pub fn ours(&self, line: &str) -> Said {
        self.ours_on(&self.bench.paths(), line)
    }

    /// The same, where it sees these devices only.
    pub fn ours_on(&self, devices: &[&str], line: &str) -> Said {
        let (line, config) = line.split_once(" --config ").unwrap_or((line, ""));
        let mut words = line.split_whitespace();
        let locks = format!("global/locking_dir=\"{}\" {config}", self.bench.lvm2.locking_dir().display());
        let output = Command::new(env!("CARGO_BIN_EXE_lvmkit"))
            .arg(words.next().unwrap())
            .args(["--config", &locks])
            .args(words)
            .env("LVMKIT_DEVICES", devices.join(","))
            .env("LVM_SYSTEM_DIR", self.bench.lvm2.locking_dir().parent().unwrap())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: err.lines().map(str::trim).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Runs lvm2 on a line of words.
    pub fn theirs(&self, line: &str) -> Said {
        self.theirs_on(&self.bench.paths(), line)
    }

    pub fn theirs_on(&self, devices: &[&str], line: &str) -> Said {
        self.bench.lvm2.run(devices, &line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs ours; it must succeed.
    #[track_caller]
    pub fn ok(&self, line: &str) -> String {
        let said = self.ours(line);
        assert!(said.ok() && said.err.is_empty(), "{line}: {said:?}");
        said.out
    }

    /// Both say the same, on both streams, with the same code.
    #[track_caller]
    pub fn same(&self, line: &str) -> Said {
        self.same_on(&self.bench.paths(), line)
    }

    #[track_caller]
    pub fn same_on(&self, devices: &[&str], line: &str) -> Said {
        let (ours, theirs) = (self.ours_on(devices, line), self.theirs_on(devices, line));
        let lines = |said: &Said| said.out.lines().map(str::to_owned).collect::<Vec<_>>();
        for (ours, theirs) in lines(&ours).iter().zip(&lines(&theirs)) {
            assert_eq!(ours, theirs, "{line}");
        }
        assert_eq!(
            (ours.code, &ours.err, lines(&ours).len()),
            (theirs.code, &theirs.err, lines(&theirs).len()),
            "{line}"
        );
        ours
    }

    /// From the state that lvm2's `reset` lines make, both lines do the same to the devices and
    /// say the same.
    #[track_caller]
    pub fn same_effect(&self, reset: &[&str], line: &str) -> Said {
        let from_there = |run: &dyn Fn() -> Said| {
            for reset in reset {
                let said = self.theirs(reset);
                assert!(said.ok(), "{reset}: {said:?}");
            }
            let said = run();
            (said, devices())
        };
        let (theirs, after_theirs) = from_there(&|| self.theirs(line));
        let (ours, after_ours) = from_there(&|| self.ours(line));
        assert_eq!(after_ours, after_theirs, "{line}: {ours:?} {theirs:?}");
        assert_eq!((ours.code, &ours.out), (theirs.code, &theirs.out), "{line}: {ours:?} {theirs:?}");
        assert_eq!(ours.err.is_empty(), theirs.err.is_empty(), "{line}: {ours:?} {theirs:?}");
        ours
    }
}

/// Names, uuids and states of all devices; numbers depend on the order they were made in.
pub fn devices() -> String {
    run("dmsetup", &["info", "-c", "--noheadings", "-o", "name,uuid,attr", "--sort", "name"])
}

/// The names of all devices.
pub fn names() -> Vec<String> {
    let text = run("dmsetup", &["info", "-c", "--noheadings", "-o", "name", "--sort", "name"]);
    text.lines().filter(|line| *line != "No devices found").map(|line| line.trim().to_owned()).collect()
}
