//! Random groups, random edits: what must hold of a draft whatever is asked of it.
//!
//! The seeds are fixed, so that a run is the same everywhere; outside CI one more is fresh and
//! printed.
//! `LVMKIT_SEED=n` runs with that one only.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a fresh seed must be seen to be used again")]

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex};

use lvm_core::metadata::{AllocationPolicy, ReadAhead, VolumeGroup};
use lvm_core::store::PvOptions;
use lvm_core::text::{ExportHeader, Imported, Layout, export, import_bytes};
use lvm_core::{Bytes, Extents, NewLv, NewPv, NewVg, PvId, Result, Size, Stamp, VgDraft};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// An edit, or a commit in between. Volumes and disks are named by small numbers, so that edits
/// meet what earlier ones made, and miss it at times.
#[derive(Clone, Debug)]
enum Edit {
    CreateLinear { lv: u8, size: AnySize, policy: AllocationPolicy },
    CreateStriped { lv: u8, size: AnySize, stripes: u32, stripe_kib: u64 },
    Extend { lv: u8, size: AnySize },
    Reduce { lv: u8, size: AnySize },
    Resize { lv: u8, size: AnySize },
    Remove { lv: u8 },
    Rename { from: u8, to: u8 },
    RemoveAll,
    AddPv { disk: u8, mib: u64, areas: u32 },
    RemovePv { disk: u8 },
    ResizePv { disk: u8, mib: u64 },
    VgTag { tag: &'static str, add: bool },
    LvTag { lv: u8, tag: &'static str, add: bool },
    PvTag { disk: u8, tag: &'static str, add: bool },
    Attribute { which: u8, value: u32, lv: u8, disk: u8 },
    ExtentSize { kib: u64 },
    RenameVg { name: &'static str },
    Split { disk: u8 },
    RemoveVg,
    Commit,
}

#[derive(Clone, Copy, Debug)]
enum AnySize {
    Extents(u32),
    Kib(u64),
    PercentFree(u32),
    PercentVg(u32),
}

impl From<AnySize> for Size {
    fn from(size: AnySize) -> Self {
        match size {
            AnySize::Extents(n) => Self::Extents(Extents(n)),
            AnySize::Kib(n) => Self::Bytes(Bytes::kib(n)),
            AnySize::PercentFree(n) => Self::PercentFree(n),
            AnySize::PercentVg(n) => Self::PercentVg(n),
        }
    }
}

fn any_size() -> impl Strategy<Value = AnySize> {
    prop_oneof![
        4 => (0..40_u32).prop_map(AnySize::Extents),
        3 => (0..20_000_u64).prop_map(AnySize::Kib),
        2 => (0..130_u32).prop_map(AnySize::PercentFree),
        1 => (0..130_u32).prop_map(AnySize::PercentVg),
    ]
}

fn any_policy() -> impl Strategy<Value = AllocationPolicy> {
    use AllocationPolicy::{Anywhere, Cling, Contiguous, Inherit, Normal};
    select(vec![Contiguous, Cling, Normal, Anywhere, Inherit])
}

const TAGS: [&str; 5] = ["a", "b.c", "with space", "", "x/y"];
const NAMES: [&str; 5] = ["vg", "other", "..", "bad name", "third"];

fn any_edit() -> impl Strategy<Value = Edit> {
    let lv = || 0..6_u8;
    let disk = || 0..7_u8;
    let volumes = prop_oneof![
        6 => (lv(), any_size(), any_policy())
            .prop_map(|(lv, size, policy)| Edit::CreateLinear { lv, size, policy }),
        4 => (lv(), any_size(), 1..5_u32, select(vec![4_u64, 16, 64, 512, 2048]))
            .prop_map(|(lv, size, stripes, stripe_kib)| Edit::CreateStriped { lv, size, stripes, stripe_kib }),
        4 => (lv(), any_size()).prop_map(|(lv, size)| Edit::Extend { lv, size }),
        3 => (lv(), any_size()).prop_map(|(lv, size)| Edit::Reduce { lv, size }),
        3 => (lv(), any_size()).prop_map(|(lv, size)| Edit::Resize { lv, size }),
        3 => lv().prop_map(|lv| Edit::Remove { lv }),
        2 => (lv(), lv()).prop_map(|(from, to)| Edit::Rename { from, to }),
        1 => Just(Edit::RemoveAll),
    ];
    let group = prop_oneof![
        3 => (disk(), 1..60_u64, 0..4_u32).prop_map(|(disk, mib, areas)| Edit::AddPv { disk, mib, areas }),
        2 => disk().prop_map(|disk| Edit::RemovePv { disk }),
        2 => (disk(), 1..60_u64).prop_map(|(disk, mib)| Edit::ResizePv { disk, mib }),
        2 => (select(TAGS.to_vec()), any::<bool>()).prop_map(|(tag, add)| Edit::VgTag { tag, add }),
        2 => (lv(), select(TAGS.to_vec()), any::<bool>())
            .prop_map(|(lv, tag, add)| Edit::LvTag { lv, tag, add }),
        2 => (disk(), select(TAGS.to_vec()), any::<bool>())
            .prop_map(|(disk, tag, add)| Edit::PvTag { disk, tag, add }),
        6 => (0..13_u8, 0..9_u32, lv(), disk())
            .prop_map(|(which, value, lv, disk)| Edit::Attribute { which, value, lv, disk }),
        1 => select(vec![0_u64, 3, 64, 128, 256, 384, 512, 1024]).prop_map(|kib| Edit::ExtentSize { kib }),
        1 => select(NAMES.to_vec()).prop_map(|name| Edit::RenameVg { name }),
        1 => disk().prop_map(|disk| Edit::Split { disk }),
    ];
    prop_oneof![30 => volumes, 25 => group, 6 => Just(Edit::Commit), 1 => Just(Edit::RemoveVg)]
}

fn lv_name(number: u8) -> String {
    format!("lv{number}")
}

fn disk_name(number: u8) -> String {
    format!("disk{number}")
}

/// A disk that is in the group at times.
fn pv(draft: &VgDraft, disk: u8) -> PvId {
    let nobody = PvId::random(&mut lvm_core::SeededIds::new(99));
    draft.physical_volume_at(&disk_name(disk)).map_or(nobody, lvm_core::metadata::PhysicalVolume::id)
}

fn new_pv(disk: u8, mib: u64, areas: u32) -> NewPv {
    let options = PvOptions { metadata_copies: Some(areas), ..PvOptions::default() };
    NewPv::of_size(disk_name(disk), Bytes::mib(mib)).options(options)
}

fn apply(draft: &mut VgDraft, edit: &Edit) -> Result<()> {
    match edit.clone() {
        Edit::CreateLinear { lv, size, policy } => {
            draft.create_lv(NewLv::linear(lv_name(lv), size).allocation_policy(policy)).map(drop)
        }
        Edit::CreateStriped { lv, size, stripes, stripe_kib } => {
            let new = NewLv::striped(lv_name(lv), size, stripes).stripe_size(Bytes::kib(stripe_kib));
            draft.create_lv(new).map(drop)
        }
        Edit::Extend { lv, size } => draft.extend_lv_by(&lv_name(lv), size).map(drop),
        Edit::Reduce { lv, size } => draft.reduce_lv_by(&lv_name(lv), size).map(drop),
        Edit::Resize { lv, size } => draft.resize_lv_to(&lv_name(lv), size).map(drop),
        Edit::Remove { lv } => draft.remove_lv(&lv_name(lv)),
        Edit::Rename { from, to } => draft.rename_lv(&lv_name(from), &lv_name(to)),
        Edit::RemoveAll => draft.remove_all_lvs(),
        Edit::AddPv { disk, mib, areas } => draft.add_pv(new_pv(disk, mib, areas)).map(drop),
        Edit::RemovePv { disk } => draft.remove_pv(pv(draft, disk)),
        Edit::ResizePv { disk, mib } => draft.resize_pv(pv(draft, disk), Bytes::mib(mib)),
        Edit::VgTag { tag, add: true } => draft.add_vg_tag(tag),
        Edit::VgTag { tag, add: false } => draft.remove_vg_tag(tag),
        Edit::LvTag { lv, tag, add: true } => draft.add_lv_tag(&lv_name(lv), tag),
        Edit::LvTag { lv, tag, add: false } => draft.remove_lv_tag(&lv_name(lv), tag),
        Edit::PvTag { disk, tag, add: true } => draft.add_pv_tag(pv(draft, disk), tag),
        Edit::PvTag { disk, tag, add: false } => draft.remove_pv_tag(pv(draft, disk), tag),
        Edit::Attribute { which, value, lv, disk } => attribute(draft, which, value, &lv_name(lv), disk),
        Edit::ExtentSize { kib } => draft.set_extent_size(Bytes::kib(kib)),
        Edit::RenameVg { name } => draft.rename_vg(name),
        Edit::Split { disk } => {
            let pvs = [pv(draft, disk)];
            draft.split_off("split", &pvs, Stamp::fixed(77, 0)).map(|moved| check(&moved))
        }
        Edit::RemoveVg => draft.remove_vg(),
        Edit::Commit => Ok(()),
    }
}

fn attribute(draft: &mut VgDraft, which: u8, value: u32, lv: &str, disk: u8) -> Result<()> {
    use AllocationPolicy::{Cling, Inherit, Normal};
    let on = value.is_multiple_of(2);
    let policy = [Cling, Inherit, Normal][value as usize % 3];
    match which {
        0 => draft.set_vg_allocation_policy(policy),
        1 => draft.set_max_lv(value),
        2 => draft.set_max_pv(value),
        3 => draft.set_resizeable(on || value > 4),
        4 => draft.set_vg_autoactivation(on),
        5 => draft.set_metadata_copies(value),
        6 => draft.set_pv_allocatable(pv(draft, disk), on || value > 4),
        7 => draft.set_lv_allocation_policy(lv, policy),
        8 => draft.set_lv_writable(lv, on),
        9 => draft.set_activation_skip(lv, on),
        10 => draft.set_lv_autoactivation(lv, on),
        11 => draft.set_persistent_minor(lv, on.then_some((None, value as i32))),
        _ => draft.set_read_ahead(lv, if on { ReadAhead::None } else { ReadAhead::Auto }),
    }
}

/// Everything that can be seen of a draft.
fn state(draft: &VgDraft) -> impl PartialEq + std::fmt::Debug + use<> {
    let layouts =
        draft.physical_volumes().iter().map(|pv| draft.draft_pv(pv.id()).cloned()).collect::<Vec<_>>();
    let flags = (draft.is_removed(), draft.is_changed());
    (draft.base().cloned(), draft.volume_group().clone(), layouts, draft.data_steps().to_vec(), flags)
}

/// What must hold after every edit.
fn check(draft: &VgDraft) {
    let vg = draft.volume_group();
    assert_eq!(vg.validate(), [], "{vg:?}");
    conserved(vg);
    let plan = draft.plan().unwrap();
    assert_eq!(plan.is_empty(), !draft.is_changed(), "{plan:?}");
    for stage in &plan.stages {
        assert!(!stage.steps.is_empty(), "something changes and the plan does not say what: {draft:?}");
    }
    // It prints and serialises.
    assert!(!serde_json::to_string(&plan).unwrap().is_empty() && !plan.to_string().is_empty());
    let known = |lv: &lvm_core::LvId| vg.logical_volume_by_id(*lv).is_some();
    for step in draft.data_steps() {
        let lvm_core::edit::DataStep::Zero { lv, .. } = step else { continue };
        assert!(known(lv), "data of a volume that is not there");
    }
}

/// Each extent is free or used by one volume, and volumes have as many as their size says.
fn conserved(vg: &VolumeGroup) {
    let map = vg.pv_map().unwrap();
    let mut used = 0;
    for (at, pv) in vg.physical_volumes().iter().enumerate() {
        assert_eq!(map.used_count(at).0 + map.free_count(at).0, pv.pe_count().0);
        let runs = map.runs(at);
        assert_eq!(runs.iter().map(|run| run.count).sum::<u32>(), pv.pe_count().0);
        assert!(runs.windows(2).all(|pair| pair[0].start + pair[0].count == pair[1].start));
        used += u64::from(map.used_count(at).0);
    }
    let sizes = vg.logical_volumes().map(|lv| u64::from(lv.extent_count().0)).sum::<u64>();
    assert_eq!(used, sizes);
}

/// The text of the next version is read back as what was written, and written the same again.
fn round_trip(draft: &VgDraft) -> VolumeGroup {
    let (vg, _, text) = draft.commit_text().unwrap();
    let Imported { vg: read, header } = import_bytes(&text).unwrap();
    assert_eq!(read, vg);
    let stamp = draft.stamp();
    let with = ExportHeader {
        header: &header,
        generator: &stamp.generator,
        host_description: &stamp.host.description,
        zone: &*stamp.zone,
    };
    let again = export(&read, &with, Layout::Raw);
    assert_eq!(again.as_bytes(), &text[..text.len() - 1]);
    vg
}

/// How often each kind of edit succeeded and failed: a test in which nothing ever succeeds, or
/// fails, would show nothing.
static OUTCOMES: LazyLock<Mutex<BTreeMap<String, [u32; 2]>>> = LazyLock::new(Mutex::default);

fn count(edit: &Edit, failed: bool) {
    let name = format!("{edit:?}");
    let name = name.split(' ').next().unwrap().to_owned();
    OUTCOMES.lock().unwrap().entry(name).or_default()[usize::from(failed)] += 1;
}

/// Runs the edits and returns every text that was committed, for comparing runs.
fn run(disks: &[(u64, u32)], edits: &[Edit]) -> Vec<Vec<u8>> {
    let pvs = disks.iter().zip(0..).map(|((mib, areas), disk)| new_pv(disk, *mib, *areas));
    let Ok(mut draft) =
        VgDraft::new_vg(NewVg::new("vg").extent_size(Bytes::kib(512)), pvs, Stamp::fixed(1, 1_700_000_000))
    else {
        return Vec::new();
    };
    check(&draft);
    let mut texts = Vec::new();
    for edit in edits {
        if matches!(edit, Edit::Commit) && !draft.is_removed() {
            let vg = round_trip(&draft);
            texts.push(draft.commit_text().unwrap().2);
            let layouts =
                vg.physical_volumes().iter().map(|pv| draft.draft_pv(pv.id()).unwrap().layout.clone());
            let stamp = Stamp::fixed(100 * u64::from(vg.seqno()), 1_700_000_000);
            draft = VgDraft::from_vg(vg.clone(), layouts.collect::<Vec<_>>(), stamp);
            assert!(!draft.is_changed() && draft.plan().unwrap().is_empty());
            continue;
        }
        let before = state(&draft);
        draft.take_warnings();
        let result = apply(&mut draft, edit);
        count(edit, result.is_err());
        match result {
            Ok(()) => check(&draft),
            Err(error) => {
                assert_eq!(state(&draft), before, "{edit:?} failed with {error:?}");
                assert_eq!(draft.take_warnings(), [""; 0], "{edit:?} failed with {error:?}");
                assert_eq!(error.effect(), lvm_core::Effect::Unchanged);
                assert_ne!(*error.kind(), lvm_core::ErrorKind::Internal, "{error:?}");
            }
        }
    }
    if !draft.is_removed() {
        round_trip(&draft);
        texts.push(draft.commit_text().unwrap().2);
    }
    texts
}

fn seeds() -> Vec<u64> {
    if let Ok(seed) = std::env::var("LVMKIT_SEED") {
        return vec![seed.parse().unwrap()];
    }
    let mut seeds = vec![0x1f2e_3d4c, 0x5eed];
    if std::env::var_os("CI").is_none() {
        let fresh = RandomState::new().hash_one(0);
        println!("fresh seed: LVMKIT_SEED={fresh}");
        seeds.push(fresh);
    }
    seeds
}

#[test]
fn drafts_stay_whole() {
    for seed in seeds() {
        let config = Config {
            cases: 80,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            max_shrink_iters: 2000,
            ..Config::default()
        };
        let strategy = (vec((4..64_u64, 0..3_u32), 1..5), vec(any_edit(), 1..60));
        TestRunner::new(config)
            .run(&strategy, |(disks, edits)| {
                // Twice: the same stamp gives the same bytes.
                let first = run(&disks, &edits);
                prop_assert_eq!(first, run(&disks, &edits));
                Ok(())
            })
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
    let outcomes = OUTCOMES.lock().unwrap();
    for (edit, [succeeded, failed]) in &*outcomes {
        println!("{edit}: {succeeded} succeeded, {failed} failed");
        assert!(*succeeded > 0 && *failed > 0 || edit == "Commit", "{edit} shows nothing");
    }
}
