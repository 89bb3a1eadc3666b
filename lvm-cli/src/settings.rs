//! The settings of a command: where they come from, what is wrong with them, and what they say that
//! an option could say, too.

use lvmkit::config::{Config, ConfigProblem, ConfigTree, ProfileKind};
use lvmkit::{Error, ErrorKind};

use crate::args::{Args, Opt, Support, UsageError, option as o};
use crate::command::Command;
use crate::output::Output;
use crate::session::{Failure, Outcome};

/// The variable that names another directory than `/etc/lvm`.
pub(crate) const SYSTEM_DIR_VARIABLE: &str = "LVM_SYSTEM_DIR";
const SYSTEM_DIR: &str = "/etc/lvm";
/// The variable that names a profile for every command.
const PROFILE_VARIABLE: &str = "LVM_COMMAND_PROFILE";
/// The variable that names the group of volumes that are named without one.
const VG_VARIABLE: &str = "LVM_VG_NAME";

/// Commands whose arguments are volumes, and how many of them.
const TAKE_VOLUMES: [(&str, usize); 9] = [
    ("lvchange", usize::MAX),
    ("lvconvert", 1),
    ("lvdisplay", usize::MAX),
    ("lvextend", 1),
    ("lvreduce", 1),
    ("lvremove", usize::MAX),
    ("lvrename", 1),
    ("lvresize", 1),
    ("lvs", usize::MAX),
];

/// Reads the settings of a command, and says what is wrong with them.
///
/// # Errors
/// `Failed` for files that cannot be read, a wrong command line for `--config`, refused for
/// profiles; when settings have mistakes and `config/abort_on_errors` says so.
pub(crate) fn load(out: &mut Output, command: &Command, args: &Args) -> Outcome<Config> {
    let dir = std::env::var_os(SYSTEM_DIR_VARIABLE).unwrap_or_else(|| SYSTEM_DIR.into());
    let config = Config::read(dir).map_err(|error| Failure::NotBegun(lines(&error)))?;
    for name in config.duplicates() {
        out.err(&format!("WARNING: Ignoring duplicate config value: {name}"));
    }
    if config.flag("log/command_names") {
        out.command_name(command.name);
    }
    out.prefix(&config.text("log/prefix"));
    let problems = config.file_problems();
    if tell(out, &config, &problems) {
        return Err(Failure::NotBegun(vec!["LVM_ configuration invalid.".to_owned()]));
    }
    check_values(&config).map_err(|line| Failure::NotBegun(vec![line]))?;
    let config = with_call(out, command, args, config)?;
    if !config.text("local/system_id").is_empty() && config.text("global/system_id_source") == "none" {
        out.warn("local/system_id is set, so should global/system_id_source be \"lvmlocal\" not \"none\"?");
    }
    with_profiles(out, command, args, config)
}

fn with_call(out: &mut Output, command: &Command, args: &Args, config: Config) -> Outcome<Config> {
    let Some(text) = args.text(&o::CONFIG) else { return Ok(config) };
    let config = config.with_call(text).map_err(|error| {
        let mut wrong = lines(&error);
        if text.trim().is_empty() {
            wrong.clear();
        }
        wrong.push("Failed to set overridden configuration entries.".to_owned());
        wrong.push(format!("Run `{} --help' for more information.", command.name));
        Failure::Usage(UsageError(wrong.into_iter().map(|line| format!("  {line}")).collect()))
    })?;
    for name in config.call().map(ConfigTree::duplicates).unwrap_or_default() {
        out.warn(format!("Ignoring duplicate config value: {name}"));
    }
    out.prefix(&config.text("log/prefix"));
    let problems = config.call_problems();
    let aborted = "Updated config file invalid. Aborting.".to_owned();
    if tell(out, &config, &problems) {
        return Err(Failure::Refused(vec!["LVM_ configuration invalid.".to_owned(), aborted]));
    }
    check_values(&config).map_err(|line| Failure::Refused(vec![line, aborted]))?;
    Ok(config)
}

