//! The install step, into a folder that stands for the root.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::Folder;

fn install(arguments: &[&str], destdir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.args(["xtask", "install", "--debug", "--only", "command", "--destdir"]).arg(destdir);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    command.args(arguments).current_dir(root).output().unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_command_is_installed_with_all_that_belongs_to_it() {
    let folder = Folder::new(&[]);
    let root = folder.path("root");
    let output = install(&[], &root);
    assert!(output.status.success(), "{output:?}");
    let usr = root.join("usr/local");
    assert_eq!(names(&root), ["usr".to_owned()].into());
    let version = Command::new(usr.join("bin/lvmkit")).arg("version").output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).contains(env!("CARGO_PKG_VERSION")));
    let pages = names(&usr.join("share/man/man8"));
    assert!(
        pages.contains("lvmkit.8") && pages.contains("lvmkit-lvcreate.8") && pages.len() > 30,
        "{pages:?}"
    );
    for file in [
        "share/bash-completion/completions/lvmkit",
        "share/fish/vendor_completions.d/lvmkit.fish",
        "share/zsh/site-functions/_lvmkit",
    ] {
        let text = fs::read_to_string(usr.join(file)).unwrap();
        assert!(text.contains("lvcreate") && !text.contains("complete -F _lvmkit lvm "), "{file}");
    }
    assert_eq!(names(&usr.join("share/bash-completion/completions")).len(), 1);
    links(&folder, &root, &usr);
}

/// Links named like LVM2's commands, and that nothing of LVM2 is replaced.
fn links(folder: &Folder, root: &Path, usr: &Path) {
    let other = root.join("opt/lvm2");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("lvs"), "of lvm2").unwrap();
    std::os::unix::fs::symlink("lvm2-itself", other.join("lvm")).unwrap();
    let output = install(&["--links", "/opt/lvm2"], root);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("/opt/lvm2/lvs\n"), "{output:?}");
    assert!(said.contains("/opt/lvm2/lvm\n") && !said.contains("/opt/lvm2/vgs"), "{said}");
    assert_eq!(names(&other).len(), 2);
    // Twice: what was made the first time is no obstacle.
    for _ in 0..2 {
        let output = install(&["--links=/opt/kit"], root);
        assert!(output.status.success(), "{output:?}");
    }
    let links = folder.run("generate links").ok();
    let expected = links.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(names(&root.join("opt/kit")), expected);
    let target = fs::read_link(root.join("opt/kit/lvs")).unwrap();
    assert_eq!(target, Path::new("/usr/local/bin/lvmkit"));
    let completions = names(&usr.join("share/bash-completion/completions"));
    assert!(completions.contains("lvs") && completions.contains("lvm"), "{completions:?}");
    let lvs = fs::read_to_string(usr.join("share/fish/vendor_completions.d/lvs.fish")).unwrap();
    assert!(lvs.contains("complete -c lvs -w 'lvmkit lvs'"));
}
