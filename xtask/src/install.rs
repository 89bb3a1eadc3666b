//! What people and programs use, where they find it: the command with its manual pages and
//! completions, and the C library with headers and a file for pkg-config.

mod command;
mod library;

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, root};

const USAGE: &str = "usage: cargo xtask install [--prefix PREFIX] [--destdir DIR] [--links DIR] \
    [--only command|library] [--dynamic] [--debug]";
const PREFIX: &str = "/usr/local";

/// Nothing to load and little to put right: a command that lists ten volumes takes a fifth less time
/// and a quarter less memory.
const STATIC: &[&str] = &["-C", "target-feature=+crt-static"];

/// What to install, and where.
#[derive(Debug)]
struct Install {
    /// Where it is used.
    prefix: PathBuf,
    /// What stands for the root while it is put there, as packages want it.
    destdir: Option<PathBuf>,
    /// The folder for links that are named like LVM2's commands.
    links: Option<PathBuf>,
    command: bool,
    library: bool,
    /// The command loads the C library when it starts, as packages of distributions want it.
    dynamic: bool,
    debug: bool,
}

/// Builds, and puts what was built in its places.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let install = Install::parse(arguments)?;
    if install.command {
        // It may end where it panics, and starts twice as fast; a library may not.
        let flags = if install.dynamic || !has_static_libc() { &[] } else { STATIC };
        command::install(
            &install,
            &install.build(&["--package", "lvm-cli", "--bin", "lvmkit"], "dist", flags)?,
        )?;
    }
    if install.library {
        let built = install.build(&["--package", "lvm-capi", "--lib"], "release", &[])?;
        library::install(&install, &built)?;
    }
    Ok(())
}

impl Install {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut install = Self {
            prefix: PREFIX.into(),
            destdir: None,
            links: None,
            command: true,
            library: true,
            dynamic: false,
            debug: false,
        };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let (name, joined) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let mut value = || joined.clone().or_else(|| words.next().cloned()).ok_or(USAGE);
            match name {
                "--prefix" => install.prefix = absolute(&value()?)?,
                "--destdir" => install.destdir = Some(absolute(&value()?)?),
                "--links" => install.links = Some(absolute(&value()?)?),
                "--only" => match value()?.as_str() {
                    "command" => install.library = false,
                    "library" => install.command = false,
                    _ => return Err(USAGE.to_owned()),
                },
                "--dynamic" => install.dynamic = true,
                "--debug" => install.debug = true,
                _ if !name.starts_with('-') => install.prefix = absolute(name)?,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(install)
    }

    /// The files that cargo made of a target, with these flags of the compiler for itself alone.
    fn build(&self, target: &[&str], profile: &str, flags: &[&str]) -> Result<Vec<PathBuf>, String> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["rustc", "--message-format", "json-render-diagnostics"]).args(target);
        if !self.debug {
            cargo.args(["--profile", profile]).arg("--").args(flags);
        }
        let output = cargo.current_dir(root()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            return Err(format!("{} does not build", target.join(" ")));
        }
        let messages = String::from_utf8_lossy(&output.stdout).into_owned();
        let files = messages.lines().filter_map(|line| {
            let message = serde_json::from_str::<serde_json::Value>(line).ok()?;
            let files = message.get("filenames")?.as_array()?.clone();
            Some(files.into_iter().filter_map(|file| file.as_str().map(PathBuf::from)))
        });
        Ok(files.flatten().collect())
    }

    /// Where a file of the system is put.
    fn place(&self, path: &Path) -> PathBuf {
        let Some(destdir) = &self.destdir else { return path.to_owned() };
        destdir.join(path.components().filter(|part| *part != Component::RootDir).collect::<PathBuf>())
    }

    /// A folder below the prefix, made.
    fn folder(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.place(&self.prefix.join(name));
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        Ok(folder)
    }
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{path}: {error}"))
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// True when programs can be linked with the C library as a part of them.
fn has_static_libc() -> bool {
    let output = Command::new("cc").arg("-print-file-name=libc.a").stdin(Stdio::null()).output();
    // A compiler that finds none says the name alone.
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_absolute())
}

/// The file of that name among those that were built.
fn find<'b>(built: &'b [PathBuf], name: &str) -> Result<&'b Path, String> {
    let file = built.iter().find(|file| file.file_name().is_some_and(|own| own == name));
    file.map(PathBuf::as_path).ok_or_else(|| format!("cargo made no {name}"))
}

/// Copies a file. A program that runs keeps the file it has: the old one is unlinked, not
/// overwritten.
fn copy(from: &Path, to: &Path) -> Outcome {
    remove(to)?;
    fs::copy(from, to).map(drop).map_err(|error| failed(to, &error))
}

fn write(path: &Path, text: &[u8]) -> Outcome {
    remove(path)?;
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn link(target: &Path, path: &Path) -> Outcome {
    remove(path)?;
    symlink(target, path).map_err(|error| failed(path, &error))
}

fn remove(path: &Path) -> Outcome {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Install, String> {
        Install::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments() {
        let install = parse("").unwrap();
        assert_eq!(install.prefix, Path::new("/usr/local"));
        assert!(install.command && install.library && !install.debug && install.links.is_none());
        assert!(!install.dynamic && parse("--dynamic").unwrap().dynamic);
        let install =
            parse("--debug --prefix /opt --destdir=/packed --links /opt/lvm2 --only command").unwrap();
        assert_eq!(install.place(&install.prefix.join("bin")), Path::new("/packed/opt/bin"));
        assert!(install.command && !install.library && install.debug);
        assert_eq!(install.links.as_deref(), Some(Path::new("/opt/lvm2")));
        assert_eq!(parse("/opt").unwrap().place(Path::new("/opt/bin")), Path::new("/opt/bin"));
        for line in ["--prefix", "--nonsense", "--only all", "--only"] {
            assert_eq!(parse(line).unwrap_err(), USAGE, "{line}");
        }
    }
}
