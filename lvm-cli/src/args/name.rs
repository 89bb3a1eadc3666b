//! Names of groups and volumes as arguments write them: `vg`, `vg/lv`, `/dev/vg/lv`,
//! `/dev/mapper/vg-lv`, `@tag`.

use lvmkit::dm::DeviceName;

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
        if let Some(mapped) = text.strip_prefix("/dev/mapper/")
            && let Ok(name) = mapped.parse::<DeviceName>()
        {
            return Self::Lv { vg: name.vg().to_owned(), lv: name.lv().to_owned() };
        }
        let name = text.strip_prefix("/dev/").unwrap_or(text).trim_end_matches('/');
        match name.split_once('/') {
            Some((vg, lv)) => Self::Lv { vg: vg.to_owned(), lv: lv.to_owned() },
            None => Self::Vg(name.to_owned()),
        }
    }

    /// The group's name, for arguments that can only be one.
    pub(crate) fn vg_name(text: &str) -> &str {
        text.strip_prefix("/dev/").unwrap_or(text).trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let lv = |vg: &str, lv: &str| Target::Lv { vg: vg.to_owned(), lv: lv.to_owned() };
        let table = [
            ("vg", Target::Vg("vg".to_owned())),
            ("vg/", Target::Vg("vg".to_owned())),
            ("/dev/vg", Target::Vg("vg".to_owned())),
            ("vg/lv", lv("vg", "lv")),
            ("/dev/vg/lv", lv("vg", "lv")),
            ("/dev/mapper/vg-lv", lv("vg", "lv")),
            ("/dev/mapper/my--vg-my--lv", lv("my-vg", "my-lv")),
            ("@tag", Target::Tag("tag".to_owned())),
        ];
        for (text, target) in table {
            assert_eq!(Target::parse(text), target, "{text}");
        }
        assert_eq!(Target::vg_name("/dev/vg/"), "vg");
    }
}
