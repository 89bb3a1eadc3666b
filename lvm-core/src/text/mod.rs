//! The metadata text: LVM2's configuration language, and a volume group in it.
//!
//! The language (`lexer`, `tree`) knows nothing of volume groups. [`import`](import()) and
//! [`export`](export()) translate between text and [`VolumeGroup`](crate::metadata::VolumeGroup);
//! `segment/<type>` holds both directions of one segment type side by side.
//!
//! Parsing is linear in the text, bounded in depth and size, and borrows from it.

mod config;
mod export;
mod flags;
mod import;
mod lexer;
mod plain;
mod print;
mod read;
mod section;
mod segment;
mod tree;

pub use config::parse_config;
pub use export::{ExportHeader, Layout, export};
pub use import::{Imported, import, import_bytes};
pub use lexer::{TextError, TextErrorKind};
pub use tree::{DEPTH_MAX, TEXT_SIZE_MAX};
