//! Copies, headers and labels that are not as they should be before the change.

use super::{Image, List, Shape, name, run, source, tag};

/// Copies that are old, broken or different before the change.
pub(super) fn damaged(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let newer = run(base, |lvm| lvm.update("vg", |tx| tx.add_vg_tag("newer")).map(|_| ()));
    let other = run(base, |lvm| lvm.update("vg", |tx| tx.add_vg_tag("different")).map(|_| ()));
    // The last disk of every shape has one area.
    let last = shape.pvs() - 1;
    let mix = |all: &[Image], one: &[Image]| {
        let mut disks = all.to_vec();
        disks[last] = one[last].clone();
        disks
    };
    let hurt = |offset: u64, change: fn(&mut [u8; 512])| {
        let mut disks = newer.clone();
        disks[last].damage(offset, change);
        disks
    };
    let kinds = [
        ("an old copy", mix(&newer, base)),
        ("all copies old but one", mix(base, &newer)),
        ("a different copy", mix(&newer, &other)),
        ("a broken header", hurt(4096, |sector| sector[30] ^= 1)),
        ("a header of nothing", hurt(4096, |sector| sector.fill(0))),
        ("a header that points anywhere", hurt(4096, point_anywhere)),
        ("a broken text", hurt(4096 + 1536, |sector| sector[7] ^= 1)),
        ("a filled second slot", hurt(4096, fill_second_slot)),
        ("a label that says unused", hurt(512, clear_used)),
        ("a label of the first version", hurt(512, old_extension)),
    ];
    for (kind, disks) in kinds {
        list.edit(format!("{kind}: tag, {on}"), &disks, tag);
        list.edit(format!("{kind}: lvremove, {on}"), &disks, |tx| tx.remove_lv("a"));
        list.edit(format!("{kind}: vgremove, {on}"), &disks, |tx| {
            tx.remove_all_lvs()?;
            tx.remove_vg()
        });
        list.edit(format!("{kind}: vgmetadatacopies 1, {on}"), &disks, |tx| tx.set_metadata_copies(1));
        let extra = shape.pvs();
        list.edit(format!("{kind}: vgextend, {on}"), &disks, move |tx| {
            tx.add_pv_on(source(extra, 1, false)).map(|_| ())
        });
    }
    outdated(list, shape, base);
}

/// A volume that was away while it was taken out of the group.
fn outdated(list: &mut List, shape: Shape, base: &[Image]) {
    let on = shape.name;
    let extra = shape.pvs();
    let extended = run(base, |lvm| lvm.update("vg", |tx| tx.add_pv_on(source(extra, 1, false))).map(|_| ()));
    let mut disks =
        run(&extended, |lvm| lvm.update("vg", |tx| tx.remove_pv_on(name(extra).as_str())).map(|_| ()));
    disks[extra] = extended[extra].clone();
    list.edit(format!("an outdated PV: tag, {on}"), &disks, tag);
    list.edit(format!("an outdated PV: vgremove, {on}"), &disks, |tx| {
        tx.remove_all_lvs()?;
        tx.remove_vg()
    });
}

fn reseal(sector: &mut [u8; 512], at: usize, from: usize) {
    let checksum = lvmkit::core::ondisk::crc(&sector[from..]);
    sector[at..at + 4].copy_from_slice(&checksum.to_le_bytes());
}

/// A valid header whose committed text takes the whole area, so that no room is left beside it.
fn point_anywhere(sector: &mut [u8; 512]) {
    sector[40..48].copy_from_slice(&512_u64.to_le_bytes());
    sector[48..56].copy_from_slice(&(1_044_480_u64 - 512).to_le_bytes());
    reseal(sector, 0, 4);
}

fn fill_second_slot(sector: &mut [u8; 512]) {
    let (first, second) = sector[40..88].split_at_mut(24);
    second.copy_from_slice(first);
    second[0] = second[0].wrapping_add(1);
    reseal(sector, 0, 4);
}

/// The extension of a label with one data area and one metadata area: version, then flags.
const EXTENSION: usize = 32 + 40 + 4 * 16;

fn clear_used(sector: &mut [u8; 512]) {
    assert_eq!(sector[EXTENSION], 2);
    sector[EXTENSION + 4] = 0;
    reseal(sector, 16, 20);
}

fn old_extension(sector: &mut [u8; 512]) {
    assert_eq!(sector[EXTENSION], 2);
    sector[EXTENSION] = 1;
    sector[EXTENSION + 4] = 0;
    reseal(sector, 16, 20);
}

pub(super) fn make_newer(sector: &mut [u8; 512]) {
    let seqno = b"seqno = 1\n";
    let at = sector.windows(seqno.len()).position(|bytes| bytes == seqno).unwrap();
    sector[at + 8] = b'7';
}
