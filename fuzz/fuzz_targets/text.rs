//! A metadata text. Invariants: see `checks::check_text`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lvmkit_fuzz::checks;

fuzz_target!(|data: &[u8]| {
    checks::check_text(data);
});
