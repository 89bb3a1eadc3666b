//! Waiting for many devices at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many devices are waited for at once. More helps no disk, and the kernel queues the rest.
const READERS: usize = 8;
/// Below this many devices a thread costs more than it saves.
const FEW: usize = 4;

/// `work` on each of `items`, by several threads that end before this returns. The results are in
/// the order of the items.
pub(crate) fn map_in_order<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() <= FEW {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(items.len()));
    thread::scope(|scope| {
        for _ in 0..READERS.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = work(item);
                    // A panic of `work` is outside the lock and comes out of the scope.
                    if let Ok(mut results) = results.lock() {
                        results.push((at, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::time::Duration;

    #[test]
    fn order_and_bound() {
        for count in [0, 1, 4, 5, 100] {
            let items = (0..count).collect::<Vec<usize>>();
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let threads = Mutex::new(HashSet::new());
            let results = map_in_order(&items, |item| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(Duration::from_micros(((item * 7) % 5) as u64 * 100));
                threads.lock().unwrap().insert(thread::current().id());
                running.fetch_sub(1, Ordering::SeqCst);
                item * 2
            });
            assert_eq!(results, items.iter().map(|item| item * 2).collect::<Vec<_>>());
            assert!(most.into_inner() <= READERS);
            assert!(threads.into_inner().unwrap().len() <= READERS);
        }
    }
}
