//! Why a selection cannot be read.

use std::fmt;

/// What is wrong with a selection. Each prints as lvm2 2.03.16 words it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SelectionProblem {
    /// A statement begins with something that is no name of a field.
    FieldExpected,
    /// No field has that name; [`field_list`](crate::report::field_list) lists those there are.
    UnknownField(String),
    /// `help` is no field that can be compared with something.
    NotComparable(String),
    /// What follows the field is no operator.
    UnknownOperator(String),
    /// `<`, `>` and the like with a field that has no order.
    NoOrder(String),
    /// `since` and the like with a field that is no time.
    NoTime(String),
    /// A regular expression for a field that is no single text.
    NoText(String),
    /// `=~` or `!~` without anything behind it.
    PatternExpected(String),
    /// Not a regular expression.
    Pattern {
        /// The field.
        field: String,
        /// Why.
        why: String,
    },
    /// Not a value of the field's kind.
    Value {
        /// The field.
        field: String,
        /// What its values are: `numeric`, `string`, `string list`, `time`, `regex`.
        expected: &'static str,
        /// Why, where there is more to say.
        why: Option<String>,
    },
    /// A number with a sign or letter behind it that the field does not take.
    Unit {
        /// The field.
        field: String,
        /// What stands behind the number: a size unit or a percent sign.
        found: &'static str,
        /// What the field takes.
        expected: &'static str,
    },
    /// A number that is too large.
    Range {
        /// The field.
        field: String,
        /// The number.
        value: String,
    },
    /// Something follows a statement that joins it to nothing.
    OperatorExpected,
    /// `!` must stand before `(`.
    LeftParenthesisExpected,
    /// A `(` that nothing closes.
    RightParenthesisExpected,
    /// Parentheses nest deeper than anybody writes.
    TooDeep,
}

/// A selection that cannot be read, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelectionError {
    pub(super) problem: SelectionProblem,
    pub(super) position: usize,
    pub(super) rest: String,
}

impl SelectionError {
    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &SelectionProblem {
        &self.problem
    }

    /// Where, in bytes from the start of the text: at the statement that is wrong, or at what was
    /// not expected.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// True when a list of fields and operators helps, as it does with names that are wrong.
    #[must_use]
    pub fn wants_help(&self) -> bool {
        use SelectionProblem as P;
        matches!(
            self.problem,
            P::UnknownField(_) | P::NotComparable(_) | P::UnknownOperator(_) | P::NoOrder(_) | P::NoTime(_)
        )
    }

    /// The lines that lvm2's commands print.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        use SelectionProblem as P;
        let rest = &self.rest;
        let mut lines = match &self.problem {
            P::LeftParenthesisExpected => {
                return vec![format!("Syntax error: left parenthesis expected at '{rest}'")];
            }
            P::RightParenthesisExpected => {
                return vec![format!("Syntax error: right parenthesis expected at '{rest}'")];
            }
            P::NoText(_) | P::Pattern { .. } | P::Range { .. } => return vec![self.problem.to_string()],
            P::Value { why: Some(why), .. } => vec![why.clone(), self.problem.to_string()],
            problem => vec![problem.to_string()],
        };
        lines.push(format!("Selection syntax error at '{rest}'."));
        lines.push("Use 'help' for selection to get more help.".to_owned());
        lines
    }
}

impl fmt::Display for SelectionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldExpected => f.write_str("Expecting field name"),
            Self::UnknownField(name) => write!(f, "Unrecognised selection field: {name}"),
            Self::NotComparable(name) => write!(f, "Selection field is uncomparable: {name}."),
            Self::UnknownOperator(rest) => write!(f, "Unrecognised comparison operator: {rest}"),
            Self::NoOrder(statement) => {
                write!(f, "Operator can be used only with number, size, time or percent fields: {statement}")
            }
            Self::NoTime(statement) => {
                write!(f, "Operator can be used only with time fields: {statement}")
            }
            Self::NoText(field) => {
                write!(f, "dm_report: incompatible comparison type for selection field {field}")
            }
            Self::PatternExpected(field) => {
                write!(f, "Regular expression expected for selection field {field}")
            }
            Self::Pattern { field, why } => {
                write!(f, "dm_report: failed to create regex matcher for selection field {field}: {why}")
            }
            Self::Value { field, expected, .. } => {
                write!(f, "Failed to parse {expected} value for selection field {field}.")
            }
            Self::Unit { field, found, expected } => {
                write!(f, "Found {found} but {expected} value expected for selection field {field}.")
            }
            Self::Range { field, value } => {
                write!(f, "Field selection value {value} out of supported range for field {field}.")
            }
            Self::OperatorExpected => f.write_str("Expecting logical operator"),
            Self::LeftParenthesisExpected => f.write_str("left parenthesis expected"),
            Self::RightParenthesisExpected => f.write_str("right parenthesis expected"),
            Self::TooDeep => f.write_str("Parentheses nest too deep"),
        }
    }
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join(" "))
    }
}

impl std::error::Error for SelectionError {}
