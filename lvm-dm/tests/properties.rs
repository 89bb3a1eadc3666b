//! Random tables against a flat model, and random targets through their text.
//!
//! The seed is fixed, so that a run is the same everywhere.

use std::sync::{Arc, LazyLock};

use lvm_core::{BlockDevice, Sectors};
use lvm_dm::target::cache::{CacheFeatures, CacheMode, CachePolicy};
use lvm_dm::target::integrity::{IntegrityMode, IntegrityOption};
use lvm_dm::target::mirror::{MirrorLog, MirrorSync};
use lvm_dm::target::raid::{Raid10Format, RaidDevice, RaidJournalMode, RaidOption, RaidType};
use lvm_dm::target::snapshot::Persistence;
use lvm_dm::target::vdo::{Switch, VdoOption, VdoVersion};
use lvm_dm::target::writecache::{WritecacheKind, WritecacheOption};
use lvm_dm::target::{
    Cache, Integrity, Leg, Mirror, Raid, Snapshot, SnapshotMerge, SnapshotOrigin, Striped, Thin, ThinPool,
    Vdo, Writecache,
};
use lvm_dm::userspace::Place;
use lvm_dm::{DeviceName, DeviceRef, Devices, MappedDevice, MemoryDevice, Table, TableLine, Target};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

const SECTOR: u64 = 512;
const DEVICES: u32 = 4;
const DEVICE_SECTORS: u64 = 4096;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(0x1f2e_3d4c),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// One line of a random table, before the devices' space is dealt out.
#[derive(Clone, Debug)]
enum Line {
    Linear { device: u32, sectors: u64, gap: u64 },
    Striped { chunk: u64, rows: u64, stripes: Vec<u32> },
    Zero { sectors: u64 },
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        4 => (0..DEVICES, 1..60_u64, 0..3_u64).prop_map(|(device, sectors, gap)| Line::Linear { device, sectors, gap }),
        4 => (1..17_u64, 1..6_u64, vec(0..DEVICES, 1..5))
            .prop_map(|(chunk, rows, stripes)| Line::Striped { chunk, rows, stripes }),
        1 => (1..30_u64).prop_map(|sectors| Line::Zero { sectors }),
    ]
}

/// Deals out space so that no sector is mapped twice, and says for each sector of the table which
/// sector of which device it is. That list is made sector by sector, not by dividing.
fn build(lines: &[Line]) -> (Table, Vec<Option<(u32, u64)>>) {
    let mut free = [3_u64; DEVICES as usize];
    let mut take = |device: u32, sectors: u64| {
        let free = &mut free[device as usize];
        let start = *free;
        *free += sectors;
        start
    };
    let mut sectors = Vec::new();
    let mut targets = Vec::new();
    for line in lines {
        let before = sectors.len();
        let target = match line {
            Line::Linear { device, sectors: length, gap } => {
                take(*device, *gap);
                let start = take(*device, *length);
                sectors.extend((start..start + length).map(|sector| Some((*device, sector))));
                Target::linear(DeviceRef::number(7, *device), Sectors(start))
            }
            Line::Striped { chunk, rows, stripes } => {
                let starts: Vec<_> =
                    stripes.iter().map(|device| (*device, take(*device, chunk * rows))).collect();
                for row in 0..*rows {
                    for (device, start) in &starts {
                        let first = start + row * chunk;
                        sectors.extend((first..first + chunk).map(|sector| Some((*device, sector))));
                    }
                }
                let leg = |&(device, start)| Leg::new(DeviceRef::number(7, device), Sectors(start));
                Target::Striped(Striped {
                    chunk_size: Sectors(*chunk),
                    stripes: starts.iter().map(leg).collect(),
                })
            }
            Line::Zero { sectors: length } => {
                sectors.extend((0..*length).map(|_| None));
                Target::Zero
            }
        };
        targets.push((Sectors((sectors.len() - before) as u64), target));
    }
    (Table::concatenated(targets).expect("a valid table"), sectors)
}

