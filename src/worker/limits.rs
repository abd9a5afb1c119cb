//! How much of the input may die before the worker stops instead of draining the topic into the dead letters.

use std::collections::VecDeque;

/// Records over which the share of the dead is taken.
const WINDOW: usize = 1_000;
/// Records that must have been seen before a share means anything.
const ENOUGH: usize = 100;

/// Too large a share of the input dies. Nothing of the batch that showed it was committed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimitExceeded {
    /// One after the other.
    #[error(
        "{consecutive} records in a row are dead, more than dead_letters.max_consecutive = {max} allows \
         (the latest: {latest}); nothing of their batch was committed: see what is wrong with the input or with \
         [article], or raise the limit"
    )]
    Consecutive {
        /// How many.
        consecutive: usize,
        /// The limit.
        max: usize,
        /// Why the latest died.
        latest: &'static str,
    },
    /// As a share of the latest records.
    #[error(
        "{dead} of the latest {seen} records are dead, more than dead_letters.max_ratio = {max_ratio} allows \
         (the latest: {latest}); nothing of their batch was committed: see what is wrong with the input or with \
         [article], or raise the limit"
    )]
    Ratio {
        /// Dead ones.
        dead: usize,
        /// Of how many.
        seen: usize,
        /// The limit.
        max_ratio: f64,
        /// Why the latest died.
        latest: &'static str,
    },
}

/// Watches the dead. Told of each batch before it is committed.
#[derive(Debug, Clone)]
pub(super) struct DeathWatch {
    max_ratio: f64,
    max_consecutive: usize,
    /// Whether each of the latest records died, oldest first.
    latest: VecDeque<bool>,
    dead: usize,
    consecutive: usize,
}

impl DeathWatch {
    pub(super) fn new(max_ratio: f64, max_consecutive: usize) -> DeathWatch {
        DeathWatch { max_ratio, max_consecutive, latest: VecDeque::with_capacity(WINDOW), dead: 0, consecutive: 0 }
    }

    /// Counts a record; `death` is the reason where it died.
    pub(super) fn count(&mut self, death: Option<&'static str>) -> Result<(), LimitExceeded> {
        if self.latest.len() == WINDOW && self.latest.pop_front() == Some(true) {
            self.dead -= 1;
        }
        self.latest.push_back(death.is_some());
        let Some(latest) = death else {
            self.consecutive = 0;
            return Ok(());
        };
        self.dead += 1;
        self.consecutive += 1;
        if self.consecutive > self.max_consecutive {
            return Err(LimitExceeded::Consecutive {
                consecutive: self.consecutive,
                max: self.max_consecutive,
                latest,
            });
        }
        let seen = self.latest.len();
        if seen >= ENOUGH && self.dead as f64 > self.max_ratio * seen as f64 {
            return Err(LimitExceeded::Ratio { dead: self.dead, seen, max_ratio: self.max_ratio, latest });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_living_break_a_run() {
        let mut watch = DeathWatch::new(1.0, 3);
        for _ in 0..50 {
            for _ in 0..3 {
                watch.count(Some("not_json")).unwrap();
            }
            watch.count(None).unwrap();
        }
        for _ in 0..3 {
            watch.count(Some("not_json")).unwrap();
        }
        let stopped = watch.count(Some("tombstone")).unwrap_err();
        assert_eq!(stopped, LimitExceeded::Consecutive { consecutive: 4, max: 3, latest: "tombstone" });
    }

    #[test]
    fn a_share_counts_once_enough_was_seen_and_forgets_the_old() {
        let mut watch = DeathWatch::new(0.5, usize::MAX);
        for _ in 0..99 {
            watch.count(Some("not_json")).unwrap();
        }
        assert!(matches!(
            watch.clone().count(Some("not_json")),
            Err(LimitExceeded::Ratio { dead: 100, seen: 100, .. })
        ));
        for _ in 0..WINDOW {
            watch.count(None).unwrap();
        }
        assert_eq!(watch.dead, 0, "the dead have left the window");
        for _ in 0..500 {
            watch.count(Some("not_json")).unwrap();
        }
        assert!(watch.count(Some("not_json")).is_err());
    }

    #[test]
    fn a_limit_of_zero_stops_at_the_first() {
        assert!(DeathWatch::new(1.0, 0).count(Some("not_json")).is_err());
    }
}
