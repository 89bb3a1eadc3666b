//! Rules that hold the shape of the workspace and that no compiler checks.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::{Outcome, root};

/// Where unsafe code may stand.
const UNSAFE_PLACES: [&str; 2] = ["lvm-dm/src/sys/", "lvm-capi/src/ffi.rs"];
/// How C functions are exported; the attribute has to stand on them, and lvm-capi is made of them.
const EXPORT: &str = "#[unsafe(no_mangle)]";

/// The modules of lvm-core that all others may use.
const BASE: [&str; 6] = ["units", "id", "name", "error", "block", "stamp"];
/// The other modules, and what else they may use.
const LAYERS: [(&str, &[&str]); 7] = [
    ("ondisk", &[]),
    ("metadata", &["ondisk"]),
    ("text", &["ondisk", "metadata"]),
    ("alloc", &["metadata"]),
    ("edit", &["metadata", "alloc"]),
    ("plan", &["metadata", "alloc", "edit"]),
    ("store", &["ondisk", "metadata", "text"]),
];
/// Files that reach across: the layout of a physical volume belongs to both sides.
const BRIDGES: [(&str, &str); 3] =
    [("edit/mod.rs", "store"), ("edit/physical_volume.rs", "store"), ("store/draft.rs", "edit")];

/// A tracked text file.
struct Source {
    path: String,
    text: String,
}

/// Checks all rules and lists every place that breaks one.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask tidy".to_owned());
    }
    let sources = tracked()?;
    let mut found = Vec::new();
    for source in &sources {
        unsafe_code(source, &mut found);
        imports(source, &mut found);
        words(source, &mut found);
    }
    glossary(&sources, &mut found);
    if found.is_empty() { Ok(()) } else { Err(format!("{} found\n{}", found.len(), found.join("\n"))) }
}

fn tracked() -> Result<Vec<Source>, String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !listed.status.success() {
        return Err("git does not list the files".to_owned());
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let paths = listed.split('\0').filter(|path| !path.is_empty());
    // What is no text, images for instance, has no words to check.
    let read = paths.filter_map(|path| {
        Some(Source { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? })
    });
    Ok(read.collect())
}

fn unsafe_code(source: &Source, found: &mut Vec<String>) {
    if !source.path.ends_with(".rs") || UNSAFE_PLACES.iter().any(|place| source.path.starts_with(place)) {
        return;
    }
    for (number, line) in code(&source.text).lines().enumerate() {
        let exported = source.path.starts_with("lvm-capi/src/") && line.trim() == EXPORT;
        if !exported && has_word(line, "unsafe") {
            found.push(format!("{}:{}: unsafe code outside its places", source.path, number + 1));
        }
    }
}

fn imports(source: &Source, found: &mut Vec<String>) {
    let Some(file) = source.path.strip_prefix("lvm-core/src/").filter(|file| *file != "lib.rs") else {
        return;
    };
    let module = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
    let allowed = match LAYERS.iter().find(|(known, _)| *known == module) {
        Some((_, allowed)) => *allowed,
        None if BASE.contains(&module) => &[],
        None => return found.push(format!("{}: the module has no place in the import rule", source.path)),
    };
    for (number, line) in code(&source.text).lines().enumerate() {
        for used in line.split("crate::").skip(1) {
            let used =
                used.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            // Only modules have small letters; macros are everybody's.
            let is_module = BASE.contains(&used) || LAYERS.iter().any(|(known, _)| *known == used);
            let fits = used == module || BASE.contains(&used) || allowed.contains(&used);
            if used.is_empty() || is_module && !fits && !BRIDGES.contains(&(file, used)) {
                found.push(format!("{}:{}: {module} must not use {used}", source.path, number + 1));
            }
        }
    }
}

/// Words that mark unfinished work, and names of this and that machine.
fn words(source: &Source, found: &mut Vec<String>) {
    // Put together here, so that this file may stand where it stands.
    let unfinished = [["FIX", "ME"], ["to", "do!("], ["db", "g!("]].map(|parts| parts.concat());
    let places = [["/wo", "rk/"], ["/tm", "p/"]].map(|parts| parts.concat());
    let hosts = [["crates", ".io"], ["pypi", ".org"], ["python", "hosted.org"]].map(|parts| parts.concat());
    for (number, line) in source.text.lines().enumerate() {
        let mut report = |what: &str| found.push(format!("{}:{}: {what}", source.path, number + 1));
        if unfinished.iter().any(|word| line.contains(word)) {
            report("unfinished work");
        }
        if places.iter().any(|place| line.contains(place)) {
            report("a path of one machine");
        }
        // The lock file has to name where packages come from.
        if !source.path.ends_with("Cargo.lock") && hosts.iter().any(|host| line.contains(host)) {
            report("a package registry's host");
        }
    }
}

