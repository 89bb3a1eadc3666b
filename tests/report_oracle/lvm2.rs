//! The real lvm2 on loop devices, and the same command done by `lvmkit::report`.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use lvm_core::store::Scan;
use lvm_core::{BlockDevice, Error, Result};
use lvmkit::Options;
use lvmkit::report::{
    Format, FullReport, JsonStyle, Layout, Report, ReportError, ReportInput, ReportKind, ReportSettings,
    Selection, SelectionError, Table, write_json_groups,
};

/// A block device or file opened for reading.
struct FileDevice {
    path: String,
    file: File,
    size: u64,
}

impl FileDevice {
    fn open(path: &str) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let size = std::io::Seek::seek(&mut &file, std::io::SeekFrom::End(0))?;
        Ok(Self { path: path.to_owned(), file, size })
    }
}

impl BlockDevice for FileDevice {
    fn size(&self) -> u64 {
        self.size
    }
    fn name(&self) -> &str {
        &self.path
    }
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.file.read_exact_at(buf, offset).map_err(|error| Error::invalid(error.to_string()))
    }
    fn write_at(&self, _offset: u64, _buf: &[u8]) -> Result<()> {
        Err(Error::unsupported("opened for reading"))
    }
    fn flush(&self) -> Result<()> {
        Ok(())
    }
    fn discard(&self, _offset: u64, _length: u64) -> Result<()> {
        Err(Error::unsupported("opened for reading"))
    }
}

/// Loop devices with lvm2's configuration beside them; detached when dropped.
pub(crate) struct Lvm2 {
    dir: tempfile::TempDir,
    pub(crate) devices: Vec<String>,
    hidden: Vec<String>,
    pub(crate) differences: Vec<String>,
    pub(crate) comparisons: usize,
}

impl Drop for Lvm2 {
    fn drop(&mut self) {
        for device in &self.devices {
            let _ = Command::new("losetup").args(["-d", device]).output();
        }
    }
}

