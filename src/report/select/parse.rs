//! The grammar of selections: statements, `&&`, `||`, `!` and parentheses.

use super::condition::{Condition, Order};
use super::error::{SelectionError, SelectionProblem};
use super::operand::Operand;
use super::{Clock, Node};
use crate::report::ReportKind;
use crate::report::field::{Field, FieldKind};

/// Parentheses inside each other; nobody writes more, and each takes stack.
const DEPTH_MAX: usize = 64;

/// The names that ask for help where a field could stand.
pub(super) const HELP: [&str; 2] = ["help", "?"];

type Parsed<T> = Result<T, SelectionError>;

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    kind: ReportKind,
    clock: &'t Clock,
    /// The fields that statements are about, each once.
    pub(super) fields: Vec<&'static Field>,
}

/// How a statement compares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Matches(bool),
    Equals(bool),
    Orders(Order),
    /// The same as a word, which only times take.
    Times(Order),
}

const OPERATORS: [(&str, Operator); 12] = [
    ("=~", Operator::Matches(true)),
    ("!~", Operator::Matches(false)),
    ("=", Operator::Equals(true)),
    ("!=", Operator::Equals(false)),
    (">=", Operator::Orders(Order::AtLeast)),
    (">", Operator::Orders(Order::Above)),
    ("<=", Operator::Orders(Order::AtMost)),
    ("<", Operator::Orders(Order::Below)),
    ("since", Operator::Times(Order::AtLeast)),
    ("after", Operator::Times(Order::Above)),
    ("until", Operator::Times(Order::AtMost)),
    ("before", Operator::Times(Order::Below)),
];

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, kind: ReportKind, clock: &'t Clock) -> Self {
        Self { text, at: 0, kind, clock, fields: Vec::new() }
    }

    /// The whole text.
    pub(super) fn selection(&mut self) -> Parsed<Node> {
        let node = self.any(0)?;
        self.skip_blanks();
        if self.rest().is_empty() { Ok(node) } else { Err(self.error(SelectionProblem::OperatorExpected)) }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn take_one_of(&mut self, signs: [&str; 2]) -> bool {
        self.skip_blanks();
        signs.into_iter().any(|sign| self.take(sign))
    }

    fn error(&self, problem: SelectionProblem) -> SelectionError {
        self.error_at(self.at, problem)
    }

    fn error_at(&self, position: usize, problem: SelectionProblem) -> SelectionError {
        SelectionError { problem, position, rest: self.text.get(position..).unwrap_or_default().to_owned() }
    }

    /// `a || b || c`
    fn any(&mut self, depth: usize) -> Parsed<Node> {
        let mut nodes = vec![self.all(depth)?];
        while self.take_one_of(["||", "#"]) {
            nodes.push(self.all(depth)?);
        }
        Ok(Node::any(nodes))
    }

    /// `a && b && c`
    fn all(&mut self, depth: usize) -> Parsed<Node> {
        let mut nodes = vec![self.one(depth)?];
        while self.take_one_of(["&&", ","]) {
            nodes.push(self.one(depth)?);
        }
        Ok(Node::all(nodes))
    }

    fn one(&mut self, depth: usize) -> Parsed<Node> {
        self.skip_blanks();
        let negated = self.take("!");
        if negated {
            self.skip_blanks();
        }
        if self.take("(") {
            if depth >= DEPTH_MAX {
                return Err(self.error(SelectionProblem::TooDeep));
            }
            let node = self.any(depth + 1)?;
            self.skip_blanks();
            if !self.take(")") {
                return Err(self.error(SelectionProblem::RightParenthesisExpected));
            }
            return Ok(if negated { Node::Not(Box::new(node)) } else { node });
        }
        if negated {
            return Err(self.error(SelectionProblem::LeftParenthesisExpected));
        }
        self.statement()
    }

    /// `field operator value`
    fn statement(&mut self) -> Parsed<Node> {
        let start = self.at;
        let field = self.field()?;
        let operator = self.operator(start, field)?;
        self.skip_blanks();
        let operand = Operand::new(field, self.rest(), self.clock);
        let parsed = match operator {
            Operator::Matches(wanted) => operand.pattern(wanted),
            Operator::Equals(wanted) => operand.equal(wanted),
            Operator::Orders(order) | Operator::Times(order) => operand.ordered(order),
        };
        let (condition, length) = parsed.map_err(|problem| self.error_at(start, problem))?;
        self.at += length;
        Ok(Node::Test(self.column(field), condition))
    }

    fn field(&mut self) -> Parsed<&'static Field> {
        let rest = self.rest();
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        let name = rest.find(|letter| !is_part(letter)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        if name.is_empty() {
            return Err(self.error(SelectionProblem::FieldExpected));
        }
        match Field::find(name, self.kind.prefix()) {
            Some(field) => {
                self.at += name.len();
                Ok(field)
            }
            None if HELP.contains(&name) => Err(self.error(SelectionProblem::NotComparable(name.to_owned()))),
            None => Err(self.error(SelectionProblem::UnknownField(name.to_owned()))),
        }
    }

    fn operator(&mut self, start: usize, field: &Field) -> Parsed<Operator> {
        let behind = self.rest().to_owned();
        self.skip_blanks();
        let found = OPERATORS.into_iter().find(|(sign, _)| self.rest().starts_with(sign));
        let Some((sign, operator)) = found else {
            return Err(self.error_at(start, SelectionProblem::UnknownOperator(behind)));
        };
        let statement = || self.text.get(start..).unwrap_or_default().to_owned();
        let has_order = matches!(
            field.kind,
            FieldKind::Size
                | FieldKind::Number
                | FieldKind::Signed
                | FieldKind::Percent
                | FieldKind::Flag
                | FieldKind::Time
        );
        match operator {
            Operator::Times(_) if field.kind != FieldKind::Time => {
                Err(self.error_at(start, SelectionProblem::NoTime(statement())))
            }
            Operator::Orders(_) if !has_order => {
                Err(self.error_at(start, SelectionProblem::NoOrder(statement())))
            }
            _ => {
                self.at += sign.len();
                Ok(operator)
            }
        }
    }

    fn column(&mut self, field: &'static Field) -> usize {
        self.fields.iter().position(|known| *known == field).unwrap_or_else(|| {
            self.fields.push(field);
            self.fields.len() - 1
        })
    }
}

/// What a text of a value came to: the condition, and how many bytes it took.
pub(super) type ParsedOperand = Result<(Condition, usize), SelectionProblem>;
