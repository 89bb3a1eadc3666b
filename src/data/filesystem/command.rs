//! An external tool: its arguments, where it is, and how it ended.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use lvm_core::{Error, Result};

/// Where tools are looked for after `PATH`, which only root's has them in.
const SYSTEM_DIRS: [&str; 4] = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
/// How much of what a tool prints is kept: the end, since that is where it says why it failed.
const OUTPUT_MAX: usize = 4096;

/// A program and its arguments. No shell sees them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FsCommand {
    program: &'static str,
    package: &'static str,
    args: Vec<OsString>,
    input: &'static str,
}

/// How a tool ended.
pub(super) struct Outcome {
    pub(super) status: ExitStatus,
    /// The end of what it printed.
    pub(super) output: String,
}

impl FsCommand {
    /// `package` is what brings the program, by its usual name.
    pub(super) const fn new(program: &'static str, package: &'static str) -> Self {
        Self { program, package, args: Vec::new(), input: "" }
    }

    pub(super) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(super) fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(OsString::from));
        self
    }

    /// What the program is told when it asks.
    pub(super) const fn input(mut self, input: &'static str) -> Self {
        self.input = input;
        self
    }

    /// The program's name.
    #[must_use]
    pub const fn program(&self) -> &'static str {
        self.program
    }

    /// Its arguments, the name itself not among them.
    #[must_use]
    pub fn arguments(&self) -> &[OsString] {
        &self.args
    }

    /// Where the program is: in an absolute directory of `PATH`, or in a system directory.
    ///
    /// # Errors
    /// `Unsupported` naming the program and the package that has it.
    pub fn find(&self) -> Result<PathBuf> {
        let dirs = std::env::var_os("PATH").unwrap_or_default();
        let dirs = std::env::split_paths(&dirs).filter(|dir| dir.is_absolute());
        let mut places = dirs.chain(SYSTEM_DIRS.map(PathBuf::from)).map(|dir| dir.join(self.program));
        places.find(|path| is_executable(path)).ok_or_else(|| {
            Error::unsupported(format!("this needs the tool {}, which is not installed", self.program))
                .with_help(format!("it usually comes in the package {}", self.package))
        })
    }

    /// Runs it to its end, with `LC_ALL=C` and nothing else in the environment but `PATH`.
    pub(super) fn run(&self) -> Result<Outcome> {
        let path = self.find()?;
        self.spawn(&path).map_err(|error| Error::io("a tool cannot be run", path.to_string_lossy(), 0, error))
    }

    fn spawn(&self, path: &Path) -> io::Result<Outcome> {
        let (mut reader, writer) = io::pipe()?;
        let dirs = std::env::var_os("PATH").unwrap_or_default();
        let dirs = std::env::split_paths(&dirs).filter(|dir| dir.is_absolute());
        let dirs = std::env::join_paths(dirs.chain(SYSTEM_DIRS.map(PathBuf::from))).unwrap_or_default();
        let mut command = Command::new(path);
        command.args(&self.args).env_clear().env("LC_ALL", "C").env("PATH", dirs).current_dir("/");
        // Some tools say on standard output why they fail, so both go one way.
        command.stdout(writer.try_clone()?).stderr(writer);
        command.stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() });
        let mut child = command.spawn()?;
        // Ours would keep the pipe from ending.
        drop(command);
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not ask is free not to read: its status tells.
            let _ = stdin.write_all(self.input.as_bytes());
        }
        let output = read_end(&mut reader);
        let status = child.wait()?;
        Ok(Outcome { status, output: output? })
    }
}

/// Reads to the end and keeps the last part.
fn read_end(reader: &mut impl Read) -> io::Result<String> {
    let mut end = VecDeque::new();
    let mut buffer = [0; OUTPUT_MAX];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => end.extend(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        end.drain(..end.len().saturating_sub(OUTPUT_MAX));
    }
    let end = Vec::from(end);
    Ok(String::from_utf8_lossy(&end).trim().to_owned())
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

impl fmt::Display for FsCommand {
    /// As a shell would take it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program)?;
        for arg in &self.args {
            let arg = arg.to_string_lossy();
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.,:=+@%".contains(&byte);
            if !arg.is_empty() && arg.bytes().all(plain) {
                write!(f, " {arg}")?;
            } else {
                write!(f, " '{}'", arg.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}
