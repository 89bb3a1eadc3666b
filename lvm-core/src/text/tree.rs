//! The parsed text: an arena of nodes that borrows from the text.
//!
//! Nodes stand in the order of the text; a section's children lie between it and its `end`, so a
//! walk needs no pointers and parsing costs one push per node.

use core::cell::Cell;

use std_alloc::{borrow::Cow, borrow::ToOwned, string::String, vec::Vec};

use super::lexer::{Lexer, TextError, TextErrorKind, Token, is_writable_key};
use super::section::Section;
use crate::metadata::ConfigValue;

/// Deepest nesting of sections accepted; lvm2 itself writes five levels.
pub const DEPTH_MAX: usize = 64;
/// Longest text accepted, in bytes.
pub const TEXT_SIZE_MAX: usize = 256 << 20;

/// A single value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Value<'a> {
    Int(i64),
    Float(&'a str),
    /// A string that may hold escapes.
    Escaped(&'a str),
    /// A string that stands for itself.
    Plain(&'a str),
}

/// A key with its value. Positions are 32 bits wide, because [`TEXT_SIZE_MAX`] bounds the text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where the key lies in the text.
    pub(super) key_start: u32,
    pub(super) key_length: u32,
    /// The node behind this one and its children; 0 while a section is open.
    pub(super) end: u32,
    /// Its values in the tree's list.
    first: u32,
    /// Their number; of a section, how many sections a [`Reader`] read that it stands for.
    count: u32,
    pub(super) is_section: bool,
    /// Tells a list of one from a single value.
    pub(super) is_array: bool,
    /// Set when somebody took it; the rest is what nobody knew.
    pub(super) taken: Cell<bool>,
}

/// Reads sections that it knows before they become nodes.
pub(super) trait Reader<'a> {
    /// Reads the section at a position of the tree, whose `{` is behind the lexer, and those that
    /// follow it; `place` are the sections around it. Goes on behind the last `}` that it read,
    /// and returns the number of sections: none when the first is not one that it knows, or when
    /// anything is wrong with it.
    ///
    /// It reads sections of one place only.
    fn read(&mut self, tree: &Tree<'a>, place: &Place, section: usize, lexer: &mut Lexer<'a>) -> u32;
}

/// The open sections, each with the first node of its path: `a/b {` opens two at once.
pub(super) type Place = [(usize, usize)];

/// Leaves everything to the tree.
struct NoReader;

impl<'a> Reader<'a> for NoReader {
    fn read(&mut self, _: &Tree<'a>, _: &Place, _: usize, _: &mut Lexer<'a>) -> u32 {
        0
    }
}

/// A parsed text.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    text: &'a str,
    pub(super) nodes: Vec<Node>,
    values: Vec<Value<'a>>,
}

/// From here on room is made for all that may come, so that a long list is not moved again and
/// again.
const FEW: usize = 256;

/// A length or position that [`TEXT_SIZE_MAX`] bounds.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

pub(super) fn wide(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

impl<'a> Value<'a> {
    pub(crate) fn is_str(&self) -> bool {
        matches!(self, Value::Plain(_) | Value::Escaped(_))
    }

    pub(crate) fn as_str(&self) -> Option<Cow<'a, str>> {
        match *self {
            Value::Plain(text) => Some(Cow::Borrowed(text)),
            Value::Escaped(text) => Some(Cow::Owned(unescape(text))),
            _ => None,
        }
    }

    pub(super) fn to_config(self) -> ConfigValue {
        match self {
            Value::Int(number) => ConfigValue::Int(number),
            Value::Float(text) => ConfigValue::Float(text.to_owned()),
            Value::Plain(text) => ConfigValue::String(text.to_owned()),
            Value::Escaped(text) => ConfigValue::String(unescape(text)),
        }
    }
}

/// `\"` and `\\` lose their backslash; any other backslash stands for itself.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        if c == '\\' && matches!(next, Some('"' | '\\')) {
            plain.extend(next);
            rest.next();
        } else {
            plain.push(c);
        }
    }
    plain
}

