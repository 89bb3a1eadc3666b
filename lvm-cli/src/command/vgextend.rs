//! `vgextend`

use super::Command;
use super::vgcreate::{PV_OPTIONS, not_initialised, say_initialised, sources};
use crate::args::name::Target;
use crate::args::option as o;
use crate::pv;
use crate::session::{Failure, Outcome, Session};

pub(super) static COMMAND: Command = Command {
    name: "vgextend",
    summary: "Add physical volumes, devices or image files to a volume group",
    usage: &["vgextend VG PV ..."],
    options: &[o::COMMON, o::CHANGING, o::BACKUP, PV_OPTIONS, &[&o::RESTOREMISSING]],
    run,
};

fn run(session: &mut Session<'_>) -> Outcome {
    let Some((name, words)) = session.args.words.split_first().filter(|(_, words)| !words.is_empty()) else {
        return Err(Failure::Syntax);
    };
    let name = Target::vg_name(name).to_owned();
    let devices = pv::specs(words);
    let lvm = session.open(&devices)?;
    // Nobody is asked about devices for a group that cannot take them.
    let begun = session.begin(&lvm, &name)?;
    begun.check_changeable()?;
    session.put_back(begun);
    let sources = sources(session, &lvm, &devices)?;
    let mut transaction = session.begin(&lvm, &name)?;
    for source in sources {
        transaction.add_pv_on(source).map_err(not_initialised)?;
    }
    let plan = transaction.plan()?;
    session.commit(&lvm, transaction, move |session, _, _| {
        say_initialised(session, &plan, &devices);
        session.out.say(format!("Volume group \"{name}\" successfully extended"));
        Ok(())
    })
}
