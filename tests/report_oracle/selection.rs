//! Selections: what both select, and what both refuse and how.

use std::fs;

use lvm_core::store::Scan;
use lvmkit::report::{
    Field, FieldGroup, FieldKind, Format, Report, ReportInput, ReportKind, Selection, Value,
};

use crate::lvm2::Lvm2;
use crate::{golden, ready, stacked};

/// Selections of logical volumes, valid and invalid, one in a line.
const SELECTIONS: &str = include_str!("selections.txt");

/// Those that an editor would spoil.
const BLANKS: [&str; 12] = [
    "",
    " ",
    " lv_name=lin",
    "lv_name= lin ",
    "lv_name ",
    "lv_name=lin ",
    "lv_name=lin\t",
    "lv_name=lin\n",
    "lv_name=\nlin",
    "lv_tags={x\n}",
    "lv_tags={x, ",
    "lv_time since ",
];

/// Where both differ on purpose, with what lvmkit does; `docs/compatibility.md` says why.
const ON_PURPOSE: [(&str, Option<&[&str]>); 17] = [
    ("!(!(lv_name=lin))", Some(&["lin"])),
    ("lv_time!=2000", Some(&["fixed", "lin", "ro", "skip", "str"])),
    ("lv_time!=today", Some(&[])),
    ("lv_time since \"5 ago\"", None),
    ("lv_time since \"3 hours\"", None),
    ("lv_time since \"2020-01-01 10:60\"", None),
    ("lv_name=~\"[^a-z]\"", Some(&[])),
    ("lv_name=~\".....\"", Some(&["fixed"])),
    ("lv_name=~\"lin.\"", Some(&[])),
    ("lv_name=~\"^^lin\"", Some(&["lin"])),
    ("lv_name=~\"l)i\"", None),
    ("lv_name=~\"a||b\"", None),
    ("lv_name=~\"[z-a]\"", None),
    ("seg_size_pe=2", Some(&["fixed", "lin", "str"])),
    ("vdo_used_size=-1", None),
    ("vdo_minimum_io_size>=4k", Some(&[])),
    ("lv_size=.", None),
];

/// Two groups of plain volumes, one of them on two physical volumes, and a physical volume
/// without a group.
fn plain() -> Lvm2 {
    let lvm2 = Lvm2::new(&[100, 100, 100, 100]);
    for line in [
        "pvcreate -q @0 @1 @2 @3",
        "vgcreate alpha @0 @1 --addtag zz --addtag aa",
        "vgcreate -s 1m beta @2",
        "lvcreate -an -Zn -Wn -n lin -L 8m alpha --addtag x --addtag c --addtag db",
        "lvcreate -an -Zn -Wn -n str -i2 -L 8m alpha --addtag x",
        "lvcreate -an -Zn -Wn -n ro -pr -L 3m beta",
        "lvcreate -an -Zn -Wn -n skip -ky -rnone --setautoactivation n -L 5m beta",
        "lvcreate -an -Zn -Wn -n fixed -My --major 253 --minor 77 -C y -L 2m beta",
        "pvchange -xn @2",
    ] {
        lvm2.run(line);
    }
    lvm2
}

#[test]
fn expressions() {
    if !ready() {
        return;
    }
    let mut lvm2 = plain();
    let scan = lvm2.scan();
    for selection in SELECTIONS.lines().chain(BLANKS) {
        lvm2.select(&scan, "lvs -o lv_name,vg_name", selection);
    }
    // What is selected decides what a row stands for.
    for (line, selection) in [
        ("vgs -o vg_name", "lv_name=lin"),
        ("vgs -o vg_name", "lv_tags=x"),
        ("vgs -o vg_name", "pv_name=~loop"),
        ("vgs -o vg_name", "pv_name=~loop && lv_name=lin"),
        ("vgs -o vg_name", "seg_start=0"),
        ("vgs -o vg_name", "pvseg_start=0"),
        ("vgs", "name=alpha || size < 100"),
        ("vgs", "tags=[aa,zz]"),
        ("pvs -o pv_name", "lv_name=lin"),
        ("pvs -o pv_name", "segtype=free"),
        ("pvs -o pv_name", "vg_name=\"\""),
        ("pvs -o pv_name", "pv_allocatable!=yes"),
        ("pvs -o pv_name", "pv_in_use=\"in use\""),
        ("pvs -a -o pv_name", "pv_in_use=no"),
        ("pvs", "free > 90m"),
        ("pvs --segments", "segtype=linear || size>100"),
        ("lvs --segments", "stripes=2"),
        ("lvs -o lv_name,selected", "lv_name=lin"),
        ("lvs -o lv_name,selected -O -selected,lv_name", "lv_name=lin"),
        ("lvs -o lv_name -O -selected", "lv_name=lin"),
        ("lvs -o selected --nameprefixes", "selected=0"),
        ("lvs -o lv_name,selected --reportformat json", "lv_size>5"),
        ("lvs -o +selected", ""),
        ("lvs -o#lv_tags -o lv_name,lv_tags", "lv_name=ro"),
        ("lvs --reportformat json", "lv_name=none"),
    ] {
        lvm2.select(&scan, line, selection);
    }
    lvm2.finish("selections");
    assert!(SELECTIONS.lines().count() > 500);
}

