//! Finding, making and opening device-mapper's control node.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use lvm_core::{Error, ErrorKind, Result};
use nix::errno::Errno;
use nix::sys::stat::{Mode, SFlag, makedev, mknod};

use super::number::DeviceNumber;
use super::request::Request;
use super::{NAME_OF_MODULE, Transport};
use crate::sys;

/// Major number of the kernel's miscellaneous devices.
const MISC_MAJOR: u32 = 10;
/// Minor number of device-mapper among them, fixed since Linux 2.6.36.
const CONTROL_MINOR: u32 = 236;

/// The open control node.
#[derive(Debug)]
pub(crate) struct Control {
    file: File,
}

impl Control {
    /// Opens `mapper/control` under `dev`, which is made when it is missing.
    ///
    /// # Errors
    /// `Unsupported` when the kernel has no device-mapper; `Kernel` without the right to use it.
    pub(crate) fn open(dev: &Path, proc: &Path) -> Result<Self> {
        let path = dev.join("mapper/control");
        let number = DeviceNumber::new(MISC_MAJOR, control_minor(proc).unwrap_or(CONTROL_MINOR));
        let is_control = |path: &Path| {
            fs::symlink_metadata(path).is_ok_and(|metadata| {
                metadata.file_type().is_char_device() && DeviceNumber::from_stat(metadata.rdev()) == number
            })
        };
        if !is_control(&path) {
            // What stands there under this name can only mislead.
            make(&path, number).map_err(|error| refused(&path, error))?;
        }
        let file = OpenOptions::new().read(true).write(true).open(&path);
        Ok(Self { file: file.map_err(|error| refused(&path, error))? })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

impl Transport for Control {
    fn send(&self, request: &mut Request) -> Result<(), Errno> {
        let number = request.command().number();
        sys::dm_ioctl::call(self.file.as_fd(), number, request.bytes_mut())
    }

    fn control(&self) -> Option<&File> {
        Some(self.file())
    }
}

/// The minor number that the running kernel gave device-mapper, from `/proc/misc`.
fn control_minor(proc: &Path) -> Option<u32> {
    let misc = fs::read_to_string(proc.join("misc")).ok()?;
    misc.lines().find_map(|line| {
        let (number, name) = line.trim().split_once(' ')?;
        (name.trim() == "device-mapper").then(|| number.parse().ok()).flatten()
    })
}

fn make(path: &PathBuf, number: DeviceNumber) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o755).create(dir)?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let device = makedev(number.major.into(), number.minor.into());
    match mknod(path, SFlag::S_IFCHR, Mode::S_IRUSR | Mode::S_IWUSR, device) {
        // Another program may make it at the same time.
        Ok(()) | Err(Errno::EEXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn refused(path: &Path, error: io::Error) -> Error {
    let errno = error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw);
    let device = path.to_string_lossy();
    match errno {
        Errno::ENODEV | Errno::ENXIO => missing_module().with_device(device).with_source(error),
        Errno::EACCES | Errno::EPERM => no_permission().with_device(device).with_source(error),
        _ => {
            let kind = ErrorKind::Kernel { target: "control".to_owned(), errno: errno as i32 };
            Error::new(kind, "the control node of device-mapper cannot be opened")
                .with_device(device)
                .with_source(error)
        }
    }
}

fn missing_module() -> Error {
    Error::unsupported("this kernel has no device-mapper, or its module is not loaded")
        .with_help(format!("load it: modprobe {NAME_OF_MODULE}"))
}

/// What every request gives without the right to send it.
pub(crate) fn no_permission() -> Error {
    let kind = ErrorKind::Kernel { target: "control".to_owned(), errno: Errno::EACCES as i32 };
    Error::new(kind, "device-mapper may only be used by root")
        .with_help("run as root, with the capability CAP_SYS_ADMIN in the first user namespace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minor_is_that_of_the_kernel() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(control_minor(dir.path()), None);
        fs::write(dir.path().join("misc"), "229 fuse\n 59 device-mapper\n235 autofs\n").unwrap();
        assert_eq!(control_minor(dir.path()), Some(59));
        fs::write(dir.path().join("misc"), "229 fuse\n").unwrap();
        assert_eq!(control_minor(dir.path()), None);
    }

    #[test]
    fn a_kernel_without_it_is_told_from_missing_rights() {
        let kernel = |error: Errno| refused(Path::new("/dev/mapper/control"), error.into());
        let error = kernel(Errno::ENODEV);
        assert_eq!(*error.kind(), ErrorKind::Unsupported);
        assert!(error.help().unwrap().contains("modprobe dm_mod"), "{error:?}");
        let error = kernel(Errno::EACCES);
        assert_eq!(*error.kind(), ErrorKind::Kernel { target: "control".to_owned(), errno: 13 });
        assert!(matches!(kernel(Errno::EMFILE).kind(), ErrorKind::Kernel { errno: 24, .. }));
    }

    #[test]
    fn a_node_that_misleads_is_replaced() {
        if !nix::unistd::geteuid().is_root() {
            println!("skipped: making device nodes needs root");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mapper/control");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, "no device").unwrap();
        // Where the kernel has no device-mapper the node is there all the same, and says so.
        let opened = Control::open(dir.path(), Path::new("/proc"));
        let metadata = fs::symlink_metadata(&path).unwrap();
        assert!(metadata.file_type().is_char_device() && metadata.mode() & 0o777 == 0o600);
        assert_eq!(DeviceNumber::from_stat(metadata.rdev()).major, MISC_MAJOR);
        if let Err(error) = opened {
            assert_eq!(*error.kind(), ErrorKind::Unsupported, "{error:?}");
        }
    }
}
