//! What the SVG looks like: nothing lies on anything else, and all of it can be read.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::*;
use crate::map::style::luminance;

// The widths of the letters from space to tilde in the widest of the usual fonts, DejaVu Sans, in
// thousandths of the size.
const REGULAR: [u16; 95] = [
    317, 400, 459, 837, 636, 950, 779, 274, 390, 390, 500, 837, 317, 360, 317, 336, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 636, 336, 336, 837, 837, 837, 530, 1000, 684, 686, 698, 770, 631, 575, 774, 751, 294,
    294, 655, 557, 862, 748, 787, 603, 787, 694, 634, 610, 731, 684, 988, 685, 610, 685, 390, 336, 390, 837,
    500, 500, 612, 634, 549, 634, 615, 352, 634, 633, 277, 277, 579, 277, 974, 633, 611, 634, 634, 411, 520,
    392, 633, 591, 817, 591, 591, 524, 636, 336, 636, 837,
];
const BOLD: [u16; 95] = [
    348, 456, 520, 837, 695, 1001, 872, 306, 457, 457, 522, 837, 379, 415, 379, 365, 695, 695, 695, 695, 695,
    695, 695, 695, 695, 695, 399, 399, 837, 837, 837, 580, 1000, 773, 762, 733, 830, 683, 683, 820, 836, 372,
    372, 774, 637, 995, 836, 850, 732, 850, 770, 720, 682, 812, 773, 1103, 770, 724, 725, 457, 365, 457, 837,
    500, 500, 674, 715, 592, 715, 678, 435, 715, 711, 342, 342, 665, 342, 1041, 711, 687, 715, 715, 493, 595,
    478, 711, 651, 923, 645, 651, 582, 711, 365, 711, 837,
];

#[derive(Debug)]
struct Element {
    name: String,
    attributes: HashMap<String, String>,
    text: String,
    /// The rectangle that was drawn last before it.
    under: Option<usize>,
}

impl Element {
    fn number(&self, name: &str) -> f64 {
        self.attributes.get(name).map_or(0.0, |value| value.parse().unwrap())
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// Left, top, right, bottom.
type Extent = [f64; 4];

fn unescape(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#10;", "\n"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Reads the document, and sees that it is well-formed on the way.
fn elements(svg: &str) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut last_rect = None;
    let mut rest = svg;
    while let Some((text, behind)) = rest.split_once('<') {
        assert!(!text.contains('>') && !text.contains(|c: char| c.is_control() && c != '\n'));
        for part in text.split('&').skip(1) {
            assert!(
                ["lt;", "gt;", "quot;", "apos;", "amp;", "#10;"].iter().any(|e| part.starts_with(e)),
                "{part}"
            );
        }
        if let Some(element) = open.last().and_then(|at| found.get_mut(*at)) {
            element.text.push_str(&unescape(text));
        }
        let (tag, behind) = behind.split_once('>').unwrap();
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(found[open.pop().unwrap()].name, name);
            continue;
        }
        let tag_body = tag.strip_suffix('/').unwrap_or(tag);
        let (name, attributes) = tag_body.split_once(' ').unwrap_or((tag_body, ""));
        let mut pieces = attributes.split('"');
        let mut map = HashMap::new();
        while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
            let key = key.trim().strip_suffix('=').unwrap();
            assert!(map.insert(key.to_owned(), unescape(value)).is_none(), "{tag}");
        }
        let element =
            Element { name: name.to_owned(), attributes: map, text: String::new(), under: last_rect };
        // Patterns lie on a rectangle that has the colour.
        if name == "rect" && !element.attribute("fill").starts_with("url") {
            last_rect = Some(found.len());
        }
        if tag == tag_body {
            open.push(found.len());
        }
        found.push(element);
    }
    assert!(open.is_empty());
    found
}

