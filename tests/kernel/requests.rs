//! The driver's requests, one by one.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;

use lvmkit::ErrorKind;
use lvmkit::dm::kernel::{Command, DeviceKey, DmVersion, Kernel};
use lvmkit::dm::{DmFlags, Table};

use crate::bench::{Bench, run};

fn table(text: &str) -> Table {
    text.parse().unwrap()
}

#[test]
fn a_device_from_its_making_to_its_end() {
    let Some(_bench) = Bench::new(&[8]) else { return };
    let kernel = Kernel::open().unwrap();
    assert!(kernel.version() >= DmVersion(4, 40, 0), "{kernel:?}");
    let targets = kernel.target_versions().unwrap();
    assert!(targets.iter().any(|target| target.name == "linear"), "{targets:?}");
    assert_eq!(kernel.target_version("nonsense").unwrap_err().kind(), &ErrorKind::Unsupported);
    assert!(kernel.target_version("zero").is_ok());

    let made = kernel.create("lvmkit-a b", "LVMKIT-1", None).unwrap();
    let key = DeviceKey::Number(made.number);
    assert_eq!((made.name.as_str(), made.uuid.as_str()), ("lvmkit-a b", "LVMKIT-1"));
    assert!(!made.has_live_table() && !made.has_inactive_table());
    let again = kernel.create("lvmkit-a b", "LVMKIT-2", None).unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::AlreadyExists);
    let again = kernel.create("lvmkit-c", "LVMKIT-1", None).unwrap_err();
    assert_eq!(*again.kind(), ErrorKind::AlreadyExists);

    // Many lines, so that the answer needs a larger buffer.
    let lines = (0..2000).map(|at| format!("{} 8 {}", at * 8, if at % 2 == 0 { "zero" } else { "error" }));
    let long = table(&lines.collect::<Vec<_>>().join("\n"));
    kernel.load(key, &long, DmFlags::empty()).unwrap();
    assert!(kernel.info(key).unwrap().has_inactive_table());
    assert_eq!(kernel.table(key, false).unwrap(), None);
    assert_eq!(kernel.table(key, true).unwrap(), Some(long.clone()));
    kernel.resume(key, 0, DmFlags::empty()).unwrap();
    assert_eq!(kernel.table(DeviceKey::Uuid("LVMKIT-1"), false).unwrap(), Some(long));
    let (info, status) = kernel.status_lines(key, true).unwrap();
    assert_eq!((status.len(), info.has_inactive_table()), (2000, false));

    kernel.load(key, &table("0 8 zero"), DmFlags::READONLY).unwrap();
    kernel.clear(key).unwrap();
    assert_eq!(kernel.table(key, true).unwrap(), None);
    kernel.load(key, &table("0 16 zero"), DmFlags::READONLY).unwrap();
    assert!(kernel.suspend(key, DmFlags::SKIP_LOCKFS | DmFlags::NOFLUSH).unwrap().is_suspended());
    assert!(kernel.info(key).unwrap().is_suspended());
    let resumed = kernel.resume(key, 0, DmFlags::empty()).unwrap();
    assert!(!resumed.is_suspended() && resumed.is_read_only(), "{resumed:?}");
    assert!(resumed.flags.contains(DmFlags::UEVENT_GENERATED));

    kernel.rename("lvmkit-a b", "lvmkit-d", 0).unwrap();
    assert_eq!(kernel.info(DeviceKey::Name("lvmkit-d")).unwrap().number, made.number);
    assert_eq!(kernel.find(DeviceKey::Name("lvmkit-a b")).unwrap(), None);
    assert_eq!(kernel.deps(key).unwrap(), []);
    let listed = kernel.list_devices("LVMKIT-").unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].name.as_str(), listed[0].number), ("lvmkit-d", made.number));

    let node = format!("/dev/dm-{}", made.number.minor);
    assert!(fs::metadata(&node).unwrap().file_type().is_block_device());
    let open = File::open(&node).unwrap();
    assert_eq!(*kernel.remove(key, 0, false).unwrap_err().kind(), ErrorKind::InUse);
    kernel.remove(key, 0, true).unwrap();
    let deferred = kernel.info(key).unwrap();
    assert!(deferred.flags.contains(DmFlags::DEFERRED_REMOVE), "{deferred:?}");
    drop(open);
    assert_eq!(kernel.find(key).unwrap(), None);
    assert_eq!(*kernel.remove(key, 0, false).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_the_kernel_refuses_is_named() {
    let Some(_bench) = Bench::new(&[8]) else { return };
    let kernel = Kernel::open().unwrap();
    let made = kernel.create("lvmkit-bad", "", None).unwrap();
    let key = DeviceKey::Number(made.number);
    let error = kernel.load(key, &table("0 8 linear 8:200 0"), DmFlags::empty()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MissingDevice | ErrorKind::Kernel { .. }), "{error:?}");
    assert_eq!(error.device(), Some(made.number.to_string().as_str()));
    let error = kernel.load(key, &table("0 8 nonsense x"), DmFlags::empty()).unwrap_err();
    let refused = ErrorKind::Kernel { target: "nonsense".to_owned(), errno: 22 };
    assert_eq!(*error.kind(), refused, "{error:?}");
    kernel.set_uuid("lvmkit-bad", "LVMKIT-set").unwrap();
    assert_eq!(kernel.info(key).unwrap().uuid, "LVMKIT-set");
    assert!(kernel.set_uuid("lvmkit-bad", "LVMKIT-other").is_err());
    let minor = kernel.create("lvmkit-minor", "", Some(made.number)).unwrap_err();
    assert_eq!(*minor.kind(), ErrorKind::InUse, "{minor:?}");
    kernel.remove(key, 0, false).unwrap();
}

#[test]
fn events_wake_a_poll() {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    let Some(_bench) = Bench::new(&[8]) else { return };
    let kernel = Kernel::open().unwrap();
    let ready = |timeout: u16| {
        let mut fds = [PollFd::new(kernel.control().unwrap().as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::from(timeout)).unwrap() == 1
    };
    kernel.arm_poll().unwrap();
    assert!(!ready(50));
    let made = kernel.create("lvmkit-event", "", None).unwrap();
    assert!(ready(1000));
    kernel.arm_poll().unwrap();
    assert!(!ready(50));
    kernel.remove(made.number.into(), 0, false).unwrap();
    assert!(ready(1000));
}

/// Who may not use device-mapper is told so, and a kernel without it is told from that.
#[test]
fn without_permission() {
    let Some(bench) = Bench::new(&[16]) else { return };
    bench.group("vg0");
    let nobody = |script: &str| {
        run("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", script])
    };
    assert!(nobody("test -r /dev/mapper/control || echo no").contains("no"));
    let kernel = Kernel::open().unwrap();
    assert_eq!(kernel.sent(Command::Version), 1);
    // The same driver whose every request is refused.
    let refused = kernel.wrapped(|_| Refusing).unwrap_err();
    assert_eq!(*refused.kind(), ErrorKind::Kernel { target: "control".to_owned(), errno: 13 });
    assert!(refused.help().unwrap().contains("root"), "{refused:?}");
}

struct Refusing;

impl lvmkit::dm::kernel::Transport for Refusing {
    fn send(&self, _request: &mut lvmkit::dm::kernel::Request) -> Result<(), nix::errno::Errno> {
        Err(nix::errno::Errno::EACCES)
    }
}
