//! The C library: library, links, headers and a file for pkg-config.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Install, copy, failed, find, link, write};
use crate::{Outcome, root};

pub(super) fn install(install: &Install, built: &[PathBuf]) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let (lib, include) = (install.folder("lib")?, install.folder("include")?);
    let shared = format!("liblvmkit.so.{version}");
    copy(find(built, "liblvmkit.so")?, &lib.join(&shared))?;
    copy(find(built, "liblvmkit.a")?, &lib.join("liblvmkit.a"))?;
    for name in ["liblvmkit.so.0", "liblvmkit.so"] {
        link(Path::new(&shared), &lib.join(name))?;
    }
    for header in ["lvmkit.h", "lvmkit_cdef.h"] {
        copy(&root().join("include").join(header), &include.join(header))?;
    }
    let template = root().join("lvm-capi/lvmkit.pc.in");
    let text = fs::read_to_string(&template).map_err(|error| failed(&template, &error))?;
    let text = text.replace("@PREFIX@", &install.prefix.to_string_lossy()).replace("@VERSION@", version);
    write(&install.folder("lib/pkgconfig")?.join("lvmkit.pc"), text.as_bytes())
}
