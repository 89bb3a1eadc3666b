//! Physical volumes as bars, to one scale.

use super::canvas::{Anchor, Box, Canvas, Class};
use super::{MARGIN, SMALL_SIZE};
use crate::map::label::{first_that_fits, shortened, shortened_start, width};
use crate::map::{ExtentMap, MapPv, MapRun, RunUse, range};

const HEIGHT: f64 = 42.0;
const NAME_SIZE: f64 = 13.0;
const LABEL_SIZE: f64 = 12.0;
const RANGE_SIZE: f64 = 10.0;
const AXIS_SIZE: f64 = 10.0;
/// The width of what is outside of the extents.
const OUTSIDE: f64 = 9.0;
/// The least width of a bar.
const LEAST_BAR: f64 = 48.0;
/// Room between pieces.
const GAP: f64 = 1.5;
/// Pieces that would be narrower are drawn together.
const LEAST_PIECE: f64 = 2.0;
/// Room between a label and the edges of its piece.
const PADDING: f64 = 4.0;
/// Volumes that are named for a group of small pieces.
const NAMED: usize = 8;

/// Where the extents of a bar lie on the page.
#[derive(Clone, Copy)]
struct Scale {
    x: f64,
    per_extent: f64,
}

impl Scale {
    fn at(self, extent: u32) -> f64 {
        self.x + f64::from(extent) * self.per_extent
    }
}

impl ExtentMap {
    /// Draws all physical volumes from `y` on; returns where they end.
    pub(super) fn draw_bars(&self, canvas: &mut Canvas, y: f64) -> f64 {
        let room = canvas.width - 2.0 * MARGIN - 2.0 * (OUTSIDE + GAP);
        let longest = self.pvs.iter().map(|pv| pv.extents.0).max().unwrap_or(0).max(1);
        let per_extent = room / f64::from(longest);
        let mut y = y;
        for pv in &self.pvs {
            let length = (f64::from(pv.extents.0) * per_extent).max(LEAST_BAR.min(room));
            let per_extent = length / f64::from(pv.extents.0.max(1));
            let scale = Scale { x: MARGIN + OUTSIDE + GAP, per_extent };
            y = self.draw_bar(canvas, pv, scale, length, y + 24.0);
        }
        y
    }

    fn draw_bar(&self, canvas: &mut Canvas, pv: &MapPv, scale: Scale, length: f64, y: f64) -> f64 {
        self.draw_bar_title(canvas, pv, y);
        let top = y + 7.0;
        if pv.before.0 > 0 {
            canvas.begin(&format!("{} in front of the extents: label and metadata", pv.before.to_bytes()));
            canvas.outside(Box { x: MARGIN, y: top, width: OUTSIDE, height: HEIGHT });
            canvas.end();
        }
        if pv.behind.0 > 0 {
            canvas.begin(&format!("{} behind the extents", pv.behind.to_bytes()));
            let x = scale.x + length + GAP;
            canvas.outside(Box { x, y: top, width: OUTSIDE, height: HEIGHT });
            canvas.end();
        }
        let mut small: Vec<MapRun> = Vec::new();
        for run in &pv.runs {
            let is_small = f64::from(run.count) * scale.per_extent < LEAST_PIECE;
            if !is_small {
                self.draw_small(canvas, pv, scale, &mut small, top);
                self.draw_run(canvas, pv, scale, run, top);
                continue;
            }
            small.push(*run);
            let from = small.first().map_or(run.start, |first| first.start);
            if scale.at(run.start.saturating_add(run.count)) - scale.at(from) >= LEAST_PIECE {
                self.draw_small(canvas, pv, scale, &mut small, top);
            }
        }
        self.draw_small(canvas, pv, scale, &mut small, top);
        draw_axis(canvas, pv, scale, length, top + HEIGHT);
        top + HEIGHT + 18.0
    }

