//! `lvmconfig`

use lvmkit::config::{Listing, ListingKind, Version, check};

use super::Command;
use crate::args::option as o;
use crate::session::{Failure, Outcome, Session};

macro_rules! usage {
    ($name:literal) => {
        &[
            concat!($name, " [ SECTION|SECTION/KEY ... ]"),
            concat!(
                $name,
                " --typeconfig default|diff|full|list|missing|new|profilable [ SECTION|SECTION/KEY ... ]"
            ),
            concat!($name, " --validate"),
        ]
    };
}

pub(super) static COMMAND: Command = FORM;
/// The same, as in `lvm config`.
pub(super) static CONFIG: Command = Command { name: "config", usage: usage!("config"), ..FORM };
/// The name it had before.
pub(super) static DUMPCONFIG: Command = Command { name: "dumpconfig", usage: usage!("dumpconfig"), ..FORM };

const FORM: Command = Command {
    name: "lvmconfig",
    summary: "Show and check settings",
    usage: usage!("lvmconfig"),
    options: &[
        o::COMMON,
        &[
            &o::ATVERSION,
            &o::CONFIG_FILE,
            &o::CONFIG_LIST,
            &o::IGNOREADVANCED,
            &o::IGNORELOCAL,
            &o::IGNOREUNSUPPORTED,
            &o::MERGEDCONFIG,
            &o::METADATAPROFILE,
            &o::SHOWDEPRECATED,
            &o::SHOWUNSUPPORTED,
            &o::SINCEVERSION,
            &o::TYPECONFIG,
            &o::UNCONFIGURED,
            &o::VALIDATE,
            &o::VALUESONLY,
            &o::WITHCOMMENTS,
            &o::WITHGENERALPREAMBLE,
            &o::WITHLOCALPREAMBLE,
            &o::WITHSPACES,
            &o::WITHSUMMARY,
            &o::WITHVERSIONS,
        ],
    ],
    run,
};

const GENERAL_PREAMBLE: &str = "\
# Settings of LVM, in the format of lvm.conf(5).
#
# This file is lvm.conf in the directory that LVM_SYSTEM_DIR names, by default
# /etc/lvm. Settings in comments show what holds without them; a setting without
# a comment stays as it is here, whatever the default of a later version is.
# Each setting may stand here once.

";

const LOCAL_PREAMBLE: &str = "\
# Settings of LVM for this host alone, in the format of lvm.conf(5).
#
# This file is lvmlocal.conf beside lvm.conf, whose settings it overrides. It is
# not to be copied to other hosts.

";

fn run(session: &mut Session<'_>) -> Outcome {
    let listing = listing(session)?;
    if session.args.has(&o::VALIDATE) {
        return validate(session);
    }
    let mut text = String::new();
    if session.args.has(&o::WITHGENERALPREAMBLE) {
        text.push_str(GENERAL_PREAMBLE);
    }
    if session.args.has(&o::WITHLOCALPREAMBLE) {
        text.push_str(LOCAL_PREAMBLE);
    }
    let config = std::rc::Rc::clone(&session.config);
    let listed = listing.of(&config);
    if session.args.words.is_empty() {
        text.push_str(&listed.print());
    }
    for word in session.args.words.clone() {
        match listed.print_of(&word) {
            Some(found) => text.push_str(&found),
            None => session.fail(Failure::refused(format!("Configuration node {word} not found"))),
        }
    }
    let Some(file) = session.args.text(&o::CONFIG_FILE).map(str::to_owned) else {
        session.out.plain(&text);
        return Ok(());
    };
    session.write_file(file.as_ref(), &text).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "No such file or directory".to_owned(),
            _ => error.to_string(),
        };
        Failure::refused(format!("{file}: open failed: {why}"))
    })
}

fn validate(session: &mut Session<'_>) -> Outcome {
    let config = std::rc::Rc::clone(&session.config);
    let merged = session.args.has(&o::MERGEDCONFIG);
    let problems = if merged { check(&config.merged()) } else { check(config.front()) };
    // Unless the settings forbid it they were told before.
    if !config.flag("config/checks") {
        problems.iter().for_each(|problem| session.out.err(&format!("  {problem}")));
    }
    if !problems.is_empty() {
        return Err(Failure::refused("LVM configuration invalid."));
    }
    session.out.say("LVM configuration valid.");
    Ok(())
}

