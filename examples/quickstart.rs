//! The whole job on plain image files: no root, no kernel support, no lvm2.
//!
//! Makes two disks smaller than the volume wanted, a group over both, a volume larger than either,
//! writes content and reads it back, extends it with a third disk, and draws where it lies.
//!
//! `cargo run --example quickstart [DIRECTORY]`
#![allow(clippy::print_stdout, reason = "it shows something")]

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use lvmkit::{Event, Lvm, NewLv, Options, Size, VolumeGroup};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args_os()
        .nth(1)
        .map_or_else(|| std::env::temp_dir().join("lvmkit-quickstart"), PathBuf::from);
    std::fs::create_dir_all(&dir)?;
    let disks = ["disk0.img", "disk1.img", "disk2.img"].map(|name| dir.join(name));
    for disk in &disks {
        File::create(disk)?.set_len(64 << 20)?; // sparse: takes no space yet
    }

    // A group over the first two disks, and a volume larger than either.
    let lvm = Lvm::open(Options::new().devices(&disks).command("quickstart"))?;
    let mut tx = lvm.create_vg("demo", &disks[..2])?;
    tx.create_lv(NewLv::linear("data", Size::mib(100)))?;
    println!("{}", tx.plan()?); // nothing has been written
    let vg = tx.commit(&mut show)?;

    // Content goes in and comes back.
    let text = b"a volume larger than either disk\n".repeat(3_000_000);
    let mut data = lvm.open_lv(&vg, "data")?;
    data.write_all(&text)?;
    data.seek(SeekFrom::Start(0))?;
    let mut back = vec![0; text.len()];
    data.read_exact(&mut back)?;
    assert_eq!(back, text);
    println!("wrote and read back {} bytes of {}\n", text.len(), data.size());
    drop(data);

    // The third disk joins, and the volume grows onto it.
    let mut tx = lvm.begin("demo")?;
    tx.add_pv_on(&disks[2])?;
    tx.extend_lv_by("data", Size::mib(60))?;
    println!("{}", tx.plan()?);
    let vg = tx.commit(&mut show)?;
    println!();
    draw(&vg);

    let mut data = lvm.open_lv(&vg, "data")?;
    data.read_exact(&mut back)?;
    assert_eq!(back, text);
    println!("\nthe content is still there; see the images in {}", dir.display());
    Ok(())
}

fn show(event: &Event) -> std::ops::ControlFlow<()> {
    println!("{event}");
    std::ops::ControlFlow::Continue(())
}

/// One line per disk, one character per extent.
fn draw(vg: &VolumeGroup) {
    println!("{}: extents of {}", vg.name(), vg.extent_size());
    let map = vg.pv_map().expect("a group that was just committed is sound");
    for (at, pv) in vg.physical_volumes().iter().enumerate() {
        let name = Path::new(pv.device()).file_name().unwrap_or_default().to_string_lossy();
        print!("  {name:<10} ");
        for run in map.runs(at) {
            let mark = if run.owner.is_some() { "#" } else { "." };
            print!("{}", mark.repeat(run.count as usize));
        }
        println!();
    }
    for lv in vg.logical_volumes() {
        println!("  # {} {} in {} segments", lv.name(), lv.size(), lv.segments().len());
    }
}
