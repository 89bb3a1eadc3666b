//! Nodes and links in a temporary directory.

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};

use lvm_core::ErrorKind;
use nix::sys::stat::{Mode, SFlag, mknod};

use super::*;

/// A directory that stands for `/dev`.
struct Dev {
    dir: DevDir,
    folder: tempfile::TempDir,
}

impl Dev {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { dir: DevDir::new(folder.path()), folder }
    }

    /// The same, or `None` after saying that this process may not make nodes.
    fn with_nodes(test: &str) -> Option<Self> {
        let dev = Self::new();
        let probe = mknod(&dev.path("probe"), SFlag::S_IFBLK, Mode::empty(), makedev(1, 3));
        if let Err(error) = probe {
            assert!(std::env::var_os("CI").is_none(), "{test} cannot run: making a node: {error}");
            println!("skipped: {test}: making a node: {error}");
            return None;
        }
        fs::remove_file(dev.path("probe")).unwrap();
        Some(dev)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn device(&self, name: &str) -> (u64, u32) {
        let found = fs::symlink_metadata(self.path(name)).unwrap();
        assert!(found.file_type().is_block_device(), "{name}");
        (found.rdev(), found.permissions().mode() & 0o7777)
    }

    fn link(&self, name: &str) -> PathBuf {
        fs::read_link(self.path(name)).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let names = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn is_there(&self, name: &str) -> bool {
        fs::symlink_metadata(self.path(name)).is_ok()
    }
}

fn kind(done: Result<()>) -> ErrorKind {
    done.unwrap_err().kind().clone()
}

#[test]
fn the_group_of_disks() {
    assert_eq!(gid_of_disk("root:x:0:\ndisk:x:16:a,b\nfloppy:x:25:\n"), Some(16));
    for none in ["", "floppy:x:25:\n", "disk:x\n", "disk:x:six:\n", "cdisk:x:6:\n"] {
        assert_eq!(gid_of_disk(none), None, "{none:?}");
    }
    assert_eq!(DevDir::default().root(), Path::new("/dev"));
    assert_eq!(DevDir::default().with_group(77).group(), 77);
}

#[test]
fn nodes() {
    let Some(dev) = Dev::with_nodes("nodes") else { return };
    let dir = dev.dir.clone().with_group(1234);
    dir.add_node("vg-lv", 254, 3).unwrap();
    assert_eq!(dev.device("mapper/vg-lv"), (makedev(254, 3), 0o660));
    let found = fs::symlink_metadata(dev.path("mapper/vg-lv")).unwrap();
    assert_eq!((found.uid(), found.gid()), (0, 1234));
    let mapper = fs::metadata(dev.path("mapper")).unwrap();
    assert_eq!(mapper.permissions().mode() & 0o7777, 0o755);

    // The same numbers: what the administrator did to it stays.
    fs::set_permissions(dev.path("mapper/vg-lv"), fs::Permissions::from_mode(0o600)).unwrap();
    dir.add_node("vg-lv", 254, 3).unwrap();
    assert_eq!(dev.device("mapper/vg-lv"), (makedev(254, 3), 0o600));
    dir.add_node("vg-lv", 254, 1_000_000).unwrap();
    assert_eq!(dev.device("mapper/vg-lv"), (makedev(254, 1_000_000), 0o660));
    assert_eq!(dev.names("mapper"), ["vg-lv"], "a temporary name is left");

    for _ in 0..2 {
        dir.rename_node("vg-lv", "vg-new").unwrap();
        assert_eq!(dev.names("mapper"), ["vg-new"]);
    }
    assert_eq!(dev.device("mapper/vg-new").0, makedev(254, 1_000_000));
    dir.rename_node("vg-new", "vg-new").unwrap();
    dir.add_node("vg-stale", 254, 9).unwrap();
    dir.rename_node("vg-new", "vg-stale").unwrap();
    assert_eq!(dev.device("mapper/vg-stale").0, makedev(254, 1_000_000));
    assert_eq!(kind(dir.rename_node("vg-a", "vg-b")), ErrorKind::NotFound);

    for _ in 0..2 {
        dir.remove_node("vg-stale").unwrap();
        assert!(dev.names("mapper").is_empty());
    }
}

#[test]
fn nodes_of_udev() {
    let Some(dev) = Dev::with_nodes("nodes_of_udev") else { return };
    dev.dir.add_node("vg-x", 254, 1).unwrap();
    for minor in [0, 1] {
        mknod(&dev.path(&format!("dm-{minor}")), SFlag::S_IFBLK, Mode::empty(), makedev(254, minor)).unwrap();
    }
    symlink("../dm-0", dev.path("mapper/vg-lv")).unwrap();
    dev.dir.add_node("vg-lv", 254, 0).unwrap();
    assert_eq!(dev.link("mapper/vg-lv"), Path::new("../dm-0"));
    dev.dir.rename_node("vg-lv", "vg-new").unwrap();
    assert_eq!(dev.link("mapper/vg-new"), Path::new("../dm-0"));

    // A volume's link by udev's text that leads to the device stays; to another, it does not.
    fs::create_dir(dev.path("vg")).unwrap();
    symlink("../dm-0", dev.path("vg/lv")).unwrap();
    dev.dir.add_link("vg", "lv", "vg-new").unwrap();
    assert_eq!(dev.link("vg/lv"), Path::new("../dm-0"));
    dev.dir.add_link("vg", "lv", "vg-x").unwrap();
    assert_eq!(dev.link("vg/lv"), dev.path("mapper/vg-x"));

    // Links that lead elsewhere, or nowhere, are replaced, and what they lead to is not touched.
    dev.dir.add_node("vg-new", 254, 1).unwrap();
    assert_eq!(dev.device("mapper/vg-new").0, makedev(254, 1));
    assert_eq!(dev.device("dm-0").0, makedev(254, 0));
    fs::write(dev.path("file"), "kept").unwrap();
    for target in ["../file", "nowhere", "vg-loop"] {
        symlink(target, dev.path("mapper/vg-loop")).unwrap();
        dev.dir.add_node("vg-loop", 254, 1).unwrap();
        assert_eq!(dev.device("mapper/vg-loop").0, makedev(254, 1));
        dev.dir.remove_node("vg-loop").unwrap();
    }
    assert_eq!(fs::read(dev.path("file")).unwrap(), b"kept");
    assert!(!dev.is_there("mapper/nowhere"));
}

#[test]
fn what_is_no_node_stays() {
    let dev = Dev::new();
    fs::create_dir_all(dev.path("mapper/folder")).unwrap();
    fs::write(dev.path("mapper/file"), "kept").unwrap();
    for name in ["folder", "file"] {
        for refused in [
            dev.dir.add_node(name, 254, 0),
            dev.dir.remove_node(name),
            dev.dir.rename_node(name, "vg-lv"),
            dev.dir.rename_node("vg-lv", name),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AlreadyExists);
            assert_eq!(error.device(), dev.path("mapper").join(name).to_str());
        }
    }
    assert_eq!(dev.names("mapper"), ["file", "folder"]);
    assert_eq!(fs::read(dev.path("mapper/file")).unwrap(), b"kept");
}

