//! Colours and patterns: which volume looks how.
//!
//! The seven colours are those that Okabe and Ito chose so that people with any kind of colour
//! blindness tell them apart; their black and the grey of free extents are not among them. Further
//! volumes have the same colours with a pattern along the lower edge, where no label is.

use serde::Serialize;

use super::{MapPv, MapVolume};

/// A colour, red, green and blue.
pub(super) type Rgb = [u8; 3];

/// Colours, in an order in which neighbours differ most.
const HUES: [Rgb; 7] = [
    [0x00, 0x72, 0xb2], // blue
    [0xe6, 0x9f, 0x00], // orange
    [0x00, 0x9e, 0x73], // bluish green
    [0xcc, 0x79, 0xa7], // reddish purple
    [0xf0, 0xe4, 0x42], // yellow
    [0xd5, 0x5e, 0x00], // vermillion
    [0x56, 0xb4, 0xe9], // sky blue
];
/// The nearest of a terminal's 256 colours.
const TERMINAL: [u8; 7] = [25, 178, 36, 175, 227, 166, 74];
/// How many patterns there are, none being the first.
pub(super) const PATTERNS: usize = 8;
/// How much white is in each shade, in percent: parts of a volume, then its metadata.
const SHADES: [u32; 3] = [0, 28, 55];

/// How a volume looks: one of seven colours, with one of eight patterns.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Style {
    /// The colour, from 0.
    pub hue: usize,
    /// The pattern, from 0, which is none.
    pub pattern: usize,
}

impl Style {
    /// Its colour in that shade.
    pub(super) fn fill(self, shade: usize) -> Rgb {
        let white = SHADES.get(shade).copied().unwrap_or(0);
        let mix = |channel: u8| {
            let mixed = (u32::from(channel) * (100 - white) + 255 * white) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        HUES.get(self.hue % HUES.len()).copied().unwrap_or_default().map(mix)
    }

    /// Its colour on a terminal.
    pub(super) fn terminal(self) -> u8 {
        TERMINAL.get(self.hue % TERMINAL.len()).copied().unwrap_or(7)
    }
}

/// True when black is easier to read on that colour than white.
pub(super) fn takes_black(fill: Rgb) -> bool {
    // Contrast with black is (l + 0.05) / 0.05 and with white 1.05 / (l + 0.05).
    luminance(fill) + 0.05 > (1.05_f64 * 0.05).sqrt()
}

/// The relative luminance of WCAG.
pub(super) fn luminance(colour: Rgb) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// `#rrggbb`
pub(super) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Gives every volume a style of its own while there are some, and volumes that lie beside each
/// other different colours.
pub(super) fn assign(volumes: &mut [MapVolume], pvs: &[MapPv]) {
    let neighbours = neighbours(volumes.len(), pvs);
    let mut styles: Vec<Option<Style>> = vec![None; volumes.len()];
    let mut used = [[0_u32; PATTERNS]; HUES.len()];
    let with_extents = volumes.iter_mut().enumerate().filter(|(_, volume)| !volume.parts.is_empty());
    for (number, (at, volume)) in with_extents.enumerate() {
        let mut beside = [[false; PATTERNS]; HUES.len()];
        for style in neighbours.get(at).into_iter().flatten().filter_map(|other| *styles.get(*other)?) {
            if let Some(mark) = beside.get_mut(style.hue).and_then(|row| row.get_mut(style.pattern)) {
                *mark = true;
            }
        }
        let style = best(number, &beside, &used);
        if let Some(count) = used.get_mut(style.hue).and_then(|row| row.get_mut(style.pattern)) {
            *count += 1;
        }
        if let Some(place) = styles.get_mut(at) {
            *place = Some(style);
        }
        volume.style = style;
    }
}

/// The style that is used least, of those that no neighbour has and whose colour none has.
fn best(number: usize, beside: &[[bool; PATTERNS]; 7], used: &[[u32; PATTERNS]; 7]) -> Style {
    let first = number % HUES.len();
    let hues = (0..HUES.len()).map(|step| (first + step) % HUES.len()).enumerate();
    let all = hues.flat_map(|(turn, hue)| (0..PATTERNS).map(move |pattern| (turn, Style { hue, pattern })));
    let cost = |(turn, style): &(usize, Style)| {
        let hue = beside.get(style.hue).copied().unwrap_or_default();
        let taken = used.get(style.hue).and_then(|row| row.get(style.pattern)).copied().unwrap_or(0);
        let same = hue.get(style.pattern).copied().unwrap_or(false);
        (same, taken, hue.contains(&true), style.pattern, *turn)
    };
    all.min_by_key(cost).map_or_else(Style::default, |(_, style)| style)
}

/// For each volume those that lie beside it on some physical volume.
fn neighbours(count: usize, pvs: &[MapPv]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = vec![Vec::new(); count];
    for pv in pvs {
        for (one, next) in pv.runs.iter().zip(pv.runs.iter().skip(1)) {
            let (Some(one), Some(next)) = (one.used, next.used) else { continue };
            if one.volume != next.volume {
                for (from, to) in [(one.volume, next.volume), (next.volume, one.volume)] {
                    if let Some(list) = found.get_mut(from) {
                        list.push(to);
                    }
                }
            }
        }
    }
    found
}
