//! How the time to open a text grows with each axis of a group, as an exponent.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use lvm_core::text::{Layout, import_bytes};
use support::{ONE, Shape, exponent, least_cpu_seconds, print, report, text_of};

const SIZES: [usize; 5] = [1_000, 3_000, 10_000, 30_000, 100_000];

type Axis = (&'static str, fn(usize) -> Shape);

const AXES: [Axis; 4] = [
    ("logical volumes", |n| Shape { lvs: n, ..ONE }),
    ("segments of one logical volume", |n| Shape { segments: n, ..ONE }),
    ("physical volumes", |n| Shape { pvs: n, ..ONE }),
    ("tags of one logical volume", |n| Shape { tags: n, ..ONE }),
];

fn main() {
    for (axis, shape) in AXES {
        let (mut opened, mut printed) = (Vec::new(), Vec::new());
        for size in SIZES {
            let text = text_of(shape(size));
            let runs = if size < 30_000 { 9 } else { 4 };
            let open = least_cpu_seconds(runs, || {
                let imported = import_bytes(text.as_bytes()).unwrap();
                assert!(imported.vg.validate().is_empty());
            });
            let imported = import_bytes(text.as_bytes()).unwrap();
            let export = least_cpu_seconds(runs, || print(&imported, Layout::Raw));
            let mb = text.len() as f64 / 1e6;
            println!(
                "{axis:<32} {size:>7} {mb:>7.2} MB   open {:>9.3} ms   print {:>9.3} ms",
                open * 1e3,
                export * 1e3
            );
            opened.push((size as f64, open));
            printed.push((size as f64, export));
            if size == 100_000 && axis.starts_with("segments") {
                report("open one volume of 100 000 segments", open, "s", 0.15, false);
            }
        }
        report(&format!("exponent of opening, {axis}"), exponent(&opened), "", 1.1, false);
        report(&format!("exponent of printing, {axis}"), exponent(&printed), "", 1.1, false);
    }
}