    fn draw_bar_title(&self, canvas: &mut Canvas, pv: &MapPv, y: f64) {
        let facts =
            format!("{} · {} extents · {} free", self.size_of(pv.extents.0.into()), pv.extents, pv.free);
        let warning = match (pv.missing, pv.allocatable) {
            (true, _) => "missing",
            (false, false) => "not allocatable",
            _ => "",
        };
        let room = canvas.width - 2.0 * MARGIN;
        let facts_width = width(&facts, SMALL_SIZE, false) + width(warning, SMALL_SIZE, true);
        let name = shortened_start(&pv.device, room - facts_width - 24.0, NAME_SIZE, true);
        canvas.begin(&format!("{} ({})", pv.device, pv.id));
        canvas.text(MARGIN, y, NAME_SIZE, Class::Name, Anchor::Start, &name);
        canvas.end();
        let x = MARGIN + width(&name, NAME_SIZE, true) + 12.0;
        canvas.text(x, y, SMALL_SIZE, Class::Dim, Anchor::Start, &facts);
        let x = x + width(&facts, SMALL_SIZE, false) + 8.0;
        canvas.text(x, y, SMALL_SIZE, Class::Warn, Anchor::Start, warning);
    }

    fn draw_run(&self, canvas: &mut Canvas, pv: &MapPv, scale: Scale, run: &MapRun, y: f64) {
        let (x, end) = (scale.at(run.start), scale.at(run.start.saturating_add(run.count)));
        let gap = if end - x > 3.0 * GAP { GAP } else { 0.5 };
        let place = Box { x, y, width: end - x - gap, height: HEIGHT };
        let (middle, room) = (x + place.width / 2.0, place.width - 2.0 * PADDING);
        canvas.begin(&self.run_title(pv, run));
        let Some((used, (volume, part))) = run.used.and_then(|used| Some((used, self.volume_of(&used)?)))
        else {
            canvas.free(place);
            let count = format!("{} extents", run.count);
            if let Some(words) = first_that_fits(["free"], room, LABEL_SIZE, false) {
                canvas.text(middle, y + 18.5, LABEL_SIZE, Class::OnFree, Anchor::Middle, words);
            }
            let count = first_that_fits([count.as_str(), &run.count.to_string()], room, RANGE_SIZE, false)
                .map(str::to_owned);
            canvas.text(
                middle,
                y + 32.0,
                RANGE_SIZE,
                Class::OnFree,
                Anchor::Middle,
                &count.unwrap_or_default(),
            );
            canvas.end();
            return;
        };
        canvas.volume(place, volume.style, part.shade);
        let fill = volume.style.fill(part.shade);
        let label = self.label_for(&used, room);
        let range = range(run.start, run.last(), "–");
        let range = first_that_fits([range.as_str()], room, RANGE_SIZE, false).unwrap_or_default();
        // The pattern takes the lower edge, and a label without numbers stands in the middle.
        let up = if volume.style.pattern == 0 { 0.0 } else { 2.5 };
        let label_y = y + if range.is_empty() { 25.0 } else { 18.5 } - up;
        canvas.text_on(middle, label_y, LABEL_SIZE, fill, true, &label.unwrap_or_default());
        canvas.text_on(middle, y + 32.0 - up, RANGE_SIZE, fill, false, range);
        canvas.end();
    }

    /// What of a run's label there is room for.
    fn label_for(&self, used: &RunUse, room: f64) -> Option<String> {
        let label = self.run_label(used)?;
        let with = |name: &str, what: &str| {
            if what.is_empty() { name.to_owned() } else { format!("{name} · {what}") }
        };
        let texts = [with(label.name, &label.what), with(label.name, &label.short)];
        if let Some(text) = first_that_fits(texts.iter().map(String::as_str), room, LABEL_SIZE, true) {
            return Some(text.to_owned());
        }
        let is_number = label.short.bytes().all(|byte| byte.is_ascii_digit());
        // Parts are told by their shade, legs only by their numbers.
        if !is_number && width(label.name, LABEL_SIZE, true) <= room {
            return Some(label.name.to_owned());
        }
        let suffix = if label.short.is_empty() { String::new() } else { format!(" · {}", label.short) };
        let name_room = room - width(&suffix, LABEL_SIZE, true);
        if let Some(name) = shortened(label.name, name_room, LABEL_SIZE, true, 5) {
            return Some(format!("{name}{suffix}"));
        }
        let texts = [with(label.key, &label.short), label.key.to_owned()];
        // A letter may come nearer to the edge than a word.
        first_that_fits(texts.iter().map(String::as_str), room + PADDING, LABEL_SIZE, true).map(str::to_owned)
    }

