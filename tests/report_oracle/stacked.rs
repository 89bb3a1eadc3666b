//! Volumes on volumes, written as text: pools on raids, snapshots of snapshots, caches below pools.

use crate::golden::compare_text;
use crate::ready;

/// Writes a backup file, extent by extent.
struct Text {
    lvs: String,
    count: u32,
    next: [u32; 3],
}

const HIDDEN: &str = "\"READ\", \"WRITE\"";
const SHOWN: &str = "\"READ\", \"WRITE\", \"VISIBLE\"";

impl Text {
    fn new() -> Self {
        Self { lvs: String::new(), count: 0, next: [0; 3] }
    }

    /// A volume with one segment of that type; `keys` are separated by `;`.
    fn lv(&mut self, name: &str, status: &str, extents: u32, keys: &str) -> &mut Self {
        self.count += 1;
        let id = format!("aa{:04}-0000-0000-0000-0000-0000-000000", self.count);
        let (status, flags) = status.split_once('|').unwrap_or((status, ""));
        let keys = keys.split(';').map(str::trim).collect::<Vec<_>>().join("\n");
        self.lvs += &format!(
            "{name} {{\nid = \"{id}\"\nstatus = [{status}]\nflags = [{flags}]\ncreation_time = {}\n\
             creation_host = \"host\"\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\n\
             extent_count = {extents}\n{keys}\n}}\n}}\n",
            1_700_000_000 + self.count
        );
        self
    }

    fn linear(&mut self, name: &str, status: &str, pv: usize, extents: u32) -> &mut Self {
        let start = self.next[pv];
        self.next[pv] += extents;
        let keys = format!("type = \"striped\";stripe_count = 1;stripes = [\"pv{pv}\", {start}]");
        self.lv(name, status, extents, &keys)
    }

    /// A raid1 with its images and metadata.
    fn raid1(&mut self, name: &str, status: &str, legs: usize, extents: u32) -> &mut Self {
        let mut raids = Vec::new();
        for leg in 0..legs {
            let (meta, image) = (format!("{name}_rmeta_{leg}"), format!("{name}_rimage_{leg}"));
            self.linear(&meta, HIDDEN, leg, 1);
            self.linear(&image, HIDDEN, leg, extents);
            raids.push(format!("\"{meta}\", \"{image}\""));
        }
        let keys = format!(
            "type = \"raid1\";device_count = {legs};region_size = 4096;raids = [{}]",
            raids.join(", ")
        );
        self.lv(name, status, extents, &keys)
    }

    fn thin(&mut self, name: &str, device: u32, extra: &str) -> &mut Self {
        let keys = format!(
            "type = \"thin\";thin_pool = \"pool\";transaction_id = {};device_id = {device};{extra}",
            device - 1
        );
        self.lv(name, SHOWN, 64, &keys)
    }

    fn finish(&self) -> String {
        let pv = |at: usize| {
            format!(
                "pv{at} {{\nid = \"bb000{at}-0000-0000-0000-0000-0000-000000\"\ndevice = \"/dev/x{at}\"\n\
                 status = [\"ALLOCATABLE\"]\nflags = []\ndev_size = 131072\npe_start = 2048\npe_count = 504\n}}\n"
            )
        };
        format!(
            "stack {{\nid = \"cc0000-0000-0000-0000-0000-0000-000000\"\nseqno = 5\nformat = \"lvm2\"\n\
             status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nflags = []\nextent_size = 256\nmax_lv = 0\n\
             max_pv = 0\nmetadata_copies = 0\n\nphysical_volumes {{\n{}{}{}}}\nlogical_volumes {{\n{}}}\n}}\n\
             contents = \"Text Format Volume Group\"\nversion = 1\ndescription = \"test\"\n\
             creation_host = \"host\"\ncreation_time = 1700000000\n",
            pv(0),
            pv(1),
            pv(2),
            self.lvs
        )
    }
}

const POOL: &str = "type = \"thin-pool\";metadata = \"pool_tmeta\";pool = \"pool_tdata\";transaction_id = 20;\
                    chunk_size = 128;discards = \"nopassdown\";zero_new_blocks = 0";

fn snapshot(text: &mut Text, number: u32, origin: &str, extents: u32, store: &str) {
    let keys = format!("type = \"snapshot\";chunk_size = 16;origin = \"{origin}\";cow_store = \"{store}\"");
    text.lv(&format!("snapshot{number}"), HIDDEN, extents, &keys);
}

