//! Tokens of LVM2's configuration language.
//!
//! Lexing depends on context: where a value may stand (behind `=`, `[` or `,`) a token that
//! begins with a digit, sign or point is a number; elsewhere it is an identifier, so that `1a`,
//! `a:b` and `;b` are keys (as lvm2 2.03.16 reads them).

use std_alloc::string::String;
use thiserror::Error;

/// What is wrong with a text, and at which byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("{kind} at byte {offset}")]
pub struct TextError {
    /// What is wrong.
    pub kind: TextErrorKind,
    /// Bytes from the start of the text.
    pub offset: usize,
}

/// What is wrong with a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum TextErrorKind {
    /// A string without its closing quote.
    #[error("string without an end")]
    UnterminatedString,
    /// A number that is not one, or that does not fit 64 bits.
    #[error("number cannot be read")]
    Number,
    /// Something other than a key where a key must stand.
    #[error("a key was expected")]
    KeyExpected,
    /// An empty key, or an empty part of a path of keys.
    #[error("empty key")]
    EmptyKey,
    /// A part of a path of keys that could not be written back: no quotes keep it as it is.
    #[error("a key with quotes of both kinds")]
    OddKey,
    /// Neither `=` nor `{` behind a key.
    #[error("'=' or '{{' was expected")]
    AssignmentExpected,
    /// Something other than a value where a value must stand.
    #[error("a value was expected")]
    ValueExpected,
    /// An array that goes on without a comma.
    #[error("',' or ']' was expected")]
    CommaExpected,
    /// A section without its closing brace.
    #[error("section without an end")]
    UnterminatedSection,
    /// Sections too deep inside each other.
    #[error("sections nested too deep")]
    TooDeep,
    /// The text is too long.
    #[error("text too long")]
    TooLong,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Token<'a> {
    Int(i64),
    Float(&'a str),
    /// `"…"` with escapes still in it.
    Escaped(&'a str),
    /// `'…'`, or `"…"` without a backslash: it stands for itself.
    Literal(&'a str),
    /// A bare word: a key, or a string without quotes where a value stands.
    Word(&'a str),
    SectionBegin,
    SectionEnd,
    ArrayBegin,
    ArrayEnd,
    Assign,
    Comma,
    End,
}

/// Bytes that end a bare word.
const STOP: u8 = 1;
/// White space, as C's `isspace` has it.
const SPACE: u8 = 2;
/// Digits and the point.
const NUMERIC: u8 = 4;
/// The slash, which makes a key a path of keys.
const SLASH: u8 = 8;
/// What ends a run of plain bytes inside `"…"`.
const IN_QUOTES: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0_u8; 256];
    let mut at = 0;
    while at < 256 {
        classes[at] = match at as u8 {
            b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r' => STOP | SPACE,
            b'#' | b'=' | b'{' | b'}' => STOP,
            0 => STOP | IN_QUOTES,
            b'"' | b'\\' => IN_QUOTES,
            b'0'..=b'9' | b'.' => NUMERIC,
            b'/' => SLASH,
            _ => 0,
        };
        at += 1;
    }
    classes
};

fn classes_of(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

fn is(byte: u8, class: u8) -> bool {
    classes_of(byte) & class != 0
}

/// Whether a key is read as itself without quotes.
pub(super) fn is_bare_key(key: &str) -> bool {
    let special = ['[', ']', ',', '"', '\''];
    !key.is_empty() && !key.starts_with(special) && key.bytes().all(|byte| !is(byte, STOP))
}

/// Whether there is a way to write a key so that it is read as itself: bare, or in quotes.
pub(super) fn is_writable_key(key: &str) -> bool {
    is_bare_key(key) || !key.contains('\'') || {
        let mut quoted = String::with_capacity(key.len().saturating_add(2));
        quoted.push('"');
        quoted.push_str(key);
        quoted.push('"');
        let mut lexer = Lexer::new(&quoted);
        let token = lexer.next(false);
        lexer.at == quoted.len() && matches!(token, Ok(Token::Escaped(_) | Token::Literal(_)))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token began.
    pub(super) token_start: usize,
    /// Whether the last token, if it can be a key, is a path of keys.
    pub(super) is_path: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, token_start: 0, is_path: false }
    }

    /// What is behind the last token.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes on at a later place, given by what is behind it.
    pub(super) fn skip_to(&mut self, rest: &[u8]) {
        self.at = self.text.len().saturating_sub(rest.len()).max(self.at);
    }

    pub(super) fn error(&self, kind: TextErrorKind) -> TextError {
        TextError { kind, offset: self.token_start }
    }

    /// The next token. `value` says whether a value may stand here.
    pub(super) fn next(&mut self, value: bool) -> Result<Token<'a>, TextError> {
        self.skip_blanks();
        self.token_start = self.at;
        let Some(first) = self.peek(self.at) else { return Ok(Token::End) };
        let single = match first {
            0 => return Ok(Token::End),
            b'{' => Token::SectionBegin,
            b'}' => Token::SectionEnd,
            b'[' => Token::ArrayBegin,
            b']' => Token::ArrayEnd,
            b'=' => Token::Assign,
            b',' => Token::Comma,
            b'"' => return self.quoted(),
            b'\'' => return self.single_quoted(),
            b'0'..=b'9' | b'+' | b'-' | b'.' if value => return self.number(),
            _ => return Ok(self.word()),
        };
        self.at = self.at.saturating_add(1);
        Ok(single)
    }

    fn peek(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The first position from `at` on whose byte does not satisfy `keep`.
    #[inline]
    fn scan(&self, at: usize, mut keep: impl FnMut(u8) -> bool) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = at;
        while let Some(byte) = bytes.get(at) {
            if !keep(*byte) {
                break;
            }
            at = at.saturating_add(1);
        }
        at
    }

    fn skip_blanks(&mut self) {
        loop {
            self.at = self.scan(self.at, |byte| is(byte, SPACE));
            if self.peek(self.at) != Some(b'#') {
                return;
            }
            self.at = self.scan(self.at, |byte| byte != b'\n' && byte != 0);
        }
    }

    fn quoted(&mut self) -> Result<Token<'a>, TextError> {
        let start = self.at.saturating_add(1);
        let mut at = start;
        let mut escaped = false;
        loop {
            at = self.scan(at, |byte| !is(byte, IN_QUOTES));
            match self.peek(at) {
                Some(b'"') => break,
                // A backslash keeps the quote behind it inside the string.
                Some(b'\\') if matches!(self.peek(at.saturating_add(1)), Some(b'"' | b'\\')) => {
                    escaped = true;
                    at = at.saturating_add(2);
                }
                Some(b'\\') => at = at.saturating_add(1),
                _ => return Err(self.error(TextErrorKind::UnterminatedString)),
            }
        }
        self.at = at.saturating_add(1);
        let text = self.slice(start, at);
        self.is_path = text.contains('/');
        Ok(if escaped { Token::Escaped(text) } else { Token::Literal(text) })
    }

    fn single_quoted(&mut self) -> Result<Token<'a>, TextError> {
        let start = self.at.saturating_add(1);
        let end = self.scan(start, |byte| byte != b'\'' && byte != 0);
        if self.peek(end) != Some(b'\'') {
            return Err(self.error(TextErrorKind::UnterminatedString));
        }
        self.at = end.saturating_add(1);
        let text = self.slice(start, end);
        self.is_path = text.contains('/');
        Ok(Token::Literal(text))
    }

    fn number(&mut self) -> Result<Token<'a>, TextError> {
        let start = self.at;
        let signed = matches!(self.peek(start), Some(b'+' | b'-'));
        let digits = if signed { start.saturating_add(1) } else { start };
        let mut points = 0_usize;
        let end = self.scan(digits, |byte| {
            points = points.saturating_add(usize::from(byte == b'.'));
            is(byte, NUMERIC)
        });
        self.at = end;
        let text = self.slice(start, end);
        match points {
            0 => parse_int(text).map(Token::Int),
            1 if end > digits.saturating_add(1) => Some(Token::Float(text)),
            _ => None,
        }
        .ok_or_else(|| self.error(TextErrorKind::Number))
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        let mut seen = 0;
        self.at = self.scan(start, |byte| {
            let classes = classes_of(byte);
            seen |= classes;
            classes & STOP == 0
        });
        self.is_path = seen & SLASH != 0;
        Token::Word(self.slice(start, self.at))
    }
}

