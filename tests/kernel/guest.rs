//! Where the tests run: on this kernel when it has device-mapper, else in a guest that has.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Tells the tests in the guest that they are there, so that none of them is skipped.
const IN_GUEST: &str = "LVMKIT_IN_GUEST";

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// True when the tests can run here: this is root, and the kernel has device-mapper.
pub fn can_run() -> bool {
    let can = is_root() && fs::read_to_string("/proc/misc").is_ok_and(|misc| misc.contains("device-mapper"));
    assert!(can || !in_guest(), "the guest has no device-mapper");
    can
}

/// True in the guest, which has nothing that a test could disturb.
pub fn in_guest() -> bool {
    std::env::var_os(IN_GUEST).is_some()
}

/// The paths of `linux.uml` and of its modules, and root.
fn guest_kernel() -> Result<(), String> {
    if !is_root() {
        return Err("device-mapper needs root".to_owned());
    }
    let found = |path: &str| Path::new(path).exists();
    if !found("/usr/bin/linux.uml") || !found("/usr/lib/uml/modules") {
        return Err("this kernel has no device-mapper, and user-mode-linux is not installed".to_owned());
    }
    Ok(())
}

/// Runs this program in a guest, with these arguments; returns what it wrote.
///
/// # Errors
/// Why there is no guest.
///
/// # Panics
/// When it fails there.
pub fn run_in_guest(arguments: &[String]) -> Result<String, String> {
    guest_kernel()?;
    let program = std::env::current_exe().unwrap();
    // The tests of the command are one folder below.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let run = folders.map(|folder| folder.join("tests/uml-run")).find(|run| run.exists()).unwrap();
    let mut command = Command::new(run);
    command.args(["-m", "2G", "--", "env", &format!("{IN_GUEST}=1")]);
    // The guest has an environment of its own.
    let settings = std::env::vars().filter(|(name, _)| name.starts_with("LVMKIT_"));
    command.args(settings.map(|(name, value)| format!("{name}={value}")));
    command.arg(program).args(arguments);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "in the guest: {}\n{text}", output.status);
    Ok(text)
}

/// Runs every other test of this program in a guest kernel, in one boot, when this kernel has no
/// device-mapper.
///
/// # Panics
/// When one fails, and under `CI` when there is no guest.
pub fn run_tests_in_guest() {
    if can_run() {
        return;
    }
    let mut arguments = ["--test-threads=1", "--show-output", "--color=never"].map(str::to_owned).to_vec();
    // The same tests that were asked for here.
    arguments.extend(std::env::args().skip(1).filter(|word| !word.starts_with('-')));
    let Some(text) = crate::support::needed("kernel tests", run_in_guest(&arguments)) else { return };
    println!("{text}");
    let passed = text.lines().find_map(|line| line.strip_prefix("test result: ok. ")).unwrap();
    println!("kernel: in the guest {passed}");
}
