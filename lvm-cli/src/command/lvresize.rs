//! `lvextend`, `lvreduce` and `lvresize`

use lvmkit::{ResizeLv, Size, Transaction};

use super::Command;
use crate::args::size::{Sign, Signed};
use crate::args::{Args, Opt, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

static SIZES: &[&Opt] = &[
    &o::SIZE,
    &o::RESIZE_EXTENTS,
    &o::FORCE,
    &o::FS,
    &o::NOFSCK,
    &o::RESIZEFS,
];

static GROWTH: &[&Opt] =
    &[&o::ALLOC, &o::STRIPES, &o::STRIPESIZE, &o::POOLMETADATASIZE, &o::USE_POLICIES, &o::MIRRORS, &o::TYPE];

pub(super) static EXTEND: Command = Command {
    name: "lvextend",
    summary: "Make a logical volume larger",
    usage: &[
        "lvextend --size [+]Size[m|UNIT] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvextend --extents [+]Number[%VG|%LV|%FREE|%PVS] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvextend LV PV ...",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, SIZES, GROWTH],
    run: |session| run(session, Verb::Extend),
};

pub(super) static REDUCE: Command = Command {
    name: "lvreduce",
    summary: "Make a logical volume smaller",
    usage: &["lvreduce --size [-]Size[m|UNIT] LV", "lvreduce --extents [-]Number[%VG|%LV|%FREE|%PVS] LV"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, SIZES],
    run: |session| run(session, Verb::Reduce),
};

pub(super) static RESIZE: Command = Command {
    name: "lvresize",
    summary: "Give a logical volume another size",
    usage: &[
        "lvresize --size [+|-]Size[m|UNIT] LV [ PV[:PE-PE]|@Tag ... ]",
        "lvresize --extents [+|-]Number[%VG|%LV|%FREE|%PVS] LV [ PV[:PE-PE]|@Tag ... ]",
    ],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, SIZES, GROWTH],
    run: |session| run(session, Verb::Resize),
};

/// Which way a command may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verb {
    Extend,
    Reduce,
    Resize,
}

fn run(session: &mut Session<'_>, verb: Verb) -> Outcome {
    let Some((word, pvs)) = session.args.words.split_first() else {
        return Err(Failure::usage("Please specify a logical volume path."));
    };
    let (vg, lv) = super::volume(word)?;
    let (arguments, devices) = pv::arguments(pvs)?;
    let resize = request(&session.args, verb, &lv, arguments.is_empty())?;
    let lvm = session.open(&devices)?;
    let mut transaction = lvm.begin(&vg).map_err(|error| super::cannot_process(&vg, error))?;
    let arguments = arguments.into_iter().map(|argument| transaction.known_argument(argument));
    let resize = resize.on(arguments.collect::<Vec<_>>());
    let before = transaction.logical_volume(&lv).map(|lv| (lv.extent_count(), lv.size()));
    transaction.resize_lv(&resize)?;
    let after = transaction.logical_volume(&lv).map(|lv| (lv.extent_count(), lv.size()));
    let (Some(before), Some(after)) = (before, after) else {
        return Err(Failure::refused(format!("Logical volume {lv} not found in volume group {vg}.")));
    };
    say_rounding(session, &transaction);
    if after.0 < before.0 && !may_reduce(session, &vg, &lv, after.1) {
        return Err(Failure::refused(format!("Logical volume {vg}/{lv} NOT reduced.")));
    }
    if session.commit(transaction)?.is_some() {
        session.out.say(format!(
            "Size of logical volume {vg}/{lv} changed from {} ({} extents) to {} ({} extents).",
            before.1, before.0, after.1, after.0
        ));
        session.out.say(format!("Logical volume {vg}/{lv} successfully resized."));
    }
    Ok(())
}

fn request(args: &Args, verb: Verb, lv: &str, without_pvs: bool) -> Outcome<ResizeLv> {
    let size = match (args.signed(&o::SIZE), args.signed(&o::RESIZE_EXTENTS)) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("Please specify either size or extents but not both."));
        }
        (Some(size), None) | (None, Some(size)) => size,
        (None, None) if verb == Verb::Extend && !without_pvs => {
            Signed { sign: Sign::Plus, size: Size::PercentPvs(100) }
        }
        (None, None) => return Err(Failure::Syntax),
    };
    let Signed { sign, size } = size;
    let mut resize = match (verb, sign) {
        (Verb::Extend, Sign::Minus) => {
            return Err(Failure::usage("Negative argument not permitted - use lvreduce."));
        }
        (Verb::Reduce, Sign::Plus) => {
            return Err(Failure::usage("Positive sign not permitted - use lvextend."));
        }
        (Verb::Extend, Sign::None) => ResizeLv::extend_to(lv, size),
        (Verb::Extend | Verb::Resize, Sign::Plus) => ResizeLv::extend_by(lv, size),
        (Verb::Reduce, Sign::None) => ResizeLv::reduce_to(lv, size),
        (Verb::Reduce | Verb::Resize, Sign::Minus) => ResizeLv::reduce_by(lv, size),
        (Verb::Resize, Sign::None) => ResizeLv::to(lv, size),
    };
    match args.number(&o::STRIPES) {
        Some(0) => return Err(Failure::usage("--stripes may not be zero.")),
        Some(stripes) => resize = resize.stripes(stripes),
        None => {}
    }
    if let Some(size) = args.size(&o::STRIPESIZE) {
        resize = resize.stripe_size(size);
    }
    if let Some(policy) = args.policy(&o::ALLOC) {
        resize = resize.allocation_policy(policy);
    }
    match args.text(&o::TYPE) {
        None | Some("linear" | "striped" | "error" | "zero") => Ok(resize),
        Some(other) => Err(Failure::refused(format!("Segment type {other} is not supported."))),
    }
}

fn say_rounding(session: &mut Session<'_>, transaction: &Transaction) {
    let Some(Size::Bytes(asked)) = session.args.signed(&o::SIZE).map(|size| size.size) else { return };
    let whole = asked.align_up(transaction.extent_size().to_bytes());
    if let Some(whole) = whole.filter(|whole| *whole != asked) {
        session.out.say(format!("Rounding size to boundary between physical extents: {whole}."));
    }
}

/// Whether the end of the volume may be lost.
fn may_reduce(session: &mut Session<'_>, vg: &str, lv: &str, size: lvmkit::Bytes) -> bool {
    if session.args.has(&o::FORCE) || session.args.has(&o::FS) {
        return true;
    }
    session.out.warn(format!("Reducing logical volume to {size}."));
    session.out.err("  THIS MAY DESTROY YOUR DATA (filesystem etc.)");
    session.confirm(&format!("Do you really want to reduce {vg}/{lv}?"))
}