/// So many decimal digits fit an `i64` whatever they are.
const SAFE_DIGITS: usize = 18;

/// An integer as C's `strtoll` with base 0 reads it: a leading 0 makes it octal.
fn parse_int(text: &str) -> Option<i64> {
    // Nearly every number: few digits, no sign, no leading 0.
    if text.len() <= SAFE_DIGITS && text.bytes().next().is_some_and(|first| matches!(first, b'1'..=b'9')) {
        return text.bytes().try_fold(0_i64, |number, byte| {
            let digit = i64::from(byte.wrapping_sub(b'0'));
            (digit < 10).then(|| number.wrapping_mul(10).wrapping_add(digit))
        });
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", text.get(1..)?),
        b'+' => ("", text.get(1..)?),
        _ => ("", text),
    };
    if digits.len() > 1 && digits.starts_with('0') {
        let octal = i64::from_str_radix(digits, 8).ok()?;
        return if sign.is_empty() { Some(octal) } else { octal.checked_neg() };
    }
    match (sign, digits.bytes().all(|byte| byte.is_ascii_digit())) {
        ("", true) => digits.parse().ok(),
        (_, true) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<Token<'_>, TextErrorKind> {
        Lexer::new(text).next(true).map_err(|error| error.kind)
    }

    #[test]
    fn numbers() {
        let table = [
            ("010", Ok(Token::Int(8))),
            ("0", Ok(Token::Int(0))),
            ("-12", Ok(Token::Int(-12))),
            ("+7", Ok(Token::Int(7))),
            ("09", Err(TextErrorKind::Number)),
            ("9223372036854775807", Ok(Token::Int(i64::MAX))),
            ("9223372036854775808", Err(TextErrorKind::Number)),
            ("-9223372036854775808", Ok(Token::Int(i64::MIN))),
            ("1.", Ok(Token::Float("1."))),
            (".5", Ok(Token::Float(".5"))),
            (".", Err(TextErrorKind::Number)),
            ("-", Err(TextErrorKind::Number)),
            ("1.2.3", Err(TextErrorKind::Number)),
        ];
        for (text, token) in table {
            assert_eq!(value(text), token, "{text}");
        }
    }

    #[test]
    fn words_and_strings() {
        assert_eq!(value("a=b,c d"), Ok(Token::Word("a")));
        assert_eq!(value("b,c d"), Ok(Token::Word("b,c")));
        assert_eq!(value(r#""a\"b\n" x"#), Ok(Token::Escaped(r#"a\"b\n"#)));
        assert_eq!(value(r#""a\n" x"#), Ok(Token::Literal(r"a\n")));
        assert_eq!(value(r"'a\' b'"), Ok(Token::Literal(r"a\")));
        assert_eq!(value("\"open"), Err(TextErrorKind::UnterminatedString));
        assert_eq!(value("  # comment\n # more\n{"), Ok(Token::SectionBegin));
        assert_eq!(Lexer::new("1a").next(false), Ok(Token::Word("1a")));
        assert_eq!(value("\0rest"), Ok(Token::End));
    }
}
