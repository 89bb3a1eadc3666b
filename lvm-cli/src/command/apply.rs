//! `apply` and `plan`

use lvmkit::Plan;

use super::Command;
use crate::args::{option as o, parse};
use crate::batch::{self, Batch, Line, lines};
use crate::session::{EXIT_NO_SUCH_COMMAND, Failure, Outcome, Session};

pub(super) static APPLY: Command = Command {
    name: "apply",
    summary: "Run the commands of a file as one change: all or nothing, one commit",
    usage: &["apply FILE", "apply --test [ --reportformat json ] FILE"],
    options: &[o::COMMON, o::CHANGING, o::BACKUP],
    run: apply,
};

pub(super) static PLAN: Command = Command {
    name: "plan",
    summary: "Show what a command would do, and write nothing",
    usage: &["plan [ --reportformat json ] COMMAND [ ARGUMENT ... ]"],
    options: &[o::COMMON, &[&o::REPORTFORMAT]],
    run: plan,
};

/// What stands for standard input.
const STDIN: &str = "-";

fn apply(session: &mut Session<'_>) -> Outcome {
    let [file] = session.args.words.as_slice() else { return Err(Failure::Syntax) };
    let text = match file.as_str() {
        STDIN => std::io::read_to_string(std::io::stdin()),
        file => std::fs::read_to_string(file),
    };
    let text = text.map_err(|error| Failure::refused(format!("Cannot read {file}: {error}")))?;
    let lines = lines(&text)?;
    if lines.is_empty() {
        return Err(Failure::refused(format!("There is no command in {file}.")));
    }
    run(session, &lines, session.args.has(&o::TEST))
}

fn plan(session: &mut Session<'_>) -> Outcome {
    if session.args.words.is_empty() {
        return Err(Failure::Syntax);
    }
    let words = session.args.words.clone();
    if batch::is_alone(&words) {
        return test(session, &words);
    }
    run(session, &[Line { number: 1, words }], true)
}

/// A command that changes no group says by itself what it would do.
fn test(session: &mut Session<'_>, words: &[String]) -> Outcome {
    let (name, rest) = words.split_first().ok_or(Failure::Syntax)?;
    let Some(command) = super::find(name) else {
        session.out.err(&format!("  No such command: {name}"));
        session.exit_with(EXIT_NO_SUCH_COMMAND);
        return Ok(());
    };
    if session.is_json() {
        return Err(Failure::refused(format!(
            "There is no plan of {name} in JSON: it changes no volume group."
        )));
    }
    let mut args = parse(command, rest).map_err(Failure::Usage)?;
    args.give(&o::TEST);
    for opt in [&o::DEVICES, &o::DEVICESFILE, &o::CONFIG, &o::PROFILE, &o::COMMANDPROFILE] {
        for value in session.args.texts(opt) {
            args.give_value(opt, value);
        }
    }
    session.out.plans = true;
    let code = Session::new(session.out, command, args, words.join(" ")).run();
    session.exit_with(code);
    Ok(())
}

fn run(session: &mut Session<'_>, lines: &[Line], plans: bool) -> Outcome {
    let json = session.is_json();
    // What the commands say is not part of the plan.
    session.out.messages_aside = plans;
    let mut batch = Batch::new(session, lines, plans)?;
    if let Some(code) = batch.run(session, lines)? {
        session.exit_with(code);
        return Ok(());
    }
    if !plans {
        return batch.commit(session);
    }
    print(session, batch.plan()?.as_ref(), json);
    Ok(())
}

/// Prints a plan; without one nothing was asked for, and whoever reads it as JSON is told so, too.
fn print(session: &mut Session<'_>, plan: Option<&Plan>, json: bool) {
    if !json {
        let text = plan.map_or_else(|| "nothing to do".to_owned(), Plan::to_string);
        session.out.lines("  ", &text);
        return;
    }
    // A plan has nothing that could not be written as JSON.
    if let Ok(text) = serde_json::to_string_pretty(&plan) {
        session.out.raw(&text);
        session.out.raw("\n");
    }
}
