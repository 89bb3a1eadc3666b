//! `lvextend`, `lvreduce` and `lvresize`

use lvmkit::core::name::check_name;
use lvmkit::data::filesystem::FsOptions;
use lvmkit::{Bytes, Extents, Lvm, NewLvKind, ResizeLv, Size, Transaction};

use super::{Command, sizing};
use crate::args::name::Target;
use crate::args::size::{Sign, Signed};
use crate::args::{Args, Opt, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

static COMMON: &[&Opt] = &[&o::FORCE, &o::FS, &o::NOFSCK, &o::RESIZEFS];

static GROWTH: &[&Opt] = &[
    &o::ALLOC,
    &o::STRIPES,
    &o::STRIPESIZE,
    &o::POOLMETADATASIZE,
    &o::USE_POLICIES,
    &o::MIRRORS,
    &o::EXTEND_NOSYNC,
    &o::TYPE,
];

pub(super) static EXTEND: Command = Command {
    name: "lvextend",
    summary: "Make a logical volume larger",
    usage: &[
        "lvextend --size [+]Size[m|UNIT] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvextend --extents [+]Number[%VG|%LV|%FREE|%PVS] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvextend LV PV ...",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, COMMON, &[&o::EXTEND_SIZE, &o::EXTEND_EXTENTS], GROWTH],
    run: |session| run(session, Verb::Extend),
};

pub(super) static REDUCE: Command = Command {
    name: "lvreduce",
    summary: "Make a logical volume smaller",
    usage: &["lvreduce --size [-]Size[m|UNIT] LV", "lvreduce --extents [-]Number[%VG|%LV|%FREE|%PVS] LV"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, COMMON, &[&o::REDUCE_SIZE, &o::REDUCE_EXTENTS]],
    run: |session| run(session, Verb::Reduce),
};

pub(super) static RESIZE: Command = Command {
    name: "lvresize",
    summary: "Give a logical volume another size",
    usage: &[
        "lvresize --size [+|-]Size[m|UNIT] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvresize --extents [+|-]Number[%VG|%LV|%FREE|%PVS] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvresize LV PV ...",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, COMMON, &[&o::RESIZE_SIZE, &o::RESIZE_EXTENTS], GROWTH],
    run: |session| run(session, Verb::Resize),
};

/// What the library asks when segments differ in their stripes.
const UNCLEAR: &str = "Please specify number of stripes";

/// Which way a command may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verb {
    Extend,
    Reduce,
    Resize,
}

/// What is asked for, and of what.
struct Request {
    vg: String,
    lv: String,
    size: Signed,
}

fn run(session: &mut Session<'_>, verb: Verb) -> Outcome {
    let Some((word, pvs)) = session.args.words.split_first() else { return Err(Failure::Syntax) };
    let (word, pvs) = (word.clone(), pvs.to_vec());
    let size = size(&session.args, verb, pvs.is_empty())?;
    check_options(&session.args)?;
    if let (Verb::Reduce, Some(word)) = (verb, pvs.first()) {
        return Err(Failure::usage(format!("Command does not accept argument: {word}.")));
    }
    let (vg, lv) = volume(&word)?;
    let (arguments, devices) = pv::arguments_of_group(&pvs)?;
    let request = Request { vg, lv, size };
    let resize = request.resize(&session.args, verb)?;
    let lvm = session.open(&devices)?;
    let vg = &request.vg;
    let mut transaction = session.begin(&lvm, vg)?;
    if transaction.logical_volume(&request.lv).is_some() {
        pv::require_members(session, &pvs, &transaction)?;
    }
    let arguments = arguments.into_iter().map(|argument| transaction.known_argument(argument));
    let arguments = arguments.collect::<Vec<_>>();
    let mut resize = resize.on(arguments.clone());
    if transaction.logical_volume(&request.lv).is_some() {
        // Without room on any of them nothing more is said.
        transaction.size_basis(&arguments)?;
        if let Some(size) = sizing::stripe_size(session, &transaction, &request.lv)? {
            resize = resize.stripe_size(size);
        }
    }
    let before = request.extents(&transaction);
    let notes = sizing::Resizing::new(&session.args, &request.lv, request.size, &arguments);
    notes.say_size(session, &transaction);
    let notes = notes.notes(&transaction);
    let resized = transaction.resize_lv(&resize);
    // What the new segments are to be is the question then.
    if !resized.as_ref().is_err_and(|error| error.message().starts_with(UNCLEAR)) {
        notes.into_iter().for_each(|note| session.out.say(note));
    }
    resized?;
    sizing::warn_of_the_rest(session, &mut transaction);
    if resizes_filesystem(&session.args) {
        let how = FsOptions::new().check(!session.args.has(&o::NOFSCK)).unmount(session.args.has(&o::YES));
        transaction.resize_filesystem(&request.lv, how)?;
    }
    let after = request.extents(&transaction);
    request.finish(session, &lvm, transaction, before, after)
}

/// Refuses what no volume can have.
fn check_options(args: &Args) -> Outcome {
    if args.number(&o::STRIPES) == Some(0) {
        return Err(Failure::usage("--stripes may not be zero."));
    }
    if args.size(&o::STRIPESIZE) == Some(Bytes::ZERO) {
        return Err(Failure::usage("--stripesize may not be zero."));
    }
    Ok(())
}

