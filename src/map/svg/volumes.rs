//! Logical volumes as sequences of their segments, each as long as the others: what is compared is
//! where they lie.

use super::canvas::{Anchor, Box, Canvas, Class};
use super::{MARGIN, SMALL_SIZE};
use crate::map::label::{first_that_fits, shortened, shortened_start, width};
use crate::map::style::Style;
use crate::map::{ExtentMap, MapPart, MapSegment, MapVolume, leg_word, range};

const NAME_SIZE: f64 = 12.0;
const CELL_SIZE: f64 = 10.0;
/// The height of a row of segments.
const ROW: f64 = 22.0;
/// Room between rows, and between pieces.
const GAP: f64 = 1.5;
/// Room above a volume.
const SPACE: f64 = 7.0;
const SWATCH: f64 = 34.0;
/// Room between what stands beside each other.
const BESIDE: f64 = 10.0;
/// Room between columns.
const GUTTER: f64 = 32.0;
/// The least width of a column.
const LEAST_COLUMN: f64 = 440.0;
/// From so many volumes on there are two columns.
const MANY: usize = 10;
/// Legs that are drawn of one volume.
const MOST_ROWS: usize = 16;
const LEAST_PIECE: f64 = 2.0;
/// Letters of a name that tell something.
const LEAST_LETTERS: usize = 4;

/// Where things stand in a column.
#[derive(Clone, Copy)]
struct Columns {
    x: f64,
    width: f64,
    /// Room for names.
    name: f64,
    /// Room for what is said behind the segments.
    facts: f64,
}

impl Columns {
    fn name_x(self) -> f64 {
        self.x + SWATCH + BESIDE
    }

    fn segments_x(self) -> f64 {
        self.name_x() + self.name + BESIDE
    }

    fn segments_width(self) -> f64 {
        self.x + self.width - self.facts - BESIDE - self.segments_x()
    }
}

/// One row: a leg of a part's segments, with the words that say which.
struct Row<'m> {
    part: &'m MapPart,
    leg: usize,
    words: String,
}

impl ExtentMap {
    /// Draws all volumes from `y` on; returns where they end.
    pub(super) fn draw_volumes(&self, canvas: &mut Canvas, y: f64) -> f64 {
        let room = canvas.width - 2.0 * MARGIN;
        let two = self.volumes.len() >= MANY && room >= 2.0 * LEAST_COLUMN + GUTTER;
        let number = if two { 2.0 } else { 1.0 };
        let column = (room - (number - 1.0) * GUTTER) / number;
        let widest = |words: &dyn Fn(&MapVolume) -> f64| self.volumes.iter().map(words).fold(0.0, f64::max);
        let with_parts = |volume: &MapVolume| if volume.parts.is_empty() { 0.0 } else { 1.0 };
        let columns = Columns {
            x: MARGIN,
            width: column,
            name: widest(&|volume| width(&volume.name, NAME_SIZE, true)).min(column * 0.28),
            facts: widest(&|volume| width(&facts(volume), SMALL_SIZE, false) * with_parts(volume))
                .min(column * 0.3),
        };
        let heights = self.volumes.iter().map(height).collect::<Vec<_>>();
        let half = heights.iter().sum::<f64>() / number;
        let (mut columns, mut top, mut lowest) = (columns, y, y);
        for (volume, height) in self.volumes.iter().zip(heights) {
            // A volume that is mostly in the second half is drawn there.
            if two && columns.x == MARGIN && top - y + height / 2.0 > half {
                (columns.x, top) = (MARGIN + column + GUTTER, y);
            }
            self.draw_volume(canvas, volume, columns, top + SPACE);
            top += height;
            lowest = lowest.max(top);
        }
        lowest
    }

    fn draw_volume(&self, canvas: &mut Canvas, volume: &MapVolume, columns: Columns, y: f64) {
        let baseline = y + 15.0;
        let facts = facts(volume);
        canvas.begin(&format!("{} ({})\n{facts}", volume.name, volume.id));
        if !volume.key.is_empty() {
            let place = Box { x: columns.x, y, width: SWATCH, height: ROW };
            canvas.volume(place, volume.style, 0);
            let (x, fill) = (columns.x + SWATCH / 2.0, volume.style.fill(0));
            canvas.text_on(x, y + middle(volume.style, 4.5), NAME_SIZE, fill, true, &volume.key);
        }
        let name = shortened(&volume.name, columns.name, NAME_SIZE, true, 1).unwrap_or_default();
        canvas.text(columns.name_x(), baseline, NAME_SIZE, Class::Name, Anchor::Start, &name);
        let (segments_x, end) = (columns.segments_x(), columns.x + columns.width);
        if volume.parts.is_empty() {
            let facts = shortened(&facts, end - segments_x, SMALL_SIZE, false, 1).unwrap_or_default();
            canvas.text(segments_x, baseline, SMALL_SIZE, Class::Dim, Anchor::Start, &facts);
        } else {
            let facts = shortened(&facts, columns.facts, SMALL_SIZE, false, 1).unwrap_or_default();
            canvas.text(end, baseline, SMALL_SIZE, Class::Dim, Anchor::End, &facts);
        }
        canvas.end();
        let rows = rows(volume);
        let mut y = y;
        for row in &rows {
            let place = Box { x: segments_x, y, width: columns.segments_width(), height: ROW };
            self.draw_row(canvas, volume, row, place);
            y += ROW + GAP;
        }
        let hidden = all_rows(volume).saturating_sub(rows.len());
        if hidden > 0 {
            let words = format!("{hidden} more rows are not shown");
            canvas.text(segments_x, y + 11.0, CELL_SIZE, Class::Dim, Anchor::Start, &words);
        }
    }

