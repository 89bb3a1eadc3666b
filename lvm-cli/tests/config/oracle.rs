//! `lvmconfig` and the installed lvm2's, on the same files: exit codes and all that is printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::shared;

const TYPES: [&str; 10] = [
    "current",
    "default",
    "diff",
    "full",
    "list",
    "missing",
    "new",
    "profilable",
    "profilable-command",
    "profilable-metadata",
];

/// Sections, settings, what is neither, and several at a time.
const KEYS: [&str; 32] = [
    "",
    "config",
    "devices",
    "allocation",
    "log",
    "backup",
    "shell",
    "global",
    "activation",
    "metadata",
    "report",
    "dmeventd",
    "tags",
    "local",
    "devices/dir",
    "devices/filter",
    "devices/types",
    "devices/cache",
    "global/umask",
    "global/suffix",
    "allocation/cache_settings",
    "tags/tag",
    "tags/<tag>",
    "tags/<tag>/host_list",
    "metadata/disk_areas",
    "log/journal",
    "report/lvs_cols",
    "nope",
    "global/nope",
    "nope/x",
    "/shell",
    "global nope devices/dir shell/",
];

const OPTIONS: [&str; 20] = [
    "",
    "--withversions",
    "--withspaces",
    "--unconfigured",
    "--ignoreadvanced",
    "--ignoreunsupported",
    "--ignorelocal",
    "--showdeprecated",
    "--showunsupported",
    "--showdeprecated --showunsupported --withversions",
    "--mergedconfig",
    "--atversion 2.2.99",
    "--atversion 1.0.0 --withversions",
    "--atversion 2.02.120x",
    "--atversion bad",
    "--sinceversion 2.2.99",
    "--sinceversion 2.3.0",
    "--sinceversion 2",
    "--ignoreunsupported --showunsupported",
    "--validate",
];

/// What `--config` is given.
const CALLS: [&str; 18] = [
    "global/units=\"h\"",
    "global{units=\"h\" suffix=0}",
    "foo{bar=1 baz{q=1}} global/foo=2 global{zap{x=1}} loose=3 config{checks=1}",
    "devices/loopfiles=[\"a\"] log/activate_file=\"x\" metadata/dirs=[\"y\"] tags{t1{host_list=[\"a\",\"b\"]} \
     @x{}} allocation/cache_settings{mq{a=1}} devices/types=[\"fd\",16] activation/volume_list=[]",
    "report{lvs_cols=\"a\\\"b\\\\c\" separator=\"\"} x=1.50 y=-3 activation/process_priority=-18 \
     global/umask=017",
    "global/suffix=1 global/suffix=0 global{suffix=2}",
    "report{lvs_cols='abc' lvs_sort=\"a'b\" lvs_sort=bare} 'odd key'=1 \"a/b\"=2",
    "foo/bar=1 global/x=1 allocation/cache_settings/a/b=1 tags/x/host_list=\"q\" tags/y/z=1 \
     global/umask=63 devices/scan=\"/dev\" devices/filter=\"a|.*|\" devices/scan_lvs=0 \
     global/test=\"no\" config/checks=\"yes\" activation/volume_list=[\"q\"] log/journal=[]",
    "config/abort_on_errors=1 global/foo=1",
    "config/abort_on_errors=1 global/foo=1 config/checks=0",
    "config/checks=0 global/foo=1 devices/scan_lvs=\"q\"",
    "global{",
    "",
    "devices=1 global{units{x=1}} allocation/cache_settings=1",
    "global/units=\"zz\"",
    "local/system_id=\"x\" global/umask=1 devices/dir=\"x\" devices/cache=\"q\" log/activate_file=\"z\"",
    "devices/scan_lvs=[\"y\"] global/suffix=\"YES\" log/silent=\"on\" log/syslog=\"f\" log/activation=\"N\"",
    "allocation{cache_settings{a{b=1} c=\"x\"}} tags{a{host_list=[\"x\"]} b{foo=1} c=1}",
];

/// Both programs, with system directories for each configuration.
struct Both {
    dir: TempDir,
}

