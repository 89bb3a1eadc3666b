//! The library as C and Python programs see it: header, symbols, examples, and a program that calls
//! every function.
//!
//! A test whose tools are missing prints `skipped:` and why; under `CI=true` it fails instead.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say what they skip"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Where the library is installed, by the first who asks.
fn prefix() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installed");
        let mut install = Command::new(env!("CARGO"));
        install.args(["xtask", "install", "--debug", "--only", "library"]).arg(&prefix).current_dir(root());
        run(&mut install);
        prefix
    })
}

fn library() -> PathBuf {
    prefix().join("lib")
}

fn include() -> PathBuf {
    prefix().join("include")
}

/// Runs a command that must succeed.
fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(run(command).stdout).unwrap()
}

/// True when every command runs; otherwise the test is skipped, which CI does not allow.
fn have(commands: &[&[&str]]) -> bool {
    for command in commands {
        let (program, arguments) = command.split_first().unwrap();
        if !Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success()) {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{command:?} does not run");
            println!("skipped: {command:?} does not run");
            return false;
        }
    }
    true
}

const CC: &[&str] = &["cc", "--version"];
const CXX: &[&str] = &["c++", "--version"];
const VALGRIND: &[&str] = &["valgrind", "--version"];
const NM: &[&str] = &["nm", "--version"];
const READELF: &[&str] = &["readelf", "--version"];
const PKG_CONFIG: &[&str] = &["pkg-config", "--version"];
const CFFI: &[&str] = &["python3", "-c", "import cffi"];

/// Compiles a C program against the shared library.
fn compile(source: &str, into: &Path) -> PathBuf {
    let program = into.join(Path::new(source).file_stem().unwrap());
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-g"]).args(WARNINGS).arg(root().join(source)).arg("-o").arg(&program);
    cc.arg("-I").arg(include()).arg("-L").arg(library()).args(["-llvmkit", "-lpthread"]);
    cc.arg(format!("-Wl,-rpath,{}", library().display()));
    run(&mut cc);
    program
}

/// A program under valgrind: any error or leak makes it fail.
fn valgrind(program: &Path) -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--leak-check=full", "--error-exitcode=99"]);
    let suppressions = root().join("lvm-capi/tests/valgrind.supp");
    valgrind.arg(format!("--suppressions={}", suppressions.display())).arg(program);
    valgrind
}

fn python(script: &str) -> Command {
    let mut python = Command::new("python3");
    python.arg(root().join(script)).env("LD_LIBRARY_PATH", library());
    python
}

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = fs::read_to_string(root().join("include/lvmkit_cdef.h")).unwrap();
    let before_parentheses = header.split('(').filter_map(|before| {
        let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        before.get(start + 1..).filter(|name| name.starts_with("lvmkit"))
    });
    before_parentheses.map(ToOwned::to_owned).collect()
}

#[test]
fn the_header_is_that_of_the_sources() {
    run(Command::new(env!("CARGO")).args(["xtask", "header", "--check"]).current_dir(root()));
}

#[test]
fn the_header_compiles_as_c_and_as_cpp() {
    if !have(&[CC, CXX]) {
        return;
    }
    let dir = TempDir::new().unwrap();
    let program = "#include <lvmkit.h>\n#include <lvmkit.h>\nint main(void) { return 0; }\n";
    for (compiler, standard, extension) in [
        ("cc", "c99", "c"),
        ("cc", "c11", "c"),
        ("cc", "c2x", "c"),
        ("c++", "c++11", "cc"),
        ("c++", "c++20", "cc"),
    ] {
        let source = dir.path().join("header").with_extension(extension);
        fs::write(&source, program).unwrap();
        let mut compile = Command::new(compiler);
        compile.arg(format!("-std={standard}")).args(WARNINGS).arg("-fsyntax-only").arg(&source);
        run(compile.arg("-I").arg(include()));
    }
    // Without the preprocessor and without the standard headers, which is what cffi reads.
    let plain = fs::read_to_string(root().join("include/lvmkit_cdef.h")).unwrap();
    assert!(!plain.lines().any(|line| line.trim_start().starts_with('#')));
}

