//! How long to wait before the next try: exponential, with full jitter, so that workers that failed together
//! do not come back together (Brooker, "Exponential Backoff and Jitter", 2015).

use std::time::Duration;

/// Waits that double from try to try, up to a limit far below `max.poll.interval.ms` (five minutes), so that
/// a worker that cannot commit still polls often enough to keep its place in the group.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(10);

    /// The next wait.
    pub(super) fn next(&mut self) -> Duration {
        let ceiling = Backoff::FIRST.saturating_mul(1 << self.tries.min(10)).min(Backoff::LONGEST);
        self.tries += 1;
        // Half of it is certain: a wait of nothing would be a busy loop.
        ceiling.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// It worked: the next failure starts from the first wait.
    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }

    pub(super) fn tries(&self) -> u32 {
        self.tries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_bounds_and_start_over() {
        let mut backoff = Backoff::default();
        let waits: Vec<Duration> = (0..40).map(|_| backoff.next()).collect();
        assert!(waits[0] >= Backoff::FIRST / 2 && waits[0] <= Backoff::FIRST);
        assert!(waits[10..].iter().all(|w| *w >= Backoff::LONGEST / 2 && *w <= Backoff::LONGEST));
        assert!(waits[39] != waits[38] || waits[38] != waits[37], "jitter");
        backoff.reset();
        assert!(backoff.next() <= Backoff::FIRST);
    }
}