#[test]
fn differences_on_purpose() {
    if !ready() {
        return;
    }
    let lvm2 = plain();
    let scan = lvm2.scan();
    for (text, names) in ON_PURPOSE {
        let selection = Selection::parse(text, ReportKind::LogicalVolumes).ok();
        assert_eq!(selection.is_some(), names.is_some(), "{text}");
        let Some((selection, names)) = selection.zip(names) else { continue };
        let report = Report::new(ReportKind::LogicalVolumes).columns("lv_name").unwrap().sort("lv_name");
        let table = report.unwrap().select(selection).run(&ReportInput::of_scan(&scan)).unwrap();
        let shown = table.rows().map(|row| text_of(&row[0])).collect::<Vec<_>>();
        assert_eq!(shown, names, "{text}");
    }
}

fn text_of(value: &Value<'_>) -> String {
    let mut text = String::new();
    Format::default().with_units("b".parse().unwrap()).write(&mut text, value);
    text
}

/// Selections by values that a field has in a group, and by those it may have.
fn by_values(field: &Field, values: &[Value<'_>]) -> Vec<String> {
    let id = field.id;
    let mut seen = Vec::new();
    for value in values {
        let text = text_of(value).trim_matches(['[', ']']).to_owned();
        if !seen.contains(&text) && seen.len() < 2 {
            seen.push(text);
        }
    }
    let mut all = Vec::new();
    for text in seen {
        match field.kind {
            FieldKind::Text => {
                all.extend([format!("{id}=\"{text}\""), format!("{id}!=\"{text}\"")]);
                all.extend(
                    text.chars().last().filter(char::is_ascii_alphanumeric).map(|c| format!("{id}=~{c}$")),
                );
            }
            FieldKind::List => {
                let items = text.replace(',', "\",\"");
                all.extend([format!("{id}=[\"{items}\"]"), format!("{id}!={{\"{items}\"}}")]);
                all.push(format!("{id}={{\"{}\"}}", items.replace(',', "||")));
            }
            FieldKind::Time => all.push(format!("{id}>=\"{}\"", text.split(" +").next().unwrap())),
            FieldKind::Flag | FieldKind::Size | FieldKind::Number | FieldKind::Signed => {
                let text =
                    if text.parse::<u64>().is_ok() || text.ends_with('B') { text } else { "1".to_owned() };
                all.extend(["=", ">"].map(|sign| format!("{id}{sign}{text}")));
            }
            FieldKind::Percent => all.push(format!("{id}>=0")),
        }
    }
    match field.kind {
        FieldKind::Flag => all.extend(["yes", "no", "unknown"].map(|word| format!("{id}={word}"))),
        FieldKind::Number | FieldKind::Signed => all.push(format!("{id}=undefined")),
        FieldKind::Text | FieldKind::List => all.extend([format!("{id}=\"\""), format!("{id}=undefined")]),
        _ => {}
    }
    all
}

/// Fields whose kind in lvm2 does not fit their values, so that nothing can be selected by them.
const MISFITS: [&str; 9] = [
    "pv_major",
    "pv_minor",
    "pe_start",
    "seg_size_pe",
    "vdo_used_size",
    "vdo_minimum_io_size",
    "vdo_operating_mode",
    "vdo_compression_state",
    "vdo_index_state",
];

/// `blank`: also by fields that are blank in all of this group.
fn select_by_every_field(lvm2: &mut Lvm2, scan: &Scan, blank: bool) {
    let input = ReportInput::of_scan(scan);
    for field in Field::all().filter(|field| !MISFITS.contains(&field.id)) {
        let (kind, line) = match field.group {
            FieldGroup::Lv | FieldGroup::LvInfo | FieldGroup::LvStatus | FieldGroup::Report => {
                (ReportKind::LogicalVolumes, "lvs -a -o lv_name")
            }
            FieldGroup::Seg => (ReportKind::Segments, "lvs -a --segments -o lv_name,seg_start"),
            FieldGroup::Vg => (ReportKind::VolumeGroups, "vgs -o vg_name"),
            FieldGroup::PvLabel | FieldGroup::Pv => (ReportKind::PhysicalVolumes, "pvs -o pv_name"),
            FieldGroup::PvSeg => (ReportKind::PvSegments, "pvs --segments -o pv_name,pvseg_start"),
        };
        let table = Report::new(kind).all().columns(field.id).unwrap().run(&input).unwrap();
        let values = table.rows().map(|row| row[0].clone()).collect::<Vec<_>>();
        if !blank && values.iter().all(Value::is_blank) {
            continue;
        }
        for selection in by_values(field, &values) {
            lvm2.select(scan, line, &selection);
        }
    }
}

#[test]
fn every_field() {
    if !ready() {
        return;
    }
    let texts = golden::texts();
    let golden =
        texts.iter().map(|path| (fs::read_to_string(path), path.file_stem().unwrap().to_str().unwrap()));
    let of_types = golden.filter(|(_, name)| ["vdo", "integrity"].contains(name));
    let texts =
        stacked::texts().into_iter().take(2).chain(of_types.map(|(text, name)| (text.unwrap(), name)));
    for (at, (text, name)) in texts.enumerate() {
        let mut lvm2 = golden::restore(&text, name);
        let scan = lvm2.scan();
        select_by_every_field(&mut lvm2, &scan, at == 0);
        lvm2.finish(name);
    }
}
