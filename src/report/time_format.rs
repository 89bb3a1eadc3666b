//! How times are printed: `report/time_format`, in the language of strftime(3).

/// What strftime(3) takes behind `%`; lvm2 refuses the rest. `%%` is one more than lvm2 takes.
const LETTERS: &str = "abcdeghjklmprstuwxyzABCDFGHIMPRSTUVWXYZ%";
/// What `%E` and `%O` go with, which change nothing outside of some languages.
const WITH_E: &str = "cCxXyY";
const WITH_O: &str = "deHImMSuUVwWy";

/// The format in what the `jiff` crate takes, everything as in the language `C`; `None` when it is
/// no format.
pub(super) fn translate(format: &str) -> Option<String> {
    let mut out = String::with_capacity(format.len());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let letter = match letters.next()? {
            'E' => letters.next().filter(|letter| WITH_E.contains(*letter))?,
            'O' => letters.next().filter(|letter| WITH_O.contains(*letter))?,
            letter => letter,
        };
        match letter {
            'c' => out.push_str("%a %b %e %H:%M:%S %Y"),
            'x' => out.push_str("%m/%d/%y"),
            'X' => out.push_str("%H:%M:%S"),
            'r' => out.push_str("%I:%M:%S %p"),
            't' => out.push('\t'),
            letter if LETTERS.contains(letter) => out.extend(['%', letter]),
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for (format, translated) in [
            ("%Y-%m-%d %T %z", Some("%Y-%m-%d %T %z")),
            ("%c", Some("%a %b %e %H:%M:%S %Y")),
            ("at %Ey %Od%%", Some("at %y %d%%")),
            ("%r%t", Some("%I:%M:%S %p\t")),
            ("", None),
            ("%", None),
            ("%Q", None),
            ("%Es", None),
            ("%O", None),
        ] {
            assert_eq!(translate(format).as_deref(), translated, "{format}");
        }
    }

    #[test]
    fn every_letter_can_be_printed() {
        let at = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
        for letter in LETTERS.chars() {
            let format = translate(&format!("%{letter}")).unwrap();
            assert!(jiff::fmt::strtime::format(&format, &at).is_ok(), "{format}");
        }
    }
}
