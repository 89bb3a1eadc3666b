//! The names of a device: its node, and the links to it under `/dev`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::on_demand::identity;
use super::sysfs::SysDevice;

/// Directories inside each other that are looked into.
const DEPTH_MAX: usize = 8;
/// Names that are looked at altogether.
const NAMES_MAX: usize = 1 << 18;

/// The path lvmkit shows for a device: `/dev/mapper/NAME` for device-mapper's when there is such a
/// node, else `/dev/` and the kernel's name.
pub(crate) fn preferred_path(device: &SysDevice, dev: &Path) -> PathBuf {
    let mapped = device.dm_name.as_ref().map(|name| dev.join("mapper").join(name));
    mapped.filter(|path| path.exists()).unwrap_or_else(|| dev.join(&device.kernel_name))
}

/// All names under `/dev`, by what they lead to.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    paths: HashMap<(u64, u64), Vec<PathBuf>>,
}

impl Aliases {
    /// Looks through `dev`. What cannot be read has no names.
    pub(crate) fn read(dev: &Path) -> Self {
        let mut aliases = Self::default();
        let mut left = NAMES_MAX;
        aliases.read_dir(dev, DEPTH_MAX, &mut left);
        for paths in aliases.paths.values_mut() {
            paths.sort_unstable();
        }
        aliases
    }

    fn read_dir(&mut self, dir: &Path, depth: usize, left: &mut usize) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            let Some(fewer) = left.checked_sub(1) else { return };
            *left = fewer;
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            // Links to directories are not followed: /dev/fd leads to everything.
            if kind.is_dir() && depth > 0 {
                self.read_dir(&path, depth - 1, left);
            } else if let Ok(metadata) = fs::metadata(&path)
                && !metadata.is_dir()
            {
                self.paths.entry(identity(&metadata)).or_default().push(path);
            }
        }
    }

    /// The names of what has this identity, in byte order.
    pub(crate) fn of(&self, identity: (u64, u64)) -> &[PathBuf] {
        self.paths.get(&identity).map(Vec::as_slice).unwrap_or_default()
    }
}
