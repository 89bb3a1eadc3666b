use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const MS_50: Wait = Wait::For(Duration::from_millis(50));

fn is_locked<T: std::fmt::Debug>(result: Result<T>) -> bool {
    matches!(result, Err(error) if *error.kind() == ErrorKind::Locked)
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn shared_and_exclusive() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("run/lvm");
    let lock = |mode, wait| VgLock::acquire(&dir, "vg0", mode, wait);
    let first = lock(LockMode::Shared, Wait::No).unwrap();
    let second = lock(LockMode::Shared, Wait::No).unwrap();
    assert!(is_locked(lock(LockMode::Exclusive, Wait::No)));
    assert!(is_locked(lock(LockMode::Exclusive, MS_50)));
    drop(first);
    assert!(is_locked(lock(LockMode::Exclusive, Wait::No)));
    assert_eq!(names(&dir), ["V_vg0"], "a reader's release leaves the file to the others");
    drop(second);
    assert_eq!(names(&dir), [""; 0], "the last one removes the file, and aux is gone too");
    let writer = lock(LockMode::Exclusive, Wait::Forever).unwrap();
    assert_eq!((writer.mode(), writer.path()), (LockMode::Exclusive, dir.join("V_vg0").as_path()));
    let error = lock(LockMode::Shared, Wait::No).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Locked);
    assert!(error.to_string().contains("V_vg0"), "{error}");
    // Other groups and the global lock are other locks.
    let all = VgLock::acquire_all(&dir, &["vg2", "vg1", "vg2"], LockMode::Exclusive, Wait::No).unwrap();
    let global = VgLock::acquire_global(&dir, LockMode::Exclusive, Wait::No).unwrap();
    assert_eq!(names(&dir), ["P_global", "V_vg0", "V_vg1", "V_vg2"]);
    let order = all.as_slice().iter().map(|l| l.path().to_owned()).collect::<Vec<_>>();
    assert_eq!(order, [dir.join("V_vg1"), dir.join("V_vg2")]);
    assert!(is_locked(VgLock::acquire_all(&dir, &["vg3", "vg0"], LockMode::Shared, Wait::No)));
    assert!(!dir.join("V_vg3").exists());
    drop((writer, all, global));
    assert_eq!(names(&dir), [""; 0]);
}

#[test]
fn bad_names_and_places() {
    let dir = tempfile::tempdir().unwrap();
    for bad in ["", "a/b", "..", "-x"] {
        let error = VgLock::acquire(dir.path(), bad, LockMode::Shared, Wait::No).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidInput, "{bad}");
    }
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = VgLock::acquire(&file, "vg", LockMode::Shared, Wait::No).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Io);
    let error = ImageLock::acquire(&dir.path().join("none"), LockMode::Shared, Wait::No).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_waiting_writer_comes_before_later_readers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    let reader = VgLock::acquire(&path, "vg", LockMode::Shared, Wait::No).unwrap();
    let writer = {
        let path = path.clone();
        thread::spawn(move || VgLock::acquire(&path, "vg", LockMode::Exclusive, Wait::Forever).unwrap())
    };
    while !path.join("V_vg:aux").exists() {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_millis(20));
    assert!(is_locked(VgLock::acquire(&path, "vg", LockMode::Shared, MS_50)));
    drop(reader);
    let writer = writer.join().unwrap();
    assert_eq!(names(&path), ["V_vg"]);
    drop(writer);
    assert_eq!(names(&path), [""; 0]);
}

#[test]
fn a_file_removed_while_waiting_is_not_what_gets_locked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    let first = VgLock::acquire(&path, "vg", LockMode::Exclusive, Wait::No).unwrap();
    let second = {
        let path = path.clone();
        thread::spawn(move || VgLock::acquire(&path, "vg", LockMode::Exclusive, Wait::Forever).unwrap())
    };
    thread::sleep(Duration::from_millis(50));
    // Releasing removes the file that the second one has open.
    drop(first);
    let second = second.join().unwrap();
    assert!(is_at(&second.held.file, second.path()).unwrap());
    assert!(is_locked(VgLock::acquire(&path, "vg", LockMode::Shared, Wait::No)));
}