impl Lvm2 {
    /// Why these tests cannot run here, or `None` when they can.
    pub(crate) fn missing() -> Option<&'static str> {
        if !nix::unistd::geteuid().is_root() {
            return Some("not root");
        }
        if !Path::new("/dev/loop-control").exists() {
            return Some("no loop devices");
        }
        match Command::new("lvm").arg("version").output() {
            Ok(output) if output.status.success() => None,
            _ => Some("no lvm2"),
        }
    }

    /// Attaches loop devices of those sizes in MiB.
    pub(crate) fn new(sizes: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let lock = dir.path().join("lock");
        fs::create_dir(&lock).unwrap();
        let config = format!(
            "devices {{ hints=\"none\" use_devicesfile=0 }}\n\
             global {{ activation=0 locking_dir=\"{}\" use_lvmpolld=0 }}\n\
             backup {{ backup=0 archive=0 }}\n",
            lock.display()
        );
        fs::write(dir.path().join("lvm.conf"), config).unwrap();
        let mut lvm2 =
            Self { dir, devices: Vec::new(), hidden: Vec::new(), differences: Vec::new(), comparisons: 0 };
        for (at, size) in sizes.iter().enumerate() {
            let image = lvm2.dir.path().join(format!("disk{at}.img"));
            File::create(&image).unwrap().set_len(size << 20).unwrap();
            lvm2.devices.push(attach(&image));
        }
        lvm2
    }

    /// Shows neither side these devices any more.
    pub(crate) fn hide(&mut self, at: &[usize]) {
        self.hidden = at.iter().map(|at| self.devices[*at].clone()).collect();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn output(&self, args: &[&str]) -> Output {
        let shown = self.devices.iter().filter(|device| !self.hidden.contains(device));
        let shown = shown.map(String::as_str).collect::<Vec<_>>().join(",");
        Command::new("lvm")
            .args(&args[..1])
            .args(["--devices", &shown])
            .args(&args[1..])
            .env("LVM_SYSTEM_DIR", self.dir.path())
            .env("LVM_SUPPRESS_FD_WARNINGS", "1")
            .env("LC_ALL", "C")
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed; `@n` stands for the n-th device, `""` for an empty word.
    pub(crate) fn run(&self, line: &str) {
        self.stderr(line);
    }

    /// The same; what it says on standard error.
    pub(crate) fn stderr(&self, line: &str) -> String {
        let words = self.words(line);
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        let output = self.output(&words);
        assert!(
            output.status.success(),
            "lvm {line} failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn words(&self, line: &str) -> Vec<String> {
        let word = |word: &str| match word.strip_prefix('@').map(str::parse::<usize>) {
            Some(Ok(at)) => self.devices[at].clone(),
            _ if word == "\"\"" => String::new(),
            _ => word.to_owned(),
        };
        line.split_whitespace().map(word).collect()
    }

    pub(crate) fn scan(&self) -> Scan {
        let shown = self.devices.iter().filter(|device| !self.hidden.contains(device));
        let open = |path: &String| -> Arc<dyn BlockDevice> { Arc::new(FileDevice::open(path).unwrap()) };
        Scan::new(&shown.map(open).collect::<Vec<_>>())
    }

    /// Makes the same report with lvm2 and with `lvmkit`, and notes where they differ.
    pub(crate) fn compare(&mut self, scan: &Scan, line: &str) {
        self.compare_with(scan, line, "");
    }

    /// The same with settings for both.
    pub(crate) fn compare_with(&mut self, scan: &Scan, line: &str, config: &str) {
        let mut words = self.words(line);
        if !config.is_empty() {
            words.extend(["--config".to_owned(), config.to_owned()]);
        }
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        let output = self.output(&words);
        // lvm2 prints this between the lines of the report.
        let noise = |line: &&str| !line.starts_with("  Ignoring supplied major");
        let theirs = String::from_utf8(output.stdout).unwrap();
        let theirs = theirs.split_inclusive('\n').filter(noise).collect::<String>();
        let ours = report(scan, &words);
        self.comparisons += 1;
        if theirs == ours {
            return;
        }
        let mut text = format!("== {line} {config}\n");
        if !output.status.success() {
            text += &format!("lvm2 failed: {}\n", String::from_utf8_lossy(&output.stderr));
        }
        let (left, right) = (theirs.lines().collect::<Vec<_>>(), ours.lines().collect::<Vec<_>>());
        for at in 0..left.len().max(right.len()) {
            let (left, right) = (left.get(at).copied(), right.get(at).copied());
            if left != right {
                text += &format!("lvm2   |{}|\nlvmkit |{}|\n", left.unwrap_or("-"), right.unwrap_or("-"));
                text += &cells(left.unwrap_or_default(), right.unwrap_or_default());
            }
        }
        self.differences.push(text);
    }

    /// Makes the same selection with both, and notes where rows, exit codes or messages differ.
    pub(crate) fn select(&mut self, scan: &Scan, line: &str, selection: &str) {
        let mut words = self.words(line);
        words.extend(["-S".to_owned(), selection.to_owned()]);
        let words = words.iter().map(String::as_str).collect::<Vec<_>>();
        let output = self.output(&words);
        let theirs = (
            output.status.code().unwrap_or(-1),
            String::from_utf8(output.stdout).unwrap(),
            messages(&String::from_utf8_lossy(&output.stderr)),
        );
        let ours = match try_report(scan, &words) {
            Ok(text) => (0, text, String::new()),
            Err(lines) => (5, String::new(), messages(&lines.join("\n"))),
        };
        self.comparisons += 1;
        if theirs != ours {
            let text = format!("== {line} -S '{selection}'\nlvm2   {theirs:?}\nlvmkit {ours:?}\n");
            self.differences.push(text);
        }
    }

    /// Fails when any comparison differed.
    pub(crate) fn finish(self, what: &str) {
        let shown = self.differences.join("\n");
        assert!(
            self.differences.is_empty(),
            "{what}: {} of {} reports differ\n{shown}",
            self.differences.len(),
            self.comparisons
        );
        println!("{what}: {} reports equal to lvm2's", self.comparisons);
    }
}

/// The messages of a command without its warnings and lists, and without what either says about how
/// it reads regular expressions.
fn messages(text: &str) -> String {
    // The lists end with a line of blanks.
    let text = text.rsplit_once("\n   \n").map_or(text, |(_, text)| text);
    let lines = text.lines().map(str::trim).filter(|line| !line.contains("Activation disabled"));
    let own = [
        "regular expression",
        "Badly formed",
        "Parse error in regex",
        "Couldn't parse regex",
        "Internal error",
    ];
    let mut lines = lines.filter(|line| !own.iter().any(|own| line.contains(own))).collect::<Vec<_>>();
    for line in &mut lines {
        if line.contains("failed to create regex matcher") {
            *line = line.split(": ").next().unwrap_or(line);
        }
    }
    // lvm2 says some of it twice.
    lines.dedup();
    lines.join("\n")
}

/// Which cells of two lines of JSON differ.
fn cells(left: &str, right: &str) -> String {
    let split = |line: &str| line.split(", \"").map(str::to_owned).collect::<Vec<_>>();
    let pairs = split(left).into_iter().zip(split(right));
    let name = split(left).into_iter().find(|cell| cell.contains("v_name\":"));
    let differ = pairs.filter(|(left, right)| left != right);
    let shown = differ.map(|(left, right)| format!("    lvm2 {left}   lvmkit {right}\n"));
    match name {
        Some(name) => format!("   {name}\n{}", shown.collect::<String>()),
        None => String::new(),
    }
}

fn attach(image: &Path) -> String {
    for number in 60..1000 {
        let device = format!("/dev/loop{number}");
        if !Path::new(&device).exists() {
            let number = number.to_string();
            let _ = Command::new("mknod").args([&device, "b", "7", &number]).output();
        }
        let output = Command::new("losetup").arg(&device).arg(image).output().unwrap();
        if output.status.success() {
            return device;
        }
    }
    panic!("no free loop device");
}

fn device_numbers(path: &str) -> Option<(u32, u32)> {
    let device = fs::metadata(path).ok()?.rdev();
    let parts = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    Some((u32::try_from(parts.0).ok()?, u32::try_from(parts.1).ok()?))
}

/// What the command line asks for, done by `lvmkit`.
fn report(scan: &Scan, words: &[&str]) -> String {
    try_report(scan, words).unwrap()
}

/// The same, or the lines that say why not.
fn try_report(scan: &Scan, words: &[&str]) -> Result<String, Vec<String>> {
    let has = |option: &str| words.contains(&option);
    let kind = match (words[0], has("--segments")) {
        ("lvs", false) => ReportKind::LogicalVolumes,
        ("lvs", true) => ReportKind::Segments,
        ("pvs", false) => ReportKind::PhysicalVolumes,
        ("pvs", true) => ReportKind::PvSegments,
        _ => ReportKind::VolumeGroups,
    };
    let verbose = has("-v");
    let options = words.windows(2).filter(|pair| pair[0] == "--config");
    let options = options.fold(Options::new(), |options, pair| options.config(pair[1]).unwrap());
    let settings = options.report_settings();
    let input = ReportInput::of_scan(scan).with_device_numbers(device_numbers);
    let printer = Printer::new(settings, words);
    if words[0] == "fullreport" {
        let mut full = FullReport::new(settings).map_err(report_error)?;
        for kind in FullReport::KINDS {
            full = full.change(kind, |report| change(report, words, Some(kind.name())))?;
        }
        return Ok(printer.print(&full.run(&input).map_err(report_error)?));
    }
    let report = settings.report(kind, verbose).map_err(report_error)?;
    let table = change(report, words, None)?.run(&input).map_err(report_error)?;
    Ok(printer.print(&[[table]]))
}

/// The library's errors are no sentences.
fn report_error(error: ReportError) -> Vec<String> {
    let text = error.to_string();
    vec![format!("{}{}.", text[..1].to_uppercase(), &text[1..])]
}

/// Applies the options about a report: behind a `--configreport` with that name, or all of them.
fn change(mut report: Report, words: &[&str], name: Option<&str>) -> Result<Report, Vec<String>> {
    let mut target = None;
    for pair in words.windows(2) {
        if pair[0] == "--configreport" {
            target = Some(pair[1]);
        }
        if name.is_some() && target != name {
            continue;
        }
        report = match (pair[0], pair[1]) {
            ("-o", list) => report.columns(list).map_err(report_error)?,
            ("-O", keys) => report.sort(keys).map_err(report_error)?,
            ("-S", text) => {
                let selection = Selection::parse(text, report.kind());
                report.select(selection.map_err(|error: SelectionError| error.lines())?)
            }
            _ => report,
        };
    }
    for word in words {
        report = match *word {
            "-a" => report.all(),
            "-H" => report.history(),
            "--binary" => report.binary(),
            list if list.starts_with("-o") && list.len() > 2 => {
                report.columns(&list[2..]).map_err(report_error)?
            }
            _ => report,
        };
    }
    Ok(report)
}

/// How a report is printed.
struct Printer {
    format: Format,
    layout: Layout,
    json: bool,
}

impl Printer {
    fn new(settings: &ReportSettings, words: &[&str]) -> Self {
        let mut format = settings.format();
        let mut layout = settings.layout();
        let mut json = settings.json().is_some();
        for (at, word) in words.iter().enumerate() {
            let value = || words[at + 1];
            match *word {
                "--units" => format = format.with_units(value().parse().unwrap()),
                "--nosuffix" => format = format.without_suffix(),
                "--binary" => format = format.with_binary(),
                "--noheadings" => layout = layout.without_headings(),
                "--separator" => layout = layout.with_separator(value()),
                "--aligned" => layout = layout.with_alignment(),
                "--unquoted" => layout = layout.without_quotes(),
                "--rows" => layout = layout.with_columns_as_rows(),
                "--reportformat" => json = value() == "json",
                _ => {}
            }
        }
        if words.contains(&"--nameprefixes") {
            layout = layout.with_name_prefixes();
        }
        Self { format, layout, json }
    }

    fn print<'i>(&self, groups: &[impl AsRef<[Table<'i>]>]) -> String {
        let mut out = String::new();
        if self.json {
            write_json_groups(&mut out, groups, &self.format, JsonStyle::Text).unwrap();
        } else {
            for table in groups.iter().flat_map(AsRef::as_ref) {
                table.write_text(&mut out, &self.format, &self.layout).unwrap();
            }
        }
        out
    }
}
