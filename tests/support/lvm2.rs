//! The lvm2 that is installed, with a configuration of its own that leaves the machine alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value};
use tempfile::TempDir;

/// No devices file, no hints, no backups, no kernel: metadata on the devices that are named.
const CONFIGURATION: &str = r#"
config { checks = 0 }
devices {
    dir = "/dev"
    scan = ["/dev"]
    scan_lvs = 0
    hints = "none"
    use_devicesfile = 0
    obtain_device_info_from_udev = 0
    external_device_info_source = "none"
    multipath_component_detection = 0
    md_component_detection = 0
    fw_raid_component_detection = 0
}
global { activation = ACTIVATION use_lvmpolld = 0 locking_dir = "LOCKS" }
activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }
backup { backup = 0 archive = 0 }
report { time_format = "%s" }
"#;

/// Lines that every command prints in this configuration and that mean nothing.
const NOISE: [&str; 6] = [
    "Activation disabled. No device-mapper interaction will be attempted.",
    "This metadata update is NOT backed up.",
    "not zeroed.",
    "/dev/mapper/control: open failed",
    "Failure to communicate with kernel device-mapper driver.",
    "Check that device-mapper is available in the kernel.",
];

/// What a command said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error, without the lines that mean nothing.
    pub err: String,
}

impl Said {
    /// True for exit code 0.
    pub fn ok(&self) -> bool {
        self.code == 0
    }

    /// What it said on standard error, apart from physical volumes being larger than their
    /// devices, which `pvresize` was asked for, and from what it says of every volume of type
    /// `error` or `zero`.
    pub fn complaints(&self) -> Vec<&str> {
        let usual = ["Was device resized?", "have changed sizes.", "properly detect layout and role"];
        self.err.lines().filter(|line| !usual.iter().any(|words| line.contains(words))).collect()
    }
}

/// lvm2 with its own system and lock directories.
#[derive(Debug)]
pub struct Lvm2 {
    dir: TempDir,
    version: String,
}

impl Lvm2 {
    /// The lvm2 in `PATH`.
    ///
    /// # Errors
    /// That there is none.
    pub fn new() -> Result<Self, String> {
        Self::with_activation(false)
    }

    /// The lvm2 in `PATH`, driving the kernel's device-mapper. It does not wait for udev.
    ///
    /// # Errors
    /// That there is none.
    pub fn with_kernel() -> Result<Self, String> {
        Self::with_activation(true)
    }

    fn with_activation(activation: bool) -> Result<Self, String> {
        let dir = TempDir::new().map_err(|error| error.to_string())?;
        let locks = dir.path().join("lock");
        fs::create_dir(&locks).map_err(|error| error.to_string())?;
        let text = CONFIGURATION.replace("LOCKS", &locks.to_string_lossy());
        let text = text.replace("ACTIVATION", if activation { "1" } else { "0" });
        fs::write(dir.path().join("lvm.conf"), text).map_err(|error| error.to_string())?;
        let mut lvm2 = Self { dir, version: String::new() };
        let output = lvm2.command().arg("version").output().map_err(|error| format!("no lvm2: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.lines().find_map(|line| line.trim().strip_prefix("LVM version:"));
        version.ok_or("lvm2 does not say its version")?.trim().clone_into(&mut lvm2.version);
        Ok(lvm2)
    }

    /// Its version, `2.03.16(2) (2022-05-18)`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where its lock files lie.
    pub fn locking_dir(&self) -> PathBuf {
        self.dir.path().join("lock")
    }

    fn command(&self) -> Command {
        let mut command = Command::new("lvm");
        command
            .env("LVM_SYSTEM_DIR", self.dir.path())
            .env("LVM_SUPPRESS_FD_WARNINGS", "1")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(std::process::Stdio::null());
        command
    }

    /// Its system directory.
    pub fn system_dir(&self) -> &Path {
        self.dir.path()
    }

    /// Runs a command that sees `devices` only.
    pub fn run<S: AsRef<str>>(&self, devices: &[&str], arguments: &[S]) -> Said {
        let mut words = arguments.iter().map(AsRef::as_ref);
        let mut command = self.command();
        command.arg(words.next().unwrap()).arg("--devices").arg(devices.join(",")).args(words);
        Self::said(command)
    }

    /// Runs a command that looks at the machine, as its configuration and `config` say.
    pub fn run_on_machine(&self, config: &str, arguments: &[&str]) -> Said {
        let mut command = self.command();
        command.args(arguments);
        if !config.is_empty() {
            command.arg("--config").arg(config);
        }
        Self::said(command)
    }

    fn said(mut command: Command) -> Said {
        let output = command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        let err = err.lines().filter(|line| !NOISE.iter().any(|noise| line.contains(noise)));
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: err.map(str::trim).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Every field of everything: for each group (and for what has none) a map from `vg`, `pv`,
    /// `lv`, `pvseg`, `seg` to rows.
    ///
    /// # Errors
    /// What lvm2 had to say.
    pub fn full_report(&self, devices: &[&str]) -> Result<Vec<Map<String, Value>>, String> {
        let words = ["fullreport", "--reportformat", "json", "--units", "b", "--nosuffix", "--binary"];
        let said = self.run(devices, &words);
        if !said.ok() || !said.complaints().is_empty() {
            return Err(format!("fullreport: {said:?}"));
        }
        let mut report: Value = serde_json::from_str(&said.out).map_err(|error| error.to_string())?;
        match report["report"].take() {
            Value::Array(reports) => {
                Ok(reports.into_iter().map(|report| report.as_object().unwrap().clone()).collect())
            }
            other => Err(format!("not a list of reports: {other}")),
        }
    }
}