/// Says what is wrong; true when that ends the command.
fn tell(out: &mut Output, config: &Config, problems: &[ConfigProblem]) -> bool {
    // lvmconfig --validate says it whatever this is.
    if !config.flag("config/checks") {
        return false;
    }
    problems.iter().for_each(|problem| out.err(&format!("  {problem}")));
    !problems.is_empty() && config.flag("config/abort_on_errors")
}

/// Values that no command can begin with.
fn check_values(config: &Config) -> Result<(), String> {
    let units = config.text("global/units");
    if units.parse::<lvmkit::report::Units>().is_err() {
        return Err(format!("Unrecognised configuration setting for global/units: {units}"));
    }
    if !matches!(config.text("activation/readahead").as_str(), "auto" | "none") {
        return Err("Invalid readahead specification".to_owned());
    }
    Ok(())
}

fn with_profiles(out: &mut Output, command: &Command, args: &Args, config: Config) -> Outcome<Config> {
    let is_lvmconfig = matches!(command.name, "lvmconfig" | "config" | "dumpconfig");
    let takes_metadata_profile = command.options().any(|opt| opt.long == o::METADATAPROFILE.long);
    // `--profile` is the other name of the one that the command is about.
    let profile = args.text(&o::PROFILE);
    let is_metadata = takes_metadata_profile && !is_lvmconfig;
    let (of_command, of_metadata) = if is_metadata { (None, profile) } else { (profile, None) };
    let named = |name| (name, if is_lvmconfig { "load" } else { "apply command" });
    let variable = std::env::var(PROFILE_VARIABLE).ok();
    let of_command = match args.text(&o::COMMANDPROFILE) {
        Some(name) => Some((name, "apply command")),
        None => of_command.map(named).or(variable.as_deref().map(|name| (name, "apply command"))),
    };
    let of_metadata = args.text(&o::METADATAPROFILE).or(of_metadata).map(|name| (name, "apply metadata"));
    let profiles = [(of_command, ProfileKind::Command), (of_metadata, ProfileKind::Metadata)];
    let mut config = config;
    for (profile, kind) in profiles {
        if let Some(profile) = profile {
            config = with_profile(out, config, profile, kind)?;
        }
    }
    Ok(config)
}

/// With a profile; the verb says what could not be done with it.
fn with_profile(
    out: &mut Output,
    config: Config,
    (name, verb): (&str, &str),
    kind: ProfileKind,
) -> Outcome<Config> {
    let problems = config.profile_problems(name, kind);
    problems.iter().flatten().for_each(|problem| out.err(&format!("  {problem}")));
    config.with_profile(name, kind).map_err(|error| {
        let mut wrong = lines(&error);
        let is_no_name = name.is_empty() || name.contains('/');
        let verb = if is_no_name { verb.replace("apply", "add") } else { verb.to_owned() };
        wrong.push(format!("Failed to {verb} profile {name}."));
        Failure::Refused(wrong)
    })
}

/// An error as LVM2 tells it: why, then what.
fn lines(error: &Error) -> Vec<String> {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    let shows_cause = matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Io);
    cause.filter(|_| shows_cause).into_iter().chain([error.message().to_owned()]).collect()
}

/// Gives a command the options that its settings stand for, where it was not given others. What they
/// say of reports is left to [`lvmkit::report::ReportSettings`].
pub(crate) fn give_options(config: &Config, command: &Command, args: &mut Args) {
    let mut give = |opt: &Opt, value: String| {
        let known = command.options().find(|known| known.long == opt.long);
        if let Some(known) = known.filter(|known| known.support == Support::Works && !args.has(known)) {
            args.give_value(known, &value);
        }
    };
    let is_set = |path: &str| config.value(path).is_some();
    let switched = |path: &str, to: bool| is_set(path) && config.flag(path) == to;
    if switched("global/test", true) {
        give(&o::TEST, String::new());
    }
    for (path, opt, unit) in NUMBERS {
        if is_set(path) && TAKE_NUMBERS.contains(&command.name) {
            give(opt, format!("{}{unit}", config.integer(path)));
        }
    }
    if switched("metadata/pvmetadataignore", true) && TAKE_NUMBERS.contains(&command.name) {
        give(&o::METADATAIGNORE, "y".to_owned());
    }
    if switched("allocation/wipe_signatures_when_zeroing_new_lvs", false) && command.name == "lvcreate" {
        give(&o::WIPESIGNATURES, "n".to_owned());
    }
    give_more(config, command, args);
}