/// Many threads, each opening the file anew: never two writers, never a writer beside a reader.
#[test]
fn threads_exclude_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (readers, writers) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let threads = (0..6).map(|number| {
        let (dir, readers, writers) = (dir.path().to_owned(), readers.clone(), writers.clone());
        thread::spawn(move || {
            for turn in 0..150 {
                let write = (number + turn) % 3 == 0;
                let mode = if write { LockMode::Exclusive } else { LockMode::Shared };
                let wait = if turn % 2 == 0 { Wait::Forever } else { Wait::For(Duration::from_secs(60)) };
                let lock = VgLock::acquire(&dir, "vg", mode, wait).unwrap();
                if write {
                    assert_eq!(writers.fetch_add(1, Ordering::SeqCst), 0);
                    assert_eq!(readers.load(Ordering::SeqCst), 0);
                    thread::yield_now();
                    writers.fetch_sub(1, Ordering::SeqCst);
                } else {
                    readers.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(writers.load(Ordering::SeqCst), 0);
                    thread::yield_now();
                    readers.fetch_sub(1, Ordering::SeqCst);
                }
                drop(lock);
            }
        })
    });
    let threads = threads.collect::<Vec<_>>();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn images() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lock = |mode, wait| ImageLock::acquire(file.path(), mode, wait);
    let readers = (lock(LockMode::Shared, Wait::No).unwrap(), lock(LockMode::Shared, Wait::No).unwrap());
    let error = lock(LockMode::Exclusive, Wait::No).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Locked);
    assert!(error.to_string().contains(file.path().to_str().unwrap()), "{error}");
    drop(readers);
    let writer = ImageLock::acquire_open(file.as_file(), file.path(), LockMode::Exclusive, Wait::No).unwrap();
    assert_eq!((writer.mode(), writer.path()), (LockMode::Exclusive, file.path()));
    let start = Instant::now();
    assert!(is_locked(lock(LockMode::Shared, MS_50)));
    assert!(start.elapsed() >= Duration::from_millis(50));
    // Released although `file`, the same open file, stays open.
    drop(writer);
    assert!(lock(LockMode::Exclusive, Wait::No).is_ok());
    assert!(file.path().exists());
}

#[test]
fn an_image_replaced_while_waiting_is_locked_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (path, other) = (dir.path().join("image"), dir.path().join("new"));
    std::fs::write(&path, "old").unwrap();
    std::fs::write(&other, "new").unwrap();
    let first = ImageLock::acquire(&path, LockMode::Exclusive, Wait::No).unwrap();
    let waiting = {
        let path = path.clone();
        thread::spawn(move || ImageLock::acquire(&path, LockMode::Exclusive, Wait::Forever).unwrap())
    };
    thread::sleep(Duration::from_millis(50));
    std::fs::rename(&other, &path).unwrap();
    drop(first);
    let second = waiting.join().unwrap();
    assert_eq!(second.file.metadata().unwrap().ino(), std::fs::metadata(&path).unwrap().ino());
}

/// `flock FILE cat`: holds the lock until its standard input ends.
fn hold_in_another_process(path: &Path, mode: &str) -> Option<Child> {
    let child = Command::new("flock")
        .args([mode, path.to_str().unwrap(), "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn();
    match child {
        Ok(child) => Some(child),
        Err(error) if std::env::var_os("CI").is_some() => {
            panic!("flock(1) of util-linux is missing: {error}")
        }
        Err(error) => {
            println!("skipped: flock(1) of util-linux: {error}");
            None
        }
    }
}

#[test]
fn util_linux_flock_sees_it_and_is_seen() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let Some(mut other) = hold_in_another_process(file.path(), "--exclusive") else { return };
    let start = Instant::now();
    while !is_locked(ImageLock::acquire(file.path(), LockMode::Shared, Wait::No)) {
        assert!(start.elapsed() < Duration::from_secs(20), "flock(1) does not take the lock");
        thread::sleep(Duration::from_millis(5));
    }
    drop(other.stdin.take());
    let ours =
        ImageLock::acquire(file.path(), LockMode::Exclusive, Wait::For(Duration::from_secs(20))).unwrap();
    assert!(other.wait().unwrap().success());
    let try_it = |mode: &str| {
        let status = Command::new("flock").args(["--nonblock", mode]).arg(file.path()).arg("true").status();
        status.unwrap().success()
    };
    assert!(!try_it("--shared"));
    drop(ours);
    let ours = ImageLock::acquire(file.path(), LockMode::Shared, Wait::No).unwrap();
    assert!(try_it("--shared"));
    assert!(!try_it("--exclusive"));
    drop(ours);
    assert!(try_it("--exclusive"));
}

#[test]
fn a_child_process_does_not_keep_our_lock() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let ours = ImageLock::acquire(file.path(), LockMode::Exclusive, Wait::No).unwrap();
    let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    drop(ours);
    assert!(ImageLock::acquire(file.path(), LockMode::Exclusive, Wait::No).is_ok());
    drop(child.stdin.take());
    child.wait().unwrap();
}
