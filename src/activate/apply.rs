//! Making, changing and removing devices, one by one, with udev and the names under `/dev`.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use lvm_core::{Error, ErrorKind, Result, Sectors};
use lvm_dm::kernel::{DeviceInfo, DeviceKey, DeviceNumber, DmFlags, Kernel, KernelLine};
use lvm_dm::nodes::{Batch, DevDir};
use lvm_dm::table::Table;
use lvm_dm::udev::{Cookie, UdevKind, flags_for, is_udev_running};

use super::live::{Live, LiveDevice};
use super::options::KernelOptions;
use super::tree::{DeviceNode, ReadAheadWish};
use crate::data::filesystem::Mounts;

/// How often, and after which pause, a device that is open is tried again. Both are lvm2's.
const RETRIES: usize = 25;
const PAUSE: Duration = Duration::from_millis(200);

/// A name under `/dev` to make or to take away, once nothing is suspended.
#[derive(Debug)]
enum Names {
    Add { name: String, number: DeviceNumber, link: Option<Link> },
    Remove { name: String, link: Option<Link> },
}

/// Group and volume of a link.
pub(crate) type Link = (String, String);

/// Changes to devices that share one wait for udev.
pub(crate) struct Activator<'a> {
    pub(crate) kernel: Kernel,
    options: &'a KernelOptions,
    dir: DevDir,
    /// Udev runs and its rules make the names.
    rules: bool,
    cookie: Option<Cookie>,
    names: Vec<Names>,
    targets: BTreeSet<String>,
}

impl<'a> Activator<'a> {
    pub(crate) fn new(kernel: Kernel, options: &'a KernelOptions) -> Result<Self> {
        let running = is_udev_running();
        let cookie = if running && options.udev_sync { Some(Cookie::new()?) } else { None };
        Ok(Self {
            kernel,
            options,
            dir: DevDir::new(&options.dev),
            // Rules that nobody waits for would make names behind our back while we make them.
            rules: running && options.udev_rules && options.udev_sync,
            cookie,
            names: Vec::new(),
            targets: BTreeSet::new(),
        })
    }

    /// The event number of the next request about a device of that kind.
    fn event_nr(&mut self, kind: UdevKind) -> Result<u32> {
        let flags = flags_for(kind, self.rules);
        match &mut self.cookie {
            Some(cookie) => Ok(cookie.event_nr(flags)?),
            None => Ok(flags.event_nr()),
        }
    }

    /// Says after a request whether udev will hear of it.
    fn told(&mut self, event: bool) -> Result<()> {
        match &mut self.cookie {
            Some(cookie) if !event => Ok(cookie.no_event()?),
            _ => Ok(()),
        }
    }

    /// Runs a request that may cause an event.
    fn with_event<T>(
        &mut self,
        kind: UdevKind,
        request: impl FnOnce(&Kernel, u32) -> Result<(bool, T)>,
    ) -> Result<T> {
        let event_nr = self.event_nr(kind)?;
        let result = request(&self.kernel, event_nr);
        self.told(matches!(result, Ok((true, _))))?;
        result.map(|(_, value)| value)
    }

