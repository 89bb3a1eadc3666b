//! The README shows the samples that run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[test]
fn the_samples_stand_in_the_readme_as_they_are() {
    let read =
        |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let readme = read("README.md");
    for sample in ["examples/c/readme.c", "examples/python/readme.py"] {
        assert!(readme.contains(read(sample).trim_end()), "{sample} is not in the README as it is");
    }
}
