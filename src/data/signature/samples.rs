//! The smallest images that carry each signature, from the documented layouts, for the unit
//! tests and for the comparison with `wipefs` in `tests/signatures.rs`.

const MIB: u64 = 1 << 20;

/// One image: zeroes with `parts` in it.
pub(super) struct Sample {
    /// What it shows.
    pub(super) label: &'static str,
    /// The name expected of its first signature.
    pub(super) kind: &'static str,
    /// The offset expected of its first signature.
    pub(super) offset: u64,
    /// Bytes in the image.
    pub(super) size: u64,
    /// False when libblkid 2.38 does not know the format, or asks for more than stands here.
    pub(super) known_to_libblkid: bool,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Sample {
    /// The image.
    pub(super) fn image(&self) -> Vec<u8> {
        let mut image = vec![0; usize::try_from(self.size).unwrap()];
        for (offset, bytes) in &self.parts {
            let from = usize::try_from(*offset).unwrap();
            image[from..from + bytes.len()].copy_from_slice(bytes);
        }
        image
    }
}

/// Bytes that start as given, with more put at offsets.
fn block(size: usize, parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut block = vec![0; size];
    for (offset, bytes) in parts {
        block[*offset..*offset + bytes.len()].copy_from_slice(bytes);
    }
    block
}

impl Sample {
    fn of_size(self, size: u64) -> Self {
        Self { size, ..self }
    }

    fn unknown_to_libblkid(self) -> Self {
        Self { known_to_libblkid: false, ..self }
    }
}

fn sample(label: &'static str, kind: &'static str, offset: u64, parts: Vec<(u64, Vec<u8>)>) -> Sample {
    Sample { label, kind, offset, size: 4 * MIB, known_to_libblkid: true, parts }
}

/// All of them.
pub(super) fn samples() -> Vec<Sample> {
    let groups =
        [tables(), encrypted(), swap(), members(), ends(), linux(), discs_and_flash(), windows(), zfs()];
    groups.into_iter().flatten().collect()
}

fn record(entries: &[[u8; 16]]) -> Vec<u8> {
    let mut record = block(512, &[(510, &[0x55, 0xaa])]);
    for (slot, entry) in entries.iter().enumerate() {
        record[446 + slot * 16..462 + slot * 16].copy_from_slice(entry);
    }
    record
}

fn entry(kind: u8, start: u32, sectors: u32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[4] = kind;
    bytes[8..12].copy_from_slice(&start.to_le_bytes());
    bytes[12..].copy_from_slice(&sectors.to_le_bytes());
    bytes
}

/// A CRC of 32 bits, bit by bit.
fn crc(polynomial: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (polynomial * (crc & 1)))
    })
}

/// As zlib has it.
fn crc32(bytes: &[u8]) -> u32 {
    crc(0xedb8_8320, bytes)
}

/// Castagnoli's.
fn crc32c(bytes: &[u8]) -> u32 {
    crc(0x82f6_3b78, bytes)
}

