//! Every recorded case must come out as LVM2 did it.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use serde_json::{Value, json};

use super::{commands, volume_group};
use crate::alloc::AllocationSettings;
use crate::metadata::{AllocationPolicy, AreaSource, VolumeGroup};

const CASES: &str = include_str!("../../../../tests/golden/alloc-cases.json");
const MORE_CASES: &str = include_str!("../../../../tests/golden/alloc-cases-more.json");

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|word| word.as_str().unwrap().to_string()).collect()
}

/// What `pvs --segments` says of each physical volume.
fn pv_map(vg: &VolumeGroup) -> Value {
    let map = vg.pv_map().unwrap();
    let mut all = serde_json::Map::new();
    for (at, pv) in vg.physical_volumes().iter().enumerate() {
        let runs = map.runs(at).iter().map(|run| {
            let lv = run.owner.map(|owner| (&vg.logical_volumes[owner.lv_index], owner.segment_index));
            let name = lv.map(|(lv, _)| lv.name());
            let le = lv.map(|(lv, segment)| lv.segments()[segment].start_extent().0);
            json!([run.start, run.start + run.count - 1, name, le])
        });
        all.insert(pv.device().to_string(), runs.collect());
    }
    Value::Object(all)
}

/// What `lvs --segments` says.
fn lv_segments(vg: &VolumeGroup) -> Vec<Value> {
    let mut all = Vec::new();
    for lv in vg.logical_volumes() {
        for seg in lv.segments() {
            let length = seg.area_length().0;
            let areas = seg.kind().areas().iter().map(|area| {
                let AreaSource::Pv(pv) = area.source else { panic!() };
                let device = vg.physical_volume(pv).unwrap().device();
                format!("{device}:{}-{}", area.start_extent, area.start_extent + length - 1)
            });
            let areas = areas.collect::<Vec<_>>();
            all.push(json!({
                "lv": lv.name(), "segtype": seg.segment_type().as_str(), "start_le": seg.start_extent().0,
                "len_le": seg.extent_count().0, "stripes": areas.len(), "areas": areas,
            }));
        }
    }
    sorted(all)
}

fn sorted(mut segments: Vec<Value>) -> Vec<Value> {
    segments.sort_by_key(|seg| (seg["lv"].to_string(), seg["start_le"].as_u64()));
    segments
}

/// Only what the cases use.
fn settings(config: &str) -> AllocationSettings {
    let mut settings = AllocationSettings::default();
    let inner = config.trim_start_matches("allocation{").trim_end_matches('}');
    match inner.split_once('=') {
        Some(("maximise_cling", value)) => settings.maximise_cling = value == "1",
        Some(("cling_tag_list", list)) => {
            settings.cling_tag_list = strings(&serde_json::from_str(list).unwrap())
        }
        None if inner.is_empty() => {}
        _ => panic!("config {config}"),
    }
    settings
}

/// Runs a case; says what differs.
fn run(case: &Value) -> Result<(), String> {
    let pvs = case["pvs"].as_array().unwrap();
    let pe_counts = pvs.iter().map(|pv| u32::try_from(pv["pe"].as_u64().unwrap()).unwrap());
    let mut vg = volume_group(&pe_counts.collect::<Vec<_>>());
    if let [option, policy] = &*strings(&case["vg_args"]) {
        assert_eq!(option, "--alloc");
        vg.allocation_policy = AllocationPolicy::parse(policy).unwrap();
    }
    let settings = settings(case["config"].as_str().unwrap_or_default());
    let mut expected = pv_map(&vg);
    for step in case["steps"].as_array().unwrap() {
        let argv = strings(&step["argv"]);
        let before = vg.clone();
        let result = commands::run(&mut vg, &settings, &argv);
        let context = || format!("{}: {argv:?}: ", case["id"]);
        if result.is_ok() != (step["rc"] == 0) {
            return Err(context() + &format!("rc {} and {result:?}", step["rc"]));
        }
        if let Err(error) = result {
            if vg != before {
                return Err(context() + "failed and changed something");
            }
            if let Some(line) = step["error"].as_str()
                && !line.starts_with(error.message())
                && !error.message().starts_with(line)
            {
                return Err(context() + &format!("said {:?}, not {line:?}", error.message()));
            }
        }
        for (device, runs) in step["after"].as_object().into_iter().flatten() {
            expected[device] = runs.clone();
        }
        let map = pv_map(&vg);
        if map != expected {
            return Err(context() + &format!("gave {map}, not {expected}"));
        }
        if let Some(violation) = vg.validate().first() {
            return Err(context() + &format!("{violation:?}"));
        }
    }
    let (got, wanted) =
        (lv_segments(&vg), sorted(case["final"]["lv_segs"].as_array().cloned().unwrap_or_default()));
    if got == wanted { Ok(()) } else { Err(format!("{}: segments {got:?}, not {wanted:?}", case["id"])) }
}

fn run_all(text: &str, at_least: usize) {
    let all: Value = serde_json::from_str(text).unwrap();
    let cases = all["cases"].as_array().unwrap();
    let failed = cases.iter().filter_map(|case| run(case).err()).collect::<Vec<_>>();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert!(cases.len() >= at_least);
}

#[test]
fn every_recorded_case_comes_out_as_lvm2_did_it() {
    run_all(CASES, 323);
}

#[test]
fn fragmented_groups_come_out_as_lvm2_did_it() {
    run_all(MORE_CASES, 20);
}
