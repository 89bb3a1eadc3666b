//! The most memory that opening a text takes, as a multiple of the text.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures")]

mod support;

use lvm_core::text::import_bytes;
use peak_alloc::PeakAlloc;
use support::{ONE, Shape, report, text_of};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let shapes = [
        ("10 000 logical volumes", Shape { lvs: 10_000, ..ONE }),
        ("10 000 segments of one volume", Shape { segments: 10_000, ..ONE }),
        ("10 000 physical volumes", Shape { pvs: 10_000, ..ONE }),
        ("10 000 tags", Shape { tags: 10_000, ..ONE }),
    ];
    for (what, shape) in shapes {
        let text = text_of(shape);
        // The text itself is in memory too.
        let before = MEMORY.current_usage() - text.len();
        MEMORY.reset_peak_usage();
        let imported = import_bytes(text.as_bytes()).unwrap();
        assert!(imported.vg.validate().is_empty());
        let peak = MEMORY.peak_usage() - before;
        let kept = MEMORY.current_usage() - before - text.len();
        println!(
            "{what}: text {} KB, peak with it {} KB, kept {} KB",
            text.len() / 1000,
            peak / 1000,
            kept / 1000
        );
        report(&format!("peak memory, {what}"), peak as f64 / text.len() as f64, "x text", 6.0, false);
    }
}