    fn draw_row(&self, canvas: &mut Canvas, volume: &MapVolume, row: &Row<'_>, place: Box) {
        let per_extent = place.width / f64::from(row.part.extents.0.max(1));
        // Segments too small to see are drawn with those behind them.
        let (mut end_so_far, mut skipped) = (place.x, 0);
        for segment in &row.part.segments {
            let end = place.x + f64::from(segment.start.saturating_add(segment.count)) * per_extent;
            let is_last = end + LEAST_PIECE >= place.x + place.width;
            if end - end_so_far < LEAST_PIECE && !is_last {
                skipped += 1;
                continue;
            }
            let x = end_so_far;
            end_so_far = end;
            let gap = if is_last || end - x < 3.0 * GAP { 0.0 } else { GAP };
            let cell = Box { x, width: (end - x - gap).max(0.3), ..place };
            self.draw_cell(canvas, volume, row, (segment, skipped), cell);
            skipped = 0;
        }
    }

    fn draw_cell(
        &self,
        canvas: &mut Canvas,
        volume: &MapVolume,
        row: &Row<'_>,
        (segment, skipped): (&MapSegment, usize),
        cell: Box,
    ) {
        let last = segment.start.saturating_add(segment.count).saturating_sub(1);
        let mut logical = format!("logical extents {}–{last}, {}", segment.start, segment.segment_type);
        if skipped > 0 {
            logical.push_str(&format!(", and {skipped} smaller segments before"));
        }
        let (x, room) = (cell.x + cell.width / 2.0, cell.width - 6.0);
        let Some((leg, pv)) = segment.legs.get(row.leg).and_then(|leg| Some((leg, self.pvs.get(leg.pv)?)))
        else {
            // A segment with fewer legs than others, or none.
            if row.leg == 0 {
                canvas.begin(&format!("{}: {logical}", row.part.name));
                canvas.free(cell);
                let words = first_that_fits([segment.segment_type.as_str()], room, CELL_SIZE, false);
                let words = words.unwrap_or_default();
                canvas.text(x, cell.y + 14.5, CELL_SIZE, Class::OnFree, Anchor::Middle, words);
                canvas.end();
            }
            return;
        };
        canvas.begin(&format!("{}: {logical}\n{} {}–{}", row.part.name, pv.device, leg.start, leg.last()));
        canvas.volume(cell, volume.style, row.part.shade);
        let fill = volume.style.fill(row.part.shade);
        let range = range(leg.start, leg.last(), "–");
        let words = cell_words(&row.words, &pv.name, &range, room).unwrap_or_default();
        canvas.text_on(x, cell.y + middle(volume.style, 3.5), CELL_SIZE, fill, false, &words);
        canvas.end();
    }
}

/// As much of `what · pv range` as there is room for.
fn cell_words(what: &str, pv: &str, range: &str, room: f64) -> Option<String> {
    let with = |what: &str, rest: &str| {
        if what.is_empty() { rest.to_owned() } else { format!("{what} · {rest}") }
    };
    let place = format!("{pv} {range}");
    let full = with(what, &place);
    if let Some(words) = first_that_fits([full.as_str()], room, CELL_SIZE, false) {
        return Some(words.to_owned());
    }
    let around = with(what, &format!(" {range}"));
    // What tells devices apart is the end of their names.
    let short = |around: &str| {
        let pv = shortened_start(pv, room - width(around, CELL_SIZE, false), CELL_SIZE, false);
        (pv.chars().count() > LEAST_LETTERS).then_some(pv)
    };
    if let Some(pv) = short(&around) {
        return Some(with(what, &format!("{pv} {range}")));
    }
    if let Some(words) = first_that_fits([place.as_str(), what], room, CELL_SIZE, false) {
        return Some(words.to_owned());
    }
    short(&format!(" {range}")).map(|pv| format!("{pv} {range}")).or_else(|| short(""))
}

/// The baseline of words in a row: in its middle, or in that of what a pattern leaves.
fn middle(style: Style, half: f64) -> f64 {
    half + if style.pattern == 0 { ROW / 2.0 } else { ROW / 2.0 - 3.5 }
}

/// Size, type, and what it lies on.
fn facts(volume: &MapVolume) -> String {
    let mut facts = format!("{} · {}", volume.size, volume.segment_type);
    if !volume.on.is_empty() {
        facts.push_str(" on ");
        facts.push_str(&volume.on.join(", "));
    }
    facts
}

/// The rows of a volume without those beyond the most.
fn rows(volume: &MapVolume) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for part in &volume.parts {
        let legs = legs(part);
        for leg in 0..legs {
            let mut words = part.label.clone().unwrap_or_default();
            if legs > 1 {
                let is_striped = part.segments.iter().any(|seg| seg.segment_type == "striped");
                let number = format!("{} {leg}", leg_word(if is_striped { "striped" } else { "mirror" }));
                words = if words.is_empty() { number } else { format!("{words} · {number}") };
            }
            rows.push(Row { part, leg, words });
        }
    }
    rows.truncate(MOST_ROWS);
    rows
}

fn all_rows(volume: &MapVolume) -> usize {
    volume.parts.iter().map(legs).sum()
}

fn legs(part: &MapPart) -> usize {
    part.segments.iter().map(|seg| seg.legs.len()).max().unwrap_or(0).max(1)
}

fn height(volume: &MapVolume) -> f64 {
    let shown = all_rows(volume).min(MOST_ROWS);
    let note = if all_rows(volume) > shown { 14.0 } else { 0.0 };
    let rows = f64::from(u32::try_from(shown.max(1)).unwrap_or(u32::MAX));
    SPACE + rows * (ROW + GAP) + note
}
