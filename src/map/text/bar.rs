//! Physical volumes as bars of cells.

use std::fmt::Write as _;

use super::{TextOptions, line};
use crate::map::style::{Rgb, Style, takes_black};
use crate::map::{ExtentMap, MapPv, MapRun};

/// Fills of colours that several volumes have, by pattern.
const FILLS: [char; 8] = [' ', '/', '|', '.', '-', '^', '=', 'x'];
/// A cell of pieces of several volumes.
const MIXED: char = '*';

/// What one cell shows.
#[derive(Clone, PartialEq, Eq)]
enum Look {
    Free,
    Outside,
    Mixed,
    Volume(Style, usize),
}

/// Neighbouring cells that look alike.
struct Stretch {
    look: Look,
    cells: String,
}

impl ExtentMap {
    /// Returns whether there were pieces too small to draw apart.
    pub(super) fn write_bars(&self, out: &mut String, options: TextOptions) -> bool {
        // Both ends of a bar take a cell, and so does what lies outside of the extents.
        let room = options.width - 4;
        let longest = self.pvs.iter().map(|pv| pv.extents.0).max().unwrap_or(0).max(1);
        let mut has_mixed = false;
        for pv in &self.pvs {
            has_mixed |= self.write_bar(out, options, pv, scaled(pv.extents.0, room, longest).max(1));
        }
        has_mixed
    }

    fn write_bar(&self, out: &mut String, options: TextOptions, pv: &MapPv, cells: usize) -> bool {
        line(out, "");
        let dot = options.mark("·", ",");
        let warning = match (pv.missing, pv.allocatable) {
            (true, _) => format!(" {dot} missing"),
            (false, false) => format!(" {dot} not allocatable"),
            _ => String::new(),
        };
        let size = self.size_of(pv.extents.0.into());
        let facts = format!("{size} {dot} {} extents {dot} {} free{warning}", pv.extents, pv.free);
        let name_room = options.width.saturating_sub(facts.chars().count() + 2).max(8);
        let title = format!("{}  {facts}", options.shown_end(&pv.device, name_room));
        line(out, &options.shown_start(&title, options.width));
        let mut stretches = Vec::new();
        let outside = |has: bool| Stretch {
            look: if has { Look::Outside } else { Look::Free },
            cells: if has { options.mark("▒", "%").to_owned() } else { " ".to_owned() },
        };
        stretches.push(outside(pv.before.0 > 0));
        self.add_runs(&mut stretches, options, pv, cells);
        if pv.behind.0 > 0 {
            stretches.push(outside(true));
        }
        let edge = options.mark("│", "|");
        let mut bar = edge.to_owned();
        // The space in front of a bar without anything outside has no colour.
        for (at, stretch) in stretches.iter().enumerate() {
            let plain = !options.colour || (at == 0 && pv.before.0 == 0);
            if plain { bar.push_str(&stretch.cells) } else { paint(&mut bar, stretch) }
        }
        bar.push_str(edge);
        line(out, &bar);
        write_axis(out, pv, cells);
        stretches.iter().any(|stretch| stretch.look != Look::Outside && stretch.cells.contains(MIXED))
    }

    fn add_runs(&self, stretches: &mut Vec<Stretch>, options: TextOptions, pv: &MapPv, cells: usize) {
        let mut before: Option<usize> = None;
        for (run, width) in share_cells(&pv.runs, pv.extents.0, cells) {
            let stretch = match run {
                Some(run) => self.stretch(options, run, width, before),
                None => Stretch { look: Look::Mixed, cells: MIXED.to_string().repeat(width) },
            };
            before = run.and_then(|run| run.used).map(|used| used.volume);
            stretches.push(stretch);
        }
    }

    /// The cells of a run; `before` is the volume that lies in front of it.
    fn stretch(&self, options: TextOptions, run: &MapRun, width: usize, before: Option<usize>) -> Stretch {
        let found = run.used.and_then(|used| Some((used, self.volume_of(&used)?, self.run_label(&used)?)));
        let Some((used, (volume, part), label)) = found else {
            let fill = options.mark("·", ".");
            return Stretch { look: Look::Free, cells: fill.repeat(width) };
        };
        let look = Look::Volume(volume.style, part.shade);
        let key = &volume.key;
        // A key of several letters says something else when it is cut.
        let has_room = width >= key.len();
        let filled = |count: usize| match (has_room, options.colour) {
            (false, _) => MIXED.to_string().repeat(count),
            (true, false) => key.chars().cycle().take(count).collect::<String>(),
            (true, true) => {
                let fill = FILLS.get(volume.style.pattern).copied().unwrap_or(' ');
                key.chars().chain(std::iter::repeat(fill)).take(count).collect()
            }
        };
        let mut cells = filled(width);
        let slash = |what: &str| if what.is_empty() { String::new() } else { format!(":{what}") };
        let texts = [slash(&label.what.replace(" · ", ":")), slash(&label.short), String::new()];
        let texts = texts.map(|what| options.shown(&format!(" {}{what} ", label.name)));
        let fits = |text: &&String| text.chars().count() + 2 <= width;
        if let Some(text) = texts.iter().find(fits) {
            let before = (width - text.chars().count()) / 2;
            let behind = width - before - text.chars().count();
            cells = match options.colour {
                true => format!("{}{text}{}", filled(before), &filled(behind + key.len())[key.len()..]),
                false => format!("{}{text}{}", filled(before), filled(behind)),
            };
        }
        // Where a volume goes on with another segment there is a border.
        if before == Some(used.volume) && width > 1 {
            let border = options.mark("▏", "|");
            cells = cells.chars().skip(1).fold(border.to_owned(), |mut cells, cell| {
                cells.push(cell);
                cells
            });
        }
        Stretch { look, cells }
    }
}

