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

#[test]
fn the_table_is_sound() {
    let all = settings().collect::<Vec<_>>();
    assert_eq!(all.len(), 284);
    for (at, known) in all.iter().enumerate() {
        let path = known.path();
        assert!(all.iter().skip(at + 1).all(|other| other.path() != path), "{path}");
        assert!(known.summary().ends_with('.') && !known.summary().contains('\n'), "{path}");
        assert_eq!(setting(path), Some(*known));
        // What holds a setting comes before it.
        let section = known.section().map(|section| all.iter().position(|known| known.path() == section));
        assert!(section.is_none_or(|before| before.is_some_and(|before| before < at)), "{path}");
        assert_eq!(known.section().is_none(), known.is_section() && !path.contains('/'), "{path}");
        assert!(known.deprecated_since().is_none_or(|version| version > known.since()), "{path}");
        let default = known.default_value(Path::new("/etc/lvm"));
        assert_eq!(default.is_none(), known.is_undefined(), "{path}");
        let tree = |value| ConfigTree::parse(&format!("{path}={value}")).unwrap();
        if let Some(ConfigValue::Int(number)) = default {
            assert!(check(&tree(number.to_string())).is_empty(), "{path}");
            assert!(!check(&tree("1.5".to_owned())).is_empty(), "{path}");
        }
    }
    assert_eq!(setting("tags/mine/host_list").map(Setting::path), Some("tags/<tag>/host_list"));
    for none in ["", "devices/", "nope", "devices/nope", "tags/a/b/c", "config/checks/x"] {
        assert_eq!(setting(none), None, "{none}");
    }
}

#[test]
fn trees_are_put_together() {
    let mut tree = ConfigTree::parse("a { x = 1 y = [\"one\"] } b { z = 1 } a/x = 2 c = 3").unwrap();
    assert_eq!(tree.duplicates(), ["x"]);
    assert_eq!(tree.find("a/x").map(|node| &node.value), Some(&ConfigValue::Int(2)));
    assert_eq!(tree.find("/a/y").map(|node| &node.value), Some(&ConfigValue::String("one".into())));
    for none in ["", "a/", "a/none", "c/x"] {
        assert_eq!(tree.find(none), None, "{none}");
    }
    tree.merge(&ConfigTree::parse("b/z = 5 d { q = 1 } a { w = 1 sub { k = 1 } } c { x = 1 }").unwrap());
    let keys = |nodes: &[lvm_core::metadata::ConfigNode]| {
        nodes.iter().map(|node| node.key.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys(tree.nodes()), "a d b c");
    let ConfigValue::Section(a) = &tree.find("a").unwrap().value else { panic!() };
    assert_eq!(keys(a), "x w y");
    assert_eq!(tree.find("b/z").map(|node| &node.value), Some(&ConfigValue::Int(5)));
    assert_eq!(tree.find("c").map(|node| &node.value), Some(&ConfigValue::Int(3)));
}

#[test]
fn what_comes_first_counts() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write(
        "lvm.conf",
        "global { units = \"b\" suffix = 0 } report/aligned = 0 tags { one { } two { host_list = [ \"x\" ] } }",
    );
    write("lvmlocal.conf", "report { headings = 0 aligned = 1 }");
    write("lvm_one.conf", "report/headings = 1 tags { three { } }");
    write("lvm_two.conf", "nonsense {");
    write("lvm_three.conf", "report/quoted = 0");
    fs::create_dir(dir.path().join("profile")).unwrap();
    write("profile/cmd.profile", "global/units = \"k\" report/headings = 0");
    write("profile/md.profile", "allocation/thin_pool_zero = 0");
    let config = Config::read(dir.path()).unwrap();
    assert_eq!(config.host_tags(), ["one", "three"]);
    let names = config.paths().iter().map(|path| path.file_name().unwrap().to_string_lossy());
    assert_eq!(names.collect::<Vec<_>>(), ["lvm.conf", "lvmlocal.conf", "lvm_one.conf", "lvm_three.conf"]);
    assert_eq!((config.text("global/units").as_str(), config.flag("report/headings")), ("b", true));
    assert!(config.flag("report/aligned") && !config.flag("report/quoted") && !config.flag("global/suffix"));
    let config = config.with_profile("cmd", ProfileKind::Command).unwrap();
    let config = config.with_profile("md", ProfileKind::Metadata).unwrap();
    assert_eq!((config.text("global/units").as_str(), config.flag("report/headings")), ("k", false));
    assert!(!config.flag("allocation/thin_pool_zero"));
    let config = config
        .with_call("global { units = \"m\" suffix = \"maybe\" } activation/volume_list = [ \"@*\" ]")
        .unwrap();
    assert_eq!(config.text("global/units"), "m");
    // What is no value of it counts as nothing.
    assert!(config.flag("global/suffix") && config.value("global/suffix").is_none());
    assert_eq!(config.call_problems().len(), 1);
    assert_eq!(config.integer("global/umask"), 0o77);
    assert_eq!(config.texts("devices/scan"), ["/dev"]);
    let options = Options::new().of_host(&config).unwrap();
    assert_eq!(options.backup_dir, Some(dir.path().join("backup")));
    assert_eq!(options.activation_settings().host_tags, ["one", "three"]);
    assert!(!options.ignored_settings().contains(&"global/units".to_owned()), "reports count it");
    let without = config.without_files();
    assert!(without.files().is_empty() && without.text("global/units") == "m");
    assert_eq!(Options::new().with_config(&without).unwrap().backup_dir, None);
}

#[test]
fn profiles_are_checked() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("profile")).unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join("profile").join(name), text).unwrap();
    write("mix.profile", "global { units = \"m\" umask = 1 } allocation/thin_pool_zero = 0 nope/x = 1");
    write("broken.profile", "report {");
    let config = Config::read(dir.path()).unwrap();
    let problems = config.profile_problems("mix", ProfileKind::Metadata).unwrap();
    assert!(matches!(
        problems.as_slice(),
        [
            ConfigProblem::OtherProfile { allowed: ProfileKind::Command, .. },
            ConfigProblem::NotInProfile(_),
            ConfigProblem::UnknownSection(_),
        ]
    ));
    let kind =
        |name: &str| config.clone().with_profile(name, ProfileKind::Command).unwrap_err().kind().clone();
    for name in ["mix", "broken", "", "a/b"] {
        assert_eq!(kind(name), ErrorKind::InvalidInput, "{name}");
    }
    assert_eq!(kind("none"), ErrorKind::NotFound);
}

#[test]
fn tags_that_are_none() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("lvm.conf"), "tags { \"b@d\" { } }").unwrap();
    let error = Config::read(dir.path()).unwrap_err();
    assert_eq!(error.message(), "Invalid tag in config file: b@d");
    assert!(Config::read("").unwrap().paths().is_empty());
    fs::create_dir(dir.path().join("lvmlocal.conf")).unwrap();
    fs::remove_file(dir.path().join("lvm.conf")).unwrap();
    let error = Config::read(dir.path()).unwrap_err();
    assert!(error.message().contains("lvmlocal.conf"), "{error}");
}

#[test]
fn versions() {
    for (text, version) in
        [("2.2.99", Some((2, 2, 99))), (" 2.02.120x", Some((2, 2, 120))), ("2.3", None), ("x", None)]
    {
        let parsed =
            text.parse::<Version>().ok().map(|version| (version.major, version.minor, version.patch));
        assert_eq!(parsed, version, "{text}");
    }
    assert_eq!(Version::CURRENT.to_string(), "2.3.16");
}
