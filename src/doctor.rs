//! Is this machine ready for LVM? What is there, what is missing, and what to do about it, in
//! plain words.
//!
//! Everything is only looked at: no module is loaded, no device is changed, nothing is written.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::lvm::Lvm;

mod devices;
mod kernel;

/// How a check came out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but not everything, or not for long.
    Warning,
    /// It does not work.
    Problem,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Check {
    /// What: `root`, `driver`, `target raid`, …
    pub name: String,
    /// How it came out.
    pub verdict: Verdict,
    /// What was found, as a sentence without an end.
    pub finding: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Check {
    fn new(name: impl Into<String>, verdict: Verdict, finding: impl Into<String>) -> Self {
        Self { name: name.into(), verdict, finding: finding.into(), remedy: None }
    }

    fn ok(name: impl Into<String>, finding: impl Into<String>) -> Self {
        Self::new(name, Verdict::Ok, finding)
    }

    fn warning(name: impl Into<String>, finding: impl Into<String>) -> Self {
        Self::new(name, Verdict::Warning, finding)
    }

    fn problem(name: impl Into<String>, finding: impl Into<String>) -> Self {
        Self::new(name, Verdict::Problem, finding)
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// Where the machine's files are.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
    system_dir: PathBuf,
}

impl Default for Machine {
    fn default() -> Self {
        Self { root: "/".into(), system_dir: "/etc/lvm".into() }
    }
}

impl Machine {
    /// This machine.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A machine whose files are under another directory.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self { system_dir: root.join("etc/lvm"), root }
    }

    /// Another directory than `/etc/lvm` for the configuration (`LVM_SYSTEM_DIR`).
    #[must_use]
    pub fn system_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.system_dir = dir.into();
        self
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.path(path)).ok()
    }
}

/// Looks at everything that LVM needs on a machine, and at the devices of `lvm`.
#[must_use]
pub fn examine(lvm: &Lvm, machine: &Machine) -> Vec<Check> {
    let mut checks = vec![root()];
    checks.extend(kernel::examine(lvm, machine));
    checks.extend(udev(machine));
    checks.push(configuration(machine));
    checks.push(devices_file(machine));
    checks.push(locking_dir(&lvm.options.locking_dir));
    checks.extend(devices::examine(lvm));
    checks
}

/// True when nothing is a problem.
#[must_use]
pub fn is_ready(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.verdict != Verdict::Problem)
}

/// The checks as a JSON document: `ready`, and for each check its name, verdict, finding and, if
/// there is something to do, remedy.
#[must_use]
pub fn to_json(checks: &[Check]) -> String {
    let document = serde_json::json!({ "ready": is_ready(checks), "checks": checks });
    format!("{document:#}")
}

fn root() -> Check {
    if nix::unistd::geteuid().is_root() {
        return Check::ok("root", "this is root");
    }
    Check::problem("root", "this is not root: image files can be used, devices cannot")
        .remedy("run as root for anything on devices")
}

fn udev(machine: &Machine) -> Vec<Check> {
    const FOLDERS: [&str; 3] = ["etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"];
    let running = lvm_dm::udev::is_udev_running();
    let rules = FOLDERS.iter().flat_map(|folder| fs::read_dir(machine.path(folder)).into_iter().flatten());
    let rules = rules.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_own = |name: &String| name.trim_start_matches(|c: char| c.is_ascii_digit()) == "-dm.rules";
    let mut rules = rules.filter(is_own).collect::<Vec<_>>();
    rules.sort_unstable();
    rules.dedup();
    let daemon = match running {
        true => Check::ok("udev", "udev runs"),
        false => Check::warning("udev", "udev does not run: names under /dev are made by whoever activates"),
    };
    let names = rules.join(", ");
    let rules = match (running, rules.is_empty()) {
        (_, false) => Check::ok("udev rules", format!("device-mapper's rules are there: {names}")),
        (false, true) => Check::ok("udev rules", "device-mapper's rules are missing, and not needed"),
        (true, true) => Check::problem("udev rules", "udev runs without device-mapper's rules: whoever waits for it waits in vain")
            .remedy("install the package with 10-dm.rules or 55-dm.rules (dmsetup, device-mapper), or use --noudevsync"),
    };
    vec![daemon, rules]
}

fn configuration(machine: &Machine) -> Check {
    let path = machine.system_dir.join("lvm.conf");
    let shown = path.display();
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::ok("lvm.conf", format!("there is no {shown}: the defaults hold"))
        }
        Err(error) => Check::problem("lvm.conf", format!("{shown} cannot be read: {error}")),
        Ok(text) => match lvm_core::text::parse_config(&text) {
            Ok(_) => Check::ok("lvm.conf", format!("{shown} can be read")),
            Err(error) => Check::problem("lvm.conf", format!("{shown} is not valid: {error}"))
                .remedy("correct it: LVM2 ignores the file as a whole"),
        },
    }
}

fn devices_file(machine: &Machine) -> Check {
    const NAME: &str = "devices file";
    let path = machine.system_dir.join("devices/system.devices");
    let shown = path.display();
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::ok(NAME, format!("there is no {shown}: every device is looked at"));
        }
        Err(error) => return Check::problem(NAME, format!("{shown} cannot be read: {error}")),
        Ok(text) => text,
    };
    let names = text.lines().filter(|line| line.starts_with("IDTYPE=")).filter_map(|line| {
        line.split_whitespace().find_map(|word| word.strip_prefix("DEVNAME=")).filter(|name| *name != ".")
    });
    let names = names.collect::<Vec<_>>();
    let missing = names.iter().copied().filter(|name| !Path::new(name).exists()).collect::<Vec<_>>();
    match (names.len(), missing.is_empty()) {
        (0, _) => Check::warning(NAME, format!("{shown} lists no device: LVM2 sees none"))
            .remedy("add devices: lvmdevices --adddev"),
        (count, true) => Check::ok(NAME, format!("{shown} lists {count} device(s), all there")),
        (_, false) => {
            Check::warning(NAME, format!("{shown} lists devices that are not there: {}", missing.join(", ")))
                .remedy("they may have other names now: lvmdevices --check")
        }
    }
}

fn locking_dir(dir: &Path) -> Check {
    const NAME: &str = "locks";
    let shown = dir.display();
    // What is not there is made by the first lock.
    let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(dir);
    match nix::unistd::access(existing, nix::unistd::AccessFlags::W_OK) {
        Ok(()) => Check::ok(NAME, format!("lock files can be made in {shown}")),
        Err(errno) => Check::problem(NAME, format!("no lock file can be made in {shown}: {}", errno.desc()))
            .remedy("make it writable, or name another (global/locking_dir)"),
    }
}

#[cfg(test)]
mod tests;
