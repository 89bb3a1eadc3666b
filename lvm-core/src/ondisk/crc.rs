//! LVM2's checksum: CRC-32 with another start value and no final inversion.

/// The start value of every checksum on disk.
pub const INITIAL_CRC: u32 = 0xf597_a6cf;

/// The checksum of `data`.
///
/// ```
/// assert_eq!(lvm_core::ondisk::crc(b"123456789"), 0x4991_cf02);
/// ```
#[must_use]
pub fn crc(data: &[u8]) -> u32 {
    crc_continue(INITIAL_CRC, data)
}

/// The checksum of something whose first part has the checksum `start` and goes on with `data`;
/// for texts that wrap around the end of their area.
#[must_use]
pub fn crc_continue(start: u32, data: &[u8]) -> u32 {
    // crc32fast inverts before and after, as zlib does; LVM2 does neither.
    let mut hasher = crc32fast::Hasher::new_with_initial(!start);
    hasher.update(data);
    !hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        assert_eq!(crc(b""), 0xf597_a6cf);
        assert_eq!(crc(b"123456789"), 0x4991_cf02);
        assert_eq!(crc(&[0; 32]), 0xf01c_e544);
        assert_eq!(crc_continue(crc(b"1234"), b"56789"), crc(b"123456789"));
    }
}
