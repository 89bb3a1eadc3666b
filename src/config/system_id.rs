//! Which system id this host has, by the sources of lvmsystemid(7).

use std::fs;
use std::path::{Path, PathBuf};

use lvm_core::name::clean_system_id;
use lvm_core::{Error, ErrorKind, Result};

use super::value::wrong;

/// Where the id comes from (`global/system_id_source`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum SystemIdSource {
    /// There is none.
    #[default]
    None,
    /// The name of the host.
    Uname,
    /// `local/system_id` of lvmlocal.conf.
    LvmLocal,
    /// `/etc/machine-id`.
    MachineId,
    /// What systemd derives from that for lvm2.
    AppMachineId,
    /// `global/system_id_file`.
    File,
}

impl SystemIdSource {
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        Ok(match text {
            "none" => Self::None,
            "uname" => Self::Uname,
            "lvmlocal" => Self::LvmLocal,
            "machineid" => Self::MachineId,
            "appmachineid" => Self::AppMachineId,
            "file" => Self::File,
            _ => return Err(wrong(path, "none, uname, lvmlocal, machineid, appmachineid or file")),
        })
    }
}

/// What the settings say about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SystemIdSettings {
    pub(super) source: Option<SystemIdSource>,
    pub(super) file: Option<PathBuf>,
    pub(super) local: Option<String>,
    /// `global/etc`, where `machine-id` is.
    pub(super) etc: PathBuf,
}

impl Default for SystemIdSettings {
    fn default() -> Self {
        Self { source: None, file: None, local: None, etc: "/etc".into() }
    }
}

impl SystemIdSettings {
    /// The id of this host; `None` when it has none.
    ///
    /// # Errors
    /// `Unsupported` for the source `appmachineid`; `Io` for a file that cannot be read;
    /// `InvalidInput` for an id that begins with `localhost`, which lvm2 refuses too: too many
    /// hosts have that name.
    pub(super) fn resolve(&self) -> Result<Option<String>> {
        let text = match self.source.unwrap_or_default() {
            SystemIdSource::None => return Ok(None),
            SystemIdSource::Uname => crate::system::host(None)?.nodename,
            SystemIdSource::LvmLocal => self.local.clone().unwrap_or_default(),
            SystemIdSource::MachineId => first_line(&self.etc.join("machine-id"))?,
            SystemIdSource::AppMachineId => {
                let message = "the system id source \"appmachineid\" is not supported";
                return Err(Error::unsupported(message).with_help(
                    "give the id that `lvm systemid` prints with Options::system_id before reading the file",
                ));
            }
            SystemIdSource::File => match &self.file {
                Some(file) => first_line(file)?,
                None => String::new(),
            },
        };
        let id = clean_system_id(&text);
        if id.starts_with("localhost") {
            return Err(Error::invalid("a system id may not begin with \"localhost\""));
        }
        Ok((!id.is_empty()).then_some(id))
    }
}

/// The first line that is neither empty nor a comment.
fn first_line(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|error| {
        let name = path.to_string_lossy();
        let message = "the file with the system id cannot be read";
        Error::new(ErrorKind::Io, message).with_device(name).with_source(error)
    })?;
    let mut lines = text.lines().map(str::trim);
    Ok(lines.find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("machine-id"), "3d1219c7c4c5404a\n").unwrap();
        // lvm2 2.03.16 reads "myidx" from this.
        fs::write(dir.path().join("id"), "# c\n\n  my id! x\nsecond\n").unwrap();
        let settings = |source| SystemIdSettings {
            source: Some(source),
            file: Some(dir.path().join("id")),
            local: Some("-.a*b".to_owned()),
            etc: dir.path().to_owned(),
        };
        let id = |source| settings(source).resolve().unwrap();
        assert_eq!(id(SystemIdSource::None), None);
        assert_eq!(id(SystemIdSource::MachineId).as_deref(), Some("3d1219c7c4c5404a"));
        assert_eq!(id(SystemIdSource::File).as_deref(), Some("myidx"));
        assert_eq!(id(SystemIdSource::LvmLocal).as_deref(), Some("ab"));
        let error = settings(SystemIdSource::AppMachineId).resolve().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Unsupported);
        let local =
            SystemIdSettings { local: Some("localhost.x".into()), ..settings(SystemIdSource::LvmLocal) };
        assert_eq!(*local.resolve().unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