#[derive(Clone, Debug)]
enum Access {
    Read,
    Write(u8),
    Discard,
}

fn access() -> impl Strategy<Value = (Access, prop::sample::Index, usize)> {
    let kind = prop_oneof![
        3 => Just(Access::Read),
        3 => any::<u8>().prop_map(Access::Write),
        1 => Just(Access::Discard)
    ];
    let length = prop_oneof![2 => 0..5000_usize, 1 => 0..200_000_usize, 1 => Just(512_usize)];
    (kind, any::<prop::sample::Index>(), length)
}

/// The flat model: the bytes that the table's device should show.
struct Model {
    shown: Vec<u8>,
    is_zero_line: Vec<bool>,
}

impl Model {
    fn fill(&mut self, at: usize, bytes: impl Iterator<Item = u8>) {
        for (at, byte) in (at..).zip(bytes) {
            if !self.is_zero_line[at / SECTOR as usize] {
                self.shown[at] = byte;
            }
        }
    }
}

/// Made once: what the devices hold at first is a window of it each.
static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let size = DEVICE_SECTORS * SECTOR + u64::from(DEVICES);
    (0..size).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
});

fn memory() -> (Vec<Arc<MemoryDevice>>, Devices) {
    let mut devices = Devices::new();
    let mut memory = Vec::new();
    for n in 0..DEVICES {
        let bytes: Vec<u8> = NOISE[n as usize..][..(DEVICE_SECTORS * SECTOR) as usize].to_vec();
        let device = Arc::new(MemoryDevice::from_vec(format!("pv{n}"), bytes));
        devices.insert(DeviceRef::number(7, n), device.clone());
        memory.push(device);
    }
    (memory, devices)
}

fn shown(sectors: &[Option<(u32, u64)>], memory: &[Vec<u8>]) -> Vec<u8> {
    let mut shown = Vec::new();
    for place in sectors {
        match place {
            Some((device, sector)) => shown.extend_from_slice(
                &memory[*device as usize][(sector * SECTOR) as usize..][..SECTOR as usize],
            ),
            None => shown.extend_from_slice(&[0; SECTOR as usize]),
        }
    }
    shown
}