impl<'a> Tree<'a> {
    /// Parses a whole text, up to its end or the first NUL.
    pub(crate) fn parse(text: &'a str) -> Result<Self, TextError> {
        Self::parse_with(text, &mut NoReader)
    }

    /// The same, but what `reader` reads takes no room in the tree.
    pub(super) fn parse_with(text: &'a str, reader: &mut impl Reader<'a>) -> Result<Self, TextError> {
        if text.len() > TEXT_SIZE_MAX {
            return Err(TextError { kind: TextErrorKind::TooLong, offset: TEXT_SIZE_MAX });
        }
        let mut tree = Self { text, ..Self::default() };
        let mut lexer = Lexer::new(text);
        let mut open: Vec<(usize, usize)> = Vec::new();
        loop {
            let key = match lexer.next(false)? {
                Token::Word(key) | Token::Escaped(key) | Token::Literal(key) => key,
                Token::SectionEnd => {
                    let (first, last) = open.pop().ok_or_else(|| lexer.error(TextErrorKind::KeyExpected))?;
                    (first..=last).for_each(|index| tree.close(index));
                    continue;
                }
                Token::End if open.is_empty() => return Ok(tree),
                Token::End => return Err(lexer.error(TextErrorKind::UnterminatedSection)),
                _ => return Err(lexer.error(TextErrorKind::KeyExpected)),
            };
            let (first, last) = tree.push_path(key, &lexer)?;
            match lexer.next(false)? {
                Token::SectionBegin => {
                    let is_path = first != last;
                    match if is_path { 0 } else { reader.read(&tree, &open, last, &mut lexer) } {
                        0 => open.push((first, last)),
                        count => tree.set_read(last, count),
                    }
                }
                Token::Assign => {
                    let from = tree.values.len();
                    let is_array = parse_value(&mut lexer, &mut tree.values)?;
                    tree.set_values(last, from, is_array);
                    (first..=last).for_each(|index| tree.close(index));
                }
                _ => return Err(lexer.error(TextErrorKind::AssignmentExpected)),
            }
            if open.len() > DEPTH_MAX {
                return Err(lexer.error(TextErrorKind::TooDeep));
            }
        }
    }

    /// Adds a node for the key; `a/b/c = 1` makes `c` in a section `b` in a section `a`.
    /// Returns the positions of the first and the last of them.
    fn push_path(&mut self, key: &'a str, lexer: &Lexer<'a>) -> Result<(usize, usize), TextError> {
        if !lexer.is_path {
            if key.is_empty() {
                return Err(lexer.error(TextErrorKind::EmptyKey));
            }
            let last = self.push(key, lexer);
            return Ok((last, last));
        }
        let first = self.nodes.len();
        for part in key.split('/').filter(|part| !part.is_empty()) {
            if !is_writable_key(part) {
                return Err(lexer.error(TextErrorKind::OddKey));
            }
            self.push(part, lexer);
            if self.nodes.len().saturating_sub(first) > DEPTH_MAX {
                return Err(lexer.error(TextErrorKind::TooDeep));
            }
        }
        match self.nodes.len().checked_sub(1) {
            Some(last) if last >= first => Ok((first, last)),
            _ => Err(lexer.error(TextErrorKind::EmptyKey)),
        }
    }

    fn push(&mut self, key: &'a str, lexer: &Lexer<'a>) -> usize {
        let index = self.nodes.len();
        if index >= FEW && index == self.nodes.capacity() {
            // A node takes a `=` or `{`, and `a=1 ` is the shortest.
            let rest = lexer.rest();
            let more = count_bytes(rest, b'=').saturating_add(count_bytes(rest, b'{'));
            self.nodes.reserve(more.min(rest.len() / 4));
        }
        // The key is a piece of the text, so the distance of their addresses is its position.
        let key_start = key.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.nodes.push(Node {
            key_start: narrow(key_start),
            key_length: narrow(key.len()),
            end: 0,
            first: 0,
            count: 0,
            is_section: true,
            is_array: false,
            taken: Cell::new(false),
        });
        index
    }