fn text_extent(element: &Element) -> Extent {
    let class = element.attribute("class");
    let bold =
        ["title", "heading", "name", "bold"].iter().any(|known| class.split(' ').any(|word| word == *known));
    let widths = if bold { &BOLD } else { &REGULAR };
    let width = |letter: char| match u32::from(letter).checked_sub(32).and_then(|at| widths.get(at as usize))
    {
        Some(width) => f64::from(*width),
        None if letter == '·' => 380.0,
        None if letter == '–' => 500.0,
        None => 1000.0,
    };
    let size = element.number("font-size");
    let length = element.text.chars().map(width).sum::<f64>() / 1000.0 * size;
    let (x, y) = (element.number("x"), element.number("y"));
    let left = match element.attribute("text-anchor") {
        "middle" => x - length / 2.0,
        "end" => x - length,
        _ => x,
    };
    [left, y - 0.76 * size, left + length, y + 0.24 * size]
}

fn rect_extent(element: &Element) -> Extent {
    let (x, y) = (element.number("x"), element.number("y"));
    [x, y, x + element.number("width"), y + element.number("height")]
}

fn overlap(one: &Extent, other: &Extent) -> bool {
    // Places are written with two digits.
    const TOUCH: f64 = 0.02;
    one[0] + TOUCH < other[2]
        && other[0] + TOUCH < one[2]
        && one[1] + TOUCH < other[3]
        && other[1] + TOUCH < one[3]
}

/// Pictures of all groups: those made here in more widths than those of lvm2.
fn pictures() -> &'static [(String, String)] {
    static PICTURES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let all = all().into_iter().flat_map(|(name, map)| {
            let widths: &[u32] = if name.ends_with(".vg") { &[480, 1120] } else { &[480, 777, 1120, 2400] };
            let draw =
                |width: &u32| (format!("{name} at {width}"), map.to_svg(SvgOptions::new().width(*width)));
            widths.iter().map(draw).collect::<Vec<_>>()
        });
        all.collect()
    });
    &PICTURES
}

#[test]
fn no_two_texts_overlap_and_all_are_on_the_page() {
    for (name, svg) in pictures() {
        let elements = elements(svg);
        let root = &elements[0];
        let page = [0.0, 0.0, root.number("width"), root.number("height")];
        let texts = elements.iter().filter(|element| element.name == "text").collect::<Vec<_>>();
        let extents = texts.iter().map(|text| text_extent(text)).collect::<Vec<_>>();
        assert!(!texts.is_empty());
        for (at, extent) in extents.iter().enumerate() {
            let words = &texts[at].text;
            let inside =
                extent[0] >= page[0] && extent[1] >= page[1] && extent[2] <= page[2] && extent[3] <= page[3];
            assert!(inside, "{name}: {words:?} leaves the page");
            for (other_at, other) in extents.iter().enumerate().skip(at + 1) {
                assert!(!overlap(extent, other), "{name}: {words:?} lies on {:?}", texts[other_at].text);
            }
        }
    }
}

#[test]
fn labels_stay_inside_their_pieces_and_pieces_beside_each_other() {
    for (name, svg) in pictures() {
        let elements = elements(svg);
        let on_piece = |element: &&Element| {
            let class = element.attribute("class");
            element.name == "text"
                && ["black", "white", "onfree"].iter().any(|known| class.starts_with(known))
        };
        for text in elements.iter().filter(on_piece) {
            let piece = rect_extent(&elements[text.under.unwrap()]);
            let extent = text_extent(text);
            let inside = extent[0] >= piece[0] && extent[2] <= piece[2];
            assert!(inside, "{name}: {:?} {extent:?} leaves its piece {piece:?}", text.text);
        }
        let is_piece = |element: &&Element| {
            let fill = element.attribute("fill");
            element.name == "rect"
                && (fill.starts_with('#') || element.attribute("class") == "free")
                && element.number("height") > 10.0
        };
        let pieces = elements.iter().filter(is_piece).map(rect_extent).collect::<Vec<_>>();
        for (at, piece) in pieces.iter().enumerate() {
            for other in &pieces[at + 1..] {
                assert!(!overlap(piece, other), "{name}: {piece:?} lies on {other:?}");
            }
        }
    }
}

