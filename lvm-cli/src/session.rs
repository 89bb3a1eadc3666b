//! One command being run: its arguments, the view of devices, questions, and the exit code.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::rc::Rc;

use lvmkit::config::Config;
use lvmkit::core::store::Scan;
use lvmkit::data::signature::Signature;
use lvmkit::{Bytes, DeviceSpec, Error, Event, Lvm, Observer, PvSource, PvUse, Transaction, VolumeGroup};

use crate::args::{Args, UsageError, option};
use crate::batch::Batch;
use crate::command::{self, Command, cannot_process};
use crate::output::Output;
use crate::settings;

mod file;
mod view;

pub(crate) use file::NewFile;
use view::is_block_device;

/// It worked.
pub(crate) const EXIT_OK: u8 = 0;
/// There is no command of that name.
pub(crate) const EXIT_NO_SUCH_COMMAND: u8 = 2;
/// The command line is wrong.
pub(crate) const EXIT_USAGE: u8 = 3;
/// It could not begin, because of its configuration.
pub(crate) const EXIT_NOT_BEGUN: u8 = 4;
/// It failed, or was refused.
pub(crate) const EXIT_FAILED: u8 = 5;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong in a way that needs words.
    Usage(UsageError),
    /// The arguments are not those of any form of the command.
    Syntax,
    /// It could not begin, with lines that say so.
    NotBegun(Vec<String>),
    /// It was refused or failed here, with lines that say so.
    Refused(Vec<String>),
    /// The library failed.
    Lvm(Error),
}

impl Failure {
    /// Refused, in one line.
    pub(crate) fn refused(line: impl Into<String>) -> Self {
        Self::Refused(vec![line.into()])
    }

    /// A wrong command line, in one line.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self::Usage(UsageError::new(line))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Lvm(error)
    }
}

/// What running a command comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// A command being run.
pub(crate) struct Session<'o> {
    pub(crate) command: &'static Command,
    pub(crate) args: Args,
    pub(crate) out: &'o mut Output,
    pub(crate) config: Rc<Config>,
    line: String,
    code: u8,
    batch: Option<&'o mut Batch>,
}

impl<'o> Session<'o> {
    /// `line` is the command line for the metadata's description.
    pub(crate) fn new(out: &'o mut Output, command: &'static Command, args: Args, line: String) -> Self {
        out.quiet = args.count(&option::QUIET);
        out.verbose = args.count(&option::VERBOSE);
        Self { command, args, out, config: Rc::default(), line, code: EXIT_OK, batch: None }
    }

    /// A command whose change becomes part of a batch.
    pub(crate) fn in_batch(
        out: &'o mut Output,
        command: &'static Command,
        args: Args,
        line: String,
        batch: &'o mut Batch,
    ) -> Self {
        let config = batch.config();
        Self { command, args, out, config, line, code: EXIT_OK, batch: Some(batch) }
    }

    /// Runs it and returns the exit code.
    pub(crate) fn run(mut self) -> u8 {
        if self.batch.is_none() && self.command.name != "doctor" {
            match settings::load(self.out, self.command, &self.args) {
                Ok(config) => self.config = Rc::new(config),
                Err(failure) => {
                    self.fail(failure);
                    return self.code;
                }
            }
        }
        if self.batch.is_some()
            && let Err(failure) = settings::check_metadata_profile(self.out, &self.config, &self.args)
        {
            self.fail(failure);
            return self.code;
        }
        settings::give_options(&self.config, self.command, &mut self.args);
        settings::give_group(self.command, &mut self.args);
        if self.config.flag("log/silent") {
            self.out.quiet = self.out.quiet.max(2);
        }
        let mut told: Vec<&str> = Vec::new();
        for (opt, why) in self.args.without_effect() {
            if !told.contains(&opt.long) {
                told.push(opt.long);
                self.out.detail(format!("{} has no effect: {why}.", opt.shown()));
            }
        }
        if self.args.has(&option::TEST) {
            self.out.err("  TEST MODE: Metadata will NOT be updated and volumes will not be (de)activated.");
        }
        if let Err(failure) = (self.command.run)(&mut self) {
            self.fail(failure);
        }
        if self.batch.is_none() && self.code != EXIT_USAGE && self.command.changes() {
            command::end_log(&mut self);
        }
        self.code
    }

