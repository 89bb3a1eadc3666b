//! Shapes and words as SVG.

use std::fmt::Write as _;

use crate::map::style::{self, Rgb, Style};

/// What something is, which gives it its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Title,
    Heading,
    /// The name of something.
    Name,
    /// What is said about it.
    Dim,
    /// Something is wrong with it.
    Warn,
    /// Extents that are free.
    Free,
    /// Words on them.
    OnFree,
    /// What is no extent.
    Outside,
    /// Pieces of several volumes.
    Mixed,
    /// Words on light colours.
    Black,
    /// Words on dark colours.
    White,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Name => "name",
            Self::Dim => "dim",
            Self::Warn => "warn",
            Self::Free => "free",
            Self::OnFree => "onfree",
            Self::Outside => "outside",
            Self::Mixed => "mixed",
            Self::Black => "black",
            Self::White => "white",
        }
    }
}

/// The side of a text that its place says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Box {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A document that is being drawn.
pub(super) struct Canvas {
    pub(super) width: f64,
    body: String,
    /// Which patterns are used, in black and in white.
    inks: [[bool; 2]; style::PATTERNS],
    mixed: bool,
}

/// The height of the edge that patterns have.
const EDGE: f64 = 7.0;

const DAY: &str = "\
.page{fill:#ffffff}.frame{fill:none;stroke:#d0d7de}.rule{stroke:#d0d7de}.tick{stroke:#8c959f}\
.title,.heading,.name{fill:#1f2328}.dim{fill:#57606a}.warn{fill:#b42318}\
.free{fill:#f1f3f5;stroke:#c4cad0}.onfree{fill:#57606a}\
.outside{fill:#d8dde2}.hatch{stroke:#6e7781}.mixed{fill:#6e7781}.mark{stroke:#ffffff}";

const NIGHT: &str = "\
.page{fill:#0d1117}.frame{stroke:#30363d}.rule{stroke:#30363d}.tick{stroke:#6e7681}\
.title,.heading,.name{fill:#e6edf3}.dim{fill:#9da7b3}.warn{fill:#ff8b7e}\
.free{fill:#1a2028;stroke:#3d444d}.onfree{fill:#9da7b3}\
.outside{fill:#30363d}.hatch{stroke:#8b949e}.mixed{fill:#8b949e}.mark{stroke:#0d1117}";

const ALWAYS: &str = "\
text{font-family:'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}\
.title,.heading,.name,.bold{font-weight:bold}\
.black{fill:#000000}.white{fill:#ffffff}.free{stroke-dasharray:3 3}";

impl Canvas {
    pub(super) fn new(width: f64) -> Self {
        Self { width, body: String::new(), inks: [[false; 2]; style::PATTERNS], mixed: false }
    }

    pub(super) fn has_mixed(&self) -> bool {
        self.mixed
    }

