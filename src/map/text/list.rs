//! Logical volumes as a list: what each is, and where its segments lie.

use super::bar::sample;
use super::{TextOptions, line};
use crate::map::{ExtentMap, MapPart, MapSegment, MapVolume, range};

/// The most columns that a name takes.
const NAME: usize = 24;

impl ExtentMap {
    pub(super) fn write_list(&self, out: &mut String, options: TextOptions, has_mixed: bool) {
        let key = self.volumes.iter().map(|volume| volume.key.len()).max().unwrap_or(1).max(1);
        let names = self.volumes.iter().map(|volume| volume.name.chars().count());
        let name = names.max().unwrap_or(0).clamp(4, NAME.min(options.width * 3 / 10));
        for volume in &self.volumes {
            self.write_volume(out, options, volume, (key, name));
        }
        let free = format!("free  {}", self.size_of(self.free()));
        let has_outside = self.pvs.iter().any(|pv| pv.before.0 > 0 || pv.behind.0 > 0);
        let marks = [
            (self.free() > 0, options.mark("·", "."), free.as_str()),
            (
                has_outside,
                options.mark("▒", "%"),
                "outside the extents: label, metadata and rest (not to scale)",
            ),
            (has_mixed, "*", "pieces too small to draw apart"),
        ];
        for (_, mark, words) in marks.iter().filter(|(is_there, ..)| *is_there) {
            let words = options.shown_start(words, options.width - key - 2);
            line(out, &format!("{mark:>width$} {words}", width = key + 1));
        }
    }

    fn write_volume(
        &self,
        out: &mut String,
        options: TextOptions,
        volume: &MapVolume,
        (key_width, name_width): (usize, usize),
    ) {
        let pad = " ".repeat(key_width - volume.key.len());
        let key = match options.colour && !volume.key.is_empty() {
            true => format!("{pad} {}", sample(volume.style, &volume.key)),
            false => format!("{pad} {}", volume.key),
        };
        let name = options.shown_start(&volume.name, name_width);
        let size = volume.size.to_string();
        let head = format!("{name:<name_width$}  {size:>11}  ");
        let indent = key_width + 2 + head.chars().count();
        let mut what = volume.segment_type.clone();
        if !volume.on.is_empty() {
            what.push_str(" on ");
            what.push_str(&options.shown(&volume.on.join(", ")));
        }
        let mut lines = self.segment_lines(options, volume);
        // The only segment of a simple volume has room behind its type.
        if let [only] = lines.as_slice()
            && indent + what.chars().count() + 2 + only.chars().count() <= options.width
        {
            what = format!("{what}  {only}");
            lines.clear();
        }
        let what = options.shown_start(&what, options.width.saturating_sub(indent));
        line(out, &format!("{key} {head}{what}"));
        let shown = options.segments.max(1);
        let more = if lines.len() > shown + 1 { lines.len() - shown } else { 0 };
        lines.truncate(if more > 0 { shown } else { lines.len() });
        let indent = " ".repeat(key_width + 4);
        for words in lines {
            let words = options.shown_start(&words, options.width - indent.len());
            line(out, &format!("{indent}{words}"));
        }
        if more > 0 {
            line(out, &format!("{indent}{} {more} more segments", options.mark("…", "...")));
        }
    }

    /// One line for each segment of each part.
    fn segment_lines(&self, options: TextOptions, volume: &MapVolume) -> Vec<String> {
        let mut lines = Vec::new();
        for part in &volume.parts {
            for segment in &part.segments {
                lines.push(self.segment_line(options, part, segment));
            }
        }
        lines
    }

    fn segment_line(&self, options: TextOptions, part: &MapPart, segment: &MapSegment) -> String {
        let legs = segment.legs.iter().map(|leg| {
            let pv = self.pvs.get(leg.pv).map_or("?", |pv| pv.name.as_str());
            format!("{}:{}", options.shown_end(pv, NAME), range(leg.start, leg.last(), "-"))
        });
        let mut legs = legs.collect::<Vec<_>>().join(options.mark(" ∥ ", " || "));
        if legs.is_empty() {
            legs = format!("({})", segment.segment_type);
        } else if segment.legs.len() > 1 && part.segments.len() > 1 {
            legs = format!("{} {legs}", segment.segment_type);
        }
        let mut words = part.label.as_ref().map_or_else(String::new, |label| format!("{label}  "));
        if part.segments.len() > 1 {
            let last = segment.start.saturating_add(segment.count).saturating_sub(1);
            words.push_str(&format!("{}  ", range(segment.start, last, "-")));
        }
        words.push_str(&legs);
        options.shown(&words)
    }
}
