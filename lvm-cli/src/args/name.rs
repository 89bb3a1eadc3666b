//! Names of groups and volumes as arguments write them: `vg`, `vg/lv`, `/dev/vg/lv`,
//! `/dev/mapper/vg-lv`, `@tag`.

use lvmkit::dm::DeviceName;

/// The variable that names another directory of devices than `/dev`.
const DEV_DIR_VARIABLE: &str = "DM_DEV_DIR";

/// What a name argument means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A group.
    Vg(String),
    /// A logical volume of a group.
    Lv { vg: String, lv: String },
    /// Everything that carries a tag.
    Tag(String),
}

impl Target {
    /// Reads an argument.
    pub(crate) fn parse(text: &str) -> Self {
        if let Some(tag) = text.strip_prefix('@') {
            return Self::Tag(tag.to_owned());
        }
        let (name, is_mapped) = below_dev(text);
        if is_mapped {
            return match name.parse::<DeviceName>() {
                Ok(name) => Self::Lv { vg: name.vg().to_owned(), lv: name.lv().to_owned() },
                Err(_) => Self::Vg(name.replace("--", "-")),
            };
        }
        match name.split_once('/') {
            // What does not name a volume is still a path that was meant to.
            Some((vg, lv)) => Self::Lv { vg: vg.to_owned(), lv: lv.trim_start_matches('/').to_owned() },
            None => Self::Vg(name.to_owned()),
        }
    }

    /// True for a path that is not one of a volume: `/vg/lv`, `vg/lv/part`.
    pub(crate) fn is_invalid_path(&self) -> bool {
        matches!(self, Self::Lv { vg, lv } if vg.is_empty() || lv.contains('/'))
    }

    /// The group's name, for arguments that can only be one. What still has a slash is none.
    pub(crate) fn vg_name(text: &str) -> &str {
        below_dev(text).0
    }
}

/// The name below the directory of devices, or below that of device-mapper's; several slashes are
/// one.
fn below_dev(text: &str) -> (&str, bool) {
    let text = match text.trim_start_matches('/') {
        rest if text.starts_with('/') && is_in(rest, "dev") => below(rest, "dev"),
        _ => match below_own_dir(text) {
            Some(rest) => rest,
            None => return (text, false),
        },
    };
    match is_in(text, "mapper") {
        true => (below(text, "mapper"), true),
        false => (text, false),
    }
}

/// Below the directory that the environment names as that of devices.
fn below_own_dir(text: &str) -> Option<&str> {
    let dir = std::env::var(DEV_DIR_VARIABLE).ok()?;
    let dir = dir.trim_end_matches('/');
    let rest = text.strip_prefix(dir).filter(|_| dir.starts_with('/'))?;
    rest.starts_with('/').then(|| rest.trim_start_matches('/'))
}

fn is_in(text: &str, dir: &str) -> bool {
    text.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

fn below<'t>(text: &'t str, dir: &str) -> &'t str {
    text.get(dir.len()..).unwrap_or_default().trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let lv = |vg: &str, lv: &str| Target::Lv { vg: vg.to_owned(), lv: lv.to_owned() };
        let table = [
            ("vg", Target::Vg("vg".to_owned())),
            ("vg/", lv("vg", "")),
            ("/dev/vg", Target::Vg("vg".to_owned())),
            ("/dev/mapper/vg", Target::Vg("vg".to_owned())),
            ("/dev/mapper/my--vg", Target::Vg("my-vg".to_owned())),
            ("//dev//vg//lv", lv("vg", "lv")),
            ("vg//lv", lv("vg", "lv")),
            ("/dev/vg/", lv("vg", "")),
            ("dev/vg", lv("dev", "vg")),
            ("mapper/vg-lv", lv("mapper", "vg-lv")),
            ("", Target::Vg(String::new())),
            ("/", lv("", "")),
            ("/dev", lv("", "dev")),
            ("vg/lv", lv("vg", "lv")),
            ("/dev/vg/lv", lv("vg", "lv")),
            ("/dev/mapper/vg-lv", lv("vg", "lv")),
            ("/dev/mapper/my--vg-my--lv", lv("my-vg", "my-lv")),
            ("@tag", Target::Tag("tag".to_owned())),
        ];
        for (text, target) in table {
            assert_eq!(Target::parse(text), target, "{text}");
        }
        assert_eq!(Target::vg_name("/dev/vg"), "vg");
        assert_eq!(Target::vg_name("/dev/mapper/vg"), "vg");
        assert_eq!(Target::vg_name("/dev/vg/"), "vg/");
        assert_eq!(Target::vg_name("/vg"), "/vg");
        for path in ["/vg/lv", "vg/lv/x", "./vg/lv", "/vg"] {
            assert!(Target::parse(path).is_invalid_path(), "{path}");
        }
        assert!(!Target::parse("vg/").is_invalid_path());
    }
}
