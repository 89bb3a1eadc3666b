//! Prints the volume groups of images or devices as JSON.
//!
//! `cargo run --example inspect IMAGE…`
#![allow(clippy::print_stdout, reason = "it shows something")]

use lvmkit::{Lvm, Options};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let images = std::env::args().skip(1).collect::<Vec<_>>();
    if images.is_empty() {
        return Err("usage: inspect IMAGE…".into());
    }
    let scan = Lvm::open(Options::new().devices(&images).read_only(true))?.scan()?;
    let orphans = scan.orphans.iter().map(|orphan| {
        json!({
            "device": orphan.pv.device.name(),
            "label": orphan.pv.scanned.label,
            "used_by_unknown_group": orphan.used_by_unknown,
        })
    });
    let groups = scan.groups.iter().map(|found| {
        let mut group = serde_json::to_value(&found.vg)?;
        let problems = found.problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        group["problems"] = json!(problems);
        Ok(group)
    });
    let groups = groups.collect::<Result<Vec<_>, serde_json::Error>>()?;
    let report = json!({
        "volume_groups": groups,
        "physical_volumes_without_group": orphans.collect::<Vec<_>>(),
        "problems": scan.problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
