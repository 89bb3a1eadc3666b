//! What LVM2 says of sizes that it rounds, and of stripes, before it allocates anything: also when
//! there turns out to be no room.

use lvmkit::core::alloc::size::{Change, SizeBasis, create_extents, resize_extents, wanted_extents};
use lvmkit::core::metadata::{Segment, SegmentKind};
use lvmkit::{Bytes, Extents, PvArgument, Size, Transaction};

use crate::args::size::{Sign, Signed};
use crate::args::{Args, option as o};
use crate::session::{Failure, Outcome, Session};

const DEFAULT_STRIPE_SIZE: Bytes = Bytes::kib(64);
/// How the library begins a warning that is said here in LVM2's place.
const REDUCED: &str = "Reducing requested stripe size";

/// Passes on what the library warned about, apart from what was said already.
pub(super) fn warn_of_the_rest(session: &mut Session<'_>, transaction: &mut Transaction) {
    for warning in transaction.take_warnings() {
        if !warning.starts_with(REDUCED) {
            session.out.warn(warning);
        }
    }
}

/// Says which stripe size a new volume has when none is given.
pub(super) fn say_stripe_size(session: &mut Session<'_>) {
    let striped = session.args.number(&o::STRIPES).is_some_and(|stripes| stripes > 1);
    match session.args.size(&o::STRIPESIZE) {
        Some(_) if !striped => session.out.say("Ignoring stripesize argument with single stripe."),
        None if striped => session.out.say(format!("Using default stripesize {DEFAULT_STRIPE_SIZE}.")),
        _ => {}
    }
}

/// Says how the size of a new volume is rounded.
pub(super) fn say_new(session: &mut Session<'_>, transaction: &Transaction, pvs: &[PvArgument]) {
    let stripes = session.args.number(&o::STRIPES).unwrap_or(1);
    let extent_size = transaction.extent_size();
    let asked = session.args.signed(&o::CREATE_SIZE).or_else(|| session.args.signed(&o::EXTENTS));
    let Some(Signed { size, .. }) = asked else { return };
    if let Size::Bytes(asked) = size
        && let Some(whole) = asked.align_up(extent_size.to_bytes()).filter(|whole| *whole != asked)
    {
        session.out.say(format!("Rounding up size to full physical extent {whole}"));
    }
    let Ok(basis) = transaction.size_basis(pvs) else { return };
    if let Some(size) = session.args.size(&o::STRIPESIZE).filter(|_| stripes > 1) {
        let most = extent_size.to_bytes();
        if size > most {
            session.out.say(format!("{REDUCED} {size} to maximum, physical extent size {most}."));
        }
    }
    say_less(session, size, Extents(0), &basis);
    let (Ok(whole), Ok(got)) = (create_extents(size, 1, &basis), create_extents(size, stripes, &basis))
    else {
        return;
    };
    let (whole, got) = (whole.extents, got.extents);
    if got != whole {
        let way = if got > whole { "up" } else { "down" };
        let (whole_size, size) = (whole.to_bytes(extent_size), got.to_bytes(extent_size));
        session.out.say(format!(
            "Rounding size {whole_size} ({whole} extents) {way} to stripe boundary size {size} ({got} extents)."
        ));
    }
}

/// Says when a share of the group is more than what is free.
fn say_less(session: &mut Session<'_>, size: Size, now: Extents, basis: &SizeBasis) {
    let Size::PercentVg(percent) = size else { return };
    let share = u64::from(percent).saturating_mul(u64::from(basis.vg_extents.get())) / 100;
    let most = Extents(basis.vg_free.get().saturating_add(now.get()));
    if share > u64::from(most.get()) {
        let room = super::shown_size(most.to_bytes(basis.extent_size));
        session.out.say(format!("Reducing {percent}%VG to remaining free space {room} in VG."));
    }
}

/// The stripe size of what a volume grows by, when one was asked for and there are stripes.
///
/// # Errors
/// When it is none.
pub(super) fn stripe_size(
    session: &mut Session<'_>,
    transaction: &Transaction,
    lv: &str,
) -> Outcome<Option<Bytes>> {
    let Some(mut size) = session.args.size(&o::STRIPESIZE) else { return Ok(None) };
    let most = transaction.extent_size().to_bytes();
    if size > most {
        session.out.say(format!("Reducing stripe size {size} to maximum, physical extent size {most}."));
        size = most;
    }
    if !size.get().is_power_of_two() {
        return Err(Failure::refused("Stripe size must be power of 2."));
    }
    let last = transaction.logical_volume(lv).and_then(|lv| lv.segments().last().map(Segment::kind));
    let stripes = session.args.number(&o::STRIPES).or_else(|| last.map(SegmentKind::area_multiple));
    Ok(Some(size).filter(|_| stripes > Some(1)))
}

