//! Environment variables.

use std::fs::{self, File};
use std::process::{Command, Output, Stdio};

use crate::support::Folder;

fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 16)]);
    folder.run("lvcreate -l3 -n lv vg").ok();
    folder
}

/// Runs a command line with these variables, and with open files under the numbers from 3 on.
fn run(folder: &Folder, variables: &[(&str, &str)], line: &str) -> Output {
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_lvmkit");
    command.arg("-c").arg(format!("exec \"{program}\" {line} 3>three 4>four"));
    command.current_dir(folder.path("")).env("LVMKIT_DEVICES", &folder.devices);
    command.env("LVM_SYSTEM_DIR", folder.path("")).envs(variables.iter().copied());
    command.stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn streams() {
    let folder = folder();
    let file = |name: &str| fs::read_to_string(folder.path(name)).unwrap();
    let line = "vgs -o vg_name --noheadings";
    let done = run(&folder, &[("LVM_OUT_FD", "3")], line);
    assert_eq!((text(&done.stdout), file("three")), (String::new(), "  vg\n".to_owned()));
    let done = run(&folder, &[("LVM_REPORT_FD", "4"), ("LVM_OUT_FD", "3")], line);
    assert_eq!(
        (text(&done.stdout), file("three"), file("four")),
        (String::new(), String::new(), "  vg\n".into())
    );
    let done = run(&folder, &[("LVM_REPORT_FD", "4"), ("LVM_OUT_FD", "3")], "vgchange --addtag t vg");
    assert_eq!(text(&done.stdout), "");
    assert!(file("three").contains("successfully changed"), "{}", file("three"));
    let done = run(&folder, &[("LVM_ERR_FD", "3")], "vgs nope");
    assert_eq!((done.status.code(), text(&done.stderr)), (Some(5), String::new()));
    assert!(file("three").contains("Volume group \"nope\" not found"));
    // Settings go to standard output whatever is said elsewhere.
    let done = run(&folder, &[("LVM_OUT_FD", "3")], "lvmconfig --typeconfig default shell/history_size");
    assert_eq!(text(&done.stdout), "# history_size=100\n");
    for (value, why) in [("77", "file descriptor 77"), ("x", "LVM_OUT_FD: invalid file descriptor.")] {
        let done = run(&folder, &[("LVM_OUT_FD", value)], line);
        assert_eq!(done.status.code(), Some(4));
        assert!(text(&done.stderr).contains(why), "{done:?}");
    }
}

#[test]
fn the_group_of_volumes_without_one() {
    let folder = folder();
    let run = |line: &str| {
        let done = run(&folder, &[("LVM_VG_NAME", "vg")], line);
        assert!(done.status.success(), "{line}: {done:?}");
        text(&done.stdout)
    };
    run("lvcreate -l1 -n second");
    run("lvextend -l+1 second");
    run("lvresize -l+1 second");
    run("lvrename second other");
    run("lvchange --addtag x other");
    assert_eq!(
        run("lvs --noheadings -o lv_name,lv_size,lv_tags other").split_whitespace().collect::<Vec<_>>(),
        ["other", "3.00m", "x"]
    );
    run("lvreduce -y -l-1 other");
    run("lvremove -y other");
    assert_eq!(run("lvs --noheadings -o lv_name").trim(), "lv");
    // What has a group keeps it, and groups are groups.
    run("lvremove -y vg/lv");
    run("vgs vg");
    let done = self::run(&folder, &[("LVM_VG_NAME", "none")], "lvextend -l+1 lv");
    assert_eq!(done.status.code(), Some(5));
    assert!(text(&done.stderr).contains("Volume group \"none\" not found"), "{done:?}");
}

#[test]
fn the_profile_of_every_command() {
    let folder = folder();
    fs::create_dir(folder.path("profile")).unwrap();
    fs::write(folder.path("profile/p.profile"), "report/headings = 0\n").unwrap();
    fs::write(folder.path("profile/q.profile"), "global/units = \"b\"\n").unwrap();
    let shown = |line: &str| text(&run(&folder, &[("LVM_COMMAND_PROFILE", "p")], line).stdout);
    assert_eq!(shown("vgs -o vg_name"), "  vg\n");
    assert_eq!(shown("vgs -o vg_extent_size --commandprofile q").lines().count(), 2);
    let done = run(&folder, &[("LVM_COMMAND_PROFILE", "none")], "vgs");
    assert_eq!(done.status.code(), Some(5));
}

#[test]
fn the_system_directory() {
    let folder = folder();
    fs::create_dir(folder.path("other")).unwrap();
    fs::write(folder.path("other/lvm.conf"), "report/headings = 0\n").unwrap();
    let other = folder.path("other").display().to_string();
    let done = run(&folder, &[("LVM_SYSTEM_DIR", &other)], "vgs -o vg_name");
    assert_eq!(text(&done.stdout), "  vg\n");
    // None at all.
    let done = run(&folder, &[("LVM_SYSTEM_DIR", "")], "lvmconfig --typeconfig default backup/backup_dir");
    assert_eq!(text(&done.stdout), "# backup_dir=\"/backup\"\n");
    File::create(folder.path("other/lvmlocal.conf")).unwrap();
    fs::write(folder.path("other/lvmlocal.conf"), "report {").unwrap();
    let done = run(&folder, &[("LVM_SYSTEM_DIR", &other)], "vgs");
    assert_eq!(done.status.code(), Some(4));
    assert!(text(&done.stderr).contains("lvmlocal.conf"), "{done:?}");
}

#[test]
fn others_are_taken_and_change_nothing() {
    let folder = folder();
    let variables = [
        ("LVM_SUPPRESS_FD_WARNINGS", "1"),
        ("LVM_SUPPRESS_SYSLOG", "1"),
        ("LVM_EXPECTED_EXIT_STATUS", ">1"),
        ("LVM_RUN_BY_DMEVENTD", "1"),
        ("LVM_LOG_FILE_EPOCH", "test"),
        ("DM_DISABLE_UDEV", "1"),
        ("DM_DEV_DIR", "/dev"),
    ];
    let done = run(&folder, &variables, "vgs -o vg_name --noheadings");
    assert_eq!(
        (done.status.code(), text(&done.stdout), text(&done.stderr)),
        (Some(0), "  vg\n".into(), String::new())
    );
}