    /// The whole document.
    pub(super) fn finish(self, height: f64, title: &str) -> String {
        let (w, h) = (number(self.width), number(height));
        let mut out = String::with_capacity(self.body.len() + 4096);
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\">"
        );
        let _ = writeln!(out, "<title>{}</title>", escape(title));
        let night = format!("@media (prefers-color-scheme:dark){{{NIGHT}}}");
        let _ = writeln!(out, "<style>{ALWAYS}{DAY}{night}</style>");
        out.push_str("<defs>\n");
        out.push_str(
            "<pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
             <path class=\"hatch\" d=\"M-1 1l2-2M0 5l5-5M4 6l2-2\" stroke-width=\"1\"/></pattern>\n",
        );
        if self.mixed {
            out.push_str(
                "<pattern id=\"mixed\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
                 <path class=\"mark\" d=\"M0 0l4 4M0 4l4-4\" stroke-width=\"1\"/></pattern>\n",
            );
        }
        for (pattern, inks) in self.inks.iter().enumerate() {
            for (ink, _) in inks.iter().enumerate().filter(|(_, used)| **used) {
                out.push_str(&pattern_definition(pattern, ink == 1));
            }
        }
        out.push_str("</defs>\n");
        let _ = writeln!(out, "<rect class=\"page\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>");
        let (w, h) = (number(self.width - 1.0), number(height - 1.0));
        let _ = writeln!(
            out,
            "<rect class=\"frame\" x=\"0.5\" y=\"0.5\" width=\"{w}\" height=\"{h}\" rx=\"8\"/>"
        );
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, class: Class, anchor: Anchor, words: &str) {
        self.write_text(x, y, size, class.name(), anchor, words);
    }

    /// Words on a volume's colour.
    pub(super) fn text_on(&mut self, x: f64, y: f64, size: f64, fill: Rgb, bold: bool, words: &str) {
        let class = if style::takes_black(fill) { Class::Black } else { Class::White };
        let name = class.name();
        if bold {
            self.write_text(x, y, size, &format!("{name} bold"), Anchor::Middle, words);
        } else {
            self.write_text(x, y, size, name, Anchor::Middle, words);
        }
    }

    fn write_text(&mut self, x: f64, y: f64, size: f64, class: &str, anchor: Anchor, words: &str) {
        if words.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ = writeln!(
            self.body,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}>{}</text>",
            number(x),
            number(y),
            number(size),
            escape(words)
        );
    }

    pub(super) fn rule(&mut self, x: f64, y: f64, width: f64) {
        let (x1, y, x2) = (number(x), number(y), number(x + width));
        let _ = writeln!(self.body, "<path class=\"rule\" d=\"M{x1} {y}H{x2}\"/>");
    }

    pub(super) fn tick(&mut self, x: f64, y: f64) {
        let _ = writeln!(self.body, "<path class=\"tick\" d=\"M{} {}v4\"/>", number(x), number(y));
    }

    /// What follows belongs together, and says this when it is pointed at.
    pub(super) fn begin(&mut self, title: &str) {
        let _ = writeln!(self.body, "<g><title>{}</title>", escape(title));
    }

    pub(super) fn end(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// Free extents.
    pub(super) fn free(&mut self, place: Box) {
        // Half a pixel inside, so that the line is one pixel and belongs to the box.
        let inside = Box {
            x: place.x + 0.5,
            y: place.y + 0.5,
            width: (place.width - 1.0).max(0.2),
            height: (place.height - 1.0).max(0.2),
        };
        self.rect(inside, "class=\"free\"");
    }

    /// What is no extent.
    pub(super) fn outside(&mut self, place: Box) {
        self.rect(place, "class=\"outside\"");
        self.rect(place, "fill=\"url(#hatch)\"");
    }

    /// Pieces of several volumes.
    pub(super) fn mixed(&mut self, place: Box) {
        self.mixed = true;
        self.rect(place, "class=\"mixed\"");
        self.rect(place, "fill=\"url(#mixed)\"");
    }

    /// A piece of a volume, with the pattern along its lower edge.
    pub(super) fn volume(&mut self, place: Box, style: Style, shade: usize) {
        let fill = style.fill(shade);
        self.rect(place, &format!("fill=\"{}\"", style::hex(fill)));
        let black = style::takes_black(fill);
        if let Some(used) = self.inks.get_mut(style.pattern).filter(|_| style.pattern > 0) {
            if let Some(used) = used.get_mut(usize::from(black)) {
                *used = true;
            }
            let height = EDGE.min(place.height / 3.0);
            let (x, y) = (number(place.x), number(place.y + place.height - height));
            let id = pattern_id(style.pattern, black);
            // Patterns begin where a shape's own units do: here at its corner.
            let edge = Box { x: 0.0, y: 0.0, width: place.width, height };
            self.rect(edge, &format!("transform=\"translate({x} {y})\" fill=\"url(#{id})\""));
        }
    }

    pub(super) fn swatch(&mut self, x: f64, y: f64, width: f64, height: f64, class: Class) {
        let place = Box { x, y, width, height };
        match class {
            Class::Outside => self.outside(place),
            Class::Mixed => self.mixed(place),
            _ => self.free(place),
        }
    }

    fn rect(&mut self, place: Box, attributes: &str) {
        let Box { x, y, width, height } = place;
        let _ = writeln!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {attributes}/>",
            number(x),
            number(y),
            number(width),
            number(height)
        );
    }
}

fn pattern_id(pattern: usize, black: bool) -> String {
    format!("p{pattern}{}", if black { "k" } else { "w" })
}

fn pattern_definition(pattern: usize, black: bool) -> String {
    let ink = if black { "#000000" } else { "#ffffff" };
    let stroke =
        |path: &str| format!("<path d=\"{path}\" stroke=\"{ink}\" stroke-width=\"1.4\" fill=\"none\"/>");
    let (size, shape) = match pattern {
        1 => (7, stroke("M-1 1l2-2M0 7l7-7M6 8l2-2")),
        2 => (5, stroke("M2.5 0v7")),
        3 => (6, format!("<circle cx=\"3\" cy=\"3.5\" r=\"1.7\" fill=\"{ink}\"/>")),
        4 => (7, stroke("M0 3.5h7")),
        5 => (8, stroke("M0 7l4-7l4 7")),
        6 => (12, format!("<rect width=\"6\" height=\"7\" fill=\"{ink}\"/>")),
        _ => (8, stroke("M1 0.5l6 6M1 6.5l6-6")),
    };
    let id = pattern_id(pattern, black);
    format!(
        "<pattern id=\"{id}\" width=\"{size}\" height=\"7\" patternUnits=\"userSpaceOnUse\" opacity=\"0.75\">{shape}</pattern>\n"
    )
}

/// At most two digits behind the point, and none that say nothing.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text for XML; what XML cannot hold is replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