    fn set_values(&mut self, index: usize, from: usize, is_array: bool) {
        let count = self.values.len().saturating_sub(from);
        if let Some(node) = self.nodes.get_mut(index) {
            (node.first, node.count) = (narrow(from), narrow(count));
            (node.is_section, node.is_array) = (false, is_array);
        }
    }

    fn close(&mut self, index: usize) {
        let end = narrow(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
        }
    }

    /// Notes that sections were read by a [`Reader`]. Those in a row take one node.
    fn set_read(&mut self, index: usize, count: u32) {
        let before = index.checked_sub(1).and_then(|before| self.nodes.get_mut(before));
        if let Some(before) = before.filter(|before| before.is_section && before.count > 0) {
            before.count = before.count.saturating_add(count);
            self.nodes.truncate(index);
        } else if let Some(node) = self.nodes.get_mut(index) {
            node.count = count;
            self.close(index);
        }
    }

    /// The text as one section.
    pub(crate) fn root(&self) -> Section<'_, 'a> {
        Section::of_nodes(self, 0, self.nodes.len())
    }

    /// Of a section that is still open, the children up to and with that one.
    pub(super) fn open_section(&self, index: usize, last: usize) -> Section<'_, 'a> {
        Section::of_nodes(self, index.saturating_add(1), last.saturating_add(1))
    }

    /// The key of the node at a position.
    pub(super) fn key_at(&self, index: usize) -> &'a str {
        self.nodes.get(index).map_or("", |node| self.key(node))
    }

    pub(super) fn key(&self, node: &Node) -> &'a str {
        let start = wide(node.key_start);
        self.text.get(start..start.saturating_add(wide(node.key_length))).unwrap_or_default()
    }

    /// How many sections a node stands for that a [`Reader`] read.
    pub(super) fn read_count(&self, node: &Node) -> usize {
        if node.is_section { wide(node.count) } else { 0 }
    }

    pub(super) fn values(&self, node: &Node) -> &[Value<'a>] {
        if node.is_section {
            return &[];
        }
        let first = wide(node.first);
        self.values.get(first..first.saturating_add(wide(node.count))).unwrap_or_default()
    }
}

/// Adds a value, or the elements of an array; true when it was an array.
pub(super) fn parse_value<'a>(lexer: &mut Lexer<'a>, values: &mut Vec<Value<'a>>) -> Result<bool, TextError> {
    let token = lexer.next(true)?;
    if token != Token::ArrayBegin {
        let value = single(token).ok_or_else(|| lexer.error(TextErrorKind::ValueExpected))?;
        add_value(values, value, lexer);
        return Ok(false);
    }
    // Behind an element a value may follow only after a comma, unless it brings its own quote.
    let mut value_allowed = true;
    loop {
        match lexer.next(value_allowed)? {
            Token::ArrayEnd => return Ok(true),
            Token::Comma if value_allowed => return Err(lexer.error(TextErrorKind::ValueExpected)),
            Token::Comma => value_allowed = true,
            Token::Word(_) | Token::Int(_) | Token::Float(_) if !value_allowed => {
                return Err(lexer.error(TextErrorKind::CommaExpected));
            }
            token => {
                let value = single(token).ok_or_else(|| lexer.error(TextErrorKind::ValueExpected))?;
                add_value(values, value, lexer);
                value_allowed = false;
            }
        }
    }
}

fn add_value<'a>(values: &mut Vec<Value<'a>>, value: Value<'a>, lexer: &Lexer<'a>) {
    if values.len() >= FEW && values.len() == values.capacity() {
        // A value takes a `=` or, behind another one of an array, a comma; `1,` is the shortest.
        let rest = lexer.rest();
        let more = count_bytes(rest, b'=').saturating_add(count_bytes(rest, b','));
        values.reserve(more.min(rest.len() / 2));
    }
    values.push(value);
}

