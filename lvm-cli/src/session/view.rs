//! What a command looks at: named devices, or the machine's, with what settings and options say.

use std::os::unix::fs::FileTypeExt;
use std::path::PathBuf;

use lvmkit::scan::machine::MachineOptions;
use lvmkit::{DeviceSpec, KernelOptions, Lvm, Options};

use super::{EXIT_OK, Failure, Outcome, Session};
use crate::args::{UsageError, option};

/// The variable that says that udev has no part in it, as it does to libdevmapper's programs.
const NO_UDEV_VARIABLE: &str = "DM_DISABLE_UDEV";

/// The variable that names another directory of nodes than `/dev`.
const DEV_DIR_VARIABLE: &str = "DM_DEV_DIR";

/// The variable that names devices and image files, as `--devices` does.
const DEVICES_VARIABLE: &str = "LVMKIT_DEVICES";

impl Session<'_> {
    /// The devices that `--devices` or the environment names.
    pub(super) fn devices(&self) -> Vec<DeviceSpec> {
        let mut lists = self.args.texts(&option::DEVICES).map(str::to_owned).collect::<Vec<_>>();
        if lists.is_empty() {
            lists.extend(std::env::var(DEVICES_VARIABLE));
        }
        let names = lists.iter().flat_map(|list| list.split(',')).filter(|name| !name.is_empty());
        names.map(DeviceSpec::from).collect()
    }

    fn waits_for_udev(&self) -> bool {
        !self.args.has(&option::NOUDEVSYNC) && std::env::var_os(NO_UDEV_VARIABLE).is_none()
    }

    /// What the settings and options say; of the host's files, if its block devices are looked at.
    pub(super) fn options(&self, of_host: bool) -> Outcome<Options> {
        let mut machine = MachineOptions::default();
        if let Some(dir) =
            std::env::var_os(DEV_DIR_VARIABLE).map(PathBuf::from).filter(|dir| dir.is_absolute())
        {
            machine.dev = dir;
        }
        let options = Options::new()
            .machine(machine)
            .command(self.line.clone())
            .locking(!self.args.has(&option::NOLOCKING))
            .read_only(self.args.has(&option::READONLY))
            .dry_run(self.is_test())
            .flush(!self.args.has(&option::NOFLUSH))
            .kernel(KernelOptions::auto());
        let mut options = match of_host {
            true => options.of_host(&self.config)?,
            false => options.with_config(&self.config.without_files())?,
        };
        if !self.waits_for_udev() {
            options = options.udev_sync(false);
        }
        if let Some(name) = self.args.text(&option::DEVICESFILE) {
            options = self.devices_file(options, name)?;
        }
        if self.args.yes_no(&option::AUTOBACKUP) != Some(false) {
            if let Some(dir) = self.args.text(&option::BACKUP_DIR) {
                options = options.backup_dir(dir);
            }
            if let Some(dir) = self.args.text(&option::ARCHIVE_DIR) {
                options = options.archive_dir(dir);
            }
        } else {
            options = options.no_backups();
        }
        Ok(options)
    }

    /// With the devices file of that name; commands that put devices into it may begin one.
    fn devices_file(&self, options: Options, name: &str) -> Outcome<Options> {
        if self.args.has(&option::DEVICES) {
            return Err(self.wrong("A --devices list cannot be used with --devicesfile."));
        }
        let options = options.devices_file(name).map_err(|error| self.wrong(error.message()))?;
        let begins = ["lvmdevices", "vgimportdevices", "pvcreate", "vgcreate", "vgextend"];
        if !begins.contains(&self.command.name) && !name.is_empty() {
            let path = self.config.system_dir().join("devices").join(name);
            if !path.exists() {
                return Err(Failure::refused(format!("Devices file not found: {}", path.display())));
            }
        }
        Ok(options)
    }

    /// A wrong command line, in a line that says why.
    pub(crate) fn wrong(&self, line: &str) -> Failure {
        let name = self.command.name;
        let lines = [format!("  {line}"), format!("  Run `{name} --help' for more information.")];
        Failure::Usage(UsageError(lines.to_vec()))
    }

    /// A handle on the machine, whatever devices are named.
    pub(crate) fn open_machine(&self) -> Outcome<Lvm> {
        Ok(Lvm::open(self.options(true)?)?)
    }

    /// The same, without a devices file.
    pub(crate) fn open_all_devices(&self) -> Outcome<Lvm> {
        Ok(Lvm::open(self.options(true)?.devices_file("")?)?)
    }

    /// True when what there is to say is said in JSON.
    pub(crate) fn is_json(&self) -> bool {
        match self.args.text(&option::REPORTFORMAT) {
            Some(format) => format != "basic",
            None => {
                let takes = self.command.options().any(|opt| opt.long == option::REPORTFORMAT.long);
                takes && self.config.text("report/output_format").starts_with("json")
            }
        }
    }

    /// True when something failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.code != EXIT_OK
    }
}

pub(super) fn is_block_device(spec: &DeviceSpec) -> bool {
    std::fs::metadata(spec.path()).is_ok_and(|metadata| metadata.file_type().is_block_device())
}
