//! Where the environment wants output to go: `LVM_OUT_FD`, `LVM_ERR_FD`, `LVM_REPORT_FD`.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};

/// Descriptors that stand for standard output, standard error, and standard output of reports.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    pub(crate) output: Option<BufWriter<File>>,
    pub(crate) errors: Option<File>,
    pub(crate) report: Option<BufWriter<File>>,
    /// True while a report is being written.
    pub(crate) is_report: bool,
}

impl Streams {
    /// # Errors
    /// Lines that say which variable is wrong.
    pub(crate) fn of_environment() -> Result<Self, Vec<String>> {
        Ok(Self {
            output: open("LVM_OUT_FD")?.map(BufWriter::new),
            errors: open("LVM_ERR_FD")?,
            report: open("LVM_REPORT_FD")?.map(BufWriter::new),
            is_report: false,
        })
    }

    pub(crate) fn flush(&mut self) {
        for stream in [&mut self.output, &mut self.report].into_iter().flatten() {
            let _ = stream.flush();
        }
    }
}

/// The descriptor that a variable names, under a new number: this program only has files that it
/// opened itself, so that sockets cannot be used.
fn open(variable: &str) -> Result<Option<File>, Vec<String>> {
    let Ok(text) = std::env::var(variable) else { return Ok(None) };
    let number = text.parse::<u32>().map_err(|_| vec![format!("{variable}: invalid file descriptor.")])?;
    let opened = OpenOptions::new().append(true).open(format!("/proc/self/fd/{number}"));
    opened.map(Some).map_err(|_| vec![format!("Failed to open stream for file descriptor {number}.")])
}
