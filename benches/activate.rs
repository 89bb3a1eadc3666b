//! Activating and deactivating many volumes: this library and lvm2 against the floor, a bare loop
//! of the requests that the kernel needs.
//!
//! Needs root and device-mapper; without device-mapper it boots the guest of `tests/uml-run` and
//! runs there. The guest has one processor, so that wall time holds the kernel's work too.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a bench prints its figures, and uses a part of what the tests have"
)]

#[path = "../tests/kernel/bench.rs"]
mod bench;
#[path = "support/mod.rs"]
mod figures;
#[path = "../tests/kernel/guest.rs"]
mod guest;
#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bench::Bench;
use figures::report;
use lvmkit::dm::kernel::{Command, Kernel, Request, Transport};
use lvmkit::dm::{DmFlags, Table};
use lvmkit::{ActivateOptions, KernelOptions, NewLv, Size};
use nix::errno::Errno;

/// Runs of each; the least counts.
const RUNS: usize = 5;

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// The requests alone, with the tables and names of the volumes.
fn floor(kernel: &Kernel, tables: &[(String, String, Table)]) -> [Duration; 2] {
    let mut numbers = Vec::new();
    let up = timed(|| {
        for (name, uuid, table) in tables {
            let made = kernel.create(name, uuid, None).unwrap();
            kernel.load(made.number.into(), table, DmFlags::empty()).unwrap();
            kernel.resume(made.number.into(), 0, DmFlags::empty()).unwrap();
            numbers.push(made.number);
        }
    });
    let down = timed(|| {
        for number in numbers {
            kernel.remove(number.into(), 0, false).unwrap();
        }
    });
    [up, down]
}

/// Measures the time that requests take.
struct Timed {
    inner: Arc<dyn Transport>,
    clock: Arc<AtomicU64>,
}

impl Transport for Timed {
    fn send(&self, request: &mut Request) -> Result<(), Errno> {
        let start = Instant::now();
        let result = self.inner.send(request);
        self.clock.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        result
    }
}

fn measure(count: u64) {
    let bench = Bench::new(&[count + 16]).unwrap();
    bench.group("vg0");
    let create = |tx: &mut lvmkit::Transaction| {
        (0..count).try_for_each(|at| {
            let new = NewLv::linear(format!("lv{at}"), Size::mib(1)).zero(false).wipe_signatures(false);
            tx.create_lv(new).map(drop)
        })
    };
    bench.lvm().update("vg0", create).unwrap();
    let spent = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&spent);
    let kernel = Kernel::open().unwrap().wrapped(|inner| Timed { inner, clock }).unwrap();
    let lvm = bench.lvm_over(KernelOptions::with(kernel.clone()).udev_sync(false));
    let activate = || drop(lvm.activate_where("vg0", ActivateOptions::default(), |_| true).unwrap());
    let deactivate = || drop(lvm.deactivate_where("vg0", |_| true).unwrap());
    activate();
    let devices = kernel.list_devices("LVM-").unwrap().into_iter();
    let tables = devices.map(|device| {
        let table = kernel.table(device.number.into(), false).unwrap().unwrap();
        (device.name, device.uuid, table)
    });
    let tables = tables.collect::<Vec<_>>();
    deactivate();

    let mut least = [[Duration::MAX; 2]; 3];
    for _ in 0..RUNS {
        let before = kernel.counts();
        let in_kernel = || Duration::from_nanos(spent.swap(0, Ordering::Relaxed));
        in_kernel();
        let up = timed(activate);
        let up_kernel = in_kernel();
        let down = timed(deactivate);
        println!("  of {up:?} {up_kernel:?} in requests; of {down:?} {:?}", in_kernel());
        let ours = [up, down];
        let sent = |command| kernel.sent(command) - before.get(&command).copied().unwrap_or_default();
        assert_eq!((sent(Command::Create), sent(Command::Load)), (count, count));
        let theirs = [
            timed(|| drop(bench.lvm2(&["vgchange", "-ay", "vg0"]))),
            timed(|| drop(bench.lvm2(&["vgchange", "-an", "vg0"]))),
        ];
        for (least, times) in least.iter_mut().zip([floor(&kernel, &tables), ours, theirs]) {
            for (least, time) in least.iter_mut().zip(times) {
                *least = time.min(*least);
            }
        }
    }
    let [floor, ours, theirs] = least.map(|times| times.map(|time| time.as_secs_f64()));
    for (at, what) in ["activating", "deactivating"].into_iter().enumerate() {
        let ms = |seconds: f64| seconds * 1000.0;
        println!(
            "{what} {count} linear volumes: floor {:.1} ms, ours {:.1} ms, lvm2 {:.1} ms ({:.2} times the floor)",
            ms(floor[at]),
            ms(ours[at]),
            ms(theirs[at]),
            theirs[at] / floor[at]
        );
        report(
            &format!("{what} {count} volumes against the floor"),
            ours[at] / floor[at],
            "times",
            1.15,
            false,
        );
    }
}

fn main() {
    if !guest::can_run() {
        match guest::run_in_guest(&[]) {
            Ok(text) => println!("{text}"),
            Err(why) => println!("skipped: {why}"),
        }
        return;
    }
    for count in [100, 1000] {
        measure(count);
    }
}
