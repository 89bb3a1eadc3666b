//! The map for a terminal.
//!
//! A bar's cells are letters that stand for volumes, with the name where it fits, so that the map
//! says the same without colours.

mod bar;
mod list;

use super::ExtentMap;

const DEFAULT_WIDTH: usize = 80;
const MIN_WIDTH: usize = 40;
const MAX_WIDTH: usize = 1000;

/// How the map is drawn for a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct TextOptions {
    width: usize,
    colour: bool,
    unicode: bool,
    segments: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH, colour: false, unicode: true, segments: 4 }
    }
}

impl TextOptions {
    /// 80 columns, no colours, Unicode.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many columns, from 40 to 1000; no line is longer.
    pub fn width(mut self, columns: usize) -> Self {
        self.width = columns.clamp(MIN_WIDTH, MAX_WIDTH);
        self
    }

    /// With the colours of a terminal that has 256 of them.
    pub fn colour(mut self, colour: bool) -> Self {
        self.colour = colour;
        self
    }

    /// Without it only ASCII is written.
    pub fn unicode(mut self, unicode: bool) -> Self {
        self.unicode = unicode;
        self
    }

    /// Lines for the segments of one volume before the rest is only counted; 4 by default.
    pub fn segments(mut self, lines: usize) -> Self {
        self.segments = lines;
        self
    }

    /// Two ways to write something.
    fn mark(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }

    /// A text whose letters the terminal may be unable to show.
    fn shown(self, text: &str) -> String {
        let keep = |letter: char| !letter.is_control() && (self.unicode || letter.is_ascii());
        text.chars().map(|letter| if keep(letter) { letter } else { '?' }).collect()
    }

    /// The same in at most so many columns, without its start if need be.
    fn shown_end(self, text: &str, columns: usize) -> String {
        let text = self.shown(text);
        let count = text.chars().count();
        if count <= columns {
            return text;
        }
        let mark = self.mark("…", "..");
        let left = columns.saturating_sub(mark.chars().count());
        let end = text.chars().skip(count.saturating_sub(left)).collect::<String>();
        format!("{mark}{end}")
    }

    /// The same in at most so many columns, without its end if need be.
    fn shown_start(self, text: &str, columns: usize) -> String {
        let text = self.shown(text);
        if text.chars().count() <= columns {
            return text;
        }
        let mark = self.mark("…", "..");
        let left = columns.saturating_sub(mark.chars().count());
        format!("{}{mark}", text.chars().take(left).collect::<String>())
    }
}

impl ExtentMap {
    /// Draws the map as lines of text, each ended by a newline.
    #[must_use]
    pub fn to_text(&self, options: TextOptions) -> String {
        let mut out = String::new();
        let dot = options.mark("·", ",");
        let used = self.size_of(self.extents().saturating_sub(self.free()));
        let facts = format!(
            "{used} of {} used {dot} extents of {} {dot} seqno {}",
            self.size_of(self.extents()),
            self.extent_size.to_bytes(),
            self.seqno
        );
        let name_room = options.width.saturating_sub(facts.chars().count() + 2);
        if name_room >= self.vg.chars().count().min(20) {
            line(&mut out, &format!("{}  {facts}", options.shown_start(&self.vg, name_room)));
        } else {
            line(&mut out, &options.shown_start(&self.vg, options.width));
            line(&mut out, &options.shown_start(&facts, options.width));
        }
        let has_mixed = self.write_bars(&mut out, options);
        line(&mut out, "");
        self.write_list(&mut out, options, has_mixed);
        out
    }
}

/// A line without blanks at its end.
fn line(out: &mut String, words: &str) {
    out.push_str(words.trim_end());
    out.push('\n');
}