fn check_extents(device: &MappedDevice, sectors: &[Option<(u32, u64)>], names: &[Arc<MemoryDevice>]) {
    let mut at = 0;
    for extent in device.extents() {
        assert_eq!(extent.offset, at);
        assert!(extent.length > 0);
        let first = (at / SECTOR) as usize;
        for (n, place) in sectors[first..][..(extent.length / SECTOR) as usize].iter().enumerate() {
            match (extent.place, place) {
                (Place::Zeroes, None) => {}
                (Place::Device { index, offset }, Some((pv, sector))) => {
                    assert_eq!(device.devices()[index].name(), names[*pv as usize].name());
                    assert_eq!(offset / SECTOR + n as u64, *sector);
                }
                other => panic!("{other:?}"),
            }
        }
        at += extent.length;
    }
    assert_eq!(at, device.size());
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_mapped_device_is_like_its_flat_model(
        lines in vec(line(), 1..12),
        accesses in vec(access(), 1..25),
        nested in any::<bool>(),
    ) {
        let (table, sectors) = build(&lines);
        let (memory, mut devices) = memory();
        let mut device = MappedDevice::new("vg-lv", &table, &devices).unwrap();
        check_extents(&device, &sectors, &memory);
        if nested {
            let size = table.size();
            devices.insert(DeviceRef::path("below"), Arc::new(device));
            // The same bytes again, through a second device cut at an odd sector.
            let below = |start| Target::linear(DeviceRef::path("below"), Sectors(start));
            let cut = (size.0 / 3).max(1).min(size.0);
            let parts = [(Sectors(cut), below(0)), (Sectors(size.0 - cut), below(cut))];
            let table = Table::concatenated(parts.into_iter().filter(|(length, _)| !length.is_zero())).unwrap();
            device = MappedDevice::new("vg-above", &table, &devices).unwrap();
        }
        let bytes = |memory: &[Arc<MemoryDevice>]| memory.iter().map(|device| device.to_vec()).collect::<Vec<_>>();
        let mut below = bytes(&memory);
        let mut model = Model {
            shown: shown(&sectors, &below),
            is_zero_line: sectors.iter().map(Option::is_none).collect(),
        };
        prop_assert_eq!(device.size(), model.shown.len() as u64);
        for (access, index, length) in accesses {
            let at = index.index(model.shown.len());
            let length = length.min(model.shown.len() - at);
            match access {
                Access::Read => {
                    let mut buf = vec![0xaa; length];
                    device.read_at(at as u64, &mut buf).unwrap();
                    prop_assert_eq!(&buf, &model.shown[at..at + length]);
                    let extents: Vec<_> = device.map_range(at as u64, length as u64).unwrap().collect();
                    let end = extents.iter().try_fold(at as u64, |at, extent| {
                        (extent.offset == at && extent.length > 0).then_some(at + extent.length)
                    });
                    prop_assert_eq!(end, Some((at + length) as u64));
                }
                Access::Write(seed) => {
                    let data: Vec<_> = (0..length).map(|n| (n as u8).wrapping_mul(7) ^ seed).collect();
                    device.write_at(at as u64, &data).unwrap();
                    model.fill(at, data.into_iter());
                }
                Access::Discard => {
                    device.discard(at as u64, length as u64).unwrap();
                    model.fill(at, std::iter::repeat_n(0, length));
                }
            }
        }
        // Nothing but the mapped sectors changed, and they hold what the model shows.
        let after = bytes(&memory);
        prop_assert_eq!(&shown(&sectors, &after), &model.shown);
        for (place, sector) in sectors.iter().zip(model.shown.chunks(SECTOR as usize)) {
            if let Some((device, number)) = place {
                below[*device as usize][(number * SECTOR) as usize..][..SECTOR as usize].copy_from_slice(sector);
            }
        }
        prop_assert!(below == after, "a sector that is not mapped changed");
    }
}

fn device() -> impl Strategy<Value = DeviceRef> {
    prop_oneof![
        (any::<u32>(), any::<u32>()).prop_map(|(major, minor)| DeviceRef::number(major, minor)),
        r"/[a-z0-9\\ \t:/é_-]{1,20}".prop_map(DeviceRef::path),
    ]
}

fn word() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_.-]{0,12}"
}

fn sectors() -> impl Strategy<Value = Sectors> {
    any::<u64>().prop_map(Sectors)
}

fn leg() -> impl Strategy<Value = Leg> {
    (device(), sectors()).prop_map(|(device, offset)| Leg { device, offset })
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    vec((word(), word()), 0..4)
}

