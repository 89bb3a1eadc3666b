//! What options take.

use lvmkit::core::name::check_tag;
use lvmkit::{AllocationPolicy, PvId, ReadAhead};

use super::size::{self, Sign, Signed, SizeError, Unit};

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// No value.
    Nothing,
    /// Any text; shown as this word in help.
    Text(&'static str),
    /// `y` or `n`.
    YesNo,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number from 0 on.
    Number,
    /// A minor or major number.
    DeviceNumber,
    /// A size.
    Size(Unit),
    /// The size of something new: not zero, in MiB; a `+` is taken and means nothing.
    NewSize,
    /// A size or the change of one: not zero, in MiB.
    SignedSize(Signs),
    /// Extents or a share: not zero.
    Extents(Signs),
    /// A tag, with or without `@`.
    Tag,
    /// An allocation policy.
    Policy,
    /// A read-ahead.
    ReadAhead,
    /// A uuid of a physical volume.
    PvUuid,
    /// How many metadata areas a group uses.
    Copies,
    /// Whether to activate.
    Activation,
    /// A segment type of LVM2, those of these words being the ones that can be made.
    SegmentType(&'static str),
}

/// Every segment type that LVM2 knows. `linear` is a name for one area that is striped.
static SEGMENT_TYPES: &[&str] = &[
    "cache",
    "cache-pool",
    "error",
    "integrity",
    "linear",
    "mirror",
    "raid0",
    "raid0_meta",
    "raid1",
    "raid10",
    "raid10_near",
    "raid4",
    "raid5",
    "raid5_la",
    "raid5_ls",
    "raid5_n",
    "raid5_ra",
    "raid5_rs",
    "raid6",
    "raid6_la_6",
    "raid6_ls_6",
    "raid6_n_6",
    "raid6_nc",
    "raid6_nr",
    "raid6_ra_6",
    "raid6_rs_6",
    "raid6_zr",
    "snapshot",
    "striped",
    "thin",
    "thin-pool",
    "vdo",
    "vdo-pool",
    "writecache",
    "zero",
];

/// What `-a` asks for. Exclusive, shared and local activation are one thing on one host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Activation {
    /// Active.
    On,
    /// Active when it is to be activated automatically.
    Auto,
    /// Not active.
    Off,
}

impl Activation {
    /// # Errors
    /// For a text that is none.
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "y" | "e" | "ey" | "ye" | "s" | "sy" | "ys" | "ly" | "yl" => Ok(Self::On),
            "a" | "ay" | "ya" => Ok(Self::Auto),
            "n" | "en" | "ne" | "ln" | "nl" => Ok(Self::Off),
            _ => Err(Invalid::default()),
        }
    }
}

/// Which signs a size may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signs {
    /// None; a `+` means nothing.
    None,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// Both.
    Both,
}

impl Signs {
    const fn shown(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Plus => "[+]",
            Self::Minus => "[-]",
            Self::Both => "[+|-]",
        }
    }

    fn check(self, what: &str, signed: Signed) -> Result<(), Invalid> {
        let forbidden = match (self, signed.sign) {
            (Self::None | Self::Plus, Sign::Minus) => "negative",
            (Self::Minus, Sign::Plus) => "positive",
            _ => return Ok(()),
        };
        Err(Invalid(Some(format!("{what} may not be {forbidden}."))))
    }
}

/// Why a value is not one: a line before the one that names the option.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Invalid(pub(crate) Option<String>);

impl From<SizeError> for Invalid {
    fn from(error: SizeError) -> Self {
        Self(error.0)
    }
}

impl Takes {
    /// The value in help; `None` for options without one.
    pub(crate) fn shown(self) -> Option<String> {
        Some(match self {
            Self::Nothing => return None,
            Self::Text(what) => what.to_owned(),
            Self::YesNo => "y|n".to_owned(),
            Self::Word(words) => words.join("|"),
            Self::Number | Self::DeviceNumber => "Number".to_owned(),
            Self::Size(unit) => format!("Size[{}|UNIT]", unit.letter()),
            Self::NewSize => "Size[m|UNIT]".to_owned(),
            Self::SignedSize(signs) => format!("{}Size[m|UNIT]", signs.shown()),
            Self::Extents(Signs::None) => "Number[%VG|%FREE|%PVS]".to_owned(),
            Self::Extents(signs) => format!("{}Number[%VG|%LV|%FREE|%PVS]", signs.shown()),
            Self::Tag => "Tag".to_owned(),
            Self::Policy => self.words().join("|"),
            Self::ReadAhead => "auto|none|Sectors".to_owned(),
            Self::PvUuid => "UUID".to_owned(),
            Self::Copies => "all|unmanaged|Number".to_owned(),
            Self::Activation => self.words().join("|"),
            Self::SegmentType(known) => known.to_owned(),
        })
    }

