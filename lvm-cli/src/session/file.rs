//! Files that commands write for the user; with `--test` they say so instead.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::Session;

/// A file that is being written, piece by piece; with `--test` the pieces go nowhere.
pub(crate) struct NewFile(Option<File>);

impl NewFile {
    /// # Errors
    /// What writing fails with.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }
}

impl Session<'_> {
    /// Writes a file, over what is there.
    ///
    /// # Errors
    /// What writing fails with.
    pub(crate) fn write_file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        if self.is_test() {
            self.out.say(format!("Would write {} bytes to {}.", text.len(), path.display()));
            return Ok(());
        }
        fs::write(path, text)
    }

    /// Begins a file that is to be new.
    ///
    /// # Errors
    /// When it cannot be made; when it is there.
    pub(crate) fn create_file(&mut self, path: &Path) -> io::Result<NewFile> {
        if !self.is_test() {
            return File::create_new(path).map(|file| NewFile(Some(file)));
        }
        if path.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.out.say(format!("Would write {}.", path.display()));
        Ok(NewFile(None))
    }
}
