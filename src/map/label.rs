//! How much room words take, and what of them fits.
//!
//! Which font draws a picture is not known when it is written, so letters are taken to be as wide
//! as in the widest of the usual sans-serif fonts; in others there is room to spare.

/// What stands for letters that were left out.
pub(super) const ELLIPSIS: char = '…';
/// Bold letters are wider by so much.
const BOLD: f64 = 1.13;

/// The width of a text at that size.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths = text.chars().map(advance).sum::<u32>();
    f64::from(thousandths) / 1000.0 * size * if bold { BOLD } else { 1.0 }
}

/// Thousandths of the size that a letter takes.
fn advance(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 340,
        ' ' | '.' | ',' | ':' | ';' | '/' | '\\' | 'I' | '!' | '[' | ']' | '(' | ')' | '-' | 'f' | 't'
        | 'r' | '·' => 420,
        'm' | '@' | '%' | 'W' | 'M' => 1000,
        'w' | '+' | '=' | '<' | '>' | '~' | '^' | '#' | 'Q' => 840,
        'A'..='Z' | '&' => 790,
        '–' | '_' => 500,
        '\u{0}'..='\u{7f}' => 640,
        '\u{1f000}'.. => 1400,
        _ => 1000,
    }
}

/// The text, or as much of its start as fits with an ellipsis behind; `None` when less than
/// `least` letters of it would be left.
pub(super) fn shortened(text: &str, room: f64, size: f64, bold: bool, least: usize) -> Option<String> {
    if width(text, size, bold) <= room {
        return Some(text.to_owned());
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        short.push(ELLIPSIS);
        let fits = width(&short, size, bold) <= room;
        short.pop();
        if !fits {
            short.pop();
            break;
        }
    }
    (short.chars().count() >= least).then(|| {
        short.push(ELLIPSIS);
        short
    })
}

/// The end of a text that fits, with an ellipsis in front: of paths the end tells more.
pub(super) fn shortened_start(text: &str, room: f64, size: f64, bold: bool) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut short = std::collections::VecDeque::new();
    let mut taken = width("…", size, bold);
    for letter in text.chars().rev() {
        taken += width(letter.encode_utf8(&mut [0; 4]), size, bold);
        if taken > room {
            break;
        }
        short.push_front(letter);
    }
    short.push_front(ELLIPSIS);
    short.into_iter().collect()
}

/// The first of the texts that fits.
pub(super) fn first_that_fits<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    room: f64,
    size: f64,
    bold: bool,
) -> Option<&'t str> {
    texts.into_iter().filter(|text| !text.is_empty()).find(|text| width(text, size, bold) <= room)
}
