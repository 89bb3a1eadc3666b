//! Random command lines that mostly make sense for the state they meet.

use crate::grammar::{CHANGING, Form, GARBAGE, values};
use crate::sequence::Step;
use crate::state::Seen;

const MIB: u64 = 1 << 20;
/// Lines of one sequence.
const LINES: usize = 28;

/// Makes lines from a number.
#[derive(Debug)]
pub struct Generator {
    dice: Dice,
    made: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), made: 0 }
    }

    /// Sizes of the devices.
    pub fn sizes(&mut self) -> Vec<u64> {
        let count = 3 + self.dice.below(3);
        (0..count)
            .map(|_| *self.dice.one(&[64 * MIB, 40 * MIB, 33 * MIB, 24 * MIB + 4096, 2 * MIB]))
            .collect()
    }

    pub fn lines(&self) -> usize {
        LINES
    }

    /// The next line for devices that hold this.
    pub fn next(&mut self, seen: &Seen) -> Step {
        let view = View::new(seen);
        self.made += 1;
        // A group with a volume is where most commands have something to do.
        if view.groups.is_empty() && self.dice.chance(60) {
            let first = view.free.first().copied().unwrap_or(0);
            let last = view.free.last().copied().unwrap_or(1);
            return Step::Line(format!("vgcreate {} {{{first}}} {{{last}}}", self.dice.one(&["vg", "vg0"])));
        }
        let total = CHANGING.iter().map(|form| form.weight).sum();
        let mut chosen = self.dice.below(total);
        let mut forms = CHANGING.iter();
        let form = loop {
            let form = forms.next().unwrap();
            match chosen.checked_sub(form.weight) {
                Some(left) => chosen = left,
                None => break form,
            }
        };
        Step::Line(self.line(form, &view))
    }

    fn line(&mut self, form: &Form, view: &View) -> String {
        let mut options = Vec::new();
        if !form.needs.is_empty() && !self.dice.chance(4) {
            options.push(*self.dice.one(form.needs));
        }
        let extra = *self.dice.one(&[0, 0, 1, 1, 1, 2, 2, 3]);
        for _ in 0..extra {
            let option = *self.dice.one(form.options);
            // What may not be given twice is refused; that is tried now and then.
            if !options.contains(&option) || self.dice.chance(10) {
                options.push(option);
            }
        }
        // lvm2 asks; who answers is a flag, most of the time.
        if matches!(form.command, "lvreduce" | "lvresize" | "lvremove" | "vgremove" | "pvresize")
            && self.dice.chance(80)
        {
            options.push("-y");
        }
        let mut words = options.into_iter().map(|option| self.option(option, view)).collect::<Vec<_>>();
        let mut arguments = Vec::new();
        for argument in form.arguments {
            self.argument(argument, view, &mut arguments);
        }
        match self.dice.below(40) {
            0 => drop(arguments.pop()),
            1 => arguments.push("extra".to_owned()),
            2 => words.push("--nonsense".to_owned()),
            3 => words.push((*self.dice.one(&["-Q", "--si", "--a", "--name", "-L", "--units x"])).to_owned()),
            4 => arguments.push("''".to_owned()),
            _ => {}
        }
        // Options stand before the arguments, or behind them.
        let first = self.dice.chance(75);
        let (front, back) = if first { (words, arguments) } else { (arguments, words) };
        let words = front.into_iter().chain(back).filter(|word| !word.is_empty());
        std::iter::once(form.command.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }

    fn option(&mut self, option: &str, view: &View) -> String {
        let (names, value) = option.split_once(' ').unwrap_or((option, ""));
        let names = names.split('|').collect::<Vec<_>>();
        let name = *self.dice.one(&names);
        if value.is_empty() {
            return name.to_owned();
        }
        let value = self.value(value, view);
        match (name.starts_with("--"), self.dice.below(4)) {
            (true, 0 | 1) => format!("{name}={value}"),
            (false, 0 | 1) if value != "''" => format!("{name}{value}"),
            _ => format!("{name} {value}"),
        }
    }

    fn argument(&mut self, argument: &str, view: &View, out: &mut Vec<String>) {
        let kind = argument.trim_end_matches(['*', '?']);
        let count = match argument.chars().last() {
            Some('*') if matches!(kind, "<pvrange>") => *self.dice.one(&[0, 0, 0, 1, 2]),
            Some('*') => *self.dice.one(&[1, 1, 1, 2, 2, 3]),
            Some('?') => *self.dice.one(&[0, 1, 1, 1]),
            _ => 1,
        };
        for _ in 0..count {
            let value = self.value(kind, view);
            if !out.contains(&value) || self.dice.chance(15) {
                out.push(value);
            }
        }
    }

    fn value(&mut self, value: &str, view: &View) -> String {
        let Some(kind) = value.strip_prefix('<').and_then(|kind| kind.strip_suffix('>')) else {
            return value.to_owned();
        };
        if self.dice.chance(4) {
            let garbage = *self.dice.one(GARBAGE);
            return if garbage.contains(' ') { format!("'{garbage}'") } else { garbage.to_owned() };
        }
        match kind {
            "vg" => self.group(view),
            "lv" => self.volume(view),
            "pv" => self.device(&view.members, view),
            "freepv" => self.device(&view.free, view),
            "pvrange" => {
                let device = self.device(&view.members, view);
                match self.dice.below(3) {
                    0 => format!("{device}:{}", self.dice.one(&["0-3", "2-", "0-1:4-6", "5", "9-2", "x"])),
                    _ => device,
                }
            }
            kind => {
                let value = *self.dice.one(values(kind));
                if value.contains(' ') { format!("'{value}'") } else { value.to_owned() }
            }
        }
    }

    fn group(&mut self, view: &View) -> String {
        if view.groups.is_empty() || self.dice.chance(5) {
            return (*self.dice.one(&["novg", "vg", "/dev/novg", "no-such.vg"])).to_owned();
        }
        let (name, _) = self.dice.one(&view.groups).clone();
        match self.dice.below(12) {
            0 => format!("/dev/{name}"),
            1 if !view.tags.is_empty() => format!("@{}", self.dice.one(&view.tags)),
            _ => name,
        }
    }

    fn volume(&mut self, view: &View) -> String {
        let volumes = view.groups.iter().flat_map(|(vg, lvs)| lvs.iter().map(move |lv| (vg, lv)));
        let volumes = volumes.collect::<Vec<_>>();
        if volumes.is_empty() || self.dice.chance(6) {
            let group = self.group(view);
            return match self.dice.below(3) {
                0 => group,
                1 => format!("{group}/nolv"),
                _ => format!("{group}/lvol0"),
            };
        }
        let (vg, lv) = *self.dice.one(&volumes);
        match self.dice.below(14) {
            0 => format!("/dev/{vg}/{lv}"),
            1 => format!("/dev/mapper/{}-{}", vg.replace('-', "--"), lv.replace('-', "--")),
            2 => lv.clone(),
            3 if !view.tags.is_empty() => format!("@{}", self.dice.one(&view.tags)),
            _ => format!("{vg}/{lv}"),
        }
    }

    fn device(&mut self, of: &[usize], view: &View) -> String {
        match self.dice.below(25) {
            0 => "/dev/nosuchdevice".to_owned(),
            1 => format!("{{{}}}", self.dice.below(view.devices)),
            2 if !view.tags.is_empty() => format!("@{}", self.dice.one(&view.tags)),
            _ if of.is_empty() => format!("{{{}}}", self.dice.below(view.devices)),
            _ => format!("{{{}}}", self.dice.one(of)),
        }
    }
}

