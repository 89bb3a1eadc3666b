//! Two thousand damaged images: nothing panics, hangs or takes memory out of proportion.
//!
//! The damage follows the format (bits, numbers at the edges, structure and strings of the text)
//! and four of five images have their checksums put right afterwards, so that it is not the
//! checksum that refuses them. The seeds are fixed; a failure names its seed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it saw"
)]
#![allow(dead_code, reason = "the fuzz targets use the rest of these modules")]
#![allow(missing_docs, unreachable_pub, reason = "modules of the fuzz package")]

#[path = "../fuzz/src/checks.rs"]
mod checks;
#[path = "../fuzz/src/mutate.rs"]
mod mutate;
#[path = "../fuzz/src/samples.rs"]
mod samples;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const IMAGES: u64 = 2_000;
/// A hang would be far above; a busy machine stays far below.
const TIME_MAX: Duration = Duration::from_secs(5);
/// Memory for an input of so many bytes.
const fn memory_max(input: usize) -> usize {
    64 * input + (64 << 20)
}

// One test, so that the memory measured is that of the image looked at.
#[test]
fn damaged_images_do_no_harm() {
    let samples = samples::SHAPES.map(|shape| samples::group(shape).unwrap().1);
    for images in &samples {
        // Undamaged, every sample goes all the way.
        assert_eq!(checks::check_images(images.clone(), samples::SIZE), checks::Outcome::Committed);
    }
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    let (mut most_memory, mut longest) = (0, Duration::ZERO);
    let mut failed = Vec::new();
    for seed in 0..IMAGES {
        let mut images = samples[usize::try_from(seed).unwrap() % samples.len()].clone();
        let which = usize::try_from(seed / 7).unwrap() % images.len();
        mutate::mutate(&mut images[which], seed);
        let input = images.iter().map(Vec::len).sum::<usize>();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| checks::check_images(images, samples::SIZE))) {
            Ok(outcome) => *outcomes.entry(format!("{outcome:?}")).or_default() += 1,
            Err(_) => failed.push(seed),
        }
        let (took, memory) = (start.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        assert!(took < TIME_MAX, "seed {seed} took {took:?}");
        assert!(memory <= memory_max(input), "seed {seed}: {memory} bytes for an input of {input}");
        (most_memory, longest) = (most_memory.max(memory), longest.max(took));
    }
    println!("{IMAGES} images: {outcomes:?}; most memory {most_memory} bytes, longest {longest:.2?}");
    assert!(failed.is_empty(), "{} images broke an invariant, seeds {failed:?}", failed.len());
    // Damage that is always refused at the door would test little.
    assert!(outcomes.get("Committed").is_some_and(|count| *count > 200), "{outcomes:?}");
    assert!(outcomes.get("NoGroup").is_some_and(|count| *count > 200), "{outcomes:?}");
}
