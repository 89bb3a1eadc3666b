//! What the fuzz targets share: the invariants they check, and images to start from.
//!
//! `tests/mutated_images.rs` of the main package uses the same three modules.

pub mod checks;
pub mod mutate;
pub mod samples;