#[test]
fn only_what_the_header_declares_is_exported() {
    if !have(&[NM, READELF]) {
        return;
    }
    let shared = library().join("liblvmkit.so");
    let symbols = stdout(Command::new("nm").args(["--dynamic", "--defined-only"]).arg(&shared));
    let exported = symbols.lines().filter_map(|line| line.split_whitespace().nth(2)).map(ToOwned::to_owned);
    assert_eq!(exported.collect::<BTreeSet<_>>(), declared());
    let dynamic = stdout(Command::new("readelf").arg("--dynamic").arg(&shared));
    assert!(dynamic.contains("soname: [liblvmkit.so.0]"), "{dynamic}");
}

#[test]
fn every_function_is_called_from_c() {
    let program = fs::read_to_string(root().join("lvm-capi/tests/all_symbols.c")).unwrap();
    let missing = declared().into_iter().filter(|name| !program.contains(&format!("{name}(")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
    if !have(&[CC, VALGRIND]) {
        return;
    }
    let dir = TempDir::new().unwrap();
    run(valgrind(&compile("lvm-capi/tests/all_symbols.c", dir.path())).arg(dir.path()));
}

#[test]
fn the_c_examples_run() {
    if !have(&[CC, VALGRIND]) {
        return;
    }
    let dir = TempDir::new().unwrap();
    let text = stdout(valgrind(&compile("examples/c/quickstart.c", dir.path())).arg(dir.path()));
    assert!(text.contains("create linear volume data of 100.00 MiB on disk0.img:0-14, disk1.img:0-9"));
    assert!(text.contains("the content is still there"), "{text}");
    let mut readme = valgrind(&compile("examples/c/readme.c", dir.path()));
    readme.args(["demo", "disk0.img", "disk1.img", "disk2.img"]).current_dir(dir.path());
    assert_eq!(stdout(&mut readme), format!("{:16} {:12}\n", "data", 160 << 20));
    let mut wrong = valgrind(&compile("examples/c/readme.c", dir.path()));
    let wrong = wrong.args(["nope", "disk0.img"]).current_dir(dir.path()).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2), "LVMKIT_NOT_FOUND: {wrong:?}");
}

#[test]
fn the_python_examples_run() {
    if !have(&[CFFI]) {
        return;
    }
    let dir = TempDir::new().unwrap();
    let text = stdout(python("examples/python/quickstart.py").arg(dir.path()));
    assert!(text.contains("demo/data, 160 MiB") && text.contains("the content is still there"), "{text}");
    let mut readme = python("examples/python/readme.py");
    readme.args(["demo", "disk0.img", "disk1.img", "disk2.img"]).current_dir(dir.path());
    assert_eq!(stdout(&mut readme), format!("data {}\n", 160 << 20));
}

#[test]
fn a_program_can_have_the_library_in_itself() {
    if !have(&[CC]) {
        return;
    }
    let dir = TempDir::new().unwrap();
    let program = dir.path().join("quickstart");
    let mut cc = Command::new("cc");
    cc.arg("-std=c11").arg(root().join("examples/c/quickstart.c")).arg("-o").arg(&program);
    cc.arg("-I").arg(include()).arg(library().join("liblvmkit.a"));
    run(cc.args(["-lpthread", "-ldl", "-lm"]));
    let text = stdout(Command::new(&program).arg(dir.path()));
    assert!(text.contains("the content is still there"), "{text}");
}

#[test]
fn pkg_config_knows_how_to_link() {
    if !have(&[CC, PKG_CONFIG]) {
        return;
    }
    let mut ask = Command::new("pkg-config");
    ask.args(["--cflags", "--libs", "lvmkit"]).env("PKG_CONFIG_PATH", library().join("pkgconfig"));
    let flags = stdout(&mut ask);
    let dir = TempDir::new().unwrap();
    let program = dir.path().join("readme");
    let mut cc = Command::new("cc");
    cc.arg(root().join("examples/c/readme.c")).args(flags.split_whitespace()).arg("-o").arg(&program);
    run(&mut cc);
    // The program asks for the soname, which the installation has.
    let mut run = Command::new(&program);
    let output = run.args(["vg0", "no-such.img"]).env("LD_LIBRARY_PATH", library()).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "LVMKIT_NOT_FOUND: {output:?}");
}