/// What the generator knows of the state.
struct View {
    /// Names of groups with those of their volumes.
    groups: Vec<(String, Vec<String>)>,
    members: Vec<usize>,
    /// Devices without a group.
    free: Vec<usize>,
    devices: usize,
    tags: Vec<String>,
}

impl View {
    fn new(seen: &Seen) -> Self {
        let groups = seen.groups();
        let ids =
            groups.iter().flat_map(|vg| vg.physical_volumes().iter().map(|pv| pv.id())).collect::<Vec<_>>();
        let devices = seen.sizes.iter().filter(|size| **size > MIB).count();
        let (mut members, mut free) = (Vec::new(), Vec::new());
        for (at, pv) in seen.pvs.iter().enumerate().take(devices) {
            let is_member = pv.as_ref().is_some_and(|pv| ids.contains(&pv.label.pv_header.pv_id));
            if is_member { members.push(at) } else { free.push(at) }
        }
        let mut tags = Vec::new();
        for vg in &groups {
            tags.extend(vg.tags().iter().cloned());
            tags.extend(vg.logical_volumes().flat_map(|lv| lv.tags().iter().cloned()));
        }
        tags.sort();
        tags.dedup();
        let names = groups
            .iter()
            .map(|vg| (vg.name().to_owned(), vg.logical_volumes().map(|lv| lv.name().to_owned()).collect()));
        Self { groups: names.collect(), members, free, devices, tags }
    }
}

/// A reproducible source of choices.
#[derive(Clone, Debug)]
struct Dice(lvmkit::core::SeededIds);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(lvmkit::core::SeededIds::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D)))
    }

    /// A number below `limit`; 0 for a limit of 0.
    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.0.next_u64() % limit).unwrap()
    }

    /// True in `percent` of a hundred cases.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}