/// A change of a volume's size.
pub(super) struct Resizing<'r> {
    lv: &'r str,
    asked: Signed,
    pvs: &'r [PvArgument],
    stripes: Option<u32>,
    stripe_size: Option<Bytes>,
    kind: Option<&'static str>,
}

impl<'r> Resizing<'r> {
    pub(super) fn new(args: &Args, lv: &'r str, asked: Signed, pvs: &'r [PvArgument]) -> Self {
        let kind = match args.text(&o::TYPE) {
            Some("error") => Some("error"),
            Some("zero") => Some("zero"),
            Some(_) => Some("striped"),
            None => None,
        };
        let (stripes, stripe_size) = (args.number(&o::STRIPES), args.size(&o::STRIPESIZE));
        Self { lv, asked, pvs, stripes, stripe_size, kind }
    }

    const fn change(&self) -> Change {
        match self.asked.sign {
            Sign::None => Change::To,
            Sign::Plus => Change::By,
            Sign::Minus => Change::Less,
        }
    }

    /// Says how the size that was asked for is rounded.
    pub(super) fn say_size(&self, session: &mut Session<'_>, transaction: &Transaction) {
        let Some(lv) = transaction.logical_volume(self.lv) else { return };
        if let Size::Bytes(asked) = self.asked.size {
            let extent_size = transaction.extent_size().to_bytes();
            let whole = match self.asked.sign {
                Sign::Minus => Some(asked.align_down(extent_size)),
                _ => asked.align_up(extent_size),
            };
            if let Some(whole) = whole.filter(|whole| *whole != asked) {
                let whole = super::shown_size(whole);
                session.out.say(format!("Rounding size to boundary between physical extents: {whole}."));
            }
        }
        if let (Sign::None, Ok(basis)) = (self.asked.sign, transaction.size_basis(self.pvs)) {
            say_less(session, self.asked.size, lv.extent_count(), &basis);
        }
    }

    /// What there is to say of the new segments, and of how the size is rounded to whole stripes of
    /// them.
    pub(super) fn notes(&self, transaction: &Transaction) -> Vec<String> {
        let mut notes = Vec::new();
        let (Some(lv), Ok(basis)) = (transaction.logical_volume(self.lv), transaction.size_basis(self.pvs))
        else {
            return notes;
        };
        let (change, now) = (self.change(), lv.extent_count());
        let Ok(wanted) = wanted_extents(self.asked.size, change, now, &basis) else { return notes };
        let last = lv.segments().last().map(Segment::kind);
        let mixes = self.kind.zip(last.map(name_of)).filter(|(new, last)| new != last);
        if let Some((new, last)) = mixes {
            let name = format!("{}/{}", transaction.name(), self.lv);
            notes.push(format!("Logical volume {name} is using mixing segment types {last} and {new}."));
        }
        let stripes = self.stripes.unwrap_or_else(|| last.map_or(1, SegmentKind::area_multiple));
        let shrinks = wanted < now || change == Change::Less;
        if !shrinks {
            notes.extend(self.stripe_size_note(stripes, last));
        } else if self.stripes.is_some() || self.stripe_size.is_some() || mixes.is_some() {
            notes.push("Ignoring stripes, stripesize and mirrors arguments when reducing.".to_owned());
        }
        if wanted < now && !self.pvs.is_empty() {
            notes.push("Ignoring PVs on command line when reducing.".to_owned());
        }
        let rounded = resize_extents(self.asked.size, change, lv.segments(), stripes, &basis);
        if let Some(got) = rounded.ok().map(|sized| sized.extents).filter(|got| *got != wanted) {
            let (way, stop) = if got > wanted { ("up", ".") } else { ("down", "") };
            notes.push(format!(
                "Rounding size ({wanted} extents) {way} to stripe boundary size for segment ({got} extents){stop}"
            ));
        }
        notes
    }

    /// What the stripe size of new segments is taken from.
    fn stripe_size_note(&self, stripes: u32, last: Option<&SegmentKind>) -> Option<String> {
        // What lies nowhere takes no stripes from the last segment, but those that are asked for.
        let lies_nowhere = self.kind.is_some_and(|kind| kind != "striped");
        if stripes < 2 || (lies_nowhere && self.stripes.is_none()) {
            return None;
        }
        match (self.stripe_size, last) {
            (Some(_), _) => None,
            (None, Some(SegmentKind::Striped(last))) if !last.stripe_size.is_zero() => {
                Some(format!("Using stripesize of last segment {}", last.stripe_size.to_bytes()))
            }
            _ => Some(format!("Using default stripesize {DEFAULT_STRIPE_SIZE}")),
        }
    }
}

/// What LVM2 calls the type of a segment.
fn name_of(kind: &SegmentKind) -> &'static str {
    match kind {
        SegmentKind::Error => "error",
        SegmentKind::Zero => "zero",
        _ => "striped",
    }
}
