//! Linear and striped segments.

use std_alloc::vec::Vec;

use serde::Serialize;

use super::Area;
use crate::metadata::ShortList;
use crate::units::Sectors;

/// A segment on one area (linear), or dealt out over several in turn (striped).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Striped {
    /// Bytes of one stripe before the next area has its turn; zero for one area.
    pub stripe_size: Sectors,
    /// The areas in turn.
    pub stripes: ShortList<Area>,
    /// True when the text said `linear`, a spelling LVM2 reads and keeps, instead of `striped`.
    #[serde(skip)]
    pub spelt_linear: bool,
}

impl Striped {
    /// One area.
    #[must_use]
    pub fn linear(area: Area) -> Self {
        Self { stripe_size: Sectors::ZERO, stripes: ShortList::one(area), spelt_linear: false }
    }

    /// Several areas in turn.
    #[must_use]
    #[expect(clippy::self_named_constructors, reason = "the other constructor is called linear")]
    pub fn striped(stripe_size: Sectors, stripes: Vec<Area>) -> Self {
        Self { stripe_size, stripes: stripes.into(), spelt_linear: false }
    }
}
