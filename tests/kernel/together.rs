//! Several processes change one group at the same time: two of ours and lvm2.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lvmkit::{KernelOptions, Lvm, NewLv, Options, Size};

use crate::bench::{Bench, run};

const NAME: &str = "LVMKIT_TOGETHER_NAME";
const SECONDS: &str = "LVMKIT_TOGETHER_SECONDS";
const DEVICES: &str = "LVMKIT_TOGETHER_DEVICES";
const LOCKS: &str = "LVMKIT_TOGETHER_LOCKS";
/// How long they go on, unless `LVMKIT_TOGETHER_SECONDS` says otherwise.
const DEFAULT_SECONDS: u64 = 20;

fn seconds() -> u64 {
    std::env::var(SECONDS).map_or(DEFAULT_SECONDS, |text| text.parse().unwrap())
}

/// One of our processes: a tag for each commit, and sizes and activation of a volume of its own.
#[test]
fn one_of_them() {
    let (Ok(name), Ok(devices)) = (std::env::var(NAME), std::env::var(DEVICES)) else { return };
    let options = Options::new().devices(devices.split(',')).locking_dir(std::env::var(LOCKS).unwrap());
    let lvm = Lvm::open(options.kernel(KernelOptions::auto()).command(format!("together {name}"))).unwrap();
    let (start, mut commits, mut last) = (Instant::now(), 0, 0);
    while start.elapsed() < Duration::from_secs(seconds()) {
        let tag = format!("{name}.{commits}");
        let (vg, ()) = lvm.update("vg0", |tx| tx.add_vg_tag(&tag)).unwrap();
        assert!(vg.seqno() > last, "{} after {last}", vg.seqno());
        last = vg.seqno();
        commits += 1;
        println!("did tag {tag}");
        let resized = lvm.update("vg0", |tx| match commits % 4 {
            0 => tx.extend_lv_by(&name, Size::mib(1)).map(drop),
            1 => tx.reduce_lv_by(&name, Size::mib(1)).map(drop),
            2 => tx.rename_lv(&name, &format!("{name}-x")),
            _ => tx.rename_lv(&format!("{name}-x"), &name),
        });
        let (vg, ()) = resized.unwrap();
        assert!(vg.seqno() > last);
        last = vg.seqno();
        println!("did change");
        // Readers see a whole group at any moment.
        assert!(lvm.volume_group("vg0").unwrap().seqno() >= last);
    }
}

fn ours(bench: &Bench, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["together::one_of_them", "--exact", "--nocapture", "--test-threads=1"])
        .env(NAME, name)
        .env(SECONDS, seconds().to_string())
        .env(DEVICES, bench.paths().join(","))
        .env(LOCKS, bench.lvm2.locking_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn no_update_is_lost() {
    let Some(bench) = Bench::new(&[64, 64, 64]) else { return };
    let vg = bench.group("vg0");
    let lvm = bench.lvm();
    for name in ["one", "two", "lvm2"] {
        lvm.update("vg0", |tx| tx.create_lv(NewLv::linear(name, Size::mib(8)))).unwrap();
        lvm.activate(&vg, name).unwrap();
    }
    let before = lvm.volume_group("vg0").unwrap().seqno();
    let children = ["one", "two"].map(|name| ours(&bench, name));
    let (start, mut expected, mut commits) = (Instant::now(), BTreeSet::new(), 0);
    while start.elapsed() < Duration::from_secs(seconds()) {
        let tag = format!("lvm2.{commits}");
        bench.lvm2(&["vgchange", "--addtag", &tag, "vg0"]);
        expected.insert(tag);
        commits += 1;
        let change = if commits % 2 == 0 { "-1" } else { "+1" };
        bench.lvm2(&["lvresize", "-f", "-l", change, "vg0/lvm2"]);
        commits += 1;
    }
    let mut said = [0; 2];
    for (at, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
        // The harness's own words may stand in front of the first.
        for line in text.lines().filter_map(|line| line.split_once("did ").map(|(_, did)| did)) {
            said[at] += 1;
            expected.extend(line.strip_prefix("tag ").map(str::to_owned));
        }
    }
    let vg = lvm.volume_group("vg0").unwrap();
    let tags = vg.tags().iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(tags, expected);
    let all = commits + said.iter().sum::<u32>();
    assert_eq!(vg.seqno() - before, all, "every commit is one version");
    assert!(said.iter().all(|count| *count > 5) && commits > 5, "{said:?} {commits}");
    println!("kernel: together for {} s: {said:?} commits of ours and {commits} of lvm2", seconds());
    bench.lvm2(&["vgck", "vg0"]);
    crate::mounted::all_run();
    run("dmsetup", &["table"]);
    lvm.deactivate_where("vg0", |_| true).unwrap();
}
