//! The metadata profile of a group or volume: the name of a file with settings for it.

use std_alloc::{borrow::ToOwned, format, string::String};

use super::VgDraft;
use crate::error::{Error, Result};

/// Longest name accepted: that of a file, without `.profile`.
const NAME_MAX: usize = 255 - ".profile".len();

impl VgDraft {
    /// Names the metadata profile of the group, for all volumes that have none of their own; `None`
    /// takes it away. Whether there is such a profile is not looked at.
    ///
    /// # Errors
    /// `InvalidInput` for a name that no file can have; when the group cannot be changed.
    #[doc(alias = "vgchange")]
    pub fn set_profile(&mut self, profile: Option<&str>) -> Result<()> {
        let profile = checked(profile)?;
        self.edit(|edit| {
            edit.require_writable()?;
            edit.vg.profile = profile;
            Ok(())
        })
    }

    /// Names the metadata profile of a volume; `None` takes it away.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` for a name that no file can have.
    #[doc(alias = "lvchange")]
    pub fn set_lv_profile(&mut self, lv: &str, profile: Option<&str>) -> Result<()> {
        let profile = checked(profile)?;
        self.change_lv(lv, |lv| {
            lv.rare.profile = profile;
            Ok(())
        })
    }
}

fn checked(profile: Option<&str>) -> Result<Option<String>> {
    let is_name = |name: &str| !name.is_empty() && name.len() <= NAME_MAX && !name.contains(['/', '\0']);
    match profile {
        Some(name) if !is_name(name) => Err(Error::invalid(format!("\"{name}\" is no name of a profile"))),
        name => Ok(name.map(ToOwned::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use std_alloc::borrow::ToOwned;

    use crate::Stamp;
    use crate::edit::{NewLv, NewPv, VgDraft};
    use crate::units::{Bytes, Size};

    #[test]
    fn profiles_come_and_go() {
        let pv = NewPv::of_size("disk", Bytes::mib(64));
        let mut draft = VgDraft::new_vg("vg", [pv], Stamp::fixed(1, 0)).unwrap();
        draft.create_lv(NewLv::linear("lv", Size::mib(8))).unwrap();
        draft.set_profile(Some("fast")).unwrap();
        draft.set_lv_profile("lv", Some("slow")).unwrap();
        let shown = |draft: &VgDraft| {
            let lv = draft.logical_volume("lv").unwrap();
            (draft.profile().map(ToOwned::to_owned), lv.profile().map(ToOwned::to_owned))
        };
        assert_eq!(shown(&draft), (Some("fast".to_owned()), Some("slow".to_owned())));
        draft.set_lv_profile("lv", None).unwrap();
        draft.set_profile(None).unwrap();
        assert_eq!(shown(&draft), (None, None));
        for bad in ["", "a/b", "a\0"] {
            assert!(draft.set_profile(Some(bad)).is_err() && draft.set_lv_profile("lv", Some(bad)).is_err());
        }
        assert!(draft.set_lv_profile("none", Some("fast")).is_err());
    }
}