    /// Prints a failure and goes on; the exit code remembers the worst.
    pub(crate) fn fail(&mut self, failure: Failure) {
        let code = match failure {
            Failure::Usage(error) => {
                error.with_advice(self.command.name).0.iter().for_each(|line| self.out.err(line));
                EXIT_USAGE
            }
            Failure::Syntax => {
                let name = self.command.name;
                self.out.err(&format!(
                    "  No command with matching syntax recognised.  Run '{name} --help' for more information."
                ));
                self.out.err("  Correct command syntax is:");
                self.command.usage.iter().for_each(|usage| self.out.err(&format!("  {usage}")));
                EXIT_USAGE
            }
            Failure::NotBegun(lines) => {
                lines.iter().for_each(|line| self.out.err(&format!("  {line}")));
                EXIT_NOT_BEGUN
            }
            Failure::Refused(lines) => {
                lines.iter().for_each(|line| self.out.err(&format!("  {line}")));
                EXIT_FAILED
            }
            Failure::Lvm(error) => {
                self.out.error(&error);
                EXIT_FAILED
            }
        };
        self.code = self.code.max(code);
    }

    /// Exits with at least that code, although nothing failed.
    pub(crate) fn exit_with(&mut self, code: u8) {
        self.code = self.code.max(code);
    }

    /// Takes note of a result; `None` when it was a failure.
    pub(crate) fn note<T>(&mut self, outcome: Outcome<T>) -> Option<T> {
        outcome.map_err(|failure| self.fail(failure)).ok()
    }

    /// True when nothing is to be written.
    pub(crate) fn is_test(&self) -> bool {
        self.args.has(&option::TEST) || self.batch.as_ref().is_some_and(|batch| batch.plans())
    }

    /// True when this command's change is only a part of a commit.
    pub(crate) fn is_in_batch(&self) -> bool {
        self.batch.is_some()
    }

    /// Says what would be done to a device that is in no group: as a plan when that is asked for,
    /// else beside the message.
    pub(crate) fn say_planned(&mut self, plan: &str, message: &str) {
        if self.is_test() {
            self.say_plan(plan);
            if self.out.plans {
                return;
            }
        }
        self.out.say(message);
    }

    /// Says what would be done: messages are what LVM2 prints, and unless plans are asked for this
    /// is said beside them.
    pub(crate) fn say_plan(&mut self, plan: &str) {
        match self.out.plans {
            true => self.out.lines("  ", plan),
            false => plan.lines().for_each(|line| self.out.err(&format!("  {line}"))),
        }
    }

    /// A directory of the configuration; none without a system directory.
    pub(crate) fn configured_dir(&self, path: &str) -> Option<PathBuf> {
        Some(PathBuf::from(self.config.text(path))).filter(|dir| dir.is_absolute())
    }

    /// True when no image files or devices are named by an option, so that it is about the machine.
    pub(crate) fn is_of_machine(&self) -> bool {
        self.batch.is_none() && self.devices().is_empty()
    }

