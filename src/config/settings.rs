//! Every setting of lvm.conf(5): one table that drives reading, checking and `lvmconfig`.
//!
//! Names, types, defaults and versions are lvm2 2.03.16's, as its `lvmconfig` tells them; paths of
//! programs are those of Debian's build.

use super::setting::Setting;

mod activation;
mod allocation;
mod backup;
mod config;
mod devices;
mod dmeventd;
mod global;
mod local;
mod log;
mod metadata;
mod report;
mod shell;
mod tags;

static SECTIONS: [&[Setting]; 13] = [
    config::SETTINGS,
    devices::SETTINGS,
    allocation::SETTINGS,
    log::SETTINGS,
    backup::SETTINGS,
    shell::SETTINGS,
    global::SETTINGS,
    activation::SETTINGS,
    metadata::SETTINGS,
    report::SETTINGS,
    dmeventd::SETTINGS,
    tags::SETTINGS,
    local::SETTINGS,
];

/// All settings and sections in lvm2's order, each section before what is in it.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().copied().flatten()
}

/// The setting or section with this path, `devices/dir`; names that may be chosen match what
/// stands for them, as in `tags/mine/host_list`.
#[must_use]
pub fn setting(path: &str) -> Option<&'static Setting> {
    let section = path.split('/').next().unwrap_or_default();
    let settings = SECTIONS
        .iter()
        .copied()
        .find(|settings| settings.first().is_some_and(|first| first.path() == section))?;
    let exact = settings.iter().find(|setting| setting.path() == path);
    exact.or_else(|| settings.iter().find(|setting| matches(setting.path(), path)))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut parts, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (parts.next(), names.next()) {
            (None, None) => return true,
            (Some(part), Some(name)) if part == name || part.starts_with('<') => {}
            _ => return false,
        }
    }
}
