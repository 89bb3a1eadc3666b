//! A whole image: scan, report, edit, plan, commit, scan again. Invariants: see
//! `checks::check_images`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lvmkit_fuzz::{checks, mutate};

fuzz_target!(|data: &[u8]| {
    let Some((fix, bytes)) = data.split_first() else { return };
    let mut image = bytes.to_vec();
    // The usual place of the header, so that plain input soon gets past the label.
    if fix & 1 != 0 {
        mutate::fix_checksums(&mut image);
    }
    checks::check_images(vec![image], checks::IMAGE_SIZE);
});