    /// A handle on the devices of the view, and on those that are arguments.
    pub(crate) fn open<'s>(&self, arguments: impl IntoIterator<Item = &'s DeviceSpec>) -> Outcome<Lvm> {
        self.open_with(false, arguments)
    }

    /// The same, also without any device.
    pub(crate) fn open_any(&self) -> Outcome<Lvm> {
        let devices = self.devices();
        let of_host = devices.is_empty() || devices.iter().any(is_block_device);
        Ok(Lvm::open(self.options(of_host)?.devices(devices))?)
    }

    /// The same, but nothing is written, whatever is asked later.
    pub(crate) fn open_read_only(&self) -> Outcome<Lvm> {
        self.open_with(true, None)
    }

    /// The view is that of the devices that are named; else that of the image files among the
    /// arguments; else that of the machine.
    fn open_with<'s>(
        &self,
        read_only: bool,
        arguments: impl IntoIterator<Item = &'s DeviceSpec>,
    ) -> Outcome<Lvm> {
        if let Some(batch) = &self.batch {
            return Ok(batch.lvm());
        }
        let devices = self.devices();
        let mut missing = Vec::new();
        let mut extra = Vec::new();
        for spec in arguments.into_iter().filter(|spec| !devices.contains(spec)) {
            // One that is not there fails when its turn comes; the others are dealt with.
            if spec.path().exists() { extra.push(spec.clone()) } else { missing.push(spec) }
        }
        if devices.is_empty() && extra.is_empty() && !missing.is_empty() {
            let lines = missing.into_iter().map(|spec| match self.command.name {
                "pvs" | "pvdisplay" => format!("Cannot use {spec}: device not found"),
                _ => format!("No device found for {spec}."),
            });
            return Err(Failure::Refused(lines.collect()));
        }
        let has_image = extra.iter().any(|spec| spec.path().is_file());
        let of_machine = devices.is_empty() && !has_image;
        let of_host = of_machine || devices.iter().chain(&extra).any(is_block_device);
        let mut options = self.options(of_host)?;
        if read_only {
            options = options.read_only(true);
        }
        if of_machine {
            // Block devices are found by themselves, and what excludes one has its reason; but those
            // that are to become physical volumes need not be in the devices file yet.
            if matches!(self.command.name, "pvcreate" | "vgcreate" | "vgextend") {
                options = options.also(extra.iter().map(DeviceSpec::path));
            }
            return Ok(Lvm::open(options)?);
        }
        Ok(Lvm::open(options.devices(devices).devices(extra))?)
    }

    /// Asks; without a person to ask the answer is no.
    pub(crate) fn confirm(&mut self, question: &str) -> bool {
        if self.args.has(&option::YES) || self.batch.as_ref().is_some_and(|batch| batch.says_yes()) {
            return true;
        }
        if self.out.quiet > 1 || self.is_test() || !self.out.is_interactive() {
            // A test changes nothing, so that going on harms nobody.
            let answer = self.is_test();
            self.out.ask(question, Some(if answer { "y" } else { "n" }));
            return answer;
        }
        loop {
            self.out.ask(question, None);
            let mut line = String::new();
            match std::io::stdin().read_line(&mut line) {
                Ok(0) | Err(_) => return false,
                Ok(_) => {}
            }
            match line.trim().to_ascii_lowercase().as_str() {
                "y" | "yes" => return true,
                "n" | "no" | "" => return false,
                _ => {}
            }
        }
    }

    /// Begins to change a group; in a batch, goes on with the change of the batch.
    pub(crate) fn begin(&mut self, lvm: &Lvm, name: &str) -> Outcome<Transaction> {
        match &mut self.batch {
            Some(batch) => batch.begin(name),
            None => lvm.begin(name).map_err(|error| cannot_process(name, error)),
        }
    }

    /// Gives a change back that is not committed yet; without a batch that discards it.
    pub(crate) fn put_back(&mut self, transaction: Transaction) {
        if let Some(batch) = &mut self.batch {
            batch.put_back(transaction);
        }
    }

    /// # Errors
    /// When the batch changes a group already, so that this one cannot be made.
    pub(crate) fn require_no_group(&self, name: &str) -> Outcome {
        self.batch.as_ref().map_or(Ok(()), |batch| batch.require_no_group(name))
    }

    /// Commits, and does what comes after. With `--test`, prints the plan on standard error instead
    /// of committing; in a batch, both wait until the whole batch is committed.
    pub(crate) fn commit(
        &mut self,
        lvm: &Lvm,
        mut transaction: Transaction,
        after: impl FnOnce(&mut Session<'_>, &Lvm, &VolumeGroup) -> Outcome + 'static,
    ) -> Outcome {
        if let Some(batch) = &mut self.batch {
            for warning in transaction.take_warnings() {
                self.out.warn(warning);
            }
            batch.put_back(transaction);
            batch.after(Box::new(after));
            return Ok(());
        }
        if self.is_test() {
            for warning in transaction.take_warnings() {
                self.out.warn(warning);
            }
            let plan = transaction.plan()?.to_string();
            self.say_plan(&plan);
            if self.out.plans {
                return Ok(());
            }
            let vg = transaction.volume_group().clone();
            return after(self, lvm, &vg);
        }
        let vg = self.write(transaction)?;
        after(self, lvm, &vg)
    }

    /// Writes a change.
    pub(crate) fn write(&mut self, mut transaction: Transaction) -> Outcome<VolumeGroup> {
        for warning in transaction.take_warnings() {
            self.out.warn(warning);
        }
        Ok(transaction.commit(&mut self.observer())?)
    }

    /// Tells of what happens while a change is written.
    pub(crate) fn observer(&mut self) -> impl Observer {
        |event: &Event| {
            match event {
                Event::Warning { message } => self.out.warn(message),
                event => self.out.detail(event.to_string()),
            }
            ControlFlow::Continue(())
        }
    }

    /// Does something once all that was asked for is written.
    pub(crate) fn afterwards(&mut self, after: impl FnOnce(&mut Session<'_>) + 'static) {
        match &mut self.batch {
            Some(batch) => batch.after(Box::new(move |session, _, _| {
                after(session);
                Ok(())
            })),
            None => after(self),
        }
    }

    /// Looks at the devices.
    ///
    /// # Errors
    /// What a scan fails with; in a batch that changes a group already, whose devices are locked so
    /// that the scan would wait for itself.
    pub(crate) fn scan(&self, lvm: &Lvm) -> Outcome<Scan> {
        match self.changed() {
            Some(vg) => Err(Failure::refused(format!(
                "Devices cannot be looked at while the batch changes volume group {}.",
                vg.name()
            ))),
            None => Ok(lvm.scan()?),
        }
    }

    /// The groups there are; in a batch, the one it changes, as it is so far.
    pub(crate) fn volume_groups(&self, lvm: &Lvm) -> Outcome<Vec<VolumeGroup>> {
        match self.changed() {
            Some(transaction) => Ok(vec![transaction.volume_group().clone()]),
            None => Ok(lvm.volume_groups()?),
        }
    }

    /// What a device is to groups.
    pub(crate) fn pv_use(&self, lvm: &Lvm, device: &DeviceSpec) -> lvmkit::Result<PvUse> {
        self.changed().map_or_else(|| lvm.pv_use(device), |transaction| transaction.pv_use(device))
    }

    /// What would be wiped off a device.
    pub(crate) fn signatures_on(&self, lvm: &Lvm, device: &DeviceSpec) -> lvmkit::Result<Vec<Signature>> {
        let changed = self.changed();
        changed.map_or_else(|| lvm.signatures_on(device), |transaction| transaction.signatures_on(device))
    }

    /// The size of a device.
    pub(crate) fn device_size(&self, lvm: &Lvm, device: &DeviceSpec) -> lvmkit::Result<Bytes> {
        let changed = self.changed();
        changed.map_or_else(|| lvm.device_size(device), |transaction| transaction.device_size(device))
    }

    /// True in a batch that changes a group already.
    pub(crate) fn has_change(&self) -> bool {
        self.changed().is_some()
    }

    /// The change of the batch: while it is there its devices are locked, and only it knows them.
    fn changed(&self) -> Option<&Transaction> {
        self.batch.as_ref().and_then(|batch| batch.transaction())
    }

    /// Remembers a device that becomes a physical volume when a group of the batch takes it.
    pub(crate) fn plan_pv(&mut self, source: PvSource) {
        if let Some(batch) = &mut self.batch {
            batch.plan_pv(source);
        }
    }

    /// A device that the batch makes a physical volume of.
    pub(crate) fn take_new_pv(&mut self, device: &DeviceSpec) -> Option<PvSource> {
        self.batch.as_mut().and_then(|batch| batch.take_new_pv(device))
    }
}
