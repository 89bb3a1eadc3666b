//! The command: program, manual pages, completions, and links that are named like LVM2's commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Install, copy, failed, find, link, write};
use crate::Outcome;

const NAME: &str = "lvmkit";
const BASH: &str = "share/bash-completion/completions";
const FISH: &str = "share/fish/vendor_completions.d";
const ZSH: &str = "share/zsh/site-functions";

pub(super) fn install(install: &Install, built: &[PathBuf]) -> Outcome {
    let program = find(built, NAME)?;
    let names = generated(program, &["links"])?;
    let names = if install.links.is_some() { names.lines().collect() } else { Vec::new() };
    let links = Links::new(install, &names)?;
    copy(program, &install.folder("bin")?.join(NAME))?;
    let manual = install.folder("share/man/man8")?;
    generated(program, &["man", &manual.to_string_lossy()])?;
    let flag = if install.links.is_some() { &["--links"] as &[&str] } else { &[] };
    for (shell, folder, file) in
        [("bash", BASH, NAME.to_owned()), ("fish", FISH, fish(NAME)), ("zsh", ZSH, format!("_{NAME}"))]
    {
        let text = generated(program, &[&["completions", shell], flag].concat())?;
        write(&install.folder(folder)?.join(file), text.as_bytes())?;
    }
    links.make()
}

fn fish(name: &str) -> String {
    format!("{name}.fish")
}

/// What the program makes of its table of commands.
fn generated(program: &Path, words: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    let output = command.arg("generate").args(words).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(program, &error))?;
    if !output.status.success() {
        return Err(format!("{} generate {} failed", program.display(), words.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|_| "what was generated is not UTF-8".to_owned())
}

/// Links to make: target, and where.
#[derive(Debug, Default)]
struct Links(Vec<(PathBuf, PathBuf)>);

impl Links {
    /// # Errors
    /// When something else is there already: what belongs to LVM2 is not replaced.
    fn new(install: &Install, names: &[&str]) -> Result<Self, String> {
        let Some(dir) = &install.links else { return Ok(Self::default()) };
        let dir = install.place(dir);
        let [bash, fish_dir] = [BASH, FISH].map(|folder| install.place(&install.prefix.join(folder)));
        let mut links = Vec::new();
        for name in names {
            links.push((install.prefix.join("bin").join(NAME), dir.join(name)));
            // bash and fish look for completions by the name of what is completed.
            links.push((NAME.into(), bash.join(name)));
            links.push((fish(NAME).into(), fish_dir.join(fish(name))));
        }
        let is_other = |(target, path): &&(PathBuf, PathBuf)| {
            path.symlink_metadata().is_ok() && fs::read_link(path).ok().as_ref() != Some(target)
        };
        let others = links.iter().filter(is_other).map(|(_, path)| path.display().to_string());
        let others = others.collect::<Vec<_>>();
        if !others.is_empty() {
            return Err(format!(
                "nothing was installed: links are not put in place of other files. There are\n  {}\n\
                 Choose another folder for --links, and put it in front in PATH.",
                others.join("\n  ")
            ));
        }
        fs::create_dir_all(&dir).map_err(|error| failed(&dir, &error))?;
        Ok(Self(links))
    }

    fn make(&self) -> Outcome {
        self.0.iter().try_for_each(|(target, path)| link(target, path))
    }
}
