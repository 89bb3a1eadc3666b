//! `why`: what keeps a volume from fitting.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use serde_json::Value;
use support::Folder;

/// `root` is the first 20 extents of `a.img` and 10 of its middle, behind 5 free ones.
fn folder() -> Folder {
    let folder = Folder::with_group(&[("a.img", 64), ("b.img", 64)]);
    folder.run("lvcreate -n root -l 20 vg a.img").ok();
    folder.run("lvcreate -n hole -l 5 vg a.img").ok();
    folder.run("lvcreate -n wall -l 10 vg a.img").ok();
    folder.run("lvremove -y vg/hole").ok();
    folder
}

fn json(folder: &Folder, line: &str) -> Value {
    serde_json::from_str(&folder.run(&format!("{line} --reportformat json")).ok()).unwrap()
}

#[test]
fn what_then_why_then_what_to_do() {
    let folder = folder();
    let text = folder.run("why vg/root +30m --alloc contiguous").ok();
    let expected = "  vg/root cannot grow by 30 extents (30.00 MiB): 5 fit, 25 are missing.
    Insufficient suitable contiguous allocatable extents for logical volume root: 25 more required
    Policy contiguous: extents directly behind the volume's, in one piece.
    a.img: 33 of 63 extents free in 2 pieces, the largest of 28, 5 usable: no more is free directly behind the volume
    b.img: 63 of 63 extents free, 0 usable: no more is free directly behind the volume
    The most that fits: 5.00 MiB more (5 extents).
      with --alloc cling --stripes 1: 33.00 MiB more (33 extents)
      with --alloc normal --stripes 1: 96.00 MiB more (96 extents)
      with --alloc anywhere --stripes 1: 96.00 MiB more (96 extents)
      with --alloc contiguous --stripes 2: 56.00 MiB more (56 extents)
    What would make it fit:
      --alloc cling
      --extents 25 instead: 25.00 MiB in all
";
    assert_eq!(text, expected);
}

#[test]
fn what_it_names_works() {
    let mut folder = folder();
    let json = json(&folder, "why vg 100 -i 2");
    assert_eq!(json["fits"], false);
    let remedies = json["remedies"].as_array().unwrap();
    let stripes = remedies.iter().find(|remedy| remedy["remedy"] == "smaller").unwrap();
    let extents = &stripes["extents"];
    assert_eq!(json["largest"], *extents);
    assert!(folder.run("lvcreate -i 2 -n x -l 100 vg").code == 5);
    folder.run(&format!("lvcreate -i 2 -n x -l {extents} vg")).ok();
    folder.run("lvremove -y vg/x").ok();
    let more = remedies.iter().find(|remedy| remedy["remedy"] == "more_pvs").unwrap();
    assert_eq!(more["count"], 1);
    // 1 MiB more for what stands in front of the extents.
    let size = more["size"].as_u64().unwrap() + (1 << 20);
    std::fs::File::create(folder.path("c.img")).unwrap().set_len(size).unwrap();
    folder.run("vgextend vg c.img").ok();
    folder.devices.push_str(",c.img");
    folder.run("lvcreate -i 2 -n x -l 100 vg").ok();
}

#[test]
fn a_size_that_fits_says_where() {
    let folder = folder();
    let text = folder.run("why vg/root +5").ok();
    assert!(text.starts_with("  vg/root can grow by 5 extents (5.00 MiB).\n"), "{text}");
    assert!(text.contains("They would lie on a.img:20-24."), "{text}");
    let seen = folder.run("lvs --segments -o seg_pe_ranges --noheadings vg/root").ok();
    assert_eq!(seen.trim(), "a.img:0-19", "nothing is changed");
    let text = folder.run("why vg 100%FREE -n new").ok();
    assert!(text.starts_with("  vg/new can be created with 96 extents"), "{text}");
    assert_eq!(json(&folder, "why vg/root --extents +100%FREE")["placed"], 96);
}

#[test]
fn physical_volumes_that_are_named_switched_off_or_missing() {
    let mut folder = folder();
    folder.run("pvchange -xn b.img").ok();
    let text = folder.run("why vg 50").ok();
    assert!(
        text.contains("b.img: 63 of 63 extents free, 0 usable: allocation on it is switched off"),
        "{text}"
    );
    assert!(text.contains("      pvchange -x y b.img  (allow allocation there again)"), "{text}");
    let text = folder.run("why vg 50 b.img").ok();
    assert!(text.contains("pvchange -x y b.img"), "{text}");
    assert!(
        text.contains(
            "a.img: 33 of 63 extents free in 2 pieces, the largest of 28, 0 usable: it is not among"
        )
    );
    folder.run("pvchange -xy b.img").ok();
    let text = folder.run("why vg 50 a.img").ok();
    assert!(text.contains("name no physical volumes, so that all may be used"), "{text}");

    folder.devices = "a.img".to_owned();
    let text = folder.run("why vg 10").ok();
    assert!(text.starts_with("  A new volume of vg cannot have 10 extents (10.00 MiB): Cannot change VG vg while PVs are missing.\n"), "{text}");
    assert!(text.contains("63 of 63 extents free, 0 usable: the device is missing"), "{text}");
    assert!(text.contains("give all devices of the group; missing:"), "{text}");
    assert_eq!(json(&folder, "why vg 10")["remedies"][0]["remedy"], "return");
}

#[test]
fn what_is_refused_for_other_reasons() {
    let folder = folder();
    for line in ["why", "why vg", "why @tag 10", "why vg/root -5", "why vg 5x%FREE", "why vg 10 -L 10"] {
        let done = folder.run(line);
        assert!(done.code == 3 || done.code == 5, "{line}: {done:?}");
        assert!(!done.stderr.is_empty(), "{line}");
    }
    assert!(folder.run("why vg/root 10").fails(5).contains("a + in front"));
    assert!(folder.run("why vg/nosuch 10").fails(5).contains("nosuch not found"));
    assert!(folder.run("why nosuch 10").fails(5).contains("\"nosuch\" not found"));
    assert!(folder.run("why vg 10 nosuch.img").fails(5).contains("\"nosuch.img\" not found"));
    assert!(folder.run("why vg 10 --type raid1").fails(5).contains("not supported"));
    assert!(folder.run("why vg 10 --type zero").fails(5).contains("takes no extents"));
    assert!(folder.run("why vg 10 -n root").fails(5).contains("already exists"));
}
