//! What the real lvm2 makes of the disks after a crash of ours.
//!
//! It reads every group as it was before or as it is afterwards, and its own next change succeeds.

use std::fs::File;
use std::os::unix::fs::FileExt;

use lvmkit::{DeviceSpec, Lvm, Options, VolumeGroup};
use serde_json::Value;
use tempfile::TempDir;

use super::check::{Expected, Scenario};
use super::disk::{Image, SECTOR};
use super::support::loops::Loop;
use super::support::lvm2::Lvm2;

/// lvm2 and loop devices to show it images on.
pub(crate) struct Oracle {
    lvm2: Lvm2,
    loops: Vec<Loop>,
    _dir: TempDir,
}

impl Oracle {
    /// # Errors
    /// Why it cannot be had.
    pub(crate) fn new(disks: usize, size: u64) -> Result<Self, String> {
        let dir = TempDir::new().map_err(|error| error.to_string())?;
        let lvm2 = Lvm2::new()?;
        let loops = (0..disks).map(|disk| Loop::new(dir.path(), &format!("disk{disk}"), size));
        Ok(Self { lvm2, loops: loops.collect::<Result<_, _>>()?, _dir: dir })
    }

    /// Puts the images on the loop devices. What was never written reads as zeroes there.
    fn show(&mut self, images: &[Image]) {
        for (device, image) in self.loops.iter_mut().zip(images) {
            device.reset(image.size());
            let file = File::options().write(true).open(device.file()).unwrap();
            for (at, sector) in image.written() {
                file.write_all_at(sector, at * SECTOR as u64).unwrap();
            }
            file.sync_data().unwrap();
        }
    }

    fn devices(&self, images: &[Image]) -> Vec<&str> {
        self.loops.iter().take(images.len()).map(Loop::path).collect()
    }

    /// What lvm2 finds: each group's name and seqno.
    fn groups(&self, devices: &[&str]) -> Result<Vec<(String, u64)>, String> {
        let said = self.lvm2.run(devices, &["vgs", "--reportformat", "json", "-o", "vg_name,vg_seqno"]);
        let report: Value = serde_json::from_str(&said.out).map_err(|error| format!("{error}: {said:?}"))?;
        let rows = report["report"][0]["vg"].as_array().ok_or("no rows")?;
        let row = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            (text("vg_name"), text("vg_seqno").parse().unwrap_or(0))
        };
        let mut groups = rows.iter().map(row).collect::<Vec<_>>();
        groups.sort();
        Ok(groups)
    }

    /// Checks one state after a crash.
    pub(crate) fn check(
        &mut self,
        scenario: &Scenario,
        expected: &Expected,
        images: &[Image],
    ) -> Result<(), String> {
        self.show(images);
        let devices = self.devices(images);
        let found = self.groups(&devices)?;
        let known = |groups: &[VolumeGroup]| {
            let mut known =
                groups.iter().map(|vg| (vg.name().to_owned(), u64::from(vg.seqno()))).collect::<Vec<_>>();
            known.sort();
            known
        };
        let (old, new) = (known(&expected.old), known(&expected.new));
        if found != old && found != new {
            return Err(format!("lvm2 finds {found:?}, neither {old:?} nor {new:?}"));
        }
        let stranded = self.lvm2.run(&devices, &["pvs", "-o", "pv_name,vg_name,pv_in_use"]);
        if stranded.out.contains("[unknown]") {
            return Err(format!("stranded: {}", stranded.out));
        }
        for (name, _) in &found {
            let said = self.lvm2.run(&devices, &["vgchange", "--addtag", "after-crash", name]);
            if !said.ok() {
                return Err(format!("vgchange: {said:?}"));
            }
            // It takes an outdated volume's text away only when it is asked to.
            let said = self.lvm2.run(&devices, &["vgck", "--updatemetadata", name]);
            if !said.ok() {
                return Err(format!("vgck --updatemetadata: {said:?}"));
            }
            let said = self.lvm2.run(&devices, &["vgck", name]);
            // One id under two names, as its own renaming leaves it too: it asks for another change.
            let renamed = said.err.contains("fix duplicate VGID");
            if !said.ok() || !(renamed || said.complaints().is_empty()) {
                return Err(format!("vgck: {said:?}"));
            }
        }
        self.read_back(scenario, &found)
    }

    /// What lvm2 wrote is read here, and nothing is wrong with it.
    fn read_back(&self, scenario: &Scenario, found: &[(String, u64)]) -> Result<(), String> {
        let devices = self.loops.iter().take(scenario.disks.len());
        let options = Options::new().devices(devices.map(|device| DeviceSpec::whole(device.path())));
        let scan = Lvm::open(options.read_only(true).locking(false)).and_then(|lvm| lvm.scan());
        let scan = scan.map_err(|error| format!("{error:?}"))?;
        for (name, seqno) in found {
            let group = scan.groups.iter().find(|found| found.vg.name() == name).ok_or("it is gone")?;
            if u64::from(group.vg.seqno()) <= *seqno {
                return Err(format!("seqno {} after {seqno}", group.vg.seqno()));
            }
            // With one id under two names lvm2 writes only the copies of the name it was given.
            if let Some(problem) = group.problems.first().filter(|_| !scenario.name.starts_with("vgrename")) {
                return Err(format!("after lvm2's change: {problem}"));
            }
        }
        // Nobody holds lvm2's locks: its directory is its own.
        let options = Options::new().devices(
            self.loops.iter().take(scenario.disks.len()).map(|device| DeviceSpec::whole(device.path())),
        );
        let lvm = Lvm::open(options.locking(false)).map_err(|error| format!("{error:?}"))?;
        for (name, _) in found {
            lvm.update(name, |tx| tx.add_vg_tag("again")).map_err(|error| format!("{error:?}"))?;
            let said = self.lvm2.run(&self.devices(&scenario.disks), &["vgck", name]);
            if !said.ok() || !said.complaints().is_empty() {
                return Err(format!("vgck after our next change: {said:?}"));
            }
        }
        Ok(())
    }
}
