//! `why`

use lvmkit::explain::{known_argument, to_json};
use lvmkit::{NewLv, NewLvKind, ResizeLv};

use super::{Command, lvcreate};
use crate::args::name::Target;
use crate::args::size::{Sign, Signed, SizeError, Unit, parse_extents, parse_signed_size};
use crate::args::{Args, option as o};
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "why",
    summary: "Say what keeps a volume from fitting and what would make it fit",
    usage: &[
        "why VG Size[m|UNIT]|Number%VG|%FREE|%PVS [ PV[:PE-PE]|@Tag ... ]",
        "why VG/LV [+]Size[m|UNIT]|[+]Number%VG|%LV|%FREE|%PVS [ PV[:PE-PE]|@Tag ... ]",
        "why --extents [+]Number VG|VG/LV [ PV ... ]",
    ],
    options: &[
        o::COMMON,
        &[
            &o::ALLOC,
            &o::CONTIGUOUS,
            &o::NAME,
            &o::READONLY,
            &o::REPORTFORMAT,
            &o::RESIZE_EXTENTS,
            &o::RESIZE_SIZE,
            &o::STRIPES,
            &o::STRIPESIZE,
            &o::TYPE,
        ],
    ],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let (target, size, pvs) = arguments(&session.args)?;
    let (arguments, devices) = pv::arguments(&pvs)?;
    let name = match &target {
        Target::Vg(vg) | Target::Lv { vg, .. } => vg.clone(),
        Target::Tag(_) => return Err(Failure::Syntax),
    };
    let lvm = session.open(&devices)?;
    let draft = lvm.draft(&name).map_err(|error| super::cannot_process(&name, error))?;
    let known = arguments.into_iter().map(|argument| known_argument(&draft, argument));
    let known = known.collect::<Vec<_>>();
    let explanation = match &target {
        Target::Lv { lv, .. } => draft.explain_resize(&resize(&session.args, lv, size)?.on(known))?,
        _ => draft.explain_create(&new(&session.args, size)?.on(known))?,
    };
    if session.is_json() {
        session.out.lines("", &to_json(&explanation));
    } else {
        session.out.lines("  ", &explanation.to_string());
    }
    Ok(())
}

/// The group or volume, the size, and the physical volumes. The size is an option, or the word
/// behind the name.
fn arguments(args: &Args) -> Outcome<(Target, Signed, Vec<String>)> {
    let Some((name, rest)) = args.words.split_first() else { return Err(Failure::Syntax) };
    let target = Target::parse(name);
    match (args.signed(&o::RESIZE_SIZE), args.signed(&o::RESIZE_EXTENTS)) {
        (Some(_), Some(_)) => Err(Failure::usage("Please specify either size or extents (not both).")),
        (Some(size), None) | (None, Some(size)) => Ok((target, size, rest.to_vec())),
        (None, None) => {
            let Some((size, pvs)) = rest.split_first() else { return Err(Failure::Syntax) };
            let parsed = match size.contains('%') {
                true => parse_extents(size),
                false => parse_signed_size(size, Unit::Mib),
            };
            let parsed = parsed.map_err(|SizeError(why)| {
                Failure::usage(why.unwrap_or_else(|| format!("Invalid size: {size}.")))
            })?;
            Ok((target, parsed, pvs.to_vec()))
        }
    }
}

fn new(args: &Args, size: Signed) -> Outcome<NewLv> {
    if size.sign == Sign::Minus {
        return Err(Failure::usage("Size may not be negative."));
    }
    let mut new = NewLv::new(lvcreate::kind(args)?, size.size);
    if let Some(name) = args.text(&o::NAME) {
        new = new.name(name);
    }
    if let Some(size) = args.size(&o::STRIPESIZE) {
        new = new.stripe_size(size);
    }
    Ok(match lvcreate::policy(args)? {
        Some(policy) => new.allocation_policy(policy),
        None => new,
    })
}

fn resize(args: &Args, lv: &str, Signed { sign, size }: Signed) -> Outcome<ResizeLv> {
    let mut resize = match sign {
        Sign::None => ResizeLv::extend_to(lv, size),
        Sign::Plus => ResizeLv::extend_by(lv, size),
        Sign::Minus => return Err(Failure::usage("Taking extents away needs no room.")),
    };
    // The type of what is there already stays; only that it can be one of these is seen to.
    if !matches!(lvcreate::kind(args)?, NewLvKind::Linear | NewLvKind::Striped { .. }) {
        return Err(Failure::Syntax);
    }
    if let Some(stripes) = args.number(&o::STRIPES) {
        resize = resize.stripes(stripes);
    }
    if let Some(size) = args.size(&o::STRIPESIZE) {
        resize = resize.stripe_size(size);
    }
    Ok(match lvcreate::policy(args)? {
        Some(policy) => resize.allocation_policy(policy),
        None => resize,
    })
}
