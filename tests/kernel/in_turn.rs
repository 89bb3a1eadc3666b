//! Steps by this library and by lvm2 in turn, while one of the volumes is mounted and written to;
//! each sees what the other did.

use std::collections::BTreeMap;
use std::path::Path;

use lvmkit::dm::kernel::Kernel;
use lvmkit::{Lvm, NewLv, Size, VolumeGroup};

use crate::bench::{Bench, run};
use crate::mounted::{Mounted, Writer, all_run, check_files};

const STEPS: u32 = 100;
/// The volume that is mounted.
const BASE: &str = "base";

/// Names and sizes in extents of 1 MiB.
type Model = BTreeMap<String, u64>;

/// The numbers of a report.
fn numbers(report: &str) -> Vec<u32> {
    report.split_whitespace().map(|word| word.parse().unwrap()).collect()
}

struct InTurn {
    bench: Bench,
    lvm: Lvm,
    vg: VolumeGroup,
    model: Model,
    seed: u32,
}

impl InTurn {
    fn dice(&mut self, below: u32) -> u32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.seed >> 16) % below
    }

    fn size(&mut self, name: &str) -> &mut u64 {
        self.model.get_mut(name).unwrap()
    }

    fn remove(&mut self, name: &str, ours: bool) {
        if ours {
            self.lvm.update("vg0", |tx| tx.remove_lv(name)).unwrap();
        } else {
            self.bench.lvm2(&["lvremove", "-y", &format!("vg0/{name}")]);
        }
        self.model.remove(name);
    }

    fn rename(&mut self, name: &str, new: &str, ours: bool) {
        if ours {
            self.lvm.update("vg0", |tx| tx.rename_lv(name, new)).unwrap();
        } else {
            self.bench.lvm2(&["lvrename", "vg0", name, new]);
        }
        let size = self.model.remove(name).unwrap();
        self.model.insert(new.to_owned(), size);
    }

    fn reduce(&mut self, name: &str, ours: bool) {
        if ours {
            self.lvm.update("vg0", |tx| tx.reduce_lv_by(name, Size::mib(1))).unwrap();
        } else {
            self.bench.lvm2(&["lvreduce", "-f", "-l", "-1", &format!("vg0/{name}")]);
        }
        *self.size(name) -= 1;
    }

    fn extend(&mut self, name: &str, by: u64, ours: bool) {
        if ours {
            self.lvm.update("vg0", |tx| tx.extend_lv_by(name, Size::mib(by))).unwrap();
        } else {
            self.bench.lvm2(&["lvextend", "-l", &format!("+{by}"), &format!("vg0/{name}")]);
        }
        *self.size(name) += by;
    }

    fn create(&mut self, name: &str, ours: bool) {
        if ours {
            self.lvm.update("vg0", |tx| tx.create_lv(NewLv::linear(name, Size::mib(3)))).unwrap();
            self.lvm.activate(&self.vg, name).unwrap();
        } else {
            self.bench.lvm2(&["lvcreate", "-y", "-Wn", "-Zn", "-l", "3", "-n", name, "vg0"]);
        }
        self.model.insert(name.to_owned(), 3);
    }

    fn step(&mut self, turn: u32) {
        let ours = self.dice(2) == 0;
        let names = self.model.keys().filter(|name| *name != BASE).cloned().collect::<Vec<_>>();
        let some = names.get(self.dice(4) as usize % names.len().max(1)).cloned();
        match (self.dice(6), some) {
            (0, Some(name)) => self.remove(&name, ours),
            (1, Some(name)) => self.rename(&name, &format!("r{turn}"), ours),
            (2, Some(name)) if self.model[&name] > 1 => self.reduce(&name, ours),
            (3, Some(name)) => self.extend(&name, 2, ours),
            (4, _) if self.model[BASE] < 120 => self.extend(BASE, 1, ours),
            (_, Some(name)) if self.model.len() >= 8 => self.remove(&name, ours),
            _ => self.create(&format!("n{turn}"), ours),
        }
    }

    /// What the kernel has, what lvm2 sees and what we see is one.
    fn check(&self, turn: u32) {
        let vg = self.lvm.volume_group("vg0").unwrap();
        let ours = vg.logical_volumes().map(|lv| (lv.name().to_owned(), lv.size().get() >> 20));
        assert_eq!(ours.collect::<Model>(), self.model, "turn {turn}");
        let words = ["lvs", "--noheadings", "--units", "m", "--nosuffix", "-o", "lv_name,lv_size,lv_active"];
        let theirs = self.bench.lvm2(&words).out;
        let theirs = theirs.lines().map(|line| {
            let words = line.split_whitespace().collect::<Vec<_>>();
            assert_eq!(words[2], "active", "turn {turn}: {line}");
            (words[0].to_owned(), words[1].parse::<f64>().unwrap() as u64)
        });
        assert_eq!(theirs.collect::<Model>(), self.model, "turn {turn}");
        let words = ["vgs", "--noheadings", "-o", "vg_seqno,lv_count,vg_free_count", "vg0"];
        let ours = [vg.seqno(), vg.logical_volumes().len() as u32, vg.pv_map().unwrap().total_free().get()];
        assert_eq!(numbers(&self.bench.lvm2(&words).out), ours, "turn {turn}");
        let words = ["pvs", "--noheadings", "-o", "pv_pe_count,pv_pe_alloc_count"];
        let map = vg.pv_map().unwrap();
        let ours = vg.physical_volumes().iter().enumerate();
        let ours = ours.flat_map(|(at, pv)| [pv.pe_count().get(), map.used_count(at).get()]);
        assert_eq!(numbers(&self.bench.lvm2(&words).out), ours.collect::<Vec<_>>(), "turn {turn}");
        let kernel = Kernel::open().unwrap();
        let devices = kernel.list_devices("LVM-").unwrap();
        let live = devices.iter().map(|device| {
            let (_, lines) = kernel.table_lines(device.number.into(), false).unwrap();
            let sectors = lines.iter().map(|line| line.length.0).sum::<u64>();
            assert!(Path::new(&format!("/dev/vg0/{}", &device.name[4..])).exists(), "{}", device.name);
            (device.name[4..].to_owned(), sectors >> 11)
        });
        assert_eq!(live.collect::<Model>(), self.model, "turn {turn}");
    }
}

#[test]
fn steps_in_turn_with_lvm2() {
    let Some(bench) = Bench::new(&[200, 200]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    lvm.update("vg0", |tx| tx.create_lv(NewLv::linear(BASE, Size::mib(40)))).unwrap();
    let base = lvm.activate(&vg, BASE).unwrap();
    run("mkfs.ext4", &["-q", base.to_str().unwrap()]);
    let mount = Mounted::new(&base);
    let writer = Writer::start(&mount.0);
    let model = Model::from([(BASE.to_owned(), 40)]);
    let mut in_turn = InTurn { bench, lvm, vg, model, seed: 12_345 };
    for turn in 0..STEPS {
        in_turn.step(turn);
        in_turn.check(turn);
    }
    writer.stop();
    all_run();
    assert!(check_files(&mount.0) > 0);
    drop(mount);
    run("e2fsck", &["-f", "-n", "/dev/vg0/base"]);
    in_turn.bench.lvm2(&["vgck", "vg0"]);
    in_turn.lvm.deactivate_where("vg0", |_| true).unwrap();
}
