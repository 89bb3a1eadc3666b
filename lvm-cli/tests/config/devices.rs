//! `lvmdevices` and `vgimportdevices` beside lvm2's, on loop devices that both only know by a devices
//! file of their own.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::shared::loops::Loop;
use crate::shared::lvm2::Lvm2;
use crate::shared::needed;

const SIZE: u64 = 32 << 20;
/// Lines of lvm2 about the configuration that keeps it off other devices.
const NOISE: [&str; 7] = [
    "Activation disabled",
    "NOT backed up",
    "Please remove the lvm.conf",
    "Creating devices file",
    "Command failed with status",
    // Devices of others that it may read when it looks for a physical volume.
    "Error reading device",
    "/dev/mapper/control",
];

/// What a run came to: exit code, standard output, what matters of standard error.
type Said = (i32, String, Vec<String>);

/// Both programs on the same devices, each with a system directory of its own.
struct Both {
    dir: TempDir,
    loops: Vec<Loop>,
    vg: String,
}

impl Both {
    fn new() -> Result<Self, String> {
        Lvm2::new()?;
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let loops = (0..3).map(|at| Loop::new(dir.path(), &format!("disk{at}"), SIZE));
        let loops = loops.collect::<Result<Vec<_>, _>>()?;
        let filter = loops.iter().map(|device| format!("\"a|^{}$|\", ", device.path())).collect::<String>();
        for side in ["theirs", "ours"] {
            let system = dir.path().join(side);
            fs::create_dir_all(system.join("lock")).map_err(|error| error.to_string())?;
            let text = format!(
                "devices {{ use_devicesfile = 1 hints = \"none\" external_device_info_source = \"none\"\n\
                 md_component_detection = 0 multipath_component_detection = 0\n\
                 global_filter = [ {filter} \"r|.*|\" ] }}\n\
                 global {{ activation = 0 use_lvmpolld = 0 locking_dir = \"{}\" }}\nbackup {{ backup = 0 archive = 0 }}\n",
                system.join("lock").display()
            );
            fs::write(system.join("lvm.conf"), text).map_err(|error| error.to_string())?;
        }
        let vg = format!("lkdevices{}", std::process::id());
        Ok(Self { dir, loops, vg })
    }

