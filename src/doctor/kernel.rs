//! The driver and its targets.

use std::path::Path;

use lvm_dm::kernel::Kernel;

use super::{Check, Machine};
use crate::lvm::Lvm;

/// Targets that volumes use, with the modules that have them and what they are for.
const TARGETS: [(&str, &str, &str); 11] = [
    ("linear", "dm-mod", "every volume"),
    ("striped", "dm-mod", "striped volumes"),
    ("snapshot", "dm-snapshot", "snapshots"),
    ("mirror", "dm-mirror", "mirrors and pvmove"),
    ("raid", "dm-raid", "raid volumes"),
    ("thin-pool", "dm-thin-pool", "thin volumes"),
    ("cache", "dm-cache", "cached volumes"),
    ("writecache", "dm-writecache", "write caches"),
    ("integrity", "dm-integrity", "raid with checksums"),
    ("zero", "dm-zero", "volumes of type zero"),
    ("vdo", "dm-vdo", "VDO volumes"),
];

/// The modules of the running kernel.
struct Modules {
    release: String,
    /// Names of loadable ones and of those built in, `_` for `-`.
    names: Vec<String>,
}

impl Modules {
    fn of(machine: &Machine) -> Self {
        let release = machine.text("proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned();
        let mut names = Vec::new();
        for list in ["modules.dep", "modules.builtin"] {
            let text = machine.text(&format!("lib/modules/{release}/{list}")).unwrap_or_default();
            names.extend(text.lines().filter_map(module_name));
        }
        Self { release, names }
    }

    fn has(&self, module: &str) -> bool {
        self.names.contains(&module.replace('-', "_"))
    }
}

/// The module of a line `kernel/drivers/md/dm-raid.ko.xz: …`.
fn module_name(line: &str) -> Option<String> {
    let path = line.split(':').next()?;
    let file = Path::new(path).file_name()?.to_str()?;
    Some(file.split_once(".ko")?.0.replace('-', "_"))
}

pub(super) fn examine(lvm: &Lvm, machine: &Machine) -> Vec<Check> {
    if !lvm.uses_kernel() {
        let check = Check::warning("driver", "activation is switched off (global/activation=0)");
        return vec![check.remedy("switch it on to use volumes as devices")];
    }
    let modules = Modules::of(machine);
    let loaded = machine.text("proc/misc").is_some_and(|misc| misc.contains("device-mapper"));
    if !loaded {
        return vec![not_loaded(&modules)];
    }
    match lvm.kernel() {
        Err(error) => {
            let check = Check::problem("driver", format!("device-mapper cannot be used: {error}"));
            vec![match error.help() {
                Some(help) => check.remedy(help),
                None => check,
            }]
        }
        Ok(kernel) => {
            let version = kernel.version();
            let found = format!("device-mapper runs, interface {version}, and its control node answers");
            let mut checks = vec![Check::ok("driver", found)];
            checks.extend(targets(&kernel, &modules));
            checks
        }
    }
}

fn not_loaded(modules: &Modules) -> Check {
    if modules.has("dm-mod") {
        return Check::warning("driver", "device-mapper is not loaded, and can be")
            .remedy("modprobe dm_mod; activating a volume does it too");
    }
    let Modules { release, .. } = modules;
    Check::problem("driver", format!("this kernel ({release}) has no device-mapper, nor a module with it"))
        .remedy("install the kernel's modules, or use image files, which need no device-mapper")
}

fn targets(kernel: &Kernel, modules: &Modules) -> Vec<Check> {
    let loaded = match kernel.target_versions() {
        Ok(loaded) => loaded,
        Err(error) => {
            return vec![Check::problem("targets", format!("the kernel does not list them: {error}"))];
        }
    };
    TARGETS
        .into_iter()
        .map(|(target, module, what)| {
            let name = format!("target {target}");
            match loaded.iter().find(|loaded| loaded.name == target) {
                Some(loaded) => Check::ok(name, format!("loaded, version {}", loaded.version)),
                None if modules.has(module) => {
                    Check::ok(name, format!("not loaded, and can be (modprobe {module})"))
                }
                None if module == "dm-mod" => Check::problem(name, format!("missing: {what} need it")),
                None => Check::warning(name, format!("missing: {what} cannot be activated"))
                    .remedy(format!("install the module {module}, then modprobe {module}")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_by_name() {
        let name = |line| module_name(line);
        assert_eq!(name("kernel/drivers/md/dm-raid.ko.xz: a.ko b.ko").as_deref(), Some("dm_raid"));
        assert_eq!(name("kernel/drivers/md/dm-mod.ko").as_deref(), Some("dm_mod"));
        assert_eq!((name(""), name("nonsense: x")), (None, None));
    }

    #[test]
    fn a_driver_that_is_not_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("proc/sys/kernel/osrelease", "6.1.0-test\n");
        write("proc/misc", "229 fuse\n");
        let machine = Machine::at(dir.path());
        let lvm = Lvm::open(crate::Options::new()).unwrap();
        let check = &examine(&lvm, &machine)[0];
        assert_eq!(check.verdict, super::super::Verdict::Problem, "{check:?}");
        assert!(check.finding.contains("6.1.0-test"), "{check:?}");
        write("lib/modules/6.1.0-test/modules.dep", "kernel/drivers/md/dm-mod.ko.zst:\n");
        let check = &examine(&lvm, &machine)[0];
        assert_eq!(check.verdict, super::super::Verdict::Warning, "{check:?}");
        assert!(check.remedy.as_deref().unwrap().contains("modprobe dm_mod"));
    }
}
