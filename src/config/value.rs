//! Values of settings in the types they must have.

use lvm_core::metadata::ConfigValue;
use lvm_core::{Error, Result};

pub(super) fn wrong(path: &str, what: &str) -> Error {
    Error::invalid(format!("Configuration setting \"{path}\" is not {what}."))
}

/// The words for yes and no, in either case.
pub(super) fn word_flag(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match (is(["y", "yes", "on", "true"]), is(["n", "no", "off", "false"])) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// A number, which means yes unless it is 0, or one of the words for yes and no.
pub(crate) fn flag(path: &str, value: &ConfigValue) -> Result<bool> {
    match single(value) {
        ConfigValue::Int(number) => Ok(*number != 0),
        ConfigValue::String(text) => word_flag(text).ok_or_else(|| wrong(path, "yes or no")),
        _ => Err(wrong(path, "yes or no")),
    }
}

pub(super) fn number(path: &str, value: &ConfigValue) -> Result<u64> {
    match single(value) {
        ConfigValue::Int(number) => u64::try_from(*number).map_err(|_| wrong(path, "a number from 0")),
        _ => Err(wrong(path, "a number")),
    }
}

pub(crate) fn text(path: &str, value: &ConfigValue) -> Result<String> {
    match single(value) {
        ConfigValue::String(text) => Ok(text.clone()),
        _ => Err(wrong(path, "a string")),
    }
}

pub(super) fn texts(path: &str, value: &ConfigValue) -> Result<Vec<String>> {
    match value {
        ConfigValue::Array(values) => values.iter().map(|value| text(path, value)).collect(),
        value => Ok(vec![text(path, value)?]),
    }
}

/// A list of one is its value.
fn single(value: &ConfigValue) -> &ConfigValue {
    match value {
        ConfigValue::Array(values) if values.len() == 1 => values.first().unwrap_or(value),
        value => value,
    }
}