impl Both {
    fn new() -> Result<Self, String> {
        shared::lvm2::Lvm2::new()?;
        let this = Self { dir: TempDir::new().map_err(|error| error.to_string())? };
        this.write("plain/lvm.conf", "global { umask = 077 }");
        let several = "activation { checks = 1 udev_sync = 1 }\nglobal { umask = 077 suffix = 0 units = \"h\" }\n\
                       devices { filter = [ \"a|x|\" ] scan = [\"/dev\"] }\nactivation/udev_rules = 0\n\
                       allocation { cache_settings { mq { a = 1 } } maximise_cling = 1 }\nx { y = 1 }\n\
                       tags { t1 { } t2 { host_list = [ \"nobody\" ] } }\n";
        this.write("several/lvm.conf", several);
        let local = "local { extra_system_ids = [ \"q\" ] }\nglobal/units = \"s\"\n\
                     allocation { cache_settings { smq { b = 2 } } thin_pool_zero = 0 }\nx { z { k = 2 } }\n";
        this.write("several/lvmlocal.conf", local);
        this.write("several/lvm_t1.conf", "global { test = 0 suffix = 1 } report { buffered = 0 }");
        this.write("several/lvm_t2.conf", "global { suffix = 5 }");
        let profiles = [
            ("cmd", "global { units = \"m\" } report { aligned = 0 }"),
            ("md", "allocation { thin_pool_zero = 0 } activation { thin_pool_autoextend_percent = 33 }"),
            (
                "mix",
                "global { units = \"m\" umask = 1 } allocation/thin_pool_zero = 0 report/aligned = \"x\"",
            ),
            ("broken", "global { units = "),
        ];
        for (name, text) in profiles {
            this.write(&format!("several/profile/{name}.profile"), text);
        }
        this.write("broken/lvm.conf", "devices { filter = [ \"a|x|\"\n");
        this.write("strict/lvm.conf", "config { abort_on_errors = 1 } devices { nope = 1 }");
        this.write("lax/lvm.conf", "config { abort_on_errors = 1 checks = 0 } devices { nope = 1 }");
        Ok(this)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn said(&self, program: &Path, system: &str, words: &[String]) -> (i32, String) {
        let output = Command::new(program)
            .arg("lvmconfig")
            .args(words)
            .env("LVM_SYSTEM_DIR", self.dir.path().join(system))
            .env("LVM_SUPPRESS_FD_WARNINGS", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The difference of a command line, if there is one.
    fn differ(&self, system: &str, words: &[String]) -> Option<String> {
        let theirs = self.said(Path::new("lvm"), system, words);
        let ours = self.said(Path::new(env!("CARGO_BIN_EXE_lvmkit")), system, words);
        (theirs != ours).then(|| format!("{system}: {words:?}\nlvm2: {theirs:?}\nours: {ours:?}"))
    }
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[track_caller]
fn compare(lines: impl Iterator<Item = (&'static str, Vec<String>)>) {
    let Some(both) = shared::needed("lvmconfig beside lvm2's", Both::new()) else { return };
    let mut count = 0;
    let different = lines.inspect(|_| count += 1).filter_map(|(system, words)| both.differ(system, &words));
    let different = different.collect::<Vec<_>>();
    assert!(different.is_empty(), "{} of {count} differ:\n{}", different.len(), different.join("\n"));
    assert!(count > 10);
}

#[test]
fn types_and_keys() {
    let lines = TYPES.into_iter().flat_map(|kind| KEYS.map(|keys| format!("--typeconfig {kind} {keys}")));
    compare(lines.flat_map(|line| ["plain", "several"].map(|system| (system, words(&line)))));
}

#[test]
fn types_and_options() {
    let kinds = TYPES.into_iter().map(|kind| format!("--typeconfig {kind}")).chain([String::new()]);
    let lines = kinds.flat_map(|kind| OPTIONS.map(|option| format!("{kind} {option}")));
    let lines =
        lines.flat_map(|line| ["", "global", "devices/dir"].map(|key| words(&format!("{line} {key}"))));
    compare(lines.map(|words| ("plain", words)));
}

#[test]
fn what_the_command_is_told() {
    let ends = [
        "",
        "--mergedconfig",
        "--validate",
        "--typeconfig diff",
        "--typeconfig full",
        "--typeconfig missing",
    ];
    let ends = ends
        .into_iter()
        .flat_map(|end| ["", " global", " foo tags/x global/foo"].map(|key| format!("{end}{key}")));
    let lines = ends.flat_map(|end| {
        CALLS.map(|call| {
            let mut line = vec!["--config".to_owned(), call.to_owned()];
            line.extend(words(&end));
            line
        })
    });
    compare(lines.flat_map(|words| ["plain", "several"].map(|system| (system, words.clone()))));
}

#[test]
fn profiles() {
    let options = ["--profile", "--commandprofile", "--metadataprofile"];
    let names = ["cmd", "md", "mix", "broken", "none", "", "a/b"];
    let lines = options.into_iter().flat_map(|option| names.map(|name| [option.to_owned(), name.to_owned()]));
    let ends = ["", "--mergedconfig", "--validate", "--typeconfig full", "--typeconfig diff"];
    let lines = lines.flat_map(|line| ends.map(|end| [line.as_slice(), words(end).as_slice()].concat()));
    let both = "--metadataprofile md --commandprofile cmd --config global/units=\"k\"";
    let more = ["", " --mergedconfig", " --typeconfig full"].map(|end| words(&format!("{both}{end}")));
    compare(lines.chain(more).map(|words| ("several", words)));
}

#[test]
fn files_with_mistakes() {
    let lines = ["", "--validate", "--typeconfig default shell", "--config global/suffix=0"];
    compare(
        lines.into_iter().flat_map(|line| ["broken", "strict", "lax"].map(|system| (system, words(line)))),
    );
}

#[test]
fn other_names() {
    let both = ["config", "dumpconfig"];
    for name in both {
        let output = Command::new(env!("CARGO_BIN_EXE_lvmkit"))
            .args([name, "--typeconfig", "default", "shell/history_size"])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "# history_size=100\n", "{name}");
    }
}
