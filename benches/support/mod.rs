//! What the benches share: texts of any size, CPU time, least squares, devices that count.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout, reason = "a bench uses a part and prints it")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use lvm_core::text::{ExportHeader, Imported, Layout, export, import};
use lvm_core::{BlockDevice, Result, SeededIds, Utc};
use nix::time::{ClockId, clock_gettime};

/// How large a synthetic group is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) lvs: usize,
    /// Segments of each logical volume, one extent each, that do not touch.
    pub(crate) segments: usize,
    pub(crate) pvs: usize,
    /// Tags of the first logical volume.
    pub(crate) tags: usize,
}

/// One logical volume on one physical volume.
pub(crate) const ONE: Shape = Shape { lvs: 1, segments: 1, pvs: 1, tags: 0 };

fn push_id(text: &mut String, ids: &mut SeededIds) {
    let id = lvm_core::Id::random(ids);
    writeln!(text, "id = \"{id}\"").unwrap();
}

/// A metadata text of that shape as our own writer prints it.
pub(crate) fn text_of(shape: Shape) -> String {
    let mut ids = SeededIds::new(1);
    let mut text = String::from("vg0 {\n");
    push_id(&mut text, &mut ids);
    text.push_str(
        "seqno = 2\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\n\
         extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {\n",
    );
    let extents = shape.lvs * shape.segments * 2 / shape.pvs + 2;
    for pv in 0..shape.pvs {
        writeln!(text, "pv{pv} {{").unwrap();
        push_id(&mut text, &mut ids);
        write!(
            text,
            "device = \"/dev/disk{pv}\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = {}\n\
             pe_start = 2048\npe_count = {extents}\n}}\n",
            extents * 8192 + 2048
        )
        .unwrap();
    }
    text.push_str("}\nlogical_volumes {\n");
    for lv in 0..shape.lvs {
        writeln!(text, "lv{lv:05} {{").unwrap();
        push_id(&mut text, &mut ids);
        text.push_str("status = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\n");
        if lv == 0 && shape.tags > 0 {
            let tags = (0..shape.tags).map(|tag| format!("\"tag{tag}\"")).collect::<Vec<_>>();
            writeln!(text, "tags = [{}]", tags.join(", ")).unwrap();
        }
        write!(
            text,
            "creation_time = 1700000000\ncreation_host = \"host.example\"\nsegment_count = {}\n",
            shape.segments
        )
        .unwrap();
        for segment in 0..shape.segments {
            let number = lv * shape.segments + segment;
            // Every second extent, so that no two segments touch.
            let (pv, start) = (number % shape.pvs, number / shape.pvs * 2);
            write!(
                text,
                "segment{} {{\nstart_extent = {segment}\nextent_count = 1\ntype = \"striped\"\n\
                 stripe_count = 1\nstripes = [\n\"pv{pv}\", {start}\n]\n}}\n",
                segment + 1
            )
            .unwrap();
        }
        text.push_str("}\n");
    }
    text.push_str(
        "}\n}\ncontents = \"Text Format Volume Group\"\nversion = 1\ndescription = \"\"\n\
         creation_host = \"host.example\"\ncreation_time = 1700000000\n",
    );
    print(&import(&text).unwrap(), Layout::Raw)
}

/// As it is written to disk or to a backup file.
pub(crate) fn print(imported: &Imported, layout: Layout) -> String {
    let header =
        ExportHeader { header: &imported.header, generator: "bench", host_description: "bench", zone: &Utc };
    export(&imported.vg, &header, layout)
}

/// CPU time this thread has used.
pub(crate) fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}

/// The least CPU time of `runs` runs, in seconds: what others on the machine disturb least.
pub(crate) fn least_cpu_seconds<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let once = |_| {
        let start = cpu_time();
        black_box(run());
        (cpu_time() - start).as_secs_f64()
    };
    (0..runs).map(once).fold(f64::INFINITY, f64::min)
}

/// The exponent of `y = c * x^e` through the points, by least squares on logarithms.
pub(crate) fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect::<Vec<_>>();
    let count = logs.len() as f64;
    let (mean_x, mean_y) =
        (logs.iter().map(|p| p.0).sum::<f64>() / count, logs.iter().map(|p| p.1).sum::<f64>() / count);
    let slope = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
    slope / logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

/// Prints a figure beside its target, and whether it is met.
pub(crate) fn report(what: &str, figure: f64, unit: &str, target: f64, at_least: bool) {
    let met = if at_least { figure >= target } else { figure <= target };
    let (sign, verdict) = (if at_least { ">=" } else { "<=" }, if met { "met" } else { "MISSED" });
    println!("{what:<58} {figure:>11.4} {unit:<8} target {sign} {target} {unit}: {verdict}");
}

/// Criterion's measurement in CPU time of the thread, because a shared machine's wall time says
/// little.
pub(crate) struct CpuTime(WallTime);

impl CpuTime {
    pub(crate) fn new() -> Self {
        Self(WallTime)
    }
}

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu_time()
    }

    fn end(&self, start: Duration) -> Duration {
        cpu_time() - start
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self.0.formatter()
    }
}

/// Criterion set for few, short measurements in CPU time.
pub(crate) fn criterion() -> criterion::Criterion<CpuTime> {
    criterion::Criterion::default()
        .with_measurement(CpuTime::new())
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args()
}

/// That many bytes per iteration.
pub(crate) fn bytes(count: usize) -> Throughput {
    Throughput::Bytes(count as u64)
}

/// What reached a device.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) reads: AtomicU64,
    pub(crate) bytes_read: AtomicU64,
    pub(crate) writes: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) flushes: AtomicU64,
}

impl Counts {
    /// Reads, bytes read, writes, bytes written, flushes; and starts again at zero.
    pub(crate) fn take(&self) -> [u64; 5] {
        [&self.reads, &self.bytes_read, &self.writes, &self.bytes_written, &self.flushes]
            .map(|count| count.swap(0, Ordering::Relaxed))
    }
}

/// A device that counts what passes through it.
pub(crate) struct Counting<D> {
    inner: D,
    counts: Arc<Counts>,
}

impl<D> Counting<D> {
    pub(crate) fn new(inner: D, counts: Arc<Counts>) -> Self {
        Self { inner, counts }
    }
}

impl<D: BlockDevice> BlockDevice for Counting<D> {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn name(&self) -> &str {
        self.inner.name()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<()> {
        self.counts.reads.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes_read.fetch_add(buf.len() as u64, Ordering::Relaxed);
        self.inner.read_at(offset, buf)
    }

    fn write_at(&self, offset: u64, buf: &[u8]) -> Result<()> {
        self.counts.writes.fetch_add(1, Ordering::Relaxed);
        self.counts.bytes_written.fetch_add(buf.len() as u64, Ordering::Relaxed);
        self.inner.write_at(offset, buf)
    }

    fn flush(&self) -> Result<()> {
        self.counts.flushes.fetch_add(1, Ordering::Relaxed);
        self.inner.flush()
    }

    fn discard(&self, offset: u64, length: u64) -> Result<()> {
        self.inner.discard(offset, length)
    }
}
