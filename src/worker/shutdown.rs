//! The wish to stop: set once, by a signal or by whoever runs the worker, and looked at between steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A flag that is raised once. Clones share it: the signal handler raises it, the loop and the waits look.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    requested: Arc<AtomicBool>,
}

impl Shutdown {
    /// Between two looks while sleeping.
    const LOOK: Duration = Duration::from_millis(50);

    /// A flag not yet raised.
    #[must_use]
    pub fn new() -> Shutdown {
        Shutdown::default()
    }

    /// Asks the worker to finish the batch in hand and stop.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }

    /// Sleeps, but no longer than until the flag is raised.
    pub(super) fn sleep(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.requested() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(Shutdown::LOOK));
        }
    }
}
