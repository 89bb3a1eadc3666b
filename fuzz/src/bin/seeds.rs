//! Writes the seed corpus of every target: `seeds DIRECTORY`.

use std::fs;
use std::path::PathBuf;

use lvmkit_fuzz::samples::{SHAPES, group};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = PathBuf::from(std::env::args_os().nth(1).ok_or("the corpus directory is missing")?);
    for target in ["label", "mda_header", "text", "image"] {
        fs::create_dir_all(dir.join(target))?;
    }
    for (at, shape) in SHAPES.into_iter().enumerate() {
        let (draft, images) = group(shape)?;
        let (_, _, text) = draft.commit_text()?;
        fs::write(dir.join(format!("text/sample{at}")), &text)?;
        for (disk, image) in images.iter().enumerate() {
            let name = format!("sample{at}-{disk}");
            // The first byte says whether checksums are put right.
            fs::write(dir.join("image").join(&name), [&[1], image.as_slice()].concat())?;
            fs::write(dir.join("label").join(&name), [&[1], image.get(..2048).unwrap_or_default()].concat())?;
            let header = image.get(4096..4608).unwrap_or_default();
            fs::write(dir.join("mda_header").join(&name), [&[1], header].concat())?;
        }
    }
    Ok(())
}
