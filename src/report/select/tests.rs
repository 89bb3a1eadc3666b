use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use lvm_core::Utc;
use lvm_core::edit::{NewLv, NewPv, NewVg, VgDraft};
use lvm_core::metadata::VolumeGroup;
use lvm_core::{Bytes, Size};
use proptest::prelude::*;

use super::*;
use crate::report::{Field, FieldKind, Format, Report, ReportInput};
use crate::system::StampOptions;

fn parse(text: &str) -> Result<Selection, SelectionError> {
    let clock = Clock { now: 1_795_777_820, time_zone: Arc::new(Utc) };
    Selection::parse_at(text, ReportKind::LogicalVolumes, &clock)
}

fn group() -> &'static VolumeGroup {
    static GROUP: LazyLock<VolumeGroup> = LazyLock::new(new_group);
    &GROUP
}

fn new_group() -> VolumeGroup {
    let stamp = StampOptions::new("test").time(1_600_000_000).build().unwrap();
    let pvs = ["/dev/a", "/dev/b"].map(|path| NewPv::of_size(path, Bytes::mib(64)));
    let mut vg = VgDraft::new_vg(NewVg::new("vg"), pvs, stamp).unwrap();
    vg.create_lv(NewLv::linear("one", Size::mib(4)).tag("x").tag("y")).unwrap();
    vg.create_lv(NewLv::linear("two", Size::mib(8)).tag("x")).unwrap();
    vg.create_lv(NewLv::linear("three", Size::mib(16))).unwrap();
    VolumeGroup::clone(&vg)
}

/// The names of the volumes that are selected.
fn selected(vg: &VolumeGroup, text: &str) -> String {
    let report = Report::new(ReportKind::LogicalVolumes).columns("lv_name").unwrap();
    let input = ReportInput::new().volume_group(vg);
    let table = report.sort("").unwrap().select(parse(text).unwrap()).run(&input).unwrap();
    let mut out = String::new();
    for row in table.rows() {
        Format::default().write(&mut out, &row[0]);
        out.push(' ');
    }
    out.trim_end().to_owned()
}

#[test]
fn rows_are_selected() {
    let vg = group();
    for (text, names) in [
        ("", "one two three"),
        ("ALL", "one two three"),
        ("name=one", "one"),
        ("lv_name != one", "two three"),
        ("name=~^t", "two three"),
        ("name!~\"e$\"", "two"),
        ("size=8", "two"),
        ("size>4m", "two three"),
        ("size <= 8388608b", "one two"),
        ("tags=x", "one two"),
        ("tags=[x]", "two"),
        ("tags={x && y}", "one"),
        ("tags=[y,x]", "one"),
        ("tags=\"\"", "three"),
        ("tags!={x||q}", "three"),
        ("name=one || name=two && size>100", "one"),
        ("(name=one || name=two) && size>4", "two"),
        ("!(name=one || name=two)", "three"),
        ("!(!(name=one))", "one"),
        ("lv_minor=undefined", "one two three"),
        ("lv_minor>=0", ""),
        ("lv_skip_activation=no", "one two three"),
        ("data_percent!=5", ""),
        ("time since 2020-09-13", "one two three"),
        ("time before 2020-09-13", ""),
        ("vg_name=vg, seg_start=0", "one two three"),
        ("read_ahead=auto", "one two three"),
        ("permissions=rw", ""),
        ("when_full=undefined", "one two three"),
    ] {
        assert_eq!(selected(vg, text), names, "{text}");
    }
}

