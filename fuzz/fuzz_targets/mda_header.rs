//! The header of a metadata area. Invariants: see `checks::check_mda_header`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lvm_core::ondisk::crc;
use lvmkit_fuzz::checks;

fuzz_target!(|data: &[u8]| {
    let Some((fix, bytes)) = data.split_first() else { return };
    let mut bytes = bytes.to_vec();
    bytes.resize(512, 0);
    if fix & 1 != 0 {
        let sum = crc(&bytes[4..]);
        bytes[..4].copy_from_slice(&sum.to_le_bytes());
    }
    // Where the label says the area is: as the header claims, or the usual place.
    let claimed = u64::from_le_bytes(*bytes[24..].first_chunk().unwrap_or(&[0; 8]));
    checks::check_mda_header(&bytes, if fix & 2 == 0 { claimed } else { 4096 });
});