/// The fills of classes by day, or by night.
fn fills(style: &str, night: bool) -> HashMap<String, [u8; 3]> {
    let (day, dark) = style.split_once("@media (prefers-color-scheme:dark){").unwrap();
    let mut fills = HashMap::new();
    for rules in if night { vec![day, dark] } else { vec![day] } {
        for rule in rules.split('}') {
            let Some((classes, body)) = rule.split_once('{') else { continue };
            let Some(fill) = body.split(';').find_map(|entry| entry.strip_prefix("fill:#")) else { continue };
            for class in classes.split(',').filter_map(|class| class.strip_prefix('.')) {
                fills.insert(class.to_owned(), colour(fill));
            }
        }
    }
    fills
}

fn colour(hex: &str) -> [u8; 3] {
    [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn words_are_readable_by_day_and_by_night() {
    for (name, svg) in pictures() {
        let elements = elements(svg);
        let style = &elements.iter().find(|element| element.name == "style").unwrap().text;
        for night in [false, true] {
            let fills = fills(style, night);
            for text in elements.iter().filter(|element| element.name == "text") {
                let class = text.attribute("class").split(' ').next().unwrap();
                let ground = match class {
                    "black" | "white" => {
                        let fill = elements[text.under.unwrap()].attribute("fill");
                        colour(fill.strip_prefix('#').unwrap())
                    }
                    "onfree" => fills["free"],
                    _ => fills["page"],
                };
                let contrast = contrast(fills[class], ground);
                assert!(contrast >= 4.5, "{name}, night {night}: {class} has {contrast:.2}");
            }
        }
    }
}

#[test]
fn every_style_and_shade_takes_a_label() {
    for hue in 0..7 {
        for shade in 0..3 {
            let fill = Style { hue, pattern: 0 }.fill(shade);
            let ink = if style::takes_black(fill) { [0; 3] } else { [255; 3] };
            assert!(contrast(fill, ink) >= 4.5, "{hue} {shade}");
        }
    }
}

#[test]
fn a_picture_of_many_volumes_names_most_and_lists_all() {
    let map = large();
    let svg = map.to_svg(SvgOptions::new());
    let elements = elements(&svg);
    let texts = elements.iter().filter(|element| element.name == "text").map(|element| element.text.as_str());
    let texts = texts.collect::<Vec<_>>();
    for volume in &map.volumes {
        let start = volume.name.get(..10.min(volume.name.len())).unwrap();
        assert!(texts.iter().any(|text| text.starts_with(start)), "{}", volume.name);
        assert!(texts.contains(&volume.key.as_str()), "{}", volume.key);
    }
    // Every piece says whose it is when it is pointed at.
    let titles =
        elements.iter().filter(|element| element.name == "title").map(|element| element.text.as_str());
    let titles = titles.collect::<Vec<_>>();
    for pv in &map.pvs {
        for run in pv.runs.iter().filter(|run| run.used.is_some()) {
            let place = format!("{}: extents {}–{} ", pv.device, run.start, run.last());
            assert!(titles.iter().any(|title| title.contains(&place)), "{place}");
        }
    }
}

#[test]
fn names_are_escaped() {
    let svg = names().to_svg(SvgOptions::new().width(4000));
    assert!(svg.contains("/srv/&lt;images&gt;/&quot;a &amp; b&apos;s&quot;/"));
    assert!(!svg.contains("<images>") && !svg.contains('\u{1}'));
}

#[test]
fn the_size_of_a_picture_has_bounds() {
    let mut draft = draft("big", &[("/dev/sda", 40_000)]);
    for at in 0..300_u32 {
        linear(&mut draft, &format!("v{at}"), 1 + at % 3);
    }
    linear(&mut draft, "rest", 100);
    for _ in 0..20 {
        extend(&mut draft, "v0", 1);
        extend(&mut draft, "v1", 1);
    }
    let map = ExtentMap::new(&draft).unwrap();
    let svg = map.to_svg(SvgOptions::new());
    assert!(svg.contains("url(#mixed)"));
    // The list takes most of it.
    assert!(svg.len() < 300 * 1_000, "{}", svg.len());
}