    fn run(&self, side: &str, line: &str) -> Said {
        let program = if side == "ours" { env!("CARGO_BIN_EXE_lvmkit") } else { "lvm" };
        let words = line.split_whitespace().map(|word| if word == "''" { "" } else { word });
        let output = Command::new(program)
            .args(words)
            .env("LVM_SYSTEM_DIR", self.dir.path().join(side))
            .env("LVM_SUPPRESS_FD_WARNINGS", "1")
            .env("LC_ALL", "C")
            .env_remove("LVMKIT_DEVICES")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        let mut err = err.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
        err.retain(|line| !NOISE.iter().any(|noise| line.contains(noise)));
        err.dedup();
        let err = err.into_iter().map(str::to_owned).collect();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned(), err)
    }

    fn path(&self, side: &str, file: &str) -> PathBuf {
        self.dir.path().join(side).join("devices").join(file)
    }

    /// The entries and the version, without the comments; ids of physical volumes as `known` says.
    fn file(&self, side: &str, file: &str) -> Option<Vec<String>> {
        let text = fs::read_to_string(self.path(side, file)).ok()?;
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        Some(lines.map(str::to_owned).collect())
    }

    #[track_caller]
    fn same(&self, line: &str) {
        let (theirs, ours) = (self.run("theirs", line), self.run("ours", line));
        assert_eq!(ours, theirs, "{line}");
        for file in ["system.devices", "other"] {
            let (theirs, ours) = (self.file("theirs", file), self.file("ours", file));
            // lvm2 leaves an empty file behind where it had nothing to update.
            assert_eq!(ours.unwrap_or_default(), theirs.unwrap_or_default(), "{line}: {file}");
        }
    }

    fn write(&self, entries: &str) {
        for side in ["theirs", "ours"] {
            let path = self.path(side, "system.devices");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("VERSION=1.1.5\n{entries}\n")).unwrap();
        }
    }

    fn forget(&self) {
        for side in ["theirs", "ours"] {
            let _ = fs::remove_dir_all(self.dir.path().join(side).join("devices"));
        }
    }

    /// The uuid of a physical volume, with dashes and without.
    fn uuid(&self, device: &str) -> [String; 2] {
        let (code, out, err) = self.run("theirs", &format!("pvs --devices {device} --noheadings -o pv_uuid"));
        assert_eq!(code, 0, "{err:?}");
        [out.trim().to_owned(), out.trim().replace('-', "")]
    }

    /// Every line with `A`, `B`, `C` for the devices, `V` for the group.
    fn names(&self, line: &str) -> String {
        let word = |word: &str| match word {
            "A" | "B" | "C" => {
                let at = usize::from(word.as_bytes()[0] - b'A');
                self.loops[at].path().to_owned()
            }
            "V" => self.vg.clone(),
            word => word.to_owned(),
        };
        line.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn the_list() {
    let Some(both) = needed("lvmdevices beside lvm2's", Both::new()) else { return };
    for line in ["lvmdevices", "lvmdevices --check", "lvmdevices --update", "lvmdevices --adddev A"] {
        both.same(&both.names(line));
    }
    both.same(&both.names("lvmdevices --adddev B --deviceidtype devname"));
    let made = both.run("theirs", &both.names("vgcreate --devicesfile '' V A B"));
    assert_eq!(made.0, 0, "{made:?}");
    let [dashes, plain] = both.uuid(both.loops[0].path());
    let file = both.loops[2].file().display().to_string();
    let lines = [
        "lvmdevices",
        "lvmdevices --check",
        "lvmdevices --update",
        "lvmdevices --deldev A",
        "lvmdevices --deldev C",
        "lvmdevices --adddev A",
        "lvmdevices --adddev B",
        "lvmdevices --deldev /dev/nonexistent",
        "lvmdevices --adddev /dev/nonexistent",
        "lvmdevices --adddev /dev/null",
        "lvmdevices --adddev C --deviceidtype sys_wwid",
        "lvmdevices --adddev C --deviceidtype bogus",
        "lvmdevices --adddev C --deviceidtype loop_file",
        "lvmdevices --deldev FILE --deviceidtype loop_file",
        "lvmdevices --deldev /none --deviceidtype loop_file",
        "lvmdevices --deldev FILE --deviceidtype bogus",
        "lvmdevices --delpvid DASHES",
        "lvmdevices --delpvid DASHES",
        "lvmdevices --addpvid DASHES",
        "lvmdevices --addpvid DASHES",
        "lvmdevices --delpvid PLAIN",
        "lvmdevices --addpvid PLAIN --deviceidtype devname",
        "lvmdevices --addpvid abc",
        "lvmdevices --delpvid abc",
        "lvmdevices --addpvid aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa",
        "lvmdevices --delpvid aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa",
        "lvmdevices foo",
        "lvmdevices --adddev A --adddev B",
        "lvmdevices --adddev A B",
        "lvmdevices --check --update",
        "lvmdevices --deldev A --adddev B",
        "lvmdevices --deviceidtype x",
        "lvmdevices --check --deviceidtype x",
        "lvmdevices --adddev",
        "lvmdevices --devicesfile other",
        "lvmdevices --devicesfile other --adddev A",
        "lvmdevices --devicesfile other",
        "lvmdevices --devicesfile ''",
        "lvmdevices --devicesfile '' --adddev A",
        "lvmdevices --devicesfile a/b --adddev A",
        "lvmdevices --config devices/use_devicesfile=0",
        "lvmdevices --test --adddev A",
        "lvmdevices --devices A",
        "pvs --devicesfile a/b",
        "pvs --devicesfile other --devices A",
    ];
    for line in lines {
        let line = line.replace("DASHES", &dashes).replace("PLAIN", &plain).replace("FILE", &file);
        both.same(&both.names(&line));
    }
}

#[test]
fn corrections() {
    let Some(both) = needed("corrections of lvmdevices beside lvm2's", Both::new()) else { return };
    let made = both.run("theirs", &both.names("vgcreate --devicesfile '' V A B"));
    assert_eq!(made.0, 0, "{made:?}");
    let [a, b] = [0, 1].map(|at: usize| both.uuid(both.loops[at].path())[1].clone());
    let file = |at: usize| both.loops[at].file().display().to_string();
    let [path_a, path_b, path_c] = [0, 1, 2].map(|at: usize| both.loops[at].path().to_owned());
    let by_file = |at: usize, path: &str, pv: &str| {
        format!("IDTYPE=loop_file IDNAME={} DEVNAME={path} PVID={pv}", file(at))
    };
    let by_path =
        |id: &str, path: &str, pv: &str| format!("IDTYPE=devname IDNAME={id} DEVNAME={path} PVID={pv}");
    let gone = "/dev/loop99999";
    let entries = [
        by_file(0, &path_a, &a),
        by_file(0, &path_b, &a),
        by_file(0, &path_a, &b),
        by_file(0, &path_a, "."),
        by_file(0, ".", &a),
        by_file(2, &path_c, &a),
        format!("{} PART=3", by_file(0, &path_a, &a)),
        format!("IDTYPE=loop_file IDNAME=/gone DEVNAME={path_a} PVID={a}"),
        format!("IDTYPE=sys_wwid IDNAME=naa.500 DEVNAME={path_a} PVID={a}"),
        by_path(gone, gone, &a),
        by_path(gone, gone, "."),
        by_path(&path_a, &path_a, &a),
        by_path(&path_b, &path_b, &a),
        by_path(&path_b, &path_a, &b),
        by_path(&path_b, &path_b, "."),
        by_path(&path_c, &path_c, &a),
        by_path(".", &path_a, &a),
        format!("{}\n{}", by_path(&path_b, &path_b, &a), by_path(&path_a, &path_a, &b)),
    ];
    let search = |how: &str| format!(" --config devices/search_for_devnames=\"{how}\"");
    for entries in &entries {
        let mut searches = vec![String::new()];
        if entries.contains("devname") {
            searches.extend([search("all"), search("none")]);
        }
        for search in searches {
            both.write(entries);
            for line in ["lvmdevices", "lvmdevices --check", "lvmdevices --update"] {
                both.same(&format!("{line}{search}"));
            }
        }
    }
}

#[test]
fn groups_are_imported() {
    let Some(both) = needed("vgimportdevices beside lvm2's", Both::new()) else { return };
    let made = both.run("theirs", &both.names("vgcreate --devicesfile '' V A B"));
    assert_eq!(made.0, 0, "{made:?}");
    let lines = [
        "vgimportdevices V",
        "vgimportdevices V",
        "vgimportdevices --devicesfile other V",
        "vgimportdevices nonexistent",
        "vgimportdevices -a V",
        "vgimportdevices --config devices/use_devicesfile=0 V",
    ];
    for line in lines {
        both.same(&both.names(line));
    }
    both.forget();
    // The second of its physical volumes goes.
    fs::write(both.loops[1].path(), vec![0; 1 << 20]).unwrap();
    let done = both.run("ours", &both.names("vgimportdevices V"));
    assert_eq!(done.0, 5);
    assert!(done.2.iter().any(|line| line.contains("Not importing devices for VG")), "{done:?}");
    assert_eq!(both.file("ours", "system.devices"), None);
}

/// The lines one after the other with each program, on empty devices: what the files hold then.
#[test]
fn commands_that_change_the_list() {
    let Some(both) = needed("commands that change the devices file", Both::new()) else { return };
    let lines = [
        "vgcreate V A B --devicesfile other",
        "lvmdevices --adddev A",
        "lvmdevices --adddev B",
        "vgextend V C",
        "vgreduce V C",
        "pvremove C",
        "lvmdevices --deldev C",
        "pvs --noheadings -o pv_name",
        "pvcreate C --devicesfile other",
        "vgremove -y V",
        "pvremove A",
        "pvcreate C -y",
    ];
    let mut steps = Vec::new();
    for side in ["theirs", "ours"] {
        for device in &both.loops {
            fs::write(device.path(), vec![0; 1 << 20]).unwrap();
        }
        let run = |line: &&str| {
            let (code, out, err) = both.run(side, &both.names(line));
            let files = ["system.devices", "other"].map(|file| {
                let lines = both.file(side, file).unwrap_or_default();
                let without_ids = |line: String| match line.split_once("PVID=") {
                    Some((front, id)) => format!("{front}PVID={}", if id == "." { "." } else { "?" }),
                    None => line,
                };
                lines.into_iter().map(without_ids).collect::<Vec<_>>()
            });
            (line.to_string(), code, out, err, files)
        };
        steps.push(lines.iter().map(run).collect::<Vec<_>>());
    }
    for (theirs, ours) in steps[0].iter().zip(&steps[1]) {
        assert_eq!(ours, theirs);
    }
}