fn gpt_header(number: u64, alternate: u64, entries: u64, last: u64) -> Vec<u8> {
    let mut header = block(512, &[(0, b"EFI PART\0\0\x01\0\x5c\0\0\0")]);
    for (offset, value) in [(24, number), (32, alternate), (40, 34), (48, last - 33), (72, entries)] {
        header[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
    }
    for (offset, value) in [(80, 128), (84, 128), (88, crc32(&[0; 16_384]))] {
        header[offset..offset + 4].copy_from_slice(&u32::to_le_bytes(value));
    }
    header[56..72].fill(7);
    let crc = crc32(&header[..92]);
    header[16..20].copy_from_slice(&crc.to_le_bytes());
    header
}

fn tables() -> Vec<Sample> {
    let last = 4 * MIB / 512 - 1;
    let protective = record(&[entry(0xee, 1, u32::try_from(last).unwrap())]);
    let first = (512, gpt_header(1, last, 2, last));
    let backup = (last * 512, gpt_header(last, 1, last - 32, last));
    vec![
        sample("gpt", "gpt", 0x200, vec![(0, protective.clone()), first, backup.clone()]),
        sample("backup of gpt", "gpt", last * 512, vec![(0, protective.clone()), backup]),
        sample("protective MBR alone", "PMBR", 510, vec![(0, protective)]),
        sample("dos", "dos", 510, vec![(0, record(&[entry(0x8e, 2048, 4096)]))]),
    ]
}

fn encrypted() -> Vec<Sample> {
    let luks2 = |magic: &[u8], offset: u64| {
        let fields: [(usize, &[u8]); 3] = [(0, magic), (6, &[0, 2]), (8, &0x4000_u64.to_be_bytes())];
        let mut header = block(512, &fields);
        header[168..204].copy_from_slice(b"01234567-89ab-cdef-0123-456789abcdef");
        header[256..264].copy_from_slice(&offset.to_be_bytes());
        header
    };
    let luks1 = block(592, &[(0, b"LUKS\xba\xbe\0\x01"), (168, b"01234567-89ab-cdef-0123-456789abcdef")]);
    let (first, second) = (luks2(b"LUKS\xba\xbe", 0), luks2(b"SKUL\xba\xbe", 0x4000));
    vec![
        sample("luks 1", "crypto_LUKS", 0, vec![(0, luks1)]),
        sample("luks 2", "crypto_LUKS", 0, vec![(0, first), (0x4000, second.clone())]),
        sample("second header of luks 2", "crypto_LUKS", 0x4000, vec![(0x4000, second)]),
    ]
}

fn swap() -> Vec<Sample> {
    let header = [1_u32.to_le_bytes(), 1023_u32.to_le_bytes()].concat();
    let page = |label, page: u64, magic: &[u8], kind| {
        sample(label, kind, page - 10, vec![(1024, header.clone()), (page - 10, magic.to_vec())])
    };
    vec![
        page("swap, 4 KiB pages", 4 << 10, b"SWAPSPACE2", "swap"),
        page("swap, 8 KiB pages", 8 << 10, b"SWAPSPACE2", "swap"),
        page("swap, 16 KiB pages", 16 << 10, b"SWAPSPACE2", "swap"),
        page("swap, 64 KiB pages", 64 << 10, b"SWAPSPACE2", "swap"),
        page("old swap", 4 << 10, b"SWAP-SPACE", "swap"),
        page("suspended system", 4 << 10, b"S1SUSPEND\0", "swsuspend"),
    ]
}

fn md(sector: u64) -> Vec<u8> {
    let magic = 0xa92b_4efc_u32.to_le_bytes();
    block(
        256,
        &[(0, &magic), (4, &[1]), (16, &[5; 16]), (92, &[2]), (144, &sector.to_le_bytes()), (220, &[128])],
    )
}

fn members() -> Vec<Sample> {
    let bcache = block(
        256,
        &[
            (8, &[8]),
            (24, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"),
            (40, &[3; 16]),
        ],
    );
    let bcachefs = block(
        256,
        &[
            (16, &[13]),
            (24, b"\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef"),
            (40, &[3; 32]),
        ],
    );
    let mut stratis = block(512, &[(4, b"!Stra0tis\x86\xff\x02^\x41rh"), (20, &[0, 32]), (32, &[b'a'; 64])]);
    let crc = crc32c(&stratis[4..]);
    stratis[..4].copy_from_slice(&crc.to_le_bytes());
    vec![
        // Label sector 1 of a physical volume that lvm2 2.03.16 made.
        sample("LVM2", "LVM2_member", 0x218, vec![(512, lvm2_label())]),
        sample("LVM1", "LVM1_member", 0, vec![(0, b"HM\x01\0".to_vec())]),
        sample("md 1.1", "linux_raid_member", 0, vec![(0, md(0))]),
        sample("md 1.2", "linux_raid_member", 4096, vec![(4096, md(8))]),
        sample("bcache", "bcache", 0x1018, vec![(0x1000, bcache)]),
        sample("bcachefs", "bcachefs", 0x1018, vec![(0x1000, bcachefs)]).unknown_to_libblkid(),
        sample("stratis", "stratis", 0x204, vec![(512, stratis.clone()), (0x1200, stratis)]),
        sample("vdo", "vdo", 0, vec![(0, b"dmvdo001".to_vec())]),
        sample("dm-integrity", "DM_integrity", 0, vec![(0, b"integrt\0\x04".to_vec())]),
        sample("dm-verity", "DM_verity_hash", 0, vec![(0, b"verity\0\0\x01\0\0\0\x01".to_vec())]),
        sample(
            "dm-snapshot",
            "DM_snapshot_cow",
            0,
            vec![(0, b"SnAp\x01\0\0\0\x01\0\0\0\x08\0\0\0".to_vec())],
        ),
    ]
}

fn lvm2_label() -> Vec<u8> {
    let size = (64 * MIB).to_le_bytes();
    let mib = MIB.to_le_bytes();
    block(
        512,
        &[
            (0, b"LABELONE\x01"),
            (16, &0x8303_45d7_u32.to_le_bytes()),
            (20, b"\x20\0\0\0LVM2 001"),
            (32, b"GPjcQqXybbdkOC2BrkX7gFcfBLmSOGL9"),
            (64, &size),
            (72, &mib),
            (104, &4096_u64.to_le_bytes()),
            (112, &1_044_480_u64.to_le_bytes()),
            (136, &[2, 0, 0, 0, 1]),
        ],
    )
}

/// What stands at the end of a device, of an odd size.
fn ends() -> Vec<Sample> {
    let size = 4 * MIB + 3 * 4096 + 5 * 512;
    let end = |label, kind, offset: u64, magic_at: u64, bytes: Vec<u8>| Sample {
        label,
        kind,
        offset: offset + magic_at,
        size,
        known_to_libblkid: true,
        parts: vec![(offset, bytes)],
    };
    let md0_90 = |bytes: fn(u32) -> [u8; 4]| {
        block(4096, &[(0, &bytes(0xa92b_4efc)), (4, &bytes(0)), (8, &bytes(90)), (20, &[9; 4])])
    };
    let md1_0 = (size / 512 - 16) & !7;
    let ddf = block(512, &[(0, &0xde11_de11_u32.to_be_bytes()), (8, &[b'x'; 24]), (32, b"01.02.00")]);
    let drbd = block(
        4096,
        &[(0, &[1; 8]), (40, &[7; 8]), (60, &0x8374_026b_u32.to_be_bytes()), (80, &4096_u32.to_be_bytes())],
    );
    let isw = block(512, &[(0, b"Intel Raid ISM Cfg Sig. 1.2.00"), (32, &[8; 4])]);
    vec![
        end("md 0.90", "linux_raid_member", 4 * MIB - 0x1_0000, 0, md0_90(u32::to_le_bytes)),
        end("md 0.90, big-endian", "linux_raid_member", 4 * MIB - 0x1_0000, 0, md0_90(u32::to_be_bytes)),
        end("md 1.0", "linux_raid_member", md1_0 * 512, 0, md(md1_0)),
        end("ddf", "ddf_raid_member", size - 512, 0, ddf.clone()),
        end("ddf of adaptec", "ddf_raid_member", size - 257 * 512, 0, ddf),
        end("isw", "isw_raid_member", size - 1024, 0, isw),
        // libblkid does not round the size down as DRBD does.
        end("drbd", "drbd", size / 4096 * 4096 - 4096, 60, drbd.clone()).unknown_to_libblkid(),
        end("drbd, round size", "drbd", 4 * MIB - 4096, 60, drbd).of_size(4 * MIB),
    ]
}

fn linux() -> Vec<Sample> {
    let ext = |compatible: u8, incompatible: u8, read_only: u8| {
        let parts: [(usize, &[u8]); 8] = [
            (0, &[0, 4]),
            (4, &[0, 16]),
            (0x14, &[1]),
            (0x20, &[0, 32]),
            (0x38, &[0x53, 0xef]),
            (0x4c, &[1]),
            (0x5c, &[compatible, 0, 0, 0, incompatible, 0, 0, 0, read_only]),
            (0x68, &[6; 16]),
        ];
        vec![(1024, block(1024, &parts))]
    };
    let btrfs = block(4096, &[(32, &[4; 16]), (48, &0x1_0000_u64.to_le_bytes()), (64, b"_BHRfS_M")]);
    let reiserfs =
        |magic: &[u8]| block(512, &[(0, &[0, 16]), (12, &[18]), (44, &4096_u16.to_le_bytes()), (52, magic)]);
    let jfs = block(
        512,
        &[
            (0, b"JFS1\x01"),
            (8, &[0, 32]),
            (16, &4096_u32.to_le_bytes()),
            (20, &[12, 0, 3]),
            (24, &512_u32.to_le_bytes()),
            (28, &[9]),
        ],
    );
    vec![
        sample("ext2", "ext2", 0x438, ext(0x38, 0x2, 0x3)),
        sample("ext3", "ext3", 0x438, ext(0x3c, 0x6, 0x3)),
        sample("ext4", "ext4", 0x438, ext(0x3c, 0x42, 0x7b)),
        sample("ext4 without a journal", "ext4", 0x438, ext(0x38, 0x42, 0x7b)),
        sample("external journal", "jbd", 0x438, ext(0, 0x8, 0)),
        sample("xfs", "xfs", 0, vec![(0, xfs())]),
        sample("btrfs", "btrfs", 0x1_0040, vec![(0x1_0000, btrfs)]),
        sample("reiserfs", "reiserfs", 0x1_0034, vec![(0x1_0000, reiserfs(b"ReIsEr2Fs"))]),
        sample("old reiserfs", "reiserfs", 0x2034, vec![(0x2000, reiserfs(b"ReIsErFs"))]),
        sample("jfs", "jfs", 0x8000, vec![(0x8000, jfs.clone()), (0xf000, jfs)]).of_size(16 * MIB),
    ]
}

/// What `mkfs.xfs -m crc=0` 6.1 writes, without what nobody looks at.
fn xfs() -> Vec<u8> {
    let mut sb = block(512, &[(0, b"XFSB"), (32, &[6; 16])]);
    for (offset, value) in [(4, 4096_u32), (80, 1), (84, 19_200), (88, 4), (96, 1368)] {
        sb[offset..offset + 4].copy_from_slice(&value.to_be_bytes());
    }
    for (offset, value) in [(100, 0xb4a4_u16), (102, 512), (104, 512), (106, 8)] {
        sb[offset..offset + 2].copy_from_slice(&value.to_be_bytes());
    }
    sb[8..16].copy_from_slice(&76_800_u64.to_be_bytes());
    // Logarithms: block, sector, inode, inodes per block, blocks of a group; inode share.
    sb[120..128].copy_from_slice(&[12, 9, 9, 3, 15, 0, 0, 25]);
    sb
}

fn discs_and_flash() -> Vec<Sample> {
    let squashfs = block(96, &[(0, b"hsqs"), (12, &0x2_0000_u32.to_le_bytes()), (22, &[17, 0]), (28, &[4])]);
    let squashfs3 = block(96, &[(0, b"hsqs"), (28, &[3, 0, 1])]);
    let f2fs = block(
        512,
        &[(0, &0xf2f5_2010_u32.to_le_bytes()), (4, &[1, 0, 16]), (8, &[9]), (12, &[3]), (16, &[12])],
    );
    let erofs = block(128, &[(0, &0xe0f5_e1e2_u32.to_le_bytes()), (12, &[12])]);
    let mut iso = block(2048, &[(0, b"\x01CD001\x01")]);
    iso[8..72].fill(b' ');
    vec![
        sample("squashfs", "squashfs", 0, vec![(0, squashfs)]),
        sample("squashfs 3", "squashfs3", 0, vec![(0, squashfs3)]),
        sample("f2fs", "f2fs", 0x400, vec![(0x400, f2fs.clone()), (0x1400, f2fs)]),
        sample("erofs", "erofs", 0x400, vec![(0x400, erofs)]),
        sample("iso9660", "iso9660", 0x8001, vec![(0x8000, iso)]),
    ]
}

/// BIOS parameters of a FAT12 or FAT16, or of a FAT32.
fn fat(magic_at: usize, magic: &[u8], fat32: bool) -> Vec<u8> {
    let mut sector =
        block(512, &[(0, b"\xeb\x3c\x90mkfs.fat\0\x02\x04\x01\0\x02"), (21, &[0xf8]), (magic_at, magic)]);
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector[19..21].copy_from_slice(&8192_u16.to_le_bytes());
    if fat32 {
        sector[36..40].copy_from_slice(&16_u32.to_le_bytes());
        sector[44] = 2;
    } else {
        sector[17..19].copy_from_slice(&512_u16.to_le_bytes());
        sector[22..24].copy_from_slice(&8_u16.to_le_bytes());
    }
    sector
}

fn windows() -> Vec<Sample> {
    let ntfs = block(
        512,
        &[
            (0, b"\xeb\x52\x90NTFS    \0\x02\x08"),
            (21, &[0xf8]),
            (40, &[0xff, 0x1f]),
            (48, &[4]),
            (56, &[2]),
            (64, &[0xf6]),
            (68, &[1]),
            (510, &[0x55, 0xaa]),
        ],
    );
    let exfat = block(
        512,
        &[
            (0, b"\xeb\x76\x90EXFAT   "),
            (72, &[0, 32]),
            (80, &[128]),
            (84, &[8]),
            (88, &[136]),
            (92, &[200]),
            (96, &[4]),
            (104, &[0, 1]),
            (108, &[9, 3, 1]),
            (510, &[0x55, 0xaa]),
        ],
    );
    let to_go = b"\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01";
    let mut removable = fat(0x52, b"FAT32   ", true);
    removable[..11].copy_from_slice(b"\xeb\x58\x90MSWIN4.1");
    removable[0x1a8..0x1b8].copy_from_slice(to_go);
    let mut locked = block(512, &[(0, b"\xeb\x58\x90-FVE-FS-"), (510, &[0x55, 0xaa])]);
    locked[0xa0..0xb0].copy_from_slice(to_go);
    // The offset of the metadata.
    locked[0xb0..0xb8].copy_from_slice(&MIB.to_le_bytes());
    removable[0x1b8..0x1c0].copy_from_slice(&MIB.to_le_bytes());
    let metadata = (MIB, b"-FVE-FS-\x40\0\x02\0".to_vec());
    vec![
        sample("fat12", "vfat", 0x36, vec![(0, fat(0x36, b"FAT12   ", false))]),
        sample("fat16", "vfat", 0x36, vec![(0, fat(0x36, b"FAT16   ", false))]),
        sample("fat32", "vfat", 0x52, vec![(0, fat(0x52, b"FAT32   ", true))]),
        sample("fat without a name", "vfat", 0, vec![(0, fat(0x36, b"", false))]),
        sample("ntfs", "ntfs", 3, vec![(0, ntfs)]).unknown_to_libblkid(),
        sample("exfat", "exfat", 3, vec![(0, exfat)]),
        sample("bitlocker", "BitLocker", 0, vec![(0, locked), metadata.clone()]),
        sample("bitlocker to go", "BitLocker", 0, vec![(0, removable), metadata]),
    ]
}

fn zfs() -> Vec<Sample> {
    let properties = b"\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\0\0\x24\0\0\0\x20\0\0\0\x07version\0\0\0\0\x08";
    let uberblock = [0x00ba_b10c_u64, 5000, 7, 9, 11].map(u64::to_le_bytes).concat();
    let label = |at: u64| {
        let ring = (0..6).map(|slot| (at + 0x2_0000 + slot * 1024, uberblock.clone()));
        ring.chain([(at + 0x4000, properties.to_vec())]).collect::<Vec<_>>()
    };
    let size = 64 * MIB;
    let labels = [0, 0x4_0000, size - 0x8_0000, size - 0x4_0000];
    vec![
        sample("zfs", "zfs_member", 0x2_0000, labels.into_iter().flat_map(label).collect()).of_size(size),
        sample("last label of zfs", "zfs_member", labels[3] + 0x2_0000, label(labels[3])).of_size(size),
    ]
}
