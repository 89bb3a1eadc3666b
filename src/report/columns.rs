//! Which columns a report has and how it is sorted: defaults, `-o` and `-O`.

use super::ReportError;
use super::field::{Field, FieldGroup, same_name};

/// What the rows of a report stand for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReportKind {
    /// `lvs`
    LogicalVolumes,
    /// `lvs --segments`
    Segments,
    /// `vgs`
    VolumeGroups,
    /// `pvs`
    PhysicalVolumes,
    /// `pvs --segments`
    PvSegments,
}

impl ReportKind {
    /// The name of its rows in JSON and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogicalVolumes => "lv",
            Self::Segments => "seg",
            Self::VolumeGroups => "vg",
            Self::PhysicalVolumes => "pv",
            Self::PvSegments => "pvseg",
        }
    }

    /// What may be left away in front of field names.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::LogicalVolumes => "lv_",
            Self::Segments => "seg_",
            Self::VolumeGroups => "vg_",
            Self::PhysicalVolumes => "pv_",
            Self::PvSegments => "pvseg_",
        }
    }

    /// The columns without `-o`, as a comma-separated list; `verbose` as with `-v`.
    #[must_use]
    pub const fn default_columns(self, verbose: bool) -> &'static str {
        match (self, verbose) {
            (Self::LogicalVolumes, false) => {
                "lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,move_pv,\
                 mirror_log,copy_percent,convert_lv"
            }
            (Self::LogicalVolumes, true) => {
                "lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,lv_kernel_major,\
                 lv_kernel_minor,pool_lv,origin,data_percent,metadata_percent,move_pv,copy_percent,\
                 mirror_log,convert_lv,lv_uuid,lv_profile"
            }
            (Self::Segments, false) => "lv_name,vg_name,lv_attr,stripes,segtype,seg_size",
            (Self::Segments, true) => {
                "lv_name,vg_name,lv_attr,seg_start,seg_size,stripes,segtype,stripe_size,chunk_size"
            }
            (Self::VolumeGroups, false) => "vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free",
            (Self::VolumeGroups, true) => {
                "vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,vg_free,vg_uuid,\
                 vg_profile"
            }
            (Self::PhysicalVolumes, false) => "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free",
            (Self::PhysicalVolumes, true) => {
                "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,dev_size,pv_uuid"
            }
            (Self::PvSegments, false) => {
                "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size"
            }
            (Self::PvSegments, true) => {
                "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size,lv_name,\
                 seg_start_pe,segtype,seg_pe_ranges"
            }
        }
    }

    /// The sort keys without `-O`, as a comma-separated list.
    #[must_use]
    pub const fn default_sort(self) -> &'static str {
        match self {
            Self::LogicalVolumes => "vg_name,lv_name",
            Self::Segments => "vg_name,lv_name,seg_start",
            Self::VolumeGroups => "vg_name",
            Self::PhysicalVolumes => "pv_name",
            Self::PvSegments => "pv_name,pvseg_start",
        }
    }

    /// The columns and sort keys of a part of `fullreport`.
    pub(super) const fn full_defaults(self) -> (&'static str, &'static str) {
        match self {
            Self::LogicalVolumes => ("lv_all", "vg_name,lv_name"),
            Self::Segments => ("seg_all,lv_uuid", "lv_uuid,seg_start"),
            Self::VolumeGroups => ("vg_all", "vg_name"),
            Self::PhysicalVolumes => ("pv_all", "pv_name"),
            Self::PvSegments => ("pvseg_all,pv_uuid,lv_uuid", "pv_uuid,pvseg_start"),
        }
    }

    /// The fields that `all` stands for.
    const fn all_groups(self) -> &'static [FieldGroup] {
        use FieldGroup::{Lv, LvInfo, LvStatus, Pv, PvLabel, PvSeg, Seg, Vg};
        match self {
            Self::LogicalVolumes => &[Lv, LvInfo, LvStatus, Vg],
            Self::Segments => &[Lv, Vg, Seg],
            Self::VolumeGroups => &[Vg],
            Self::PhysicalVolumes => &[PvLabel, Pv],
            Self::PvSegments => &[PvLabel, PvSeg],
        }
    }
}

/// A field to sort by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SortKey {
    /// The field.
    pub field: &'static Field,
    /// Largest first.
    pub descending: bool,
}

/// The columns of a report.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    kind: ReportKind,
    pub(super) fields: Vec<&'static Field>,
    /// Left out when they are blank in every row.
    pub(super) compact: Vec<&'static Field>,
    /// As if all were among those.
    pub(super) compact_all: bool,
}

impl Columns {
    pub(super) fn new(kind: ReportKind, verbose: bool) -> Self {
        let mut columns = Self { kind, fields: Vec::new(), compact: Vec::new(), compact_all: false };
        let defaults = columns.parse(kind.default_columns(verbose));
        columns.fields = defaults.unwrap_or_default();
        columns
    }

