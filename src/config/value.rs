//! Values of settings in the types they must have.

use lvm_core::metadata::ConfigValue;
use lvm_core::{Error, Result};

pub(super) fn wrong(path: &str, what: &str) -> Error {
    Error::invalid(format!("Configuration setting \"{path}\" is not {what}."))
}

pub(crate) fn flag(path: &str, value: &ConfigValue) -> Result<bool> {
    match value {
        ConfigValue::Int(0) => Ok(false),
        ConfigValue::Int(1) => Ok(true),
        _ => Err(wrong(path, "0 or 1")),
    }
}

pub(super) fn number(path: &str, value: &ConfigValue) -> Result<u64> {
    match value {
        ConfigValue::Int(number) => u64::try_from(*number).map_err(|_| wrong(path, "a number from 0")),
        _ => Err(wrong(path, "a number")),
    }
}

pub(crate) fn text(path: &str, value: &ConfigValue) -> Result<String> {
    match value {
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
