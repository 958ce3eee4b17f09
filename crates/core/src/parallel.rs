//! Work on many things by all cores.
//! Out: what runs beside something that waits; that is the runtime's. Called by what reads or parses whole histories.

use std::num::NonZero;
use std::thread;

/// Fewer things are not worth a thread.
const FEW: usize = 32;

/// What work makes of each item, in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < FEW || cores == 1 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let shares = items.chunks(items.len().div_ceil(cores));
        let running: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>())).collect();
        let joined = running.into_iter().map(|one| match one.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn answers_are_in_the_order_of_what_was_asked() {
        for many in [0, 1, 31, 32, 33, 1_000] {
            let items: Vec<usize> = (0..many).collect();
            assert_eq!(
                in_parallel(&items, |item| item * 2),
                (0..many).map(|item| item * 2).collect::<Vec<_>>()
            );
        }
    }
}