    /// Draws pieces that are too small to be seen alone, as one.
    fn draw_small(&self, canvas: &mut Canvas, pv: &MapPv, scale: Scale, small: &mut Vec<MapRun>, y: f64) {
        let (Some(first), Some(last)) = (small.first(), small.last()) else { return };
        if small.len() == 1 {
            self.draw_run(canvas, pv, scale, first, y);
            small.clear();
            return;
        }
        let (x, end) = (scale.at(first.start), scale.at(last.start.saturating_add(last.count)));
        let place = Box { x, y, width: end - x, height: HEIGHT };
        let uses = small.iter().filter_map(|run| run.used);
        let mut volumes = uses.clone().map(|used| used.volume).collect::<Vec<_>>();
        volumes.sort_unstable();
        volumes.dedup();
        let names = volumes.iter().filter_map(|at| self.volumes.get(*at)).map(|volume| volume.name.as_str());
        let mut names = names.take(NAMED).collect::<Vec<_>>().join(", ");
        if volumes.len() > NAMED {
            names.push_str(", …");
        }
        let (pieces, from, to) = (small.len(), first.start, last.last());
        canvas.begin(&format!("{}: extents {from}–{to} in {pieces} pieces: {names}", pv.device));
        let one = uses.clone().next().filter(|_| volumes.len() == 1);
        match one.and_then(|used| self.volume_of(&used)) {
            Some((volume, part)) => canvas.volume(place, volume.style, part.shade),
            None => canvas.mixed(place),
        }
        canvas.end();
        small.clear();
    }

    fn run_title(&self, pv: &MapPv, run: &MapRun) -> String {
        let (start, last, count) = (run.start, run.last(), run.count);
        let size = self.size_of(count.into());
        let place = format!("{}: extents {start}–{last} ({count}, {size})", pv.device);
        let Some((used, label)) = run.used.and_then(|used| Some((used, self.run_label(&used)?))) else {
            return format!("free\n{place}");
        };
        let what = if label.what.is_empty() { String::new() } else { format!(" · {}", label.what) };
        let segment = self.volume_of(&used).and_then(|(_, part)| part.segments.get(used.segment));
        let logical = segment.map_or_else(String::new, |seg| {
            let end = seg.start.saturating_add(seg.count).saturating_sub(1);
            format!("\n{} segment, logical extents {}–{end}", seg.segment_type, seg.start)
        });
        format!("{}{what}\n{place}{logical}", label.name)
    }
}

/// Ticks and numbers below a bar.
fn draw_axis(canvas: &mut Canvas, pv: &MapPv, scale: Scale, length: f64, y: f64) {
    let count = pv.extents.0;
    if count == 0 {
        canvas.text(scale.x, y + 14.0, AXIS_SIZE, Class::Dim, Anchor::Start, "no extents");
        return;
    }
    let end = count.to_string();
    let end_width = width(&end, AXIS_SIZE, false);
    let step = step(count, scale.per_extent, end_width + 40.0);
    let end_x = scale.x + length;
    let mut extent = 0;
    while extent < count {
        let x = scale.at(extent);
        let words = extent.to_string();
        let anchor = if extent == 0 { Anchor::Start } else { Anchor::Middle };
        let right = x + width(&words, AXIS_SIZE, false) * if extent == 0 { 1.0 } else { 0.5 };
        if right > end_x - end_width - 10.0 {
            break;
        }
        canvas.tick(x, y + 1.0);
        canvas.text(x, y + 14.0, AXIS_SIZE, Class::Dim, anchor, &words);
        let Some(next) = extent.checked_add(step) else { break };
        extent = next;
    }
    canvas.tick(end_x, y + 1.0);
    canvas.text(end_x, y + 14.0, AXIS_SIZE, Class::Dim, Anchor::End, &end);
}

/// The least of 1, 2, 5, 10, … extents that are as far apart as that.
fn step(count: u32, per_extent: f64, apart: f64) -> u32 {
    let powers = (0..10).map(|power| 10_u32.saturating_pow(power));
    let steps = powers.flat_map(|power| [1, 2, 5].map(|factor: u32| factor.saturating_mul(power)));
    steps
        .take_while(|step| *step <= count)
        .find(|step| f64::from(*step) * per_extent >= apart)
        .unwrap_or(u32::MAX)
}
