//! What one side's devices hold.

use lvmkit::core::BlockDevice;
use lvmkit::core::ondisk::{Label, MdaHeader};
use lvmkit::core::store::{AreaState, ScannedPv, TextCache, scan_device};
use lvmkit::dm::FileDevice;

use crate::bench::Side;
use crate::normal::{Ids, metadata};

/// Bytes of a metadata area's header, before its text.
const MDA_HEADER_SIZE: u64 = 512;

/// A side's devices: what they hold, comparable with the other side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// For each device its label and its areas with their texts.
    pub devices: Vec<String>,
    /// The files that commands wrote.
    pub files: Vec<String>,
}

/// What was read from the devices of a side.
#[derive(Debug, Default)]
pub struct Seen {
    pub state: State,
    pub ids: Ids,
    pub pvs: Vec<Option<ScannedPv>>,
    /// Of the devices, in bytes.
    pub sizes: Vec<u64>,
}

impl Seen {
    /// Looks at a side for the first time.
    pub fn new(side: &Side) -> Self {
        Self::with_ids(side, Ids::default())
    }

    /// Looks again.
    pub fn look(&mut self, side: &Side) {
        *self = Self::with_ids(side, std::mem::take(&mut self.ids));
    }

    /// Looks at a side. Ids that are known already keep their names.
    pub fn with_ids(side: &Side, mut ids: Ids) -> Self {
        let mut cache = TextCache::default();
        let (mut pvs, mut sizes) = (Vec::new(), Vec::new());
        let mut texts = Vec::new();
        for path in side.paths() {
            let device = FileDevice::open(path, true).unwrap();
            // What is no label any more is as good as none, on both sides.
            let pv = scan_device(&device, &mut cache).ok().flatten();
            let areas = pv.iter().flat_map(|pv| &pv.areas);
            let text = areas.map(|area| area.state.header().map(|header| read_text(&device, header)));
            texts.push(text.collect::<Vec<_>>());
            sizes.push(device.size());
            pvs.push(pv);
        }
        for text in texts.iter().flatten().flatten() {
            ids.learn(text);
        }
        for pv in pvs.iter().flatten() {
            ids.learn(&pv.label.pv_header.pv_id.to_string());
        }
        let devices = pvs.iter().zip(&texts);
        let devices = devices.map(|(pv, texts)| match pv {
            Some(pv) => device(pv, texts, side, &ids),
            None => "no label".to_owned(),
        });
        let devices = devices.collect();
        let files = side.files().into_iter().map(|(name, text)| file(&name, &text, side, &ids));
        let files = files.collect();
        Self { state: State { devices, files }, ids, pvs, sizes }
    }

    /// The groups that are there, by name: the newest text of each.
    pub fn groups(&self) -> Vec<lvmkit::VolumeGroup> {
        let areas = self.pvs.iter().flatten().flat_map(|pv| &pv.areas);
        let mut groups: Vec<lvmkit::VolumeGroup> = Vec::new();
        for text in areas.filter_map(|area| area.state.text()) {
            match groups.iter_mut().find(|vg| vg.id() == text.vg.id()) {
                Some(vg) if vg.seqno() < text.vg.seqno() => *vg = text.vg.clone(),
                Some(_) => {}
                None => groups.push(text.vg.clone()),
            }
        }
        groups.sort_by(|a, b| a.name().cmp(b.name()));
        groups
    }
}

fn device(pv: &ScannedPv, texts: &[Option<String>], side: &Side, ids: &Ids) -> String {
    let Label { sector, pv_header } = &pv.label;
    let mut out = format!(
        "label in sector {sector}, size {}, data {:?}, areas {:?}, extension {:?}\n",
        pv_header.device_size, pv_header.data_areas, pv_header.metadata_areas, pv_header.extension
    );
    for (area, text) in pv.areas.iter().zip(texts) {
        let state = match &area.state {
            AreaState::Unusable(_) => "unusable",
            AreaState::Ignored(_) => "ignored",
            AreaState::Empty(_) => "empty",
            AreaState::Bad(..) => "bad",
            AreaState::Good(..) => "good",
            _ => "?",
        };
        out.push_str(&format!(
            "area {state}{}\n",
            if area.precommitted.is_some() { " precommitted" } else { "" }
        ));
        if let Some(text) = text {
            out.push_str(&metadata(text, side, ids));
        }
    }
    out
}

/// A file with its name; numbers in names of archive files are random.
fn file(name: &str, text: &str, side: &Side, ids: &Ids) -> String {
    let name = match name.rsplit_once('-') {
        Some((front, back)) if name.starts_with("archive/") && back.ends_with(".vg") => front,
        _ => name,
    };
    format!("{name}\n{}", metadata(text, side, ids))
}

/// The text that a header points at, as it is.
fn read_text(device: &dyn BlockDevice, header: &MdaHeader) -> String {
    let Ok(size) = usize::try_from(header.committed.size) else { return String::new() };
    let Some(room) = header.size.checked_sub(header.committed.offset) else { return String::new() };
    let room = usize::try_from(room).map_or(size, |room| room.min(size));
    if size > 1 << 24 {
        return String::new();
    }
    let mut text = vec![0; size];
    let (first, wrapped) = text.split_at_mut(room);
    // A header may point anywhere; what cannot be read is no text.
    let _ = device.read_at(header.start + header.committed.offset, first);
    let _ = device.read_at(header.start + MDA_HEADER_SIZE, wrapped);
    String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned()
}