/// The types of the glossary exist.
fn glossary(sources: &[Source], found: &mut Vec<String>) {
    let Some(glossary) = sources.iter().find(|source| source.path == "docs/glossary.md") else { return };
    let rust = sources.iter().filter(|source| source.path.ends_with(".rs") && source.path.contains("src/"));
    let known = rust
        .flat_map(|source| source.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .collect::<BTreeSet<_>>();
    for (number, row) in glossary.text.lines().enumerate().filter(|(_, line)| line.starts_with("| ")) {
        let column = row.split('|').nth(2).unwrap_or_default();
        // Between backticks every second piece is a name.
        for name in column.split('`').skip(1).step_by(2) {
            let name = name.rsplit("::").next().unwrap_or_default().trim_end_matches("()");
            if !known.contains(name) {
                found.push(format!("{}:{}: there is no {name}", glossary.path, number + 1));
            }
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|known| known == word)
}

/// The Rust code without comments and without what stands in strings; line breaks stay.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = comment(rest).or_else(|| string(rest));
        if let Some(length) = skipped {
            let (inside, behind) = rest.split_at(length);
            out.extend(inside.chars().filter(|c| *c == '\n'));
            out.push(' ');
            rest = behind;
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// The length of the comment that starts here.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = rest.get(at..).filter(|left| !left.is_empty()) {
        let step = match pair {
            pair if pair.starts_with("/*") => {
                depth += 1;
                2
            }
            pair if pair.starts_with("*/") && depth > 0 => {
                depth -= 1;
                2
            }
            pair => pair.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if depth == 0 {
            return (at > 2).then_some(at);
        }
    }
    (depth > 0).then_some(rest.len())
}

/// The length of the string or character that starts here.
fn string(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw.get(hashes..)?.starts_with('"') {
            let open = 1 + hashes + 1;
            let close = format!("\"{}", "#".repeat(hashes));
            let body = rest.get(open..)?.find(&close).map_or(rest.len(), |end| open + end + close.len());
            return Some(body);
        }
        return None;
    }
    if let Some(character) = rest.strip_prefix('\'') {
        // A lifetime has no quote behind its first character.
        let first = character.chars().next()?;
        return match first {
            '\\' => character.get(2..)?.find('\'').map(|end| 1 + 2 + end + 1),
            first => character.get(first.len_utf8()..)?.starts_with('\'').then(|| 2 + first.len_utf8()),
        };
    }
    let body = rest.strip_prefix('"')?;
    let mut escaped = false;
    let end = body.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    Some(end.map_or(rest.len(), |end| 1 + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn reports(check: fn(&Source, &mut Vec<String>), path: &str, text: &str) -> usize {
        let mut found = Vec::new();
        check(&source(path, text), &mut found);
        found.len()
    }

    #[test]
    fn the_workspace_is_tidy() {
        match tracked() {
            Ok(_) => run(&[]).unwrap(),
            // A source archive has no list of files.
            Err(why) => println!("skipped: {why}"),
        }
    }

    #[test]
    fn code_has_no_comments_and_no_strings() {
        let text = "a /* b /* c */ d */ e // f\n\"g // h \\\" i\" j 'k' 'l r#\"m \" n\"# '\\'' o /p";
        assert_eq!(code(text).split_whitespace().collect::<Vec<_>>(), ["a", "e", "j", "'l", "o", "/p"]);
        assert_eq!(code("/*\n\n*/x").lines().count(), 3);
    }

    #[test]
    fn unsafe_only_in_its_places() {
        assert_eq!(reports(unsafe_code, "src/a.rs", "unsafe { f() }"), 1);
        assert_eq!(reports(unsafe_code, "src/a.rs", "#![deny(unsafe_code)] // unsafe\n\"unsafe\""), 0);
        assert_eq!(reports(unsafe_code, "lvm-capi/src/ffi.rs", "unsafe { f() }"), 0);
        assert_eq!(reports(unsafe_code, "lvm-dm/src/sys/dm_ioctl.rs", "unsafe { f() }"), 0);
        assert_eq!(reports(unsafe_code, "lvm-capi/src/vg.rs", EXPORT), 0);
        assert_eq!(reports(unsafe_code, "lvm-capi/src/vg.rs", "unsafe fn f() {}"), 1);
        assert_eq!(reports(unsafe_code, "src/a.rs", EXPORT), 1);
    }

    #[test]
    fn imports_run_one_way() {
        let check = |path: &str, text: &str| reports(imports, path, text);
        assert_eq!(check("lvm-core/src/text/import.rs", "use crate::metadata::Area; use crate::id::Id;"), 0);
        assert_eq!(check("lvm-core/src/metadata/mod.rs", "use crate::text::Tree;"), 1);
        assert_eq!(check("lvm-core/src/units.rs", "use crate::plan::Plan;"), 1);
        assert_eq!(check("lvm-core/src/store/draft.rs", "use crate::edit::VgDraft;"), 0);
        assert_eq!(check("lvm-core/src/store/set.rs", "use crate::edit::VgDraft;"), 1);
        assert_eq!(check("lvm-core/src/edit/mod.rs", "//! [`Plan`](crate::plan::Plan)"), 0);
        assert_eq!(check("lvm-core/src/edit/mod.rs", "use crate::{plan, text};"), 1);
        assert_eq!(check("lvm-core/src/helpers.rs", ""), 1);
        assert_eq!(check("src/lvm.rs", "use crate::plan::Plan;"), 0);
    }

    #[test]
    fn unfinished_work_and_places() {
        let fixme = ["// FIX", "ME later"].concat();
        assert_eq!(reports(words, "src/a.rs", &fixme), 1);
        let path = ["let file = \"/tm", "p/x\";"].concat();
        assert_eq!(reports(words, "src/a.rs", &path), 1);
        let host = ["https://crates", ".io"].concat();
        assert_eq!(reports(words, "README.md", &host), 1);
        assert_eq!(reports(words, "Cargo.lock", &host), 0);
    }

    #[test]
    fn the_glossary_names_what_exists() {
        let glossary_row = |row: &str| {
            let mut found = Vec::new();
            let sources = [source("docs/glossary.md", row), source("src/a.rs", "struct Plan; fn tags() {}")];
            glossary(&sources, &mut found);
            found.len()
        };
        assert_eq!(glossary_row("| plan | `Plan`, `tags()` | – | `--test` |"), 0);
        assert_eq!(glossary_row("| plan | `Blueprint` | – | – |"), 1);
    }
}
