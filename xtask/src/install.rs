//! The C library where programs find it: library, links, headers and a file for pkg-config.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, root};

/// Builds the C library and puts it under a folder: `install [--debug] PREFIX`.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (debug, prefix) = match arguments {
        [prefix] if !prefix.starts_with('-') => (false, prefix),
        [flag, prefix] if flag == "--debug" => (true, prefix),
        _ => return Err("usage: cargo xtask install [--debug] PREFIX".to_owned()),
    };
    let prefix = std::path::absolute(prefix).map_err(|error| format!("{prefix}: {error}"))?;
    let built = build(debug)?;
    install(&prefix, &built).map_err(|error| format!("{}: {error}", prefix.display()))
}

/// The files that cargo made.
fn build(debug: bool) -> Result<Vec<PathBuf>, String> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--package", "lvm-capi", "--message-format", "json-render-diagnostics"]);
    if !debug {
        cargo.arg("--release");
    }
    let output = cargo.current_dir(root()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("the library does not build".to_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let files = messages.lines().filter_map(|line| {
        let message = serde_json::from_str::<serde_json::Value>(line).ok()?;
        let files = message.get("filenames")?.as_array()?.clone();
        Some(files.into_iter().filter_map(|file| file.as_str().map(PathBuf::from)))
    });
    Ok(files.flatten().collect())
}

fn install(prefix: &Path, built: &[PathBuf]) -> std::io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let (lib, include) = (prefix.join("lib"), prefix.join("include"));
    fs::create_dir_all(lib.join("pkgconfig"))?;
    fs::create_dir_all(&include)?;
    let shared = format!("liblvmkit.so.{version}");
    for (made, name) in [("liblvmkit.so", shared.as_str()), ("liblvmkit.a", "liblvmkit.a")] {
        let file = built.iter().find(|file| file.ends_with(made)).ok_or(std::io::ErrorKind::NotFound)?;
        // A program that runs keeps the file it has: the old one is unlinked, not overwritten.
        replace(&lib.join(name))?;
        fs::copy(file, lib.join(name))?;
    }
    for link in ["liblvmkit.so.0", "liblvmkit.so"] {
        replace(&lib.join(link))?;
        symlink(&shared, lib.join(link))?;
    }
    for header in ["lvmkit.h", "lvmkit_cdef.h"] {
        fs::copy(root().join("include").join(header), include.join(header))?;
    }
    let template = fs::read_to_string(root().join("lvm-capi/lvmkit.pc.in"))?;
    let text = template.replace("@PREFIX@", &prefix.to_string_lossy()).replace("@VERSION@", version);
    fs::write(lib.join("pkgconfig/lvmkit.pc"), text)
}

fn replace(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
