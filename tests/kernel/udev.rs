//! With a real udevd, in the guest: its rules make the names, and we wait for them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use lvmkit::dm::udev::is_udev_running;
use lvmkit::{ActivateOptions, NewLv, Size};

use crate::bench::{Bench, run};
use crate::guest::in_guest;

struct Udevd(Child);

impl Udevd {
    fn start() -> Self {
        fs::create_dir_all("/run/udev").unwrap();
        let mut command = Command::new("/lib/systemd/systemd-udevd");
        let udevd = Self(command.env_remove("DM_DISABLE_UDEV").spawn().unwrap());
        let waited = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            is_udev_running()
        });
        assert!(waited, "udevd does not listen");
        udevd
    }
}

impl Drop for Udevd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_dir_all("/run/udev");
    }
}

fn is_udevs(link: &str) -> bool {
    // Udev's rules make links to its own node, we make nodes.
    fs::read_link(link).is_ok_and(|target| target.to_string_lossy().starts_with("../dm-"))
}

#[test]
fn udev_makes_the_names_and_is_waited_for() {
    let Some(bench) = Bench::new(&[64]) else { return };
    if !in_guest() {
        return;
    }
    let udevd = Udevd::start();
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    let create = |tx: &mut lvmkit::Transaction| {
        (0..5).try_for_each(|at| tx.create_lv(NewLv::linear(format!("lv-{at}"), Size::mib(4))).map(drop))
    };
    lvm.update("vg0", create).unwrap();
    lvm.activate_where("vg0", ActivateOptions::default(), |_| true).unwrap();
    for at in 0..5 {
        assert!(is_udevs(&format!("/dev/mapper/vg0-lv--{at}")));
        assert!(is_udevs(&format!("/dev/vg0/lv-{at}")), "lv-{at}");
    }
    lvm.update("vg0", |tx| tx.rename_lv("lv-0", "new")).unwrap();
    assert!(is_udevs("/dev/vg0/new") && !Path::new("/dev/vg0/lv-0").exists());
    lvm.update("vg0", |tx| tx.extend_lv_by("new", Size::mib(4)).map(drop)).unwrap();
    assert!(is_udevs("/dev/mapper/vg0-new"));
    lvm.deactivate_where("vg0", |_| true).unwrap();
    assert!(!Path::new("/dev/vg0").exists() && !Path::new("/dev/mapper/vg0-new").exists());
    assert!(run("dmsetup", &["udevcookies"]).lines().count() <= 1, "a semaphore is left");

    // Udev dies: the names are made without it.
    drop(udevd);
    lvm.activate(&vg, "new").unwrap();
    assert!(Path::new("/dev/vg0/new").exists() && !is_udevs("/dev/vg0/new"));
    lvm.deactivate_where("vg0", |_| true).unwrap();
}