#[test]
fn links() {
    let dev = Dev::new();
    for _ in 0..2 {
        dev.dir.add_link("vg", "lv", "vg-lv").unwrap();
        assert_eq!(dev.link("vg/lv"), dev.path("mapper/vg-lv"));
    }
    let folder = fs::metadata(dev.path("vg")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o7777, 0o755);
    dev.dir.add_link("vg", "lv", "vg-lv-other").unwrap();
    assert_eq!(dev.link("vg/lv"), dev.path("mapper/vg-lv-other"));
    dev.dir.add_link("vg", "other", "vg-other").unwrap();

    for _ in 0..2 {
        dev.dir.rename_link(("vg", "lv"), ("vg", "new"), "vg-new").unwrap();
        assert_eq!(dev.names("vg"), ["new", "other"]);
    }
    dev.dir.rename_link(("vg", "new"), ("vg", "new"), "vg-new").unwrap();
    assert_eq!(dev.link("vg/new"), dev.path("mapper/vg-new"));
    for lv in ["new", "other"] {
        for _ in 0..2 {
            dev.dir.rename_link(("vg", lv), ("vg2", lv), &format!("vg2-{lv}")).unwrap();
        }
    }
    assert!(!dev.is_there("vg"), "an empty directory is left");
    assert_eq!(dev.names("vg2"), ["new", "other"]);

    for lv in ["new", "new", "other", "other"] {
        dev.dir.remove_link("vg2", lv).unwrap();
    }
    assert!(!dev.is_there("vg2"));
    // An empty directory that an interrupted removal left.
    fs::create_dir(dev.path("vg2")).unwrap();
    dev.dir.remove_link("vg2", "lv").unwrap();
    assert!(!dev.is_there("vg2"));
}

