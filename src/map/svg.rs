//! The map as an SVG document that needs nothing beside it.
//!
//! Colours of text and background are CSS classes, which `prefers-color-scheme` changes; those of
//! volumes are the same by day and by night, and what is written on them has its own colour.

mod bars;
mod canvas;
mod volumes;

use canvas::{Anchor, Canvas, Class};

use super::ExtentMap;
use super::label::{shortened, width};

const DEFAULT_WIDTH: u32 = 1120;
const MIN_WIDTH: u32 = 480;
const MAX_WIDTH: u32 = 20_000;
/// Room around everything.
const MARGIN: f64 = 28.0;
const TITLE_SIZE: f64 = 22.0;
const SMALL_SIZE: f64 = 12.0;
const HEADING_SIZE: f64 = 14.0;

/// How the document is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub struct SvgOptions {
    width: u32,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH }
    }
}

impl SvgOptions {
    /// 1120 pixels wide.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many pixels wide, from 480 to 20 000; the height follows from what there is to show.
    pub fn width(mut self, width: u32) -> Self {
        self.width = width.clamp(MIN_WIDTH, MAX_WIDTH);
        self
    }
}

impl ExtentMap {
    /// Draws the map as an SVG document.
    #[must_use]
    pub fn to_svg(&self, options: SvgOptions) -> String {
        let mut canvas = Canvas::new(f64::from(options.width));
        let mut y = self.draw_title(&mut canvas);
        y = heading(&mut canvas, y, "Physical volumes");
        y = self.draw_bars(&mut canvas, y);
        if !self.volumes.is_empty() {
            y = heading(&mut canvas, y + 10.0, "Logical volumes");
            y = self.draw_volumes(&mut canvas, y);
        }
        y = self.draw_legend(&mut canvas, y + 14.0);
        canvas.finish(y + MARGIN - 8.0, &format!("Extent map of volume group {}", self.vg))
    }

    fn draw_title(&self, canvas: &mut Canvas) -> f64 {
        let room = canvas.width - 2.0 * MARGIN;
        let name = shortened(&self.vg, room, TITLE_SIZE, true, 1).unwrap_or_default();
        let y = MARGIN + 16.0;
        canvas.text(MARGIN, y, TITLE_SIZE, Class::Title, Anchor::Start, &name);
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (pvs, lvs) = (self.pvs.len(), self.volumes.len());
        let used = self.extents().saturating_sub(self.free());
        let facts = [
            format!("{pvs} physical volume{}", plural(pvs)),
            format!("{lvs} logical volume{}", plural(lvs)),
            format!("{} of {} used", self.size_of(used), self.size_of(self.extents())),
            format!("extents of {}", self.extent_size.to_bytes()),
            format!("seqno {}", self.seqno),
        ];
        let mut line = String::new();
        for fact in facts {
            let longer = if line.is_empty() { fact } else { format!("{line} · {fact}") };
            if width(&longer, SMALL_SIZE, false) > room {
                break;
            }
            line = longer;
        }
        canvas.text(MARGIN, y + 21.0, SMALL_SIZE, Class::Dim, Anchor::Start, &line);
        y + 21.0
    }

    /// What colours and patterns that are no volume mean.
    fn draw_legend(&self, canvas: &mut Canvas, y: f64) -> f64 {
        let mut entries = Vec::new();
        if self.free() > 0 {
            entries.push((Class::Free, "free extents"));
        }
        if self.pvs.iter().any(|pv| pv.before.0 > 0 || pv.behind.0 > 0) {
            entries.push((Class::Outside, "label, metadata and rest: outside the extents, not to scale"));
        }
        if canvas.has_mixed() {
            entries.push((Class::Mixed, "pieces of several volumes, too small to draw apart"));
        }
        let (mut x, mut y) = (MARGIN, y + 14.0);
        for (class, words) in entries {
            let taken = 30.0 + width(words, SMALL_SIZE, false) + 24.0;
            if x + taken - 24.0 > canvas.width - MARGIN && x > MARGIN {
                (x, y) = (MARGIN, y + 20.0);
            }
            canvas.swatch(x, y - 11.0, 22.0, 14.0, class);
            let room = canvas.width - MARGIN - x - 30.0;
            let words = shortened(words, room, SMALL_SIZE, false, 1).unwrap_or_default();
            canvas.text(x + 30.0, y, SMALL_SIZE, Class::Dim, Anchor::Start, &words);
            x += taken;
        }
        y
    }
}

fn heading(canvas: &mut Canvas, y: f64, words: &str) -> f64 {
    let y = y + 32.0;
    canvas.text(MARGIN, y, HEADING_SIZE, Class::Heading, Anchor::Start, words);
    canvas.rule(MARGIN, y + 8.0, canvas.width - 2.0 * MARGIN);
    y + 12.0
}
