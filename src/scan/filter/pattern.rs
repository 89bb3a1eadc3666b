//! lvm2's dialect of regular expressions, brought into the usual one.
//!
//! The grammar was found by giving patterns to lvm2 2.03.16 and looking which devices it took.

use thiserror::Error;

/// Why lvm2 could not read an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub(crate) enum PatternError {
    /// Nothing where something to match must stand: at the start, behind `(` or `|`, before `*`.
    #[error("something to match is missing at character {0}")]
    Empty(usize),
    #[error("')' is missing")]
    OpenGroup,
    #[error("']' is missing")]
    OpenClass,
    #[error("a range without an end at character {0}")]
    OpenRange(usize),
    #[error("nothing follows the last backslash")]
    OpenEscape,
    /// lvm2 ends the expression there without a word.
    #[error("')' at character {0} closes nothing")]
    StrayClose(usize),
    /// lvm2 reads it, and what it matches depends on what is beside it.
    #[error("a class without characters ends at character {0}")]
    EmptyClass(usize),
    #[error("groups nest too deep")]
    TooDeep,
}

/// Groups inside each other; nobody writes more, and each takes stack.
const DEPTH_MAX: usize = 64;

/// The same language as an expression for the `regex-lite` crate.
pub(crate) fn translate(pattern: &str) -> Result<String, PatternError> {
    let characters = pattern.chars().collect::<Vec<_>>();
    let mut translator = Translator { characters: &characters, at: 0, out: String::from("(?s)") };
    translator.alternatives(0)?;
    if translator.at < characters.len() {
        return Err(PatternError::StrayClose(translator.at));
    }
    Ok(translator.out)
}

struct Translator<'p> {
    characters: &'p [char],
    at: usize,
    out: String,
}

impl Translator<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += 1;
        Some(character)
    }

    /// `a|b|c`, up to the closing parenthesis of the group it stands in.
    fn alternatives(&mut self, depth: usize) -> Result<(), PatternError> {
        self.out.push_str("(?:");
        self.sequence(depth)?;
        while self.peek() == Some('|') {
            self.at += 1;
            self.out.push('|');
            self.sequence(depth)?;
        }
        self.out.push(')');
        Ok(())
    }

    fn sequence(&mut self, depth: usize) -> Result<(), PatternError> {
        let start = self.at;
        while let Some(character) = self.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            self.repeated(depth)?;
        }
        if self.at == start { Err(PatternError::Empty(start)) } else { Ok(()) }
    }

    /// One thing and what is behind it: `*`, `+`, `?`, any number of them. Each applies to all
    /// before it, so that `a+?` is an optional `a+` and not a lazy one.
    fn repeated(&mut self, depth: usize) -> Result<(), PatternError> {
        let start = self.out.len();
        self.atom(depth)?;
        let mut last = None;
        while let Some(sign @ ('*' | '+' | '?')) = self.peek() {
            self.at += 1;
            // Once something may be there any number of times, more signs change nothing.
            let sign = match (last, sign) {
                (None, sign) => sign,
                (Some('+'), '+') => '+',
                (Some('?'), '?') => '?',
                _ => '*',
            };
            last = Some(sign);
        }
        if let Some(sign) = last {
            self.out.insert_str(start, "(?:");
            self.out.push(')');
            self.out.push(sign);
        }
        Ok(())
    }

    fn atom(&mut self, depth: usize) -> Result<(), PatternError> {
        let at = self.at;
        match self.next() {
            None | Some('*' | '+' | '?') => Err(PatternError::Empty(at)),
            Some('(') => {
                if depth >= DEPTH_MAX {
                    return Err(PatternError::TooDeep);
                }
                self.alternatives(depth + 1)?;
                if self.next() == Some(')') { Ok(()) } else { Err(PatternError::OpenGroup) }
            }
            Some('[') => self.class(),
            Some(character @ ('.' | '^' | '$')) => {
                self.out.push(character);
                Ok(())
            }
            Some('\\') => {
                let escaped = self.escaped()?;
                self.literal(escaped);
                Ok(())
            }
            Some(character) => {
                self.literal(character);
                Ok(())
            }
        }
    }

    fn escaped(&mut self) -> Result<char, PatternError> {
        Ok(match self.next().ok_or(PatternError::OpenEscape)? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            character => character,
        })
    }

    /// `[a-z]`, `[^/]`: everything but `\`, `-` between two characters and the closing `]` stands
    /// for itself.
    fn class(&mut self) -> Result<(), PatternError> {
        let negated = self.peek() == Some('^');
        if negated {
            self.at += 1;
        }
        let start_of_class = self.out.len();
        self.out.push_str(if negated { "[^" } else { "[" });
        let mut is_empty = true;
        loop {
            let start = match self.next().ok_or(PatternError::OpenClass)? {
                ']' => break,
                '\\' => self.escaped()?,
                character => character,
            };
            let mut end = start;
            if self.peek() == Some('-') {
                self.at += 1;
                let at = self.at;
                end = match self.next() {
                    None | Some(']') => return Err(PatternError::OpenRange(at)),
                    Some('\\') => self.escaped()?,
                    Some(character) => character,
                };
            }
            if start > end {
                return Err(PatternError::EmptyClass(self.at));
            }
            is_empty = false;
            self.hexadecimal(start);
            self.out.push('-');
            self.hexadecimal(end);
        }
        match (is_empty, negated) {
            (true, false) => return Err(PatternError::EmptyClass(self.at)),
            (true, true) => {
                self.out.truncate(start_of_class);
                self.out.push('.');
            }
            (false, _) => self.out.push(']'),
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        if character.is_ascii_alphanumeric() || matches!(character, '/' | '_') {
            self.out.push(character);
        } else {
            self.hexadecimal(character);
        }
    }

    fn hexadecimal(&mut self, character: char) {
        self.out.push_str(&format!("\\x{{{:X}}}", u32::from(character)));
    }
}