#[test]
fn what_is_no_link_stays() {
    let dev = Dev::new();
    fs::create_dir_all(dev.path("vg/folder")).unwrap();
    fs::write(dev.path("vg/file"), "kept").unwrap();
    for name in ["folder", "file"] {
        assert_eq!(kind(dev.dir.add_link("vg", name, "vg-lv")), ErrorKind::AlreadyExists);
        assert_eq!(kind(dev.dir.remove_link("vg", name)), ErrorKind::AlreadyExists);
    }
    assert_eq!(dev.names("vg"), ["file", "folder"]);
    // Nothing is added beside them either.
    assert_eq!(kind(dev.dir.add_link("vg", "lv", "vg-lv")), ErrorKind::AlreadyExists);
    dev.dir.remove_link("vg", "lv").unwrap();
    assert_eq!(dev.names("vg"), ["file", "folder"]);
}

#[test]
fn directories_of_others() {
    let dev = Dev::new();
    fs::create_dir_all(dev.path("elsewhere")).unwrap();
    symlink("elsewhere", dev.path("linked")).unwrap();
    symlink(dev.path("elsewhere"), dev.path("mapper")).unwrap();
    fs::write(dev.path("file"), "").unwrap();
    fs::create_dir(dev.path("block")).unwrap();
    symlink("../dm-0", dev.path("block/254:0")).unwrap();
    symlink("../loop0", dev.path("block/7:0")).unwrap();
    for vg in ["linked", "file", "block"] {
        let error = dev.dir.add_link(vg, "lv", "vg-lv").unwrap_err();
        assert_eq!((error.kind(), error.device()), (&ErrorKind::AlreadyExists, dev.path(vg).to_str()));
    }
    for vg in ["linked", "file"] {
        assert_eq!(kind(dev.dir.remove_link(vg, "lv")), ErrorKind::AlreadyExists);
    }
    // A link in the place of the directory of nodes is not followed.
    assert_eq!(kind(dev.dir.add_node("vg-lv", 254, 0)), ErrorKind::AlreadyExists);
    assert_eq!(kind(dev.dir.remove_node("vg-lv")), ErrorKind::AlreadyExists);
    assert!(dev.names("elsewhere").is_empty());
    assert_eq!(dev.names("block"), ["254:0", "7:0"]);

    // Links that udev made and that we made are a volume group's.
    fs::create_dir(dev.path("vg")).unwrap();
    symlink("../dm-0", dev.path("vg/a")).unwrap();
    symlink("/dev/mapper/vg-b", dev.path("vg/b")).unwrap();
    dev.dir.add_link("vg", "c", "vg-c").unwrap();
    assert_eq!(dev.names("vg"), ["a", "b", "c"]);
}

#[test]
fn names_that_are_refused() {
    let dev = Dev::new();
    let long = "x".repeat(DM_NAME_MAX + 1);
    for bad in ["", ".", "..", "/", "a/b", "../a", "a\0b", &long] {
        for refused in [
            dev.dir.add_node(bad, 254, 0),
            dev.dir.remove_node(bad),
            dev.dir.rename_node(bad, "b"),
            dev.dir.rename_node("a", bad),
            dev.dir.add_link(bad, "lv", "vg-lv"),
            dev.dir.add_link("vg", bad, "vg-lv"),
            dev.dir.add_link("vg", "lv", bad),
            dev.dir.remove_link(bad, "lv"),
            dev.dir.remove_link("vg", bad),
            dev.dir.rename_link(("vg", bad), ("vg", "lv"), "vg-lv"),
        ] {
            assert_eq!(kind(refused), ErrorKind::InvalidInput, "{bad:?}");
        }
    }
    assert_eq!(kind(dev.dir.add_node("control", 254, 0)), ErrorKind::InvalidInput);
    assert_eq!(kind(dev.dir.remove_node("control")), ErrorKind::InvalidInput);
    assert_eq!(kind(dev.dir.add_link("mapper", "lv", "vg-lv")), ErrorKind::InvalidInput);
    assert_eq!(kind(dev.dir.remove_link("mapper", "lv")), ErrorKind::InvalidInput);
    assert!(dev.names("").is_empty());
}

