use super::*;
use crate::Options;

fn find<'c>(checks: &'c [Check], name: &str) -> &'c Check {
    checks.iter().find(|check| check.name == name).unwrap()
}

#[test]
fn files_of_a_machine() {
    let dir = tempfile::tempdir().unwrap();
    let machine = Machine::at(dir.path());
    let lvm = Lvm::open(Options::new().locking_dir(dir.path().join("run/lock/lvm"))).unwrap();
    let checks = examine(&lvm, &machine);
    for name in ["lvm.conf", "devices file", "locks"] {
        assert_eq!(find(&checks, name).verdict, Verdict::Ok, "{checks:?}");
    }

    let system = dir.path().join("etc/lvm/devices");
    fs::create_dir_all(&system).unwrap();
    fs::write(dir.path().join("etc/lvm/lvm.conf"), "devices { filter = [ \"a|.*|\" ]").unwrap();
    fs::write(
        system.join("system.devices"),
        "VERSION=1.1.1\nIDTYPE=devname IDNAME=/dev/nosuch DEVNAME=/dev/nosuch PVID=x\n",
    )
    .unwrap();
    let checks = examine(&lvm, &machine);
    assert_eq!(find(&checks, "lvm.conf").verdict, Verdict::Problem, "{checks:?}");
    let devices = find(&checks, "devices file");
    assert_eq!(devices.verdict, Verdict::Warning);
    assert!(devices.finding.ends_with("/dev/nosuch"), "{devices:?}");
    assert!(!is_ready(&checks));

    fs::write(dir.path().join("etc/lvm/lvm.conf"), "devices { scan = \"/dev\" }").unwrap();
    fs::write(system.join("system.devices"), "IDTYPE=devname IDNAME=/dev/null DEVNAME=/dev/null\n").unwrap();
    let checks = examine(&lvm, &machine);
    assert_eq!(find(&checks, "lvm.conf").verdict, Verdict::Ok, "{checks:?}");
    assert_eq!(find(&checks, "devices file").verdict, Verdict::Ok, "{checks:?}");
}

#[test]
fn as_json() {
    let checks = [Check::ok("a", "fine"), Check::problem("b", "not \"fine\"").remedy("do it")];
    let value: serde_json::Value = serde_json::from_str(&to_json(&checks)).unwrap();
    assert_eq!(value["ready"], false);
    assert_eq!(value["checks"][0]["verdict"], "ok");
    assert!(value["checks"][0].get("remedy").is_none());
    assert_eq!(value["checks"][1]["finding"], "not \"fine\"");
}

#[test]
fn duplicates_are_a_problem() {
    let dir = tempfile::tempdir().unwrap();
    let paths = ["a.img", "b.img"].map(|name| dir.path().join(name));
    fs::File::create(&paths[0]).unwrap().set_len(16 << 20).unwrap();
    let lvm = Lvm::open(Options::new().devices(&paths[..1])).unwrap();
    lvm.create_vg("vg", &paths[..1]).unwrap().commit(&mut crate::Silent).unwrap();
    assert_eq!(find(&examine(&lvm, &Machine::at(dir.path())), "volume groups").verdict, Verdict::Ok);
    fs::copy(&paths[0], &paths[1]).unwrap();
    let lvm = Lvm::open(Options::new().devices(&paths)).unwrap();
    let checks = examine(&lvm, &Machine::at(dir.path()));
    let found = checks.iter().find(|check| check.finding.contains("both are physical volume"));
    assert_eq!(found.unwrap().verdict, Verdict::Problem, "{checks:?}");
}
