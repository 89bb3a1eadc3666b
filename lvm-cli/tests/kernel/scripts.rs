//! Scripts that call lvm2 run unchanged, with this program under lvm2's names first in `PATH`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bench::{Bench, run};

/// What the scripts call.
const NAMES: [&str; 26] = [
    "lvm",
    "lvchange",
    "lvcreate",
    "lvdisplay",
    "lvextend",
    "lvreduce",
    "lvremove",
    "lvrename",
    "lvresize",
    "lvs",
    "lvscan",
    "pvcreate",
    "pvdisplay",
    "pvremove",
    "pvresize",
    "pvs",
    "pvscan",
    "vgchange",
    "vgcreate",
    "vgdisplay",
    "vgextend",
    "vgreduce",
    "vgremove",
    "vgrename",
    "vgs",
    "vgscan",
];

/// A folder with links of those names to a program.
fn links(dir: &Path, program: &str) -> PathBuf {
    fs::create_dir_all(dir).unwrap();
    for name in NAMES {
        symlink(program, dir.join(name)).unwrap();
    }
    dir.to_owned()
}

/// The settings of the bench's lvm2, by which a machine has the bench's devices only.
fn system_dir(bench: &Bench, dir: &Path) -> PathBuf {
    let text = fs::read_to_string(bench.lvm2.system_dir().join("lvm.conf")).unwrap();
    let devices = bench.paths().iter().map(|path| format!("\"a|^{path}$|\", ")).collect::<String>();
    let filter = format!("devices {{\n    global_filter = [ {devices}\"r|.*|\" ]");
    fs::write(dir.join("lvm.conf"), text.replacen("devices {", &filter, 1)).unwrap();
    dir.to_owned()
}

/// What a script prints, ids apart.
fn output(bench: &Bench, script: &str, program: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let links = links(&dir.path().join("bin"), program);
    for path in bench.paths() {
        // Nothing of the run before is found again.
        run("dd", &["if=/dev/zero", &format!("of={path}"), "bs=1M", "count=64", "status=none"]);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts").join(script);
    let mut command = Command::new("sh");
    command.arg(&path).stdin(Stdio::null());
    command.env("PATH", format!("{}:{}", links.display(), std::env::var("PATH").unwrap()));
    command.env("LVM_SYSTEM_DIR", system_dir(bench, dir.path()));
    command
        .env("LVM_SUPPRESS_FD_WARNINGS", "1")
        .env("DM_DISABLE_UDEV", "1")
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
    for (number, device) in bench.paths().iter().enumerate() {
        command.env(format!("DEV{}", number + 1), device);
    }
    let done = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{script} with {program}: {}\n{out}\n{err}", done.status);
    without_ids(&out)
}

/// The text with every id of LVM replaced.
fn without_ids(text: &str) -> String {
    const GROUPS: [usize; 7] = [6, 4, 4, 4, 4, 4, 6];
    let is_id = |text: &str| {
        let parts = text.split('-').collect::<Vec<_>>();
        parts.len() == GROUPS.len()
            && parts
                .iter()
                .zip(GROUPS)
                .all(|(part, len)| part.len() == len && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    let words = text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let mut result = String::new();
    for word in words {
        let end = word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        match is_id(end) {
            true => result.push_str(&format!("ID{}", &word[end.len()..])),
            false => result.push_str(word),
        }
    }
    result
}

#[track_caller]
fn same_output(script: &str) {
    let Some(bench) = Bench::new(&[64, 64, 64]) else { return };
    let theirs = output(&bench, script, run("sh", &["-c", "command -v lvm"]).trim());
    let ours = output(&bench, script, env!("CARGO_BIN_EXE_lvmkit"));
    for (at, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(ours, theirs, "{script}: line {}", at + 1);
    }
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{script}:\n{ours}");
}

#[test]
fn a_configuration_manager() {
    same_output("ansible.sh");
}

#[test]
fn an_installer() {
    same_output("curtin.sh");
}

#[test]
fn a_storage_driver() {
    same_output("csi.sh");
}