/// What the options ask for.
///
/// # Errors
/// For options that do not go together.
fn listing(session: &Session<'_>) -> Outcome<Listing> {
    let args = &session.args;
    let wrong = |line: &str| Err(session.wrong(line));
    let (kind, is_list) = (args.text(&o::TYPECONFIG), args.has(&o::CONFIG_LIST));
    if kind.is_some() && is_list {
        return wrong("Only one of --type and --list permitted.");
    }
    if kind.is_some() && args.has(&o::VALIDATE) {
        return wrong("Only one of --type and --validate permitted.");
    }
    let mut listing = Listing::new(if is_list { ListingKind::List } else { parse_kind(kind) });
    let is_list = listing.kind == ListingKind::List;
    let is_current = listing.kind == ListingKind::Current;
    let is_full = listing.kind == ListingKind::Full;
    if args.has(&o::ATVERSION) {
        match (kind, args.has(&o::CONFIG_LIST)) {
            (None, false) => return wrong("--atversion requires --type or --list"),
            (Some(kind @ ("current" | "full")), _) => {
                return wrong(&format!("--atversion has no effect with --type {kind}"));
            }
            _ => {}
        }
    }
    if (args.has(&o::IGNOREADVANCED) || args.has(&o::IGNOREUNSUPPORTED)) && is_current {
        return wrong("--ignoreadvanced and --ignoreunsupported has no effect with --type current");
    }
    if args.has(&o::IGNOREUNSUPPORTED) && args.has(&o::SHOWUNSUPPORTED) {
        return wrong("Only one of --ignoreunsupported and --showunsupported permitted.");
    }
    if args.has(&o::SINCEVERSION) && listing.kind != ListingKind::New {
        return wrong("--sinceversion requires --type new");
    }
    if args.has(&o::MERGEDCONFIG) && !is_current && !is_full {
        return wrong("--mergedconfig has no effect without --type current or --type full");
    }
    for opt in [&o::WITHCOMMENTS, &o::WITHGENERALPREAMBLE, &o::WITHLOCALPREAMBLE] {
        if args.has(opt) && is_list {
            return wrong(&format!("--{} has no effect with --type list", opt.long));
        }
    }
    let version = |opt| args.text(opt).map(str::parse::<Version>).transpose();
    let (Ok(at), Ok(since)) = (version(&o::ATVERSION), version(&o::SINCEVERSION)) else {
        return wrong("Incorrect version format.");
    };
    listing.at = at.unwrap_or(listing.at);
    listing.since = since;
    listing.merged = args.has(&o::MERGEDCONFIG);
    listing.unconfigured = args.has(&o::UNCONFIGURED);
    listing.ignore_advanced = args.has(&o::IGNOREADVANCED);
    listing.ignore_unsupported = args.has(&o::IGNOREUNSUPPORTED);
    listing.ignore_local = args.has(&o::IGNORELOCAL);
    listing.show_deprecated = args.has(&o::SHOWDEPRECATED);
    listing.show_unsupported = args.has(&o::SHOWUNSUPPORTED);
    listing.summary = args.has(&o::WITHSUMMARY) || args.has(&o::CONFIG_LIST);
    listing.comments = args.has(&o::WITHCOMMENTS);
    listing.versions = args.has(&o::WITHVERSIONS);
    listing.spaces = args.has(&o::WITHSPACES);
    listing.values_only = args.has(&o::VALUESONLY);
    Ok(listing)
}

fn parse_kind(kind: Option<&str>) -> ListingKind {
    match kind {
        Some("default") => ListingKind::Default,
        Some("diff") => ListingKind::Diff,
        Some("full") => ListingKind::Full,
        Some("list") => ListingKind::List,
        Some("missing") => ListingKind::Missing,
        Some("new") => ListingKind::New,
        Some("profilable") => ListingKind::Profilable,
        Some("profilable-command") => ListingKind::ProfilableCommand,
        Some("profilable-metadata") => ListingKind::ProfilableMetadata,
        _ => ListingKind::Current,
    }
}