/// Commands that make physical volumes or groups.
const TAKE_NUMBERS: [&str; 3] = ["pvcreate", "vgcreate", "vgextend"];
/// Settings that are the value of an option, and their unit.
static NUMBERS: [(&str, &Opt, &str); 4] = [
    ("allocation/physical_extent_size", &o::PHYSICALEXTENTSIZE, "k"),
    ("metadata/pvmetadatacopies", &o::PVMETADATACOPIES, ""),
    ("metadata/vgmetadatacopies", &o::VGMETADATACOPIES, ""),
    ("metadata/pvmetadatasize", &o::METADATASIZE, "s"),
];

/// Settings that count together with others.
fn give_more(config: &Config, command: &Command, args: &mut Args) {
    let is_set = |path: &str| config.value(path).is_some();
    let has_option = |opt: &Opt| command.options().any(|known| known.long == opt.long);
    if has_option(&o::DATAALIGNMENT) && !args.has(&o::DATAALIGNMENT) {
        let kib = config.integer("devices/data_alignment");
        let mib = config.integer("devices/default_data_alignment");
        match (kib, mib) {
            (1.., _) => args.give_value(&o::DATAALIGNMENT, &format!("{kib}k")),
            // Where LVM2 began before it had this setting.
            (_, 0) => args.give_value(&o::DATAALIGNMENT, "64k"),
            (_, 2..) => args.give_value(&o::DATAALIGNMENT, &format!("{mib}m")),
            _ => {}
        }
    }
    let is_striped = args.number(&o::STRIPES).is_some_and(|stripes| stripes > 1);
    if is_striped && command.name == "lvcreate" && !args.has(&o::STRIPESIZE) && is_set("metadata/stripesize")
    {
        args.give_value(&o::STRIPESIZE, &format!("{}k", config.integer("metadata/stripesize")));
    }
}

/// Takes the group from the environment where arguments lack it.
pub(crate) fn give_group(command: &Command, args: &mut Args) {
    let Ok(vg) = std::env::var(VG_VARIABLE) else { return };
    if vg.is_empty() {
        return;
    }
    if command.name == "lvcreate" {
        let names_group = args.text(&o::NAME).is_some_and(|name| name.contains('/'));
        if args.words.is_empty() && !names_group {
            args.words.push(vg);
        }
        return;
    }
    let Some((_, count)) = TAKE_VOLUMES.iter().find(|(name, _)| *name == command.name) else { return };
    if command.name == "lvrename" && args.words.len() != 2 {
        return;
    }
    let bare =
        args.words.iter_mut().take(*count).filter(|word| !word.starts_with('@') && !word.contains('/'));
    for word in bare {
        *word = format!("{}/{word}", vg.trim_end_matches('/'));
    }
}

/// What `lvchange` and `vgchange` are to do about the metadata profile: nothing, name one, or forget
/// it.
///
/// # Errors
/// When both are asked for.
pub(crate) fn profile_change(args: &Args) -> Outcome<Option<Option<&str>>> {
    match (metadata_profile(args), args.has(&o::DETACHPROFILE)) {
        (Some(_), true) => Err(Failure::usage(
            "Command does not accept option combination: --metadataprofile  with --detachprofile ",
        )),
        (Some(profile), false) => Ok(Some(Some(profile))),
        (None, true) => Ok(Some(None)),
        (None, false) => Ok(None),
    }
}

/// The metadata profile that was asked for, of a command that takes one.
pub(crate) fn metadata_profile(args: &Args) -> Option<&str> {
    args.text(&o::METADATAPROFILE).or_else(|| args.text(&o::PROFILE))
}

/// Whether the metadata profile that a command of a batch was given can be used.
///
/// # Errors
/// When it cannot.
pub(crate) fn check_metadata_profile(out: &mut Output, config: &Config, args: &Args) -> Outcome {
    let Some(name) = args.text(&o::METADATAPROFILE) else { return Ok(()) };
    with_profile(out, config.clone(), (name, "apply metadata"), ProfileKind::Metadata).map(drop)
}