    /// Checks a value.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn check(self, text: &str) -> Result<(), Invalid> {
        match self {
            Self::Nothing | Self::Text(_) => Ok(()),
            Self::YesNo => yes_no(text).map(drop),
            Self::Word(words) => words.contains(&self.plain(text)).then_some(()).ok_or_else(Invalid::default),
            Self::Number => text.parse::<u32>().map(drop).map_err(|_| Invalid::default()),
            Self::DeviceNumber => match text.parse::<i32>() {
                Ok(number) if number >= 0 && !text.starts_with('-') => Ok(()),
                _ => Err(Invalid::default()),
            },
            Self::Size(unit) => Ok(size::parse_size(text, unit).map(drop)?),
            Self::NewSize => Signs::Plus.check("Size", size::parse_signed_size(text, Unit::Mib)?),
            Self::SignedSize(signs) => signs.check("Size", size::parse_signed_size(text, Unit::Mib)?),
            Self::Extents(signs) => signs.check("Extents", size::parse_extents(text)?),
            // LVM2 gives no reason.
            Self::Tag => check_tag(self.plain(text)).map_err(|_| Invalid::default()),
            Self::Policy => AllocationPolicy::parse(text)
                .map(drop)
                .ok_or_else(|| Invalid(Some(format!("Unrecognised allocation policy {text}")))),
            Self::ReadAhead => read_ahead(text).map(drop),
            Self::PvUuid => PvId::parse(text).map(drop).map_err(|e| Invalid(Some(e.to_string()))),
            Self::Copies => copies(text).map(drop),
            Self::Activation => Activation::parse(text).map(drop),
            Self::SegmentType(_) if SEGMENT_TYPES.contains(&text) => Ok(()),
            Self::SegmentType(_) => Err(Invalid(Some(format!("WARNING: Unrecognised segment type {text}")))),
        }
    }

    /// The plain form of what has several: `01` and `+1` are `1`, `wr` is `rw`, and tags come
    /// without `@`.
    pub(crate) fn plain(self, text: &str) -> &str {
        let words = match self {
            Self::Word(words) => words,
            Self::Tag => return text.strip_prefix('@').unwrap_or(text),
            _ => return text,
        };
        if text == "wr" && words.contains(&"rw") {
            return "rw";
        }
        let number = text.parse::<u32>().ok();
        let same = |word: &&&str| number.is_some() && word.parse().ok() == number;
        words.iter().find(same).copied().unwrap_or(text)
    }

    /// True for a size of nothing where there must be something.
    pub(crate) fn is_nothing(self, text: &str) -> bool {
        let signed = match self {
            Self::NewSize | Self::SignedSize(_) => size::parse_signed_size(text, Unit::Mib),
            Self::Extents(_) => size::parse_extents(text),
            _ => return false,
        };
        signed.is_ok_and(|signed| size::is_zero(signed.size))
    }

    /// The words that it can be, when they are known.
    pub(crate) fn words(self) -> Vec<&'static str> {
        match self {
            Self::YesNo => vec!["y", "n"],
            Self::Word(words) => words.to_vec(),
            Self::Policy => vec!["contiguous", "cling", "cling_by_tags", "normal", "anywhere", "inherit"],
            Self::ReadAhead => vec!["auto", "none"],
            Self::Copies => vec!["all", "unmanaged"],
            Self::Activation => vec!["y", "n", "ay", "ey", "sy"],
            Self::SegmentType(known) => known.split('|').collect(),
            _ => Vec::new(),
        }
    }
}

/// # Errors
/// For anything but `y` and `n`.
pub(crate) fn yes_no(text: &str) -> Result<bool, Invalid> {
    match text {
        "y" => Ok(true),
        "n" => Ok(false),
        _ => Err(Invalid::default()),
    }
}

/// `auto`, `none`, or a size with a unit of sectors.
///
/// # Errors
/// For anything else.
pub(crate) fn read_ahead(text: &str) -> Result<ReadAhead, Invalid> {
    match text {
        "auto" => Ok(ReadAhead::Auto),
        "none" => Ok(ReadAhead::None),
        _ => {
            if text.starts_with('-') {
                return Err(Invalid::default());
            }
            let sectors = size::parse_size(text, Unit::Sector)?.to_sectors();
            Ok(ReadAhead::Sectors(u32::try_from(sectors.get()).map_err(|_| Invalid::default())?))
        }
    }
}

/// The number of metadata areas in use; `unmanaged` is 0, `all` as many as there can be.
///
/// # Errors
/// For anything else.
pub(crate) fn copies(text: &str) -> Result<u32, Invalid> {
    match text {
        "unmanaged" => Ok(0),
        "all" => Ok(u32::MAX),
        _ => text.parse().map_err(|_| Invalid::default()),
    }
}
