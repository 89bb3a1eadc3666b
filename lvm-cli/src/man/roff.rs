//! Text as roff: nothing in it is taken for a request or an escape.

use crate::command::Command;
use crate::help::wrapped;

/// The longest line of a page's source.
const WIDTH: usize = 78;

/// A page being written.
pub(super) struct Roff {
    text: String,
}

impl Roff {
    pub(super) fn new(title: &str, section: &str, date: &str) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let title = title.to_uppercase();
        let text = format!(
            ".\\\" Made by 'lvmkit generate man'.\n.TH {} {section} {date} \"lvmkit {version}\" \"lvmkit\"\n",
            escaped(&title)
        );
        Self { text }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A section; its title is plain words.
    pub(super) fn section(&mut self, title: &str) {
        self.line(&format!(".SH {title}"));
    }

    /// Words that are filled into lines.
    pub(super) fn text(&mut self, text: &str) {
        self.filled(&escaped(text));
    }

    /// Text that is escaped, in lines that are not too long: what follows a sentence begins one.
    fn filled(&mut self, text: &str) {
        for sentence in text.split_inclusive(". ") {
            for line in wrapped(sentence, WIDTH).lines() {
                self.line(&protected(line));
            }
        }
    }

    /// The same, with some room before it, unless a section begins with it.
    pub(super) fn paragraph(&mut self, text: &str) {
        if !self.begins_section() {
            self.line(".PP");
        }
        self.text(text);
    }

    fn begins_section(&self) -> bool {
        self.text.lines().next_back().is_some_and(|line| line.starts_with(".SH "))
    }

    /// A form of a command: its name and options bold, what is to be filled in italic.
    pub(super) fn usage(&mut self, program: &str, command: &Command, usage: &str) {
        if !self.begins_section() {
            self.line(".br");
        }
        let rest = usage.strip_prefix(command.name).unwrap_or(usage);
        let mut text = format!("\\fB{}\\fP", escaped(&format!("{program} {}", command.name)));
        // What stands in parentheses is said about the form.
        let (form, remark) = rest.split_at(rest.find('(').unwrap_or(rest.len()));
        for word in form.split_whitespace() {
            text.push(' ');
            text.push_str(&styled(word));
        }
        self.filled(&format!("{text} {}", escaped(remark)));
    }

    /// The head of an option's text.
    pub(super) fn option(&mut self, short: Option<char>, long: &str, value: Option<&str>) {
        self.line(".TP");
        let mut text = String::new();
        if let Some(short) = short {
            text.push_str(&format!("\\fB{}\\fP, ", escaped(&format!("-{short}"))));
        }
        text.push_str(&format!("\\fB{}\\fP", escaped(&format!("--{long}"))));
        if let Some(value) = value {
            text.push(' ');
            text.push_str(&styled(value));
        }
        self.line(&text);
    }

    /// A term and its text.
    pub(super) fn term(&mut self, term: &str, text: &str) {
        self.line(".TP");
        self.line(&protected(&format!("\\fB{}\\fP", escaped(term))));
        self.text(text);
    }

    /// Words that are names.
    pub(super) fn literal(&mut self, words: &[String]) {
        self.filled(&words.iter().map(|word| escaped(word)).collect::<Vec<_>>().join(" "));
    }

    /// A command line under what it does.
    pub(super) fn example(&mut self, line: &str, text: &str) {
        self.paragraph(text);
        self.line(".PP");
        self.line(".nf");
        self.line(".RS");
        self.line(&protected(&escaped(line)));
        self.line(".RE");
        self.line(".fi");
    }

    /// Names of other pages of the section.
    pub(super) fn see_also(&mut self, titles: impl Iterator<Item = String>) {
        let mut titles = titles.collect::<Vec<_>>();
        titles.sort_unstable();
        let last = titles.len().saturating_sub(1);
        for (at, title) in titles.iter().enumerate() {
            let comma = if at < last { "," } else { "" };
            self.line(&format!(".BR {} (8){comma}", escaped(title)));
        }
    }
}

/// A part of a form: options and lower-case words bold, others italic, signs as they are.
fn styled(word: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '%');
    let mut text = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let (part, behind) = match end {
            0 => rest.split_at(rest.chars().next().map_or(1, char::len_utf8)),
            end => rest.split_at(end),
        };
        let font = match part.chars().next() {
            _ if end == 0 || part == "-" => None,
            Some(first) if first.is_ascii_uppercase() => Some('I'),
            _ => Some('B'),
        };
        match font {
            Some(font) => text.push_str(&format!("\\f{font}{}\\fP", escaped(part))),
            None => text.push_str(&escaped(part)),
        }
        rest = behind;
    }
    text
}

/// A text whose characters mean themselves. Hyphens can be copied and searched for as minus.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\e"),
            '-' => escaped.push_str("\\-"),
            '\'' => escaped.push_str("\\(aq"),
            '`' => escaped.push_str("\\(ga"),
            '^' => escaped.push_str("\\(ha"),
            '~' => escaped.push_str("\\(ti"),
            '"' => escaped.push_str("\\(dq"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line that is no request.
fn protected(line: &str) -> String {
    match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}"),
        false => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_request() {
        assert_eq!(
            escaped("a\\b -x 'q' `w` ^~\" \n"),
            "a\\eb \\-x \\(aqq\\(aq \\(gaw\\(ga \\(ha\\(ti\\(dq  "
        );
        assert_eq!(protected(".SH"), "\\&.SH");
        let mut roff = Roff::new("t", "8", "2026-01-01");
        roff.text(".so /etc/passwd");
        assert!(roff.finish().ends_with("\n\\&.so /etc/passwd\n"));
    }

    #[test]
    fn forms_are_styled() {
        assert_eq!(styled("--size"), "\\fB\\-\\-size\\fP");
        assert_eq!(styled("VG|LV"), "\\fIVG\\fP|\\fILV\\fP");
        assert_eq!(styled("[+|-]Size[m|UNIT]"), "[+|\\-]\\fISize\\fP[\\fBm\\fP|\\fIUNIT\\fP]");
        assert_eq!(styled("..."), "...");
        assert_eq!(styled("é"), "é");
    }
}