fn mirror() -> impl Strategy<Value = Target> {
    let sync = || option::of(select(MirrorSync::ALL));
    let log = prop_oneof![
        (sectors(), sync()).prop_map(|(region_size, sync)| MirrorLog::Core { region_size, sync }),
        (device(), sectors(), sync()).prop_map(|(device, region_size, sync)| MirrorLog::Disk {
            device,
            region_size,
            sync
        }),
        (word(), vec(word(), 0..4))
            .prop_map(|(name, args)| MirrorLog::Other { name: format!("x{name}"), args }),
    ];
    (log, vec(leg(), 0..4), any::<bool>(), any::<bool>()).prop_map(|(log, legs, handle_errors, keep_log)| {
        Target::Mirror(Mirror { log, legs, handle_errors, keep_log })
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (device(), device(), select(Persistence::ALL), sectors(), any::<(bool, bool)>()).prop_map(
        |(origin, cow, persistence, chunk_size, (discard_zeroes_cow, discard_passdown_origin))| Snapshot {
            origin,
            cow,
            persistence,
            chunk_size,
            discard_zeroes_cow,
            discard_passdown_origin,
        },
    )
}

fn raid() -> impl Strategy<Value = Target> {
    let option = prop_oneof![
        Just(RaidOption::Sync),
        Just(RaidOption::NoSync),
        any::<u32>().prop_map(RaidOption::Rebuild),
        any::<u64>().prop_map(RaidOption::DaemonSleep),
        any::<u32>().prop_map(RaidOption::MinRecoveryRate),
        any::<u32>().prop_map(RaidOption::WriteMostly),
        sectors().prop_map(RaidOption::RegionSize),
        any::<u32>().prop_map(RaidOption::Raid10Copies),
        select(Raid10Format::ALL).prop_map(RaidOption::Raid10Format),
        any::<i32>().prop_map(RaidOption::DeltaDisks),
        sectors().prop_map(RaidOption::DataOffset),
        device().prop_map(RaidOption::JournalDev),
        select(RaidJournalMode::ALL).prop_map(RaidOption::JournalMode),
    ];
    let pair = (option::of(device()), option::of(device()))
        .prop_map(|(metadata, data)| RaidDevice { metadata, data });
    (select(RaidType::ALL), sectors(), vec(option, 0..6), vec(pair, 0..6)).prop_map(
        |(raid_type, chunk_size, options, devices)| {
            Target::Raid(Raid { raid_type, chunk_size, options, devices })
        },
    )
}

fn thin_pool() -> impl Strategy<Value = Target> {
    (device(), device(), sectors(), any::<u64>(), any::<[bool; 5]>()).prop_map(
        |(metadata, data, size, mark, on)| {
            let [skip_block_zeroing, ignore_discard, no_discard_passdown, read_only, error_if_no_space] = on;
            Target::ThinPool(ThinPool {
                skip_block_zeroing,
                ignore_discard,
                no_discard_passdown,
                read_only,
                error_if_no_space,
                ..ThinPool::new(metadata, data, size, mark)
            })
        },
    )
}

fn cache() -> impl Strategy<Value = Target> {
    let features = (any::<bool>(), option::of(select(CacheMode::ALL)), any::<bool>()).prop_map(
        |(metadata2, mode, no_discard_passdown)| CacheFeatures { metadata2, mode, no_discard_passdown },
    );
    let policy = (word(), pairs()).prop_map(|(name, args)| CachePolicy { name, args });
    (device(), device(), device(), sectors(), features, policy).prop_map(
        |(metadata, cache, origin, block_size, features, policy)| {
            Target::Cache(Cache { metadata, cache, origin, block_size, features, policy })
        },
    )
}

fn writecache() -> impl Strategy<Value = Target> {
    let option = prop_oneof![
        sectors().prop_map(WritecacheOption::StartSector),
        any::<u32>().prop_map(WritecacheOption::HighWatermark),
        Just(WritecacheOption::Cleaner),
        Just(WritecacheOption::NoFua),
        any::<u32>().prop_map(WritecacheOption::PauseWriteback),
    ];
    (select(WritecacheKind::ALL), device(), device(), any::<u32>(), vec(option, 0..5)).prop_map(
        |(kind, origin, cache, block_size, options)| {
            Target::Writecache(Writecache { kind, origin, cache, block_size, options })
        },
    )
}

fn integrity() -> impl Strategy<Value = Target> {
    let option = prop_oneof![
        sectors().prop_map(IntegrityOption::JournalSectors),
        device().prop_map(IntegrityOption::MetaDevice),
        Just(IntegrityOption::Recalculate),
        Just(IntegrityOption::FixPadding),
        "[a-z0-9]{1,8}(:[0-9a-f]{1,8})?".prop_map(IntegrityOption::InternalHash),
    ];
    (device(), sectors(), option::of(any::<u32>()), select(IntegrityMode::ALL), vec(option, 0..5)).prop_map(
        |(device, reserved, tag_size, mode, options)| {
            Target::Integrity(Integrity { device, reserved, tag_size, mode, options })
        },
    )
}

fn vdo() -> impl Strategy<Value = Target> {
    let version = prop_oneof![
        Just(VdoVersion::V4),
        (select(Switch::ALL), word(), word()).prop_map(|(md_raid5_mode, write_policy, pool_name)| {
            VdoVersion::V2 { md_raid5_mode, write_policy, pool_name }
        }),
    ];
    let option = prop_oneof![
        any::<u32>().prop_map(VdoOption::MaxDiscard),
        any::<u32>().prop_map(VdoOption::Hash),
        select(Switch::ALL).prop_map(VdoOption::Compression),
    ];
    (version, device(), any::<(u64, u32, u64, u64)>(), vec(option, 0..5)).prop_map(
        |(
            version,
            device,
            (physical_blocks, minimum_io_size, block_map_cache_blocks, era_length),
            options,
        )| {
            Target::Vdo(Vdo {
                version,
                device,
                physical_blocks,
                minimum_io_size,
                block_map_cache_blocks,
                era_length,
                options,
            })
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    let striped = (1..u64::from(u32::MAX), vec(leg(), 1..5)).prop_map(|(chunk_size, stripes)| {
        Target::Striped(Striped { chunk_size: Sectors(chunk_size), stripes })
    });
    let thin =
        (device(), 0..1_u32 << 24, option::of(device())).prop_map(|(pool, device_id, external_origin)| {
            Target::Thin(Thin { pool, device_id, external_origin })
        });
    prop_oneof![
        leg().prop_map(|Leg { device, offset }| Target::linear(device, offset)),
        striped,
        Just(Target::Error),
        Just(Target::Zero),
        mirror(),
        snapshot().prop_map(Target::Snapshot),
        snapshot().prop_map(|snapshot| Target::SnapshotMerge(SnapshotMerge(snapshot))),
        device().prop_map(|origin| Target::SnapshotOrigin(SnapshotOrigin { origin })),
        raid(),
        thin_pool(),
        thin,
        cache(),
        writecache(),
        integrity(),
        vdo(),
        ("x[a-z-]{1,14}", "([a-z0-9:]{1,5}( [a-z0-9:]{1,5}){0,4})?")
            .prop_map(|(name, params)| Target::Unknown { name, params }),
    ]
}

proptest! {
    #![proptest_config(config(1500))]

    #[test]
    fn a_printed_target_is_read_the_same(target in target(), start in any::<u64>(), length in any::<u64>()) {
        prop_assert_eq!(&Target::parse(target.name(), &target.params()).unwrap(), &target);
        let line = TableLine::new(Sectors(start), Sectors(length), target);
        prop_assert_eq!(&line.to_string().parse::<TableLine>().unwrap(), &line);
    }

    #[test]
    fn a_printed_name_is_read_the_same(
        vg in "[a-z+_.][a-z-]{0,20}", lv in "[a-z][a-z_-]{0,20}", layer in option::of("[a-z_][a-z0-9_]{0,12}"),
    ) {
        let name = DeviceName::new(&vg, &lv, layer.as_deref()).unwrap();
        prop_assert_eq!(name.to_string().parse(), Ok(name));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,60}", words in vec("[a-z0-9:/\\\\ .-]{0,8}", 0..16)) {
        let words = words.join(" ");
        for text in [&text, &words] {
            for name in [
                "linear", "striped", "error", "zero", "mirror", "snapshot", "snapshot-origin", "snapshot-merge",
                "thin-pool", "thin", "raid", "cache", "writecache", "integrity", "vdo", "other",
            ] {
                if let Ok(target) = Target::parse(name, text) {
                    let _ = target.check(Sectors(1 << 20));
                    prop_assert_eq!(Target::parse(name, &target.params()), Ok(target));
                }
                if let Ok(status) = lvm_dm::Status::parse(name, text) {
                    prop_assert_eq!(lvm_dm::Status::parse(name, &status.to_string()), Ok(status));
                }
            }
            let _ = text.parse::<Table>();
            let _ = text.parse::<DeviceName>();
            let _ = lvm_dm::table::parse_named(text);
            let _ = lvm_dm::status::parse_named(text);
            let _ = lvm_dm::name::unmangle(text);
        }
    }
}