    /// Checks that the kernel has the targets of these devices, before anything is made.
    ///
    /// # Errors
    /// `Unsupported` naming the target and its module.
    pub(crate) fn check_targets<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n DeviceNode>,
    ) -> Result<()> {
        let needed = nodes.into_iter().flat_map(|node| node.table.lines());
        let needed = needed.map(|line| line.target.name().to_owned()).collect::<BTreeSet<_>>();
        if needed.is_subset(&self.targets) {
            return Ok(());
        }
        self.targets.extend(self.kernel.target_versions()?.into_iter().map(|target| target.name));
        for target in &needed {
            if !self.targets.contains(target) {
                self.kernel.target_version(target)?;
                self.targets.insert(target.clone());
            }
        }
        Ok(())
    }

    /// Makes what is missing of a tree and brings the rest up to it. On an error what was made here
    /// is removed again.
    pub(crate) fn bring_up(
        &mut self,
        live: &Live,
        nodes: &[DeviceNode],
        link: &Link,
    ) -> Result<DeviceNumber> {
        let mut made = Vec::new();
        let result = self.bring_up_nodes(live, nodes, link, &mut made);
        if result.is_err() {
            for (number, kind, name) in made.into_iter().rev() {
                self.names.retain(|names| !matches!(names, Names::Add { name: added, .. } if *added == name));
                // The first error counts; what cannot be removed either is found by `recover`.
                let _ = self.remove(number, kind);
            }
        }
        result
    }

    fn bring_up_nodes(
        &mut self,
        live: &Live,
        nodes: &[DeviceNode],
        link: &Link,
        made: &mut Vec<(DeviceNumber, UdevKind, String)>,
    ) -> Result<DeviceNumber> {
        let mut numbers = HashMap::new();
        let mut top = DeviceNumber::default();
        for node in nodes {
            let uuid = node.uuid.to_string();
            let table = node.resolved(&|uuid| numbers.get(uuid).copied());
            top = match live.find(node) {
                Some(device) => {
                    self.refresh(device, node, &table, link)?;
                    device.number
                }
                None => {
                    let minor = node.minor.map(|minor| DeviceNumber::new(0, minor));
                    let info = self.kernel.create(&node.name, &uuid, minor)?;
                    made.push((info.number, node.kind, node.name.clone()));
                    self.load(info.number, node, &table)?;
                    self.resume(info.number, node.kind, DmFlags::empty())?;
                    let link = node.linked.then(|| link.clone());
                    self.names.push(Names::Add { name: node.name.clone(), number: info.number, link });
                    info.number
                }
            };
            self.set_read_ahead(top, node.read_ahead);
            numbers.insert(uuid, top);
        }
        Ok(top)
    }

    /// Fills a device's inactive table.
    pub(crate) fn load(&self, number: DeviceNumber, node: &DeviceNode, table: &Table) -> Result<()> {
        let flags = if node.read_only { DmFlags::READONLY } else { DmFlags::empty() };
        let loaded = self.kernel.load(number.into(), table, flags);
        loaded.map_err(|error| error.with_device(node.name.clone()))
    }

    pub(crate) fn resume(
        &mut self,
        number: DeviceNumber,
        kind: UdevKind,
        how: DmFlags,
    ) -> Result<DeviceInfo> {
        self.with_event(kind, |kernel, event_nr| {
            let info = kernel.resume(number.into(), event_nr, how)?;
            Ok((info.flags.contains(DmFlags::UEVENT_GENERATED), info))
        })
    }

    /// Brings a device that exists to what it should be: no table waits, the live one is `table`,
    /// nothing is suspended, the name is right. Returns whether anything had to be done.
    pub(crate) fn refresh(
        &mut self,
        device: &LiveDevice,
        node: &DeviceNode,
        table: &Table,
        link: &Link,
    ) -> Result<bool> {
        let key = DeviceKey::Number(device.number);
        let (info, lines) = self.kernel.table_lines(key, false)?;
        let mut done = info.is_suspended() || info.has_inactive_table();
        // Whoever loaded a table that is not live yet may have died before its metadata was
        // committed: it must not go live by our resume.
        if info.has_inactive_table() {
            self.kernel.clear(key)?;
        }
        // One that was brought up for reading only, though it may be written, stays so; unless a
        // change of just that may have been cut short.
        let keeps_read_only = info.is_read_only() && !info.has_inactive_table();
        let node = &DeviceNode { read_only: node.read_only || keeps_read_only, ..node.clone() };
        if !is_same_table(table, &lines) || info.is_read_only() != node.read_only {
            self.load(device.number, node, table)?;
            done = true;
        }
        if done {
            self.resume(device.number, node.kind, DmFlags::SKIP_LOCKFS)?;
        }
        done |= self.rename(device, node, link)?;
        let link = node.linked.then(|| link.clone());
        self.names.push(Names::Add { name: node.name.clone(), number: device.number, link });
        Ok(done)
    }

    /// Gives a device its right name; false when it has it.
    pub(crate) fn rename(&mut self, device: &LiveDevice, node: &DeviceNode, link: &Link) -> Result<bool> {
        if device.name == node.name {
            return Ok(false);
        }
        self.with_event(node.kind, |kernel, event_nr| {
            Ok((kernel.rename(&device.name, &node.name, event_nr)?, ()))
        })?;
        let old = old_link(&device.name).filter(|_| node.linked);
        self.names.push(Names::Remove { name: device.name.clone(), link: old });
        let link = node.linked.then(|| link.clone());
        self.names.push(Names::Add { name: node.name.clone(), number: device.number, link });
        Ok(true)
    }

    fn remove(&mut self, number: DeviceNumber, kind: UdevKind) -> Result<()> {
        self.with_event(kind, |kernel, event_nr| Ok((kernel.remove(number.into(), event_nr, false)?, ())))
    }

    /// Removes a device.
    ///
    /// # Errors
    /// `InUse` naming the open count.
    pub(crate) fn take_down(&mut self, device: &LiveDevice, kind: UdevKind) -> Result<()> {
        let mut retries = if self.options.retry_deactivation { RETRIES } else { 0 };
        loop {
            match self.remove(device.number, kind) {
                Ok(()) => break,
                // Somebody removed it meanwhile.
                Err(error) if *error.kind() == ErrorKind::NotFound => break,
                Err(error) if *error.kind() == ErrorKind::InUse => {
                    let holder = Holder::of(device.number);
                    if holder != Holder::Unknown || retries == 0 {
                        return Err(self.in_use(device, holder).with_source(error));
                    }
                    retries -= 1;
                    thread::sleep(PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
        let link = if device.uuid.suffix().is_none() { old_link(&device.name) } else { None };
        self.names.push(Names::Remove { name: device.name.clone(), link });
        Ok(())
    }

    fn in_use(&self, device: &LiveDevice, holder: Holder) -> Error {
        let count = self.kernel.info(device.number.into()).map_or(0, |info| info.open_count);
        let name =
            old_link(&device.name).map_or_else(|| device.name.clone(), |(vg, lv)| format!("{vg}/{lv}"));
        let why = match holder {
            Holder::Mount => "contains a filesystem in use",
            Holder::Device => "is used by another device",
            Holder::Unknown => "in use",
        };
        Error::new(ErrorKind::InUse, format!("Logical volume {name} {why}: open {count} times."))
            .with_device(device.name.clone())
    }

    fn set_read_ahead(&self, number: DeviceNumber, wish: ReadAheadWish) {
        let path = PathBuf::from(format!("/sys/dev/block/{number}/bdi/read_ahead_kb"));
        let kib = |sectors: Sectors| sectors.0.div_ceil(2);
        let wanted = match wish {
            ReadAheadWish::Kernel => return,
            ReadAheadWish::Exactly(sectors) => kib(sectors),
            ReadAheadWish::AtLeast(sectors) => {
                let now = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u64>().ok());
                if now.is_none_or(|now| now >= kib(sectors)) {
                    return;
                }
                kib(sectors)
            }
        };
        // Read-ahead is about speed; a device without it works.
        let _ = fs::write(path, wanted.to_string());
    }

    /// Waits for udev and makes the names it did not make. Nothing may be suspended.
    ///
    /// # Errors
    /// `Io` from names; then the devices are as they should be.
    pub(crate) fn finish(&mut self) -> Result<()> {
        let waited = match self.cookie.take() {
            Some(cookie) => cookie.wait(Some(self.options.udev_limit)).is_ok(),
            None => false,
        };
        let by_udev = self.rules && waited;
        let mut result = Ok(());
        let mut batch = self.dir.batch();
        for names in std::mem::take(&mut self.names) {
            result = result.and(set_names(&mut batch, self.dir.root(), &names, by_udev));
        }
        result.and(batch.finish())
    }
}

/// Makes or takes away a device's names, unless udev did.
fn set_names(batch: &mut Batch<'_>, root: &Path, names: &Names, by_udev: bool) -> Result<()> {
    match names {
        Names::Add { name, number, link } => {
            // What udev made is a link to its own node, and must stay one.
            let there = |path: PathBuf| by_udev && path.exists();
            if !there(root.join("mapper").join(name)) {
                batch.add_node(name, number.major, number.minor)?;
            }
            match link {
                Some((vg, lv)) if !there(root.join(vg).join(lv)) => batch.add_link(vg, lv, name),
                _ => Ok(()),
            }
        }
        Names::Remove { name, link } => {
            if let Some((vg, lv)) = link {
                batch.remove_link(vg, lv)?;
            }
            batch.remove_node(name)
        }
    }
}

impl std::fmt::Debug for Activator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activator")
            .field("kernel", &self.kernel)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// Group and volume that a device's name tells.
fn old_link(name: &str) -> Option<Link> {
    let name = name.parse::<lvm_dm::DeviceName>().ok()?;
    name.layer().is_none().then(|| (name.vg().to_owned(), name.lv().to_owned()))
}

/// Whether the kernel's lines are this table. Blanks at the end of parameters mean nothing.
pub(crate) fn is_same_table(table: &Table, lines: &[KernelLine]) -> bool {
    table.lines().len() == lines.len()
        && table.lines().iter().zip(lines).all(|(line, other)| {
            line.start == other.start
                && line.length == other.length
                && line.target.name() == other.target
                && line.target.params().trim_end() == other.params.trim_end()
        })
}

/// Who keeps a device open, as far as the system tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holder {
    /// A mounted file system.
    Mount,
    /// Another block device.
    Device,
    /// Some process.
    Unknown,
}

impl Holder {
    fn of(number: DeviceNumber) -> Self {
        if Mounts::read().is_ok_and(|mounts| mounts.is_mounted(number)) {
            return Self::Mount;
        }
        let holders = fs::read_dir(format!("/sys/dev/block/{number}/holders"));
        if holders.is_ok_and(|mut holders| holders.next().is_some()) { Self::Device } else { Self::Unknown }
    }
}