    /// Applies one `-o`: a list replaces the columns, `+list` appends, `-list` takes away,
    /// `#list` leaves out blank columns. What is taken away need not be there.
    pub(super) fn apply(&mut self, option: &str) -> Result<(), ReportError> {
        match option.as_bytes() {
            [] => return Err(ReportError::NoColumns),
            [b'+', ..] => {
                let more = self.parse(option.get(1..).unwrap_or_default())?;
                self.fields.extend(more);
            }
            [b'-', ..] => {
                let names = option.get(1..).unwrap_or_default().split(',');
                let gone = names.filter_map(|name| Field::find(name, self.kind.prefix())).collect::<Vec<_>>();
                self.fields.retain(|field| !gone.contains(field));
            }
            [b'#', ..] => {
                let more = self.parse(option.get(1..).unwrap_or_default())?;
                // The last such list counts, and it counts instead of that of the settings.
                self.compact = more;
            }
            _ => self.fields = self.parse(option)?,
        }
        Ok(())
    }

    /// True for a column that is left out when it is blank.
    pub(super) fn compacts(&self, field: &Field) -> bool {
        self.compact_all || self.compact.contains(&field)
    }

    fn parse(&self, list: &str) -> Result<Vec<&'static Field>, ReportError> {
        let mut fields = Vec::new();
        for name in list.split(',').filter(|name| !name.is_empty()) {
            match Field::find(name, self.kind.prefix()) {
                Some(field) => fields.push(field),
                None => self.parse_group(name, &mut fields)?,
            }
        }
        Ok(fields)
    }

    /// `lv_all` and the like, and `all`.
    fn parse_group(&self, name: &str, fields: &mut Vec<&'static Field>) -> Result<(), ReportError> {
        use FieldGroup::{Lv, LvInfo, LvStatus, Pv, PvLabel, PvSeg, Seg, Vg};
        const GROUPS: [(&str, &[FieldGroup]); 5] = [
            ("lv_all", &[Lv, LvInfo, LvStatus]),
            ("pv_all", &[PvLabel, Pv]),
            ("vg_all", &[Vg]),
            ("seg_all", &[Seg]),
            ("pvseg_all", &[PvSeg]),
        ];
        let named = GROUPS.iter().find(|(id, _)| same_name(id, name)).map(|(_, groups)| *groups);
        let all = same_name("all", name).then(|| self.kind.all_groups());
        let groups = named.or(all).ok_or_else(|| ReportError::UnknownField(name.to_owned()))?;
        fields.extend(groups.iter().flat_map(|group| group.fields()));
        Ok(())
    }
}

/// Reads `-O`: fields separated by commas, `-` in front of those that sort downwards.
pub(super) fn parse_sort(kind: ReportKind, list: &str) -> Result<Vec<SortKey>, ReportError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let keys = list.split(',').map(|name| {
        let (name, descending) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (name.strip_prefix('+').unwrap_or(name), false),
        };
        let field = Field::find(name, kind.prefix());
        field
            .map(|field| SortKey { field, descending })
            .ok_or_else(|| ReportError::UnknownField(name.to_owned()))
    });
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ReportKind; 5] = [
        ReportKind::LogicalVolumes,
        ReportKind::Segments,
        ReportKind::VolumeGroups,
        ReportKind::PhysicalVolumes,
        ReportKind::PvSegments,
    ];

    fn ids(columns: &Columns) -> Vec<&'static str> {
        columns.fields.iter().map(|field| field.id).collect()
    }

    #[test]
    fn defaults_name_known_fields() {
        for kind in KINDS {
            for verbose in [false, true] {
                let list = kind.default_columns(verbose);
                assert_eq!(ids(&Columns::new(kind, verbose)), list.split(',').collect::<Vec<_>>());
            }
            assert!(parse_sort(kind, kind.default_sort()).is_ok());
        }
    }

    #[test]
    fn options_replace_append_and_take_away() {
        let mut columns = Columns::new(ReportKind::VolumeGroups, false);
        columns.apply("name,size").unwrap();
        assert_eq!(ids(&columns), ["vg_name", "vg_size"]);
        columns.apply("+tags,").unwrap();
        columns.apply("-size,bogus").unwrap();
        assert_eq!(ids(&columns), ["vg_name", "vg_tags"]);
        // A report without columns has rows all the same.
        columns.apply("-name,tags").unwrap();
        assert!(columns.fields.is_empty());
        assert!(matches!(columns.apply("+bogus"), Err(ReportError::UnknownField(name)) if name == "bogus"));
        assert!(matches!(columns.apply(""), Err(ReportError::NoColumns)));
    }

    #[test]
    fn groups_of_fields() {
        let mut columns = Columns::new(ReportKind::PvSegments, false);
        columns.apply("pvseg_all").unwrap();
        assert_eq!(ids(&columns), ["pvseg_start", "pvseg_size"]);
        columns.apply("all").unwrap();
        assert_eq!(columns.fields.len(), 11);
    }

    #[test]
    fn sort_keys() {
        let keys = parse_sort(ReportKind::LogicalVolumes, "-size,+name").unwrap();
        assert_eq!(
            keys.iter().map(|key| (key.field.id, key.descending)).collect::<Vec<_>>(),
            [("lv_size", true), ("lv_name", false)]
        );
        assert!(parse_sort(ReportKind::LogicalVolumes, "lv_name,").is_err());
    }
}
