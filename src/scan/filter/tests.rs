//! Each expectation is what lvm2 2.03.16 did with devices of these names.

use super::*;
use lvm_core::ErrorKind;

const SDA: &str = "/run/made/dev/sda";

fn only(pattern: &str, path: &str) -> bool {
    Filter::new([pattern, "r|.*|"]).unwrap().accepts([path])
}

#[test]
fn expressions() {
    let table = [
        ("a|sda|", SDA, true),
        ("a|s\\da|", SDA, true),
        ("a|^/run/made/dev/sda$|", SDA, true),
        ("a|^sda|", SDA, false),
        ("a|[[:alpha:]]da|", SDA, false),
        ("a|[s-t]d[^b-z]$|", SDA, true),
        ("a|(sd|vd)a|", SDA, true),
        ("a|s+d?d+a|", SDA, true),
        ("a|sx+?da|", SDA, true),
        ("a|s[^/]*a|", SDA, true),
        ("a|sda\\$|", SDA, false),
        ("a|(^/run.*sda|foo)|", SDA, true),
        ("a|sd**a|", SDA, true),
        ("a|x|sda|", SDA, true),
        ("a|sd\\x61|", SDA, false),
        ("a/sda/", "sda", true),
        ("asdas", SDA, true),
        ("a(sda)", SDA, true),
        ("a{sda}", SDA, true),
        ("a[sda]", SDA, true),
        ("a|v{1}d2|", "/dev/disk/v{1}d2", true),
        ("a|/v.*d2$|", "/dev/disk/v{1}d2", true),
        ("a|b]x|", "/dev/disk/b]x", true),
        ("a|b[\\]]x|", "/dev/disk/b]x", true),
        ("a|r[$]y|", "/dev/disk/dollar$y", true),
        ("a|r\\$y|", "/dev/disk/dollar$y", true),
        ("a|r$y|", "/dev/disk/dollar$y", false),
        ("a|x^|", "/dev/disk/b]x", false),
        ("a|[^]sda|", SDA, true),
        ("a|/[-s]da|", SDA, true),
        ("a|/[r-t-z]da|", SDA, true),
        ("a|sp\\sace|", "/dev/disk/sp ace", false),
    ];
    for (pattern, path, expected) in table {
        assert_eq!(only(pattern, path), expected, "{pattern} {path}");
    }
}

#[test]
fn refused() {
    let table = [
        "a|*da|",
        "a|()sda|",
        "a|sda|z",
        "a|sda",
        "x|sda|",
        "a||",
        "a|s(d|a|",
        "a|[sda|",
        "a|sda||",
        "a|sd[a-]|",
        "a|x||",
        "a|\\|",
        "a|sd)a|",
        "a||sda|",
        "a|[]sda|",
        "a|[z-a]|",
        "",
        "a",
        "a|",
    ];
    for rule in table {
        let error = Filter::new([rule]).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{rule}");
        assert!(error.to_string().contains(rule), "{rule}: {error}");
    }
    let deep = format!("a|{}a{}|", "(".repeat(5000), ")".repeat(5000));
    Filter::new([deep]).unwrap_err();
}

#[test]
fn first_match_of_any_path() {
    let paths = ["/dev/sda", "/dev/disk/alias-a"];
    let table: [(&[&str], bool); 6] = [
        (&[], true),
        (&["r|alias-a|"], false),
        (&["a|alias-a|", "r|.*|"], true),
        (&["r|disk/a|", "a|.*|"], true),
        (&["a|disk/a|", "r|disk|"], true),
        (&["r|other|"], true),
    ];
    for (rules, expected) in table {
        assert_eq!(Filter::new(rules).unwrap().accepts(paths), expected, "{rules:?}");
    }
}

proptest::proptest! {
    /// What is translated is an expression; nothing else than an error comes of the rest.
    #[test]
    fn any_text(text in "[ab|()\\[\\]^$.*+?{}\\\\/ntr-]{0,24}|.{0,24}") {
        if let Ok(translated) = pattern::translate(&text) {
            regex_lite::Regex::new(&translated).unwrap();
        }
    }
}