/// Thin volumes over a raid, with a family of snapshots.
fn thin_family() -> Text {
    let mut text = Text::new();
    text.linear("pool_tmeta", HIDDEN, 1, 16)
        .raid1("pool_tdata", HIDDEN, 2, 64)
        .lv("pool", "\"READ\", \"WRITE\", \"VISIBLE\"|\"ERROR_WHEN_FULL\"", 64, POOL)
        .linear("lvol0_pmspare", HIDDEN, 0, 16)
        .linear("ext", "\"READ\", \"VISIBLE\"", 0, 64)
        .thin("t1", 1, "")
        .thin("t2", 2, "origin = \"t1\"")
        .thin("t3", 3, "origin = \"t1\"")
        .thin("t4", 4, "origin = \"t2\"")
        .thin("e1", 5, "external_origin = \"ext\"")
        .thin("e2", 6, "external_origin = \"ext\"")
        .thin("e3", 7, "origin = \"e1\"")
        .linear("cow1", SHOWN, 2, 8);
    snapshot(&mut text, 0, "t1", 64, "cow1");
    text.linear("cow2", SHOWN, 2, 8);
    snapshot(&mut text, 1, "t4", 64, "cow2");
    text
}

/// A cache below a thin pool, a cache pool on raids, a write cache on a raid, snapshots of both.
fn caches() -> Text {
    let mut text = Text::new();
    text.linear("pool_tmeta", HIDDEN, 1, 16)
        .linear("fast_cpool_cmeta", HIDDEN, 2, 8)
        .raid1("fast_cpool_cdata", HIDDEN, 2, 16)
        .lv(
            "fast_cpool",
            HIDDEN,
            16,
            "type = \"cache-pool\";data = \"fast_cpool_cdata\";metadata = \"fast_cpool_cmeta\";\
             metadata_format = 2;chunk_size = 128;cache_mode = \"writeback\";policy = \"smq\";\
             policy_settings {;migration_threshold=2048;}",
        )
        .linear("pool_tdata_corig", HIDDEN, 0, 64)
        .lv(
            "pool_tdata",
            HIDDEN,
            64,
            "type = \"cache\";cache_pool = \"fast_cpool\";origin = \"pool_tdata_corig\"",
        )
        .lv("pool", SHOWN, 64, POOL)
        .thin("t1", 1, "")
        .linear("fast_cvol", "\"READ\", \"WRITE\"|\"CACHE_VOL\"", 1, 16)
        .raid1("slow_wcorig", HIDDEN, 3, 32)
        .lv(
            "slow",
            SHOWN,
            32,
            "type = \"writecache+CACHE_USES_CACHEVOL\";origin = \"slow_wcorig\";writecache = \"fast_cvol\";\
             writecache_block_size = 4096",
        )
        .raid1("mirrored", SHOWN, 3, 32)
        .linear("cow1", SHOWN, 2, 8);
    snapshot(&mut text, 0, "mirrored", 32, "cow1");
    text
}

/// Raids that are out of sync, being split, or without anything.
fn raids() -> Text {
    let mut text = Text::new();
    text.raid1("nosync", "\"READ\", \"WRITE\", \"VISIBLE\", \"NOTSYNCED\"", 2, 16).raid1(
        "fixed",
        "\"READ\", \"VISIBLE\"|\"ACTIVATION_SKIP\"",
        3,
        16,
    );
    // One image of this raid was split off and is tracked.
    let mut raids = Vec::new();
    for leg in 0..3 {
        let status = if leg == 2 { "\"READ\", \"VISIBLE\"" } else { HIDDEN };
        text.linear(&format!("track_rmeta_{leg}"), HIDDEN, leg, 1);
        text.linear(&format!("track_rimage_{leg}"), status, leg, 16);
        raids.push(format!("\"track_rmeta_{leg}\", \"track_rimage_{leg}\""));
    }
    let keys = format!("type = \"raid1\";device_count = 3;region_size = 4096;raids = [{}]", raids.join(", "));
    text.lv("track", SHOWN, 16, &keys)
        .lv("nothing", SHOWN, 16, "type = \"zero\"")
        .lv("broken", SHOWN, 16, "type = \"error\"")
        .linear("plain-with-dash", SHOWN, 0, 3);
    text
}

/// The texts of this file, by name.
pub(crate) fn texts() -> [(String, &'static str); 3] {
    [(thin_family(), "thin_family"), (caches(), "caches"), (raids(), "raids")]
        .map(|(text, name)| (text.finish(), name))
}

#[test]
fn volumes_on_volumes() {
    if !ready() {
        return;
    }
    for (text, name) in texts() {
        compare_text(&text, name);
    }
}
