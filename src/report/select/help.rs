//! The help of selections, from the table of fields.

use std::fmt::Write as _;

use crate::report::field::FieldGroup;

const OPERANDS: &str = "  What fields are compared with
  -----------------------------
    string       Letters, in quotes (' or \") or without; without quotes they end at a blank, at )
                 and at an operator.
    string list  [a,b] these and no others, {a,b} these and maybe others, {a||b} one of these; or
                 one string.
    number       Digits.
    size         Digits, a point, and a unit, as 1.5g; without a unit it is in MiB.
    percent      Digits and a point, with or without %.
    time         \"YYYY-MM-DD hh:mm:ss +hh:mm\", of which the end may be left away; @SECONDS since
                 1970; or words: today, yesterday, noon, midnight, \"monday 10:00\", \"5 Nov 2020\",
                 \"2 weeks ago\", \"3 hours ago\".
    Numbers that are not known are undefined, unknown, undef or -1.

";

const OPERATORS: &str = "  Operators
  ---------
    =  !=                      The same, not the same.
    =~ !~                      A regular expression matches, does not match. [string]
    <  <=  >  >=               Order. [number, size, percent, time]
    before until after since   The same for times.
    &&  ,                      Both statements hold.
    ||  #                      One statement holds.
    !( )                       The opposite.
    ( )                        && binds closer than ||; parentheses change that.

";

/// What `-S help` prints: the fields with their kinds and words, values, and operators.
#[must_use]
pub fn selection_help() -> String {
    let mut out = String::new();
    for group in FieldGroup::ALL {
        let title = group.title();
        // Writing to a String never fails.
        let _ = writeln!(out, "  {title}\n  {}", "-".repeat(title.len()));
        for field in group.fields() {
            let _ = write!(out, "    {:<28}- {} [{}]", field.id, field.help, field.kind.name());
            let words = field.words.list();
            if !words.is_empty() {
                let _ = write!(out, " ({})", words.join(", "));
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out + OPERANDS + OPERATORS
}
