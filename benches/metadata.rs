//! Reading and printing metadata text: bytes a second against the floor of a bare tokenizer.
//!
//! The crc against crc32fast, and the least time of each with its target, are printed first.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it saw"
)]
#![allow(missing_docs, reason = "criterion's macros make an entry without")]

mod support;

use std::hint::black_box;

use criterion::Criterion;
use lvm_core::ondisk::crc;
use lvm_core::text::{Layout, import_bytes};
use support::{CpuTime, ONE, Shape, bytes, least_cpu_seconds, print, report, text_of};

const RUNS: usize = 15;

/// Counts tokens by byte class, keeps nothing: what any reader of this language must do at least.
fn tokenize(text: &[u8]) -> usize {
    const CLASSES: [u8; 256] = {
        let mut classes = [2_u8; 256];
        let mut at = 0;
        while at < 256 {
            classes[at] = match at as u8 {
                b' ' | b'\n' | b'\t' => 0,
                b'=' | b'{' | b'}' | b'[' | b']' | b',' => 1,
                b'"' => 3,
                _ => 2,
            };
            at += 1;
        }
        classes
    };
    let (mut tokens, mut at) = (0, 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        match CLASSES[usize::from(*byte)] {
            0 => continue,
            1 => {}
            3 => {
                while text.get(at).is_some_and(|byte| *byte != b'"') {
                    at += 1;
                }
                at += 1;
            }
            _ => {
                while text.get(at).is_some_and(|byte| CLASSES[usize::from(*byte)] == 2) {
                    at += 1;
                }
            }
        }
        tokens += 1;
    }
    tokens
}

fn open(text: &[u8]) -> usize {
    let imported = import_bytes(text).unwrap();
    assert!(imported.vg.validate().is_empty());
    imported.vg.logical_volumes().len()
}

fn rates(text: &str) {
    let imported = import_bytes(text.as_bytes()).unwrap();
    let mb = text.len() as f64 / 1e6;
    let rate = |seconds: f64| mb / seconds;
    println!("text of {mb:.2} MB, {} logical volumes", imported.vg.logical_volumes().len());
    let open_seconds = least_cpu_seconds(RUNS, || open(text.as_bytes()));
    report("open: parse, build, validate", rate(open_seconds), "MB/s", 200.0, true);
    report("  the same, milliseconds", open_seconds * 1e3, "ms", 10.0, false);
    let import_seconds = least_cpu_seconds(RUNS, || import_bytes(text.as_bytes()).unwrap());
    println!("  parse and build alone, dropped again: {:.0} MB/s", rate(import_seconds));
    println!("  validate alone: {:.2} ms", 1e3 * least_cpu_seconds(RUNS, || imported.vg.validate()));
    let tokens = least_cpu_seconds(RUNS, || tokenize(text.as_bytes()));
    let newlines = least_cpu_seconds(RUNS, || memchr::memchr_iter(b'\n', text.as_bytes()).count());
    println!("  floors: bare tokenizer {:.0} MB/s, memchr {:.0} MB/s", rate(tokens), rate(newlines));
    let printed = least_cpu_seconds(RUNS, || print(&imported, Layout::Raw));
    report("print, as on disk", rate(printed), "MB/s", 400.0, true);
    let file = print(&imported, Layout::File);
    let seconds = least_cpu_seconds(RUNS, || print(&imported, Layout::File));
    println!("  as a backup file: {:.0} MB/s", file.len() as f64 / 1e6 / seconds);
    let ours = least_cpu_seconds(4 * RUNS, || crc(text.as_bytes()));
    let theirs = least_cpu_seconds(4 * RUNS, || crc32fast::hash(text.as_bytes()));
    report("crc, as a share of crc32fast", theirs / ours, "", 0.9, true);
}

fn main() {
    let text = text_of(Shape { lvs: 10_000, ..ONE });
    rates(&text);
    rates(&text_of(Shape { segments: 20_000, ..ONE }));
    let mut criterion: Criterion<CpuTime> = support::criterion();
    let imported = import_bytes(text.as_bytes()).unwrap();
    let mut group = criterion.benchmark_group("metadata");
    group.throughput(bytes(text.len()));
    group.bench_function("open", |bench| bench.iter(|| open(black_box(text.as_bytes()))));
    group.bench_function("tokenizer", |bench| bench.iter(|| tokenize(black_box(text.as_bytes()))));
    group.bench_function("print", |bench| bench.iter(|| print(black_box(&imported), Layout::Raw)));
    group.bench_function("crc", |bench| bench.iter(|| crc(black_box(text.as_bytes()))));
    group.bench_function("crc32fast", |bench| bench.iter(|| crc32fast::hash(black_box(text.as_bytes()))));
    group.finish();
    criterion.final_summary();
}