#[test]
fn mistakes_name_the_place() {
    for (text, position, first) in [
        (" ", 1, "Expecting field name"),
        ("nothing=1", 0, "Unrecognised selection field: nothing"),
        ("size>4 x", 7, "Expecting logical operator"),
        ("name=a && size>much", 10, "Failed to parse numeric value for selection field lv_size."),
        ("name=a && ", 10, "Expecting field name"),
        ("size", 0, "Unrecognised comparison operator: "),
        ("name>a", 0, "Operator can be used only with number, size, time or percent fields: name>a"),
        ("size since 3", 0, "Operator can be used only with time fields: size since 3"),
        ("size=~3", 0, "dm_report: incompatible comparison type for selection field lv_size"),
        ("(name=a", 7, "Syntax error: right parenthesis expected at ''"),
        ("!name=a", 1, "Syntax error: left parenthesis expected at 'name=a'"),
        ("tags={a", 0, "Invalid operator in selection list."),
        ("tags={a,b||c}", 0, "Only one type of logical operator allowed in selection list at a time."),
        ("name=\"a", 0, "Missing end quote."),
        (
            "seg_count=1k",
            0,
            "Found size unit specifier but numeric value expected for selection field seg_count.",
        ),
        ("data_percent=101", 0, "Field selection value 101 out of supported range for field data_percent."),
        ("help=1", 0, "Selection field is uncomparable: help."),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.position(), position, "{text}");
        assert_eq!(error.lines()[0], first, "{text}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |depth: usize| format!("{}name=a{}", "!(".repeat(depth), ")".repeat(depth));
    assert!(parse(&deep(64)).is_ok());
    assert_eq!(*parse(&deep(65)).unwrap_err().problem(), SelectionProblem::TooDeep);
    assert!(parse(&"(".repeat(1_000_000)).is_err());
}

#[test]
fn objects_are_chosen() {
    let vg = group();
    let input = ReportInput::new().volume_group(vg);
    let names = |chosen: &Chosen| {
        let lvs = vg.logical_volumes().filter(|lv| chosen.has_volume(vg, lv));
        lvs.map(|lv| lv.name().to_owned()).collect::<Vec<_>>()
    };
    let chosen = parse("tags=x").unwrap().choose(&input).unwrap();
    assert_eq!(names(&chosen), ["one", "two"]);
    assert!(chosen.has_group(vg) && !chosen.has_device("/dev/a"));
    let chosen = parse("vg_name=other").unwrap().choose(&input).unwrap();
    assert!(names(&chosen).is_empty() && !chosen.has_group(vg));
    let by_volume =
        |text| Selection::parse(text, ReportKind::PhysicalVolumes).unwrap().choose(&input).unwrap();
    assert!(by_volume("lv_name=one").has_device("/dev/a"));
    assert!(!by_volume("lv_name=one").has_device("/dev/b"));
    assert!(parse("pv_name=x").unwrap().choose(&input).is_err());
}

#[test]
fn help_lists_every_field_and_operator() {
    let help = selection_help();
    assert!(Field::all().all(|field| help.contains(&format!(" {} ", field.id))));
    for word in ["since", "=~", "&&", "[string list]", "undefined"] {
        assert!(help.contains(word), "{word}");
    }
}

/// Words that stand for a flag are no accident: each flag that lvm2 has words for has some.
#[test]
fn flags_have_words() {
    let without = Field::all().filter(|field| field.kind == FieldKind::Flag && field.words.list().is_empty());
    let without = without.map(|field| field.id).collect::<HashSet<_>>();
    assert_eq!(without, HashSet::from(["lv_autoactivation", "vg_autoactivation", "lv_historical"]));
}

/// Pieces of selections, to be put together at random.
const PIECES: [&str; 48] = [
    "name",
    "lv_size",
    "tags",
    "time",
    "seg_count",
    "data_percent",
    "lv_minor",
    "selected",
    "vg_partial",
    "=",
    "!=",
    "=~",
    "!~",
    ">",
    "<=",
    " since ",
    " before ",
    "&&",
    ",",
    "||",
    "#",
    "!",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    " ",
    "4m",
    "1.5",
    "50%",
    "@17",
    "2020-02",
    "x",
    "^a|b",
    "[^",
    "*",
    "\\",
    "undefined",
    "no",
    "2 days ago",
    "12 pm",
    "99999999999999999999",
    "é",
    "-1",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever the text, it is read or refused with a place inside of it, and what was read decides.
    #[test]
    fn nothing_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14), noise in "\\PC{0,3}") {
        let vg = group();
        for text in [pieces.concat(), format!("{}{noise}", pieces.join(" "))] {
            match parse(&text) {
                Ok(_) => drop(selected_or_refused(vg, &text)),
                Err(error) => {
                    prop_assert!(text.get(error.position()..).is_some());
                    prop_assert!(!error.lines().is_empty());
                }
            }
        }
    }

    /// A selection and its opposite part the rows between them.
    #[test]
    fn opposites_part(size in 0_u32..20, tag in "[xyz]", name in "(one|two|four)") {
        let vg = group();
        let text = format!("size > {size} && tags = {tag} || name = {name}");
        let both = format!("{} {}", selected(vg, &text), selected(vg, &format!("!({text})")));
        let mut names = both.split_whitespace().collect::<Vec<_>>();
        names.sort_unstable();
        prop_assert_eq!(names, ["one", "three", "two"]);
    }
}

fn selected_or_refused(vg: &VolumeGroup, text: &str) -> Option<usize> {
    let report = Report::new(ReportKind::LogicalVolumes).select(parse(text).ok()?);
    Some(report.run(&ReportInput::new().volume_group(vg)).ok()?.rows().len())
}
