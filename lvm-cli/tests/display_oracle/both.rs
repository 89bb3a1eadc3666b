//! Both programs on the same loop devices.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::loops::Loop;
use crate::support::lvm2::{Lvm2, Said};

const MIB: u64 = 1 << 20;
/// Where the configuration of the tests is not lvm2's own.
const DEFAULTS: &str = "report/time_format=\"%Y-%m-%d %T %z\" activation/monitoring=1";

/// The devices, and what both said of them.
pub(crate) struct Both {
    lvm2: Lvm2,
    pub(crate) loops: Vec<Loop>,
    hidden: Vec<usize>,
    differences: Vec<String>,
    comparisons: usize,
    /// Those of them in which lvm2 had something to show.
    with_output: usize,
    dir: TempDir,
}

impl Both {
    /// Devices of those sizes in MiB.
    ///
    /// # Errors
    /// Why there are none.
    pub(crate) fn new(sizes: &[u64]) -> Result<Self, String> {
        let lvm2 = Lvm2::new()?;
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let new = |(at, size): (usize, &u64)| Loop::new(dir.path(), &format!("disk{at}"), size * MIB);
        let loops = sizes.iter().enumerate().map(new).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            lvm2,
            loops,
            hidden: Vec::new(),
            differences: Vec::new(),
            comparisons: 0,
            with_output: 0,
            dir,
        })
    }

    /// Shows neither side these devices.
    pub(crate) fn hide(&mut self, at: &[usize]) {
        self.hidden = at.to_vec();
    }

    /// A file for lvm2 to read.
    pub(crate) fn file(&self, text: &str) -> String {
        let path = self.dir.path().join("metadata");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn shown(&self) -> Vec<&str> {
        let shown = self.loops.iter().enumerate().filter(|(at, _)| !self.hidden.contains(at));
        shown.map(|(_, device)| device.path()).collect()
    }

    fn words(&self, line: &str) -> Vec<String> {
        let word = |word: &str| match word.strip_prefix('@').map(str::parse::<usize>) {
            Some(Ok(at)) => self.loops[at].path().to_owned(),
            _ => word.to_owned(),
        };
        line.split_whitespace().map(word).collect()
    }

    fn theirs(&self, line: &str) -> Said {
        let mut words = self.words(line);
        words.extend(["--config".to_owned(), DEFAULTS.to_owned()]);
        self.lvm2.run(&self.shown(), &words)
    }

    /// Runs lvm2, which must succeed; `@n` stands for the n-th device.
    pub(crate) fn run(&self, line: &str) {
        let said = self.theirs(line);
        assert!(said.ok(), "lvm2 {line}: {said:?}");
    }

    fn ours(&self, line: &str) -> Said {
        let words = self.words(line);
        let locks = format!(
            "global/activation=0 global/locking_dir=\"{}\" {DEFAULTS}",
            self.lvm2.locking_dir().display()
        );
        let output = Command::new(env!("CARGO_BIN_EXE_lvmkit"))
            .arg(&words[0])
            .args(["--config", &locks])
            .args(&words[1..])
            .env("LVMKIT_DEVICES", self.shown().join(","))
            .env("LVM_SYSTEM_DIR", self.lvm2.system_dir())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs both, and notes where they differ. Lines of lvm2 that are not about what is shown, and
    /// the numbers of processes, do not count.
    pub(crate) fn compare(&mut self, line: &str) {
        let (theirs, ours) = (self.theirs(line), self.ours(line));
        let plain = |said: &Said| {
            let lines = said.out.split_inclusive('\n');
            let lines = lines.filter(|line| !line.starts_with("  Ignoring supplied major"));
            lines.map(without_process).collect::<String>()
        };
        let (left, right) = (plain(&theirs), plain(&ours));
        self.comparisons += 1;
        self.with_output += usize::from(theirs.code == 0 && !left.is_empty());
        if (theirs.code, &left) == (ours.code, &right) {
            return;
        }
        let mut text = format!("== {line}: exit {} {}\n{}", theirs.code, ours.code, ours.err);
        let (left, right) = (left.lines().collect::<Vec<_>>(), right.lines().collect::<Vec<_>>());
        let pairs = (0..left.len().max(right.len())).map(|at| (left.get(at), right.get(at)));
        for (left, right) in pairs.filter(|(left, right)| left != right).take(6) {
            text += &format!("lvm2   |{}|\nlvmkit |{}|\n", left.unwrap_or(&"-"), right.unwrap_or(&"-"));
        }
        self.differences.push(text);
    }

    /// Fails when any comparison differed.
    pub(crate) fn finish(self, what: &str) {
        let (differ, all) = (self.differences.len(), self.comparisons);
        assert!(differ == 0, "{what}: {differ} of {all} differ\n{}", self.differences.join("\n"));
        // That both show nothing says little.
        assert!(self.with_output * 2 > all, "{what}: only {} of {all} show something", self.with_output);
        println!("{what}: {all} outputs equal to lvm2's");
    }
}

/// The line, without the number in `pvscan[123]`.
fn without_process(line: &str) -> String {
    match line.strip_prefix("  pvscan[").and_then(|rest| rest.split_once(']')) {
        Some((_, rest)) => format!("  pvscan[]{rest}"),
        None => line.to_owned(),
    }
}
