use std::fs;

use super::*;
use crate::scan::machine::DevnameSearch;
use lvm_core::ErrorKind;

#[test]
fn both_forms() {
    let text = "allocation { cling_tag_list = [ \"@a\", \"@b\" ] } allocation/maximise_cling=0";
    let options = Options::new().config(text).unwrap();
    assert_eq!(options.allocation.cling_tag_list, ["@a", "@b"]);
    assert!(!options.allocation.maximise_cling);
    let options = Options::new().config("allocation/cling_tag_list=\"@*\"").unwrap();
    assert_eq!(options.allocation.cling_tag_list, ["@*"]);
}

#[test]
fn backups() {
    let options = Options::new().config("backup { backup_dir = \"/b\" archive_dir = \"/a\" }").unwrap();
    assert_eq!(options.backup_dir.as_deref(), Some("/b".as_ref()));
    let options = options.config("backup/archive=0 backup/backup=1").unwrap();
    assert_eq!((options.archive_dir, options.backup_dir.is_some()), (None, true));
}

#[test]
fn devices_and_activation() {
    let text = r#"
        devices {
            dir = "/d" filter = [ "a|x|", "r|.*|" ] use_devicesfile = 0 devicesfile = "my.devices"
            types = [ "fd", 16, "zram", 1 ] pv_min_size = 4096 search_for_devnames = "all"
            hints = "none" scan_lvs = 1
        }
        activation {
            volume_list = [ "vg0", "@t" ] activation_mode = "partial" udev_sync = 0 checks = 1
            read_only_volume_list = "vg1" retry_deactivation = 0
        }
    "#;
    let options = Options::new().config(text).unwrap();
    let machine = &options.machine;
    assert_eq!(machine.dev, Path::new("/d"));
    assert_eq!(machine.filter.rules().collect::<Vec<_>>(), ["a|x|", "r|.*|"]);
    assert_eq!((machine.use_devices_file, machine.devices_file.as_str()), (Some(false), "my.devices"));
    assert_eq!(machine.types, [("fd".to_owned(), 16), ("zram".to_owned(), 1)]);
    assert_eq!((machine.pv_min_size.0, machine.scan_lvs), (4 << 20, true));
    assert_eq!(machine.search_for_devnames, DevnameSearch::All);
    let activation = options.activation_settings();
    assert_eq!(activation.volume_list.as_deref(), Some(["vg0".to_owned(), "@t".to_owned()].as_slice()));
    assert_eq!(activation.auto_activation_volume_list, None);
    assert_eq!(activation.activation_mode, crate::ActivationMode::Partial);
    let kernel = &options.kernel;
    assert!(!kernel.udev_sync && kernel.udev_rules && !kernel.retry_deactivation);
    assert_eq!(kernel.dev, Path::new("/d"));
    assert!(options.ignored_settings().is_empty());
}

#[test]
fn refused() {
    let table = [
        ("devices/nonsense=[]", ErrorKind::InvalidInput),
        ("devices/filter=[\"x|.*|\"]", ErrorKind::InvalidInput),
        ("devices/types=[\"fd\"]", ErrorKind::InvalidInput),
        ("devices/devicesfile=\"../x\"", ErrorKind::InvalidInput),
        ("devices/pv_min_size=-1", ErrorKind::InvalidInput),
        ("activation/activation_mode=\"some\"", ErrorKind::InvalidInput),
        ("global/system_id_source=\"some\"", ErrorKind::InvalidInput),
        ("log=1", ErrorKind::InvalidInput),
        ("nonsense=1", ErrorKind::InvalidInput),
        ("allocation/maximise_cling=\"2\"", ErrorKind::InvalidInput),
        ("backup/backup_dir=1", ErrorKind::InvalidInput),
        ("allocation {", ErrorKind::InvalidInput),
    ];
    for (text, kind) in table {
        assert_eq!(*Options::new().config(text).unwrap_err().kind(), kind, "{text}");
    }
}

#[test]
fn system_directories() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options::new().system_dir(dir.path()).unwrap();
    assert_eq!(options.backup_dir, Some(dir.path().join("backup")));
    assert_eq!(options.machine.devices_file_path(), dir.path().join("devices/system.devices"));

    let text = "# a comment\nglobal {\n\tsystem_id_source = \"lvmlocal\"\n\tumask = 63\n\twait_for_locks = 0\n}\n\
                tags { hosttags = 0\n t1 { host_list = [ \"a\" ] } }\nbackup/archive = 0\nloose = 1\n\
                local/system_id = \"from-lvm-conf\"\n";
    fs::write(dir.path().join("lvm.conf"), text).unwrap();
    let local = "local { system_id = \"me\"\n extra_system_ids = [ \"old\" ] }\n";
    fs::write(dir.path().join("lvmlocal.conf"), local).unwrap();
    let options = Options::new().system_dir(dir.path()).unwrap();
    assert_eq!(options.system_id.as_deref(), Some("me"));
    assert_eq!(options.extra_system_ids, ["old"]);
    assert_eq!((options.archive_dir.clone(), options.lock_wait), (None, Wait::No));
    assert_eq!(options.ignored_settings(), ["global/umask", "tags/hosttags", "tags/t1", "loose"]);
    // What was asked for after the files comes before them, as does what the caller gives.
    let none = options.config("global/system_id_source=\"none\"").unwrap();
    assert_eq!(none.system_id, None);
    let own = Options::new().system_id("own").system_dir(dir.path()).unwrap();
    assert_eq!(own.system_id.as_deref(), Some("own"));
}

#[test]
fn broken_files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lvm.conf");
    let table = [
        ("devices {\n\tscan_lvs = 0\n\tdir \"x\"\n}\n", "line 3"),
        ("devices {\n", "line 2"),
        ("# one\n\nbackup { backup = \"unended\n", "line "),
    ];
    for (text, place) in table {
        fs::write(&path, text).unwrap();
        let error = Options::new().system_dir(dir.path()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidInput);
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(place) && error.to_string().contains("lvm.conf"), "{error} {cause}");
    }
    fs::write(&path, "devices/scan_lvs = \"maybe\"\n").unwrap();
    let error = Options::new().config_file(&path).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("lvm.conf") && cause.contains("devices/scan_lvs"), "{error} {cause}");
    let error = Options::new().config_file(dir.path().join("none")).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    fs::write(&path, b"# \n# \xff\n").unwrap();
    let error = Options::new().config_file(&path).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::InvalidInput);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("line 2"), "{cause}");
}