/// The volume of an argument, which can be no tag.
fn volume(word: &str) -> Outcome<(String, String)> {
    let invalid = |name: &str| Failure::usage(format!("Logical volume name \"{name}\" is invalid."));
    match Target::parse(word) {
        target if target.is_invalid_path() => super::volume(word),
        Target::Tag(tag) if tag.contains('/') => {
            let (vg, lv) = word.split_once('/').unwrap_or_default();
            // A volume is not looked for in groups with a tag.
            Err(if check_name(lv).is_err() { invalid(lv) } else { super::no_group(vg) })
        }
        Target::Lv { lv, .. } if check_name(&lv).is_err() => Err(invalid(&lv)),
        Target::Lv { vg, lv } => Ok((vg, lv)),
        _ if check_name(word).is_err() && !word.starts_with('/') => Err(invalid(word)),
        _ if word.starts_with('/') => Err(Failure::usage(super::invalid_path(word))),
        _ => Err(Failure::usage("Please specify a logical volume path.")),
    }
}

fn resizes_filesystem(args: &Args) -> bool {
    args.has(&o::RESIZEFS) || args.text(&o::FS).is_some_and(|fs| fs != "ignore")
}

fn size(args: &Args, verb: Verb, without_pvs: bool) -> Outcome<Signed> {
    // The options of the three verbs differ in the signs they take, not in their names.
    match (args.signed(&o::RESIZE_SIZE), args.signed(&o::RESIZE_EXTENTS)) {
        (Some(_), Some(_)) => Err(Failure::usage("Please specify either size or extents but not both.")),
        (Some(size), None) | (None, Some(size)) => Ok(size),
        (None, None) if verb != Verb::Reduce && !without_pvs => {
            Ok(Signed { sign: Sign::Plus, size: Size::PercentPvs(100) })
        }
        (None, None) => Err(Failure::Syntax),
    }
}

impl Request {
    fn resize(&self, args: &Args, verb: Verb) -> Outcome<ResizeLv> {
        let (lv, Signed { sign, size }) = (self.lv.as_str(), self.size);
        let mut resize = match (verb, sign) {
            (Verb::Resize, Sign::None) => ResizeLv::to(lv, size),
            (Verb::Reduce, Sign::None) => ResizeLv::reduce_to(lv, size),
            (Verb::Extend, Sign::None) => ResizeLv::extend_to(lv, size),
            (_, Sign::Plus) => ResizeLv::extend_by(lv, size),
            (_, Sign::Minus) => ResizeLv::reduce_by(lv, size),
        };
        if let Some(stripes) = args.number(&o::STRIPES) {
            resize = resize.stripes(stripes);
        }
        if let Some(policy) = args.policy(&o::ALLOC) {
            resize = resize.allocation_policy(policy);
        }
        match args.text(&o::TYPE) {
            None => Ok(resize),
            Some("linear") if args.number(&o::STRIPES).is_some_and(|stripes| stripes > 1) => {
                Err(Failure::usage("Cannot use stripes with linear type."))
            }
            Some("linear" | "striped") => Ok(resize.kind(NewLvKind::Linear)),
            Some("error") => Ok(resize.kind(NewLvKind::Error)),
            Some("zero") => Ok(resize.kind(NewLvKind::Zero)),
            Some(other) => Err(Failure::refused(format!("Segment type {other} is not supported."))),
        }
    }

    fn extents(&self, transaction: &Transaction) -> Extents {
        transaction.logical_volume(&self.lv).map_or(Extents(0), lvmkit::LogicalVolume::extent_count)
    }

    fn finish(
        &self,
        session: &mut Session<'_>,
        lvm: &Lvm,
        transaction: Transaction,
        before: Extents,
        after: Extents,
    ) -> Outcome {
        let (vg, lv) = (self.vg.clone(), self.lv.clone());
        let extent_size = transaction.extent_size();
        let (old_size, new_size) = (before.to_bytes(extent_size), after.to_bytes(extent_size));
        if after < before && !may_reduce(session, &vg, &lv, new_size) {
            return Err(Failure::refused(format!("Logical volume {vg}/{lv} NOT reduced.")));
        }
        session.commit(lvm, transaction, move |session, _, _| {
            let unchanged = format!("unchanged from {old_size} ({before} extents).");
            let changed =
                format!("changed from {old_size} ({before} extents) to {new_size} ({after} extents).");
            let what = if after == before { unchanged } else { changed };
            session.out.say(format!("Size of logical volume {vg}/{lv} {what}"));
            session.out.say(format!("Logical volume {vg}/{lv} successfully resized."));
            Ok(())
        })
    }
}

/// Whether the end of the volume may be lost.
fn may_reduce(session: &mut Session<'_>, vg: &str, lv: &str, size: Bytes) -> bool {
    // A filesystem that is resized first loses nothing.
    if session.args.has(&o::FORCE) || session.args.has(&o::FS) || resizes_filesystem(&session.args) {
        return true;
    }
    session.out.warn(format!("Reducing logical volume to {size}."));
    session.out.err("  THIS MAY DESTROY YOUR DATA (filesystem etc.)");
    session.confirm(&format!("Do you really want to reduce {vg}/{lv}?"))
}
