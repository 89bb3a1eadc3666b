//! Selections: which rows a report shows (`-S`), and which objects a command works on.

mod chosen;
mod condition;
mod error;
mod help;
mod operand;
mod parse;
mod time;

use std::fmt;
use std::sync::Arc;

use lvm_core::TimeZone;

pub use chosen::Chosen;
pub use error::{SelectionError, SelectionProblem};
pub use help::selection_help;

use super::columns::ReportKind;
use super::field::Field;
use super::format::LocalTime;
use super::value::Value;
use condition::Condition;
use parse::{HELP, Parser};

/// The moment and the place that times in selections are relative to.
#[derive(Clone)]
pub struct Clock {
    /// Seconds since 1970-01-01 UTC.
    pub now: i64,
    /// The zone of times that name none.
    pub time_zone: Arc<dyn TimeZone>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Clock {
    /// This machine's clock and zone.
    #[must_use]
    pub fn system() -> Self {
        Self { now: jiff::Timestamp::now().as_second(), time_zone: Arc::new(LocalTime) }
    }
}

/// Which rows of a report are wanted, in lvm2's language (`lvmreport(7)`).
///
/// `lv_size > 1g && lv_tags = {db || web}` and the like: statements of a field, an operator and a
/// value, joined by `&&` or `,` and by `||` or `#`, of which `&&` binds closer; `!( )` takes the
/// opposite. Operators are `=` and `!=` for everything, `=~` and `!~` for texts, `<`, `<=`, `>` and
/// `>=` for numbers, sizes (in MiB without a unit), percentages and times, of which the last also
/// take `since`, `after`, `until` and `before`. Lists are asked for as `[a,b]` (these and no
/// others), `{a,b}` (these and maybe others) and `{a||b}` (one of these). The empty text and `all`
/// select everything.
///
/// ```
/// use lvmkit::report::{ReportKind, Selection};
///
/// let selection = Selection::parse("size >= 1g && tags = db", ReportKind::LogicalVolumes)?;
/// assert_eq!(selection.fields().len(), 2);
/// let error = Selection::parse("size >= much", ReportKind::LogicalVolumes).unwrap_err();
/// assert_eq!(error.position(), 0);
/// # Ok::<(), lvmkit::report::SelectionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selection {
    kind: ReportKind,
    fields: Vec<&'static Field>,
    /// `None` selects everything.
    root: Option<Node>,
}

/// A selection as a tree.
#[derive(Clone, Debug)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// The position of the field among those of the selection.
    Test(usize, Condition),
}

impl Node {
    fn all(nodes: Vec<Self>) -> Self {
        Self::joined(nodes, Self::All)
    }

    fn any(nodes: Vec<Self>) -> Self {
        Self::joined(nodes, Self::Any)
    }

    fn joined(mut nodes: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => {
                nodes.extend(last);
                join(nodes)
            }
        }
    }

    fn holds<'v, 'i: 'v>(&self, value: &impl Fn(usize) -> Option<&'v Value<'i>>) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(value)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(value)),
            Self::Not(node) => !node.holds(value),
            Self::Test(field, condition) => value(*field).is_some_and(|value| condition.holds(value)),
        }
    }
}

impl Selection {
    /// Reads a selection for a report of that kind, whose prefix field names may lack. Times are
    /// those of this machine's clock.
    ///
    /// # Errors
    /// [`SelectionError`], naming what is wrong and where.
    pub fn parse(text: &str, kind: ReportKind) -> Result<Self, SelectionError> {
        Self::parse_at(text, kind, &Clock::system())
    }

    /// The same, with times relative to that clock.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn parse_at(text: &str, kind: ReportKind, clock: &Clock) -> Result<Self, SelectionError> {
        if text.is_empty() || text.eq_ignore_ascii_case("all") {
            return Ok(Self { kind, fields: Vec::new(), root: None });
        }
        let mut parser = Parser::new(text, kind, clock);
        let root = parser.selection()?;
        Ok(Self { kind, fields: parser.fields, root: Some(root) })
    }

    /// True for the texts that ask for help instead of selecting something: `help` and `?`.
    #[must_use]
    pub fn is_help(text: &str) -> bool {
        HELP.contains(&text)
    }

    /// The kind of report it was read for.
    #[must_use]
    pub fn kind(&self) -> ReportKind {
        self.kind
    }

    /// The fields it looks at.
    #[must_use]
    pub fn fields(&self) -> &[&'static Field] {
        &self.fields
    }

    /// True when it selects everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.root.is_none()
    }

    /// Whether a row is wanted; `value` tells the value of the n-th of [`fields`](Self::fields).
    pub(super) fn holds<'v, 'i: 'v>(&self, value: impl Fn(usize) -> Option<&'v Value<'i>>) -> bool {
        self.root.as_ref().is_none_or(|root| root.holds(&value))
    }
}

#[cfg(test)]
mod tests;