/// Cells for each run. Every run has one, where there are enough; else those that are too small
/// for one are put together, which the missing run stands for.
fn share_cells(runs: &[MapRun], extents: u32, cells: usize) -> Vec<(Option<&MapRun>, usize)> {
    let total = u64::from(extents.max(1));
    let edge = |extent: u64| {
        let cells = u64::try_from(cells).unwrap_or(u64::MAX);
        usize::try_from((extent * cells + total / 2) / total).unwrap_or(usize::MAX)
    };
    let mut shared: Vec<(Option<&MapRun>, usize)> = Vec::new();
    if runs.len() <= cells {
        let mut at = 0;
        for (number, run) in runs.iter().enumerate() {
            let behind = runs.len() - number - 1;
            let end = edge(u64::from(run.start) + u64::from(run.count));
            // Leave a cell for each of those that follow.
            let end = end.max(at + 1).min(cells - behind);
            shared.push((Some(run), end - at));
            at = end;
        }
        return shared;
    }
    let mut at = 0;
    // Whether the runs that wait for a cell belong to one volume.
    let mut alike = true;
    let mut before: Option<&MapRun> = None;
    for run in runs {
        let end = edge(u64::from(run.start) + u64::from(run.count));
        let volume = |run: &MapRun| run.used.map(|used| used.volume);
        alike &= before.is_none_or(|before| volume(before) == volume(run));
        before = Some(run);
        if end > at {
            shared.push(((alike || end - at > 1).then_some(run), end - at));
            (at, alike, before) = (end, true, None);
        }
    }
    shared
}

/// The part of `room` that `extents` of `longest` take.
fn scaled(extents: u32, room: usize, longest: u32) -> usize {
    let room = u64::try_from(room).unwrap_or(u64::MAX);
    let cells = u64::from(extents).saturating_mul(room) / u64::from(longest.max(1));
    usize::try_from(cells).unwrap_or(usize::MAX)
}

/// Numbers of the first extent, of those in the middle if there is room, and of the end.
fn write_axis(out: &mut String, pv: &MapPv, cells: usize) {
    let count = pv.extents.0;
    if count == 0 {
        return line(out, "  no extents");
    }
    let end = count.to_string();
    let mut axis = String::from("  0");
    for quarter in 1..4_u32 {
        let extent = u64::from(count) * u64::from(quarter) / 4;
        let at = 2 + scaled(u32::try_from(extent).unwrap_or(u32::MAX), cells, count);
        let words = extent.to_string();
        // Numbers stand behind the cells they count, with room between them.
        let has_room = at > axis.len() + 2 && at + words.len() + 3 + end.len() < cells + 2;
        if has_room && cells >= 40 {
            let _ = write!(axis, "{:>1$}", words, at - axis.len() + words.len());
        }
    }
    let place = (cells + 2).max(axis.len() + 1 + end.len());
    let _ = write!(axis, "{:>1$}", end, place - axis.len());
    line(out, &axis);
}

fn paint(bar: &mut String, stretch: &Stretch) {
    let cells = &stretch.cells;
    let _ = match stretch.look {
        // Grey letters on the terminal's own background.
        Look::Free | Look::Outside | Look::Mixed => write!(bar, "\x1b[38;5;245m{cells}\x1b[0m"),
        Look::Volume(style, shade) => {
            let colour = style.terminal();
            let ink = if takes_black(of_terminal(colour)) { 16 } else { 231 };
            // Metadata of a volume is told from its data by a line below it.
            let line = if shade > 1 { ";4" } else { "" };
            write!(bar, "\x1b[38;5;{ink};48;5;{colour}{line}m{cells}\x1b[0m")
        }
    };
}

/// The sample of a volume's colour in a list.
pub(super) fn sample(style: Style, key: &str) -> String {
    let colour = style.terminal();
    let ink = if takes_black(of_terminal(colour)) { 16 } else { 231 };
    format!("\x1b[38;5;{ink};48;5;{colour}m{key}\x1b[0m")
}

/// A colour of the cube of 6 x 6 x 6 that terminals with 256 colours have.
fn of_terminal(colour: u8) -> Rgb {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let at = usize::from(colour.saturating_sub(16));
    [at / 36, at / 6 % 6, at % 6].map(|level| LEVELS.get(level).copied().unwrap_or(255))
}
