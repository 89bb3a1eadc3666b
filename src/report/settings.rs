//! What lvm.conf(5) says about reports.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lvm_core::metadata::ConfigValue;
use lvm_core::{Error, Result};

use super::{Format, Headings, JsonStyle, Layout, Report, ReportError, ReportKind, Units};
use crate::config::value::{flag, text};

/// Settings of reports: those of the section `report`, and `units`, `suffix` and
/// `si_unit_consistency` of the section `global`.
#[derive(Clone, Default, Debug)]
pub struct ReportSettings {
    json: Option<JsonStyle>,
    format: Format,
    layout: Layout,
    compact: bool,
    compact_columns: String,
    /// Columns and sort keys by setting.
    lists: BTreeMap<String, String>,
}

/// Which of its settings a report takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Plain,
    Verbose,
    /// As a part of `fullreport`.
    Full,
}

impl ReportSettings {
    /// Takes a setting over, by its path in lvm.conf(5); false when it is none of these.
    ///
    /// # Errors
    /// `InvalidInput` for a value of the wrong type or that means nothing; `Unsupported` for
    /// `log/report_command_log` when it is switched on.
    pub fn set(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        match path {
            "global/units" => self.format.units = self.units(&text(path, value)?)?,
            "global/suffix" => self.format.suffix = flag(path, value)?,
            "global/si_unit_consistency" => self.format.capital_units = !flag(path, value)?,
            "report/output_format" => self.json = Self::output_format(&text(path, value)?)?,
            "report/compact_output" => self.compact = flag(path, value)?,
            "report/compact_output_cols" => self.compact_columns = text(path, value)?,
            "report/aligned" => self.layout.aligned = flag(path, value)?,
            "report/headings" => self.layout.headings = Self::headings(path, value)?,
            "report/separator" => self.layout.separator = text(path, value)?,
            "report/list_item_separator" => {
                self.format.list_separator = Cow::Owned(text(path, value)?);
            }
            "report/prefixes" => self.layout.name_prefixes = flag(path, value)?,
            "report/quoted" => self.layout.quoted = flag(path, value)?,
            "report/columns_as_rows" => self.layout.columns_as_rows = flag(path, value)?,
            "report/binary_values_as_numeric" => self.format.binary = flag(path, value)?,
            "report/mark_hidden_devices" => self.format.mark_hidden = flag(path, value)?,
            "report/time_format" => {
                let format = text(path, value)?;
                if !format.is_empty() {
                    self.format = self.format.clone().with_time_format(format)?;
                }
            }
            // A report is printed when it is complete.
            "report/buffered" => drop(flag(path, value)?),
            "report/two_word_unknown_device" => self.format.two_word_unknown = flag(path, value)?,
            "log/report_command_log" => {
                if flag(path, value)? {
                    return Err(Error::unsupported(format!(
                        "Configuration setting \"{path}\" is not supported."
                    )));
                }
            }
            // They are about a report that is not made.
            "log/command_log_cols" | "log/command_log_sort" | "log/command_log_selection" => {
                drop(text(path, value)?);
            }
            _ => return self.set_list(path, value),
        }
        Ok(true)
    }

    fn set_list(&mut self, path: &str, value: &ConfigValue) -> Result<bool> {
        const LISTS: [&str; 5] = ["cols", "cols_verbose", "cols_full", "sort", "sort_full"];
        const REPORTS: [&str; 5] = ["lvs", "segs", "vgs", "pvs", "pvsegs"];
        let name = path.strip_prefix("report/").and_then(|name| name.split_once('_'));
        let Some((report, list)) = name else { return Ok(false) };
        if !REPORTS.contains(&report) || !LISTS.contains(&list) {
            return Ok(false);
        }
        let names = text(path, value)?;
        // As in lvm2, no names at all change nothing.
        if !names.is_empty() {
            self.lists.insert(path.to_owned(), names);
        }
        Ok(true)
    }

    fn units(&self, name: &str) -> Result<Units> {
        name.parse().map_err(|_| {
            Error::invalid(format!("Unrecognised configuration setting for global/units: {name}"))
        })
    }

    fn output_format(name: &str) -> Result<Option<JsonStyle>> {
        match name {
            "basic" => Ok(None),
            "json" => Ok(Some(JsonStyle::Text)),
            "json_std" => Ok(Some(JsonStyle::Typed)),
            _ => Err(Error::invalid(format!("{name}: unknown report format."))
                .with_help("Supported report formats: basic, json, json_std.")),
        }
    }

    /// A number in lvm.conf; lvm2 2.03.16 knows no full headings and takes 2 for 1.
    fn headings(path: &str, value: &ConfigValue) -> Result<Headings> {
        match value {
            ConfigValue::Int(2) => Ok(Headings::Full),
            ConfigValue::Int(number) if *number > 2 => Ok(Headings::Abbreviated),
            value => Ok(if flag(path, value)? { Headings::Abbreviated } else { Headings::None }),
        }
    }

    /// How values become text.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format.clone()
    }

    /// How the text is laid out.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout.clone()
    }

    /// Which JSON, if any.
    #[must_use]
    pub fn json(&self) -> Option<JsonStyle> {
        self.json
    }

    /// A report with the columns and the order of the settings; `verbose` with those of `-v`.
    ///
    /// # Errors
    /// `UnknownField` for a field that there is not.
    pub fn report(&self, kind: ReportKind, verbose: bool) -> std::result::Result<Report, ReportError> {
        self.with_form(kind, if verbose { Form::Verbose } else { Form::Plain })
    }

    /// The same for a part of a full report.
    ///
    /// # Errors
    /// `UnknownField` for a field that there is not.
    pub fn subreport(&self, kind: ReportKind) -> std::result::Result<Report, ReportError> {
        self.with_form(kind, Form::Full)
    }

    fn with_form(&self, kind: ReportKind, form: Form) -> std::result::Result<Report, ReportError> {
        let name = match kind {
            ReportKind::LogicalVolumes => "lvs",
            ReportKind::Segments => "segs",
            ReportKind::VolumeGroups => "vgs",
            ReportKind::PhysicalVolumes => "pvs",
            ReportKind::PvSegments => "pvsegs",
        };
        let (columns, sort) = match form {
            Form::Plain => ("cols", "sort"),
            Form::Verbose => ("cols_verbose", "sort"),
            Form::Full => ("cols_full", "sort_full"),
        };
        let list = |list: &str| self.lists.get(&format!("report/{name}_{list}")).map(String::as_str);
        let mut report = if form == Form::Verbose { Report::verbose(kind) } else { Report::new(kind) };
        let (full_columns, full_sort) = kind.full_defaults();
        let full = |default| (form == Form::Full).then_some(default);
        if let Some(columns) = list(columns).or(full(full_columns)) {
            report = report.columns(columns)?;
        }
        if let Some(keys) = list(sort).or(full(full_sort)) {
            report = report.sort(keys)?;
        }
        if self.format.binary {
            report = report.binary();
        }
        if !self.compact_columns.is_empty() {
            report = report.columns(&format!("#{}", self.compact_columns))?;
        }
        Ok(if self.compact { report.compact() } else { report })
    }
}