#[test]
fn a_directory_that_is_not_there() {
    let dev = Dev::new();
    let dir = DevDir::new(dev.path("none"));
    let error = dir.add_link("vg", "lv", "vg-lv").unwrap_err();
    assert_eq!((error.kind(), error.device()), (&ErrorKind::NotFound, dev.path("none").to_str()));
    assert_eq!(kind(dir.rename_node("a", "b")), ErrorKind::NotFound);
    assert_eq!(kind(dev.dir.rename_node("a", "b")), ErrorKind::NotFound);
    dev.dir.remove_node("a").unwrap();
    dev.dir.remove_link("vg", "lv").unwrap();
}

/// Threads that add and remove links in one directory, which comes and goes with the last link.
#[test]
fn at_the_same_time() {
    let dev = Dev::new();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let dir = &dev.dir;
            scope.spawn(move || {
                let lv = format!("lv{thread}");
                for _ in 0..200 {
                    dir.add_link("vg", &lv, "vg-lv").unwrap();
                    dir.remove_link("vg", &lv).unwrap();
                }
            });
        }
    });
    assert!(!dev.is_there("vg"));
}

#[test]
fn many_at_a_time() {
    let Some(dev) = Dev::with_nodes("many_at_a_time") else { return };
    let mut batch = dev.dir.batch();
    // One that stands there already with another number, and a link that leads elsewhere.
    dev.dir.add_node("vg-1", 253, 99).unwrap();
    for minor in 0..5 {
        let (dm_name, lv) = (format!("vg-{minor}"), minor.to_string());
        batch.add_node(&dm_name, 253, minor).unwrap();
        batch.add_link("vg", &lv, &dm_name).unwrap();
    }
    batch.add_link("vg", "3", "vg-4").unwrap();
    batch.finish().unwrap();
    for minor in 0..5 {
        assert_eq!(dev.device(&format!("mapper/vg-{minor}")), (makedev(253, minor), 0o660));
    }
    assert_eq!(dev.link("vg/0"), dev.path("mapper/vg-0"));
    assert_eq!(dev.link("vg/3"), dev.path("mapper/vg-4"));

    let mut batch = dev.dir.batch();
    assert_eq!(kind(batch.add_link("mapper", "x", "vg-0")), ErrorKind::InvalidInput);
    assert_eq!(kind(batch.remove_node("../x")), ErrorKind::InvalidInput);
    for minor in 0..5 {
        batch.remove_link("vg", &minor.to_string()).unwrap();
        batch.remove_node(&format!("vg-{minor}")).unwrap();
    }
    // Not there any more, which is as good.
    batch.remove_link("vg", "0").unwrap();
    batch.remove_node("vg-0").unwrap();
    // A name that moves within one batch: the directory stays for it.
    batch.add_node("vg-7", 253, 7).unwrap();
    batch.add_link("vg", "7", "vg-7").unwrap();
    batch.finish().unwrap();
    assert_eq!((dev.names("vg"), dev.names("mapper")), (vec!["7".to_owned()], vec!["vg-7".to_owned()]));

    // What is not ours stays in a batch too.
    fs::create_dir(dev.path("foreign")).unwrap();
    fs::write(dev.path("foreign/file"), "").unwrap();
    let mut batch = dev.dir.batch();
    assert_eq!(kind(batch.add_link("foreign", "x", "vg-7")), ErrorKind::AlreadyExists);
    fs::write(dev.path("mapper/file"), "").unwrap();
    assert_eq!(kind(batch.add_node("file", 253, 1)), ErrorKind::AlreadyExists);
    assert_eq!(kind(batch.remove_node("file")), ErrorKind::AlreadyExists);
    assert_eq!(kind(batch.remove_link("foreign", "file")), ErrorKind::AlreadyExists);
    batch.finish().unwrap();
}
