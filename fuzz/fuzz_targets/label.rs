//! The first sectors of a device. Invariants: see `checks::check_label`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lvmkit_fuzz::{checks, mutate};

fuzz_target!(|data: &[u8]| {
    let Some((fix, bytes)) = data.split_first() else { return };
    let mut bytes = bytes.to_vec();
    if fix & 1 != 0 {
        mutate::fix_checksums(&mut bytes);
    }
    checks::check_label(&bytes);
});