fn single<'a>(token: Token<'a>) -> Option<Value<'a>> {
    match token {
        Token::Int(number) => Some(Value::Int(number)),
        Token::Float(text) => Some(Value::Float(text)),
        Token::Escaped(text) => Some(Value::Escaped(text)),
        Token::Literal(text) | Token::Word(text) => Some(Value::Plain(text)),
        _ => None,
    }
}

/// How often a byte stands in a text. In pieces whose count fits a byte, so that the compiler can
/// compare and add many at once.
fn count_bytes(text: &str, wanted: u8) -> usize {
    let pieces = text.as_bytes().chunks(usize::from(u8::MAX));
    pieces.map(|piece| usize::from(piece.iter().map(|byte| u8::from(*byte == wanted)).sum::<u8>())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::ToString, vec};

    fn kind(text: &str) -> Result<usize, TextErrorKind> {
        Tree::parse(text).map(|tree| tree.root().rest().len()).map_err(|error| error.kind)
    }

    fn one(text: &str) -> ConfigValue {
        let tree = Tree::parse(text).unwrap();
        tree.root().rest().into_iter().next().unwrap().value
    }

    #[test]
    fn values() {
        assert_eq!(one("a=b,c"), ConfigValue::String("b,c".to_string()));
        assert_eq!(one("a = [1,]"), ConfigValue::Array(vec![ConfigValue::Int(1)]));
        assert_eq!(one("a = []"), ConfigValue::Array(vec![]));
        assert_eq!(
            one(r#"a = ["a" "b"]"#),
            ConfigValue::Array(vec![ConfigValue::String("a".into()), ConfigValue::String("b".into())])
        );
        assert_eq!(one(r#"a = "x\"y\\z\n""#), ConfigValue::String("x\"y\\z\\n".into()));
        for bad in
            ["a = [1 2]", "a = [1,,2]", "a = [[1]]", "a = [x,y]", "a =", "a", "= 1", "}", "a { b = 1", "a 1"]
        {
            assert!(kind(bad).is_err(), "{bad}");
        }
        assert!(kind("a=0x10").is_err());
    }

    #[test]
    fn entries_need_only_blanks_between() {
        assert_eq!(kind("a=1 b=2 c{d=3}e=\"\""), Ok(4));
        assert_eq!(kind("1a = 1 a:b = 2 ;b = 3"), Ok(3));
    }

    #[test]
    fn paths_make_sections() {
        let tree = Tree::parse("a/b/c = 1 d = 2").unwrap();
        let mut root = tree.root();
        let mut a = root.take("a").unwrap().section().unwrap();
        let mut b = a.take("b").unwrap().section().unwrap();
        assert_eq!(b.take("c").unwrap().values(), [Value::Int(1)]);
        assert_eq!(root.take("d").unwrap().values(), [Value::Int(2)]);
        assert!(root.rest().is_empty());
    }

    #[test]
    fn first_of_two_counts_and_the_second_is_left() {
        let tree = Tree::parse("a = 1 b = 2 a = 3").unwrap();
        let mut root = tree.root();
        assert_eq!(root.take("b").unwrap().values(), [Value::Int(2)]);
        assert_eq!(root.take("a").unwrap().values(), [Value::Int(1)]);
        // Nobody knows it, but it must not come back as the first.
        assert_eq!(root.take("a").unwrap().values(), [Value::Int(3)]);
        let tree = Tree::parse("a = 1 b = 2 a = 3 c = 4 c = 5").unwrap();
        let mut root = tree.root();
        assert!(root.take("a").is_some());
        let left = root.rest().into_iter().map(|node| node.key).collect::<Vec<_>>();
        assert_eq!(left, ["b", "c", "c"]);
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "a{".repeat(DEPTH_MAX) + &"}".repeat(DEPTH_MAX);
        assert_eq!(kind(&deep), Ok(1));
        assert_eq!(kind(&"a{".repeat(100_000)), Err(TextErrorKind::TooDeep));
        assert_eq!(kind(&("a/".repeat(100_000) + "b=1")), Err(TextErrorKind::TooDeep));
    }
}
