//! Which devices lie on which, as a drawing.

use std::collections::{HashMap, HashSet};

use lvmkit::Result;
use lvmkit::dm::kernel::{DeviceNumber, Kernel, ListedDevice};

/// How deep it is drawn: the kernel's limit lies far below, so that only a change under us gets
/// there.
const DEPTH_MAX: usize = 64;

/// Devices by number, with what lies under each.
#[derive(Default)]
struct Forest {
    names: HashMap<DeviceNumber, String>,
    deps: HashMap<DeviceNumber, Vec<DeviceNumber>>,
}

/// Draws the devices that no other lies on, each with everything under it.
pub(super) fn draw(kernel: &Kernel, devices: &[ListedDevice]) -> Result<String> {
    let mut forest = Forest::default();
    for device in devices {
        match kernel.deps(device.number.into()) {
            Ok(deps) => forest.add(device, deps),
            // It is gone.
            Err(error) if *error.kind() == lvmkit::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(forest.text(devices.iter().map(|device| device.number)))
}

impl Forest {
    fn add(&mut self, device: &ListedDevice, deps: Vec<DeviceNumber>) {
        self.names.insert(device.number, device.name.clone());
        self.deps.insert(device.number, deps);
    }

    fn text(&self, order: impl Iterator<Item = DeviceNumber>) -> String {
        let below = self.deps.values().flatten().copied().collect::<HashSet<_>>();
        let mut text = String::new();
        for number in order.filter(|number| self.names.contains_key(number) && !below.contains(number)) {
            text.push_str(&format!("{} ({number})\n", self.name(number)));
            self.draw_under(&mut text, number, "", DEPTH_MAX);
        }
        text
    }

    fn name(&self, number: DeviceNumber) -> &str {
        self.names.get(&number).map_or("", String::as_str)
    }

    fn draw_under(&self, text: &mut String, number: DeviceNumber, prefix: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let deps = self.deps.get(&number).map_or(&[][..], Vec::as_slice);
        for (at, dep) in deps.iter().enumerate() {
            let (branch, trunk) = if at + 1 < deps.len() { (" |-", " | ") } else { (" `-", "   ") };
            text.push_str(&format!("{prefix}{branch}{} ({dep})\n", self.name(*dep)));
            self.draw_under(text, *dep, &format!("{prefix}{trunk}"), depth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name, a minor number, and the numbers of what lies under it.
    type Device<'a> = (&'a str, u32, &'a [(u32, u32)]);

    fn forest(devices: &[Device<'_>]) -> String {
        let mut forest = Forest::default();
        for (name, minor, deps) in devices {
            let number = DeviceNumber::new(254, *minor);
            let device = ListedDevice { name: (*name).to_owned(), uuid: String::new(), number, event_nr: 0 };
            forest
                .add(&device, deps.iter().map(|(major, minor)| DeviceNumber::new(*major, *minor)).collect());
        }
        forest.text(devices.iter().map(|(_, minor, _)| DeviceNumber::new(254, *minor)))
    }

    #[test]
    fn as_dmsetup_draws() {
        let text = forest(&[
            ("vg0-a", 2, &[(254, 3)]),
            ("vg0-a-real", 3, &[(7, 2)]),
            ("vg0-snap", 5, &[(254, 4), (254, 3)]),
            ("vg0-snap-cow", 4, &[(7, 2)]),
            ("zz", 6, &[]),
        ]);
        let expected = "\
vg0-a (254:2)
 `-vg0-a-real (254:3)
    `- (7:2)
vg0-snap (254:5)
 |-vg0-snap-cow (254:4)
 |  `- (7:2)
 `-vg0-a-real (254:3)
    `- (7:2)
zz (254:6)
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(forest(&[("a", 0, &[(254, 1)]), ("b", 1, &[(254, 0)])]), "");
        let text = forest(&[("top", 2, &[(254, 0)]), ("a", 0, &[(254, 1)]), ("b", 1, &[(254, 0)])]);
        assert_eq!(text.lines().count(), DEPTH_MAX + 1);
    }
}
