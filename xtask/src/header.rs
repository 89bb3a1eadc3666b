//! `include/lvmkit.h` from the sources of lvm-capi, and `include/lvmkit_cdef.h` from that: the same
//! declarations without comments and preprocessor lines, as cffi's `cdef()` wants them.

use std::fs;
use std::path::Path;

use cbindgen::{Bindings, Builder, Config};

use crate::{Outcome, root};

/// The sources in the order their functions get in the header. `ffi.rs` is left out: its wrappers
/// stand in the header as the C types that `cbindgen.toml` names.
const SOURCES: [&str; 9] =
    ["version", "error", "event", "options", "system", "vg", "lv", "transaction", "volume"];

const CDEF_HEAD: &str = "\
/* The declarations of lvmkit.h for cffi's cdef(); made by `cargo xtask header`. */\n";

/// Writes both headers, or with `--check` compares them with those that are checked in.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: cargo xtask header [--check]".to_owned()),
    };
    let header = header()?;
    let cdef = format!("{CDEF_HEAD}{}", plain(&header));
    for (name, text) in [("lvmkit.h", header), ("lvmkit_cdef.h", cdef)] {
        let path = root().join("include").join(name);
        if !check {
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            return Err(format!("include/{name} is out of date: run `cargo xtask header`"));
        }
    }
    Ok(())
}

fn header() -> Result<String, String> {
    let capi = root().join("lvm-capi");
    let mut config = Config::from_file(capi.join("cbindgen.toml"))?;
    config.after_includes = Some(version_macros());
    let mut builder = Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(capi.join("src").join(source).with_extension("rs"));
    }
    known_sources(&capi.join("src"))?;
    let bindings: Bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    Ok(in_c_style(&text))
}

/// Replaces what cbindgen can only say in Rust's words, or in more words than needed.
fn in_c_style(text: &str) -> String {
    let text = unwrapped(&unwrapped(text, "Out<", "", " **"), "Params<", "const ", " *");
    // cbindgen puts a blank behind every type; those that end in `*` need none.
    let pointers = ["const *", "**", "char *", "void *", "lvmkit_new_pv *"];
    let text = pointers.iter().fold(text, |text, end| text.replace(&format!("{end} "), end));
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim() != "/**" {
            // All structs have a typedef.
            let is_definition = line.starts_with("typedef struct");
            out.push_str(&if is_definition {
                line.to_owned()
            } else {
                line.replace("struct lvmkit", "lvmkit")
            });
            out.push('\n');
            continue;
        }
        // A comment of one line needs one line.
        let mut comment = vec![line];
        comment.extend(std::iter::from_fn(|| lines.next_if(|line| line.trim() != "*/")));
        out.push_str(&match comment.as_slice() {
            [open, only] => format!("{open} {}", only.trim().trim_start_matches("* ")),
            comment => comment.join("\n") + "\n" + line.trim_end_matches("/**"),
        });
        out.push_str(" */\n");
        lines.next();
    }
    out
}

/// `Name<lvmkit_x>` as C spells it.
fn unwrapped(text: &str, open: &str, before: &str, behind: &str) -> String {
    let mut parts = text.split(open);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("> ") {
            Some((inner, rest)) => out.extend([before, inner, behind, rest]),
            None => out.push_str(part),
        }
    }
    out
}

/// Fails when a source with exported functions is not in [`SOURCES`].
fn known_sources(dir: &Path) -> Outcome {
    for entry in fs::read_dir(dir).map_err(|error| error.to_string())?.flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap_or_default();
        if text.contains("\n#[unsafe(no_mangle)]") && !SOURCES.contains(&name.as_str()) {
            return Err(format!("{} is not in the list of sources of the header", path.display()));
        }
    }
    Ok(())
}

fn version_macros() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let number = parts.fold(0, |number, part| number << 8 | part);
    format!(
        "\n/* The version of this header; lvmkit_version() tells that of the library. */\n\
         #define LVMKIT_VERSION \"{version}\"\n\
         #define LVMKIT_VERSION_NUMBER {number:#08x}\n"
    )
}

/// The text behind the preprocessor, with no macro defined, and without comments.
fn plain(header: &str) -> String {
    let mut out = String::new();
    // One entry for each #if that is open: whether its lines are in.
    let mut open = Vec::new();
    for line in without_comments(header).lines() {
        match line.trim_start().strip_prefix('#').map(str::trim) {
            Some(directive) if directive.starts_with("ifndef") => open.push(true),
            Some(directive) if directive.starts_with("if") => open.push(false),
            Some(directive) if directive.starts_with("else") => {
                if let Some(last) = open.last_mut() {
                    *last = !*last;
                }
            }
            Some(directive) if directive.starts_with("endif") => drop(open.pop()),
            Some(_) => {}
            None if open.iter().all(|is_in| *is_in) && !line.trim().is_empty() => {
                out.push_str(line.trim_end());
                out.push('\n');
            }
            None => {}
        }
    }
    out
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("/*") {
        out.push_str(before);
        rest = behind.split_once("*/").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    let line = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    out.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_only() {
        let header = "#ifndef X_H\n#define X_H\n/** a\n * b */\nint f(void); // no\n\
                      #ifdef __cplusplus\nextern \"C\" {\n#endif\nenum e\n#if __STDC_VERSION__ >= 202311L\n  : int\n\
                      #else\n#endif\n { A = 1, };\n#endif\n";
        assert_eq!(plain(header), "int f(void);\nenum e\n { A = 1, };\n");
    }
}
