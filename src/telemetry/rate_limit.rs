//! [`RateLimited`]: log lines that a flood must not multiply.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets a few lines of each reason through in a window of time, and says how many it held back.
#[derive(Debug)]
pub struct RateLimited {
    max_lines: u64,
    window: Duration,
    windows: Mutex<HashMap<&'static str, Window>>,
}

#[derive(Debug)]
struct Window {
    start: Instant,
    lines: u64,
}

impl Default for RateLimited {
    /// Ten lines in ten seconds.
    fn default() -> Self {
        RateLimited::new(10, Duration::from_secs(10))
    }
}

impl RateLimited {
    /// At most `max_lines` lines of each reason in each `window`.
    #[must_use]
    pub fn new(max_lines: u64, window: Duration) -> RateLimited {
        RateLimited { max_lines, window, windows: Mutex::default() }
    }

    /// Whether a line of `reason` may be written now. Logs how many were held back in a window that is over.
    pub fn admits(&self, reason: &'static str) -> bool {
        let (admitted, suppressed) = self.admits_at(reason, Instant::now());
        summarize(reason, suppressed);
        admitted
    }

    /// Logs how many lines were held back in windows that are over, for reasons that may never come again.
    pub fn summarize(&self) {
        for (reason, suppressed) in self.close_at(Instant::now()) {
            summarize(reason, suppressed);
        }
    }

    /// The second value is the number of lines held back in the window that this call ended.
    fn admits_at(&self, reason: &'static str, now: Instant) -> (bool, u64) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(reason).or_insert(Window { start: now, lines: 0 });
        let mut suppressed = 0;
        if now.duration_since(window.start) >= self.window {
            suppressed = window.lines.saturating_sub(self.max_lines);
            *window = Window { start: now, lines: 0 };
        }
        window.lines += 1;
        (window.lines <= self.max_lines, suppressed)
    }

    fn close_at(&self, now: Instant) -> Vec<(&'static str, u64)> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut closed = Vec::new();
        windows.retain(|reason, window| {
            let over = now.duration_since(window.start) >= self.window;
            if over {
                closed.push((*reason, window.lines.saturating_sub(self.max_lines)));
            }
            !over
        });
        closed
    }
}

fn summarize(reason: &'static str, suppressed: u64) {
    if suppressed > 0 {
        tracing::warn!(reason, suppressed, "more dead letters than are logged one by one");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[test]
    fn admits_a_few_lines_a_window_and_counts_the_rest() {
        let gate = RateLimited::new(3, WINDOW);
        let start = Instant::now();
        let admitted = (0..8).filter(|_| gate.admits_at("tombstone", start).0).count();
        assert_eq!(admitted, 3);
        assert_eq!(gate.admits_at("tombstone", start + WINDOW), (true, 5));
        assert_eq!(gate.admits_at("tombstone", start + WINDOW), (true, 0));
    }

    #[test]
    fn reasons_do_not_share_a_window() {
        let gate = RateLimited::new(1, WINDOW);
        let start = Instant::now();
        assert!(gate.admits_at("tombstone", start).0);
        assert!(!gate.admits_at("tombstone", start).0);
        assert!(gate.admits_at("blank_text", start).0);
    }

    #[test]
    fn the_end_of_a_flood_is_told_once() {
        let gate = RateLimited::new(1, WINDOW);
        let start = Instant::now();
        for _ in 0..4 {
            gate.admits_at("tombstone", start);
        }
        assert!(gate.close_at(start + WINDOW / 2).is_empty(), "the window is still open");
        assert_eq!(gate.close_at(start + WINDOW), [("tombstone", 3)]);
        assert!(gate.close_at(start + WINDOW).is_empty());
    }
}
