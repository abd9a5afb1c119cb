//! [`Batch`]: the records that one transaction will carry, and the offsets it will commit.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What a batch needs to know of a record.
pub(super) trait Positioned {
    /// The input partition.
    fn partition(&self) -> i32;
    /// The offset in it.
    fn offset(&self) -> i64;
    /// Bytes of payload, zero for a tombstone.
    fn payload_len(&self) -> usize;
}

/// What a partition contributes: `first..next`, where gaps (control records, compaction) are normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OffsetRange {
    /// The offset of the first record: where to go back to when the transaction fails.
    pub(super) first: i64,
    /// One past the last record: what is committed.
    pub(super) next: i64,
}

/// Records in the order they were consumed, and the range of offsets of each partition.
///
/// The offsets that are committed are those of the records in it, never the consumer's position: what was
/// prefetched or dropped with a revoked partition is no part of them.
#[derive(Debug)]
pub(super) struct Batch<R> {
    records: Vec<R>,
    ranges: BTreeMap<i32, OffsetRange>,
    bytes: usize,
    /// When the first record came; `None` while empty.
    opened: Option<Instant>,
}

impl<R: Positioned> Batch<R> {
    pub(super) fn new() -> Batch<R> {
        Batch { records: Vec::new(), ranges: BTreeMap::new(), bytes: 0, opened: None }
    }

    pub(super) fn push(&mut self, record: R) {
        self.opened.get_or_insert_with(Instant::now);
        self.bytes += record.payload_len();
        let next = record.offset() + 1;
        self.ranges
            .entry(record.partition())
            .and_modify(|range| range.next = next)
            .or_insert(OffsetRange { first: record.offset(), next });
        self.records.push(record);
    }

    /// Forgets the records of partitions that are no longer ours: whoever has them now reads them again.
    pub(super) fn drop_partitions(&mut self, revoked: &[i32]) {
        self.records.retain(|record| !revoked.contains(&record.partition()));
        self.ranges.retain(|partition, _| !revoked.contains(partition));
        self.bytes = self.records.iter().map(Positioned::payload_len).sum();
        if self.records.is_empty() {
            self.opened = None;
        }
    }

    pub(super) fn records(&self) -> &[R] {
        &self.records
    }

    pub(super) fn ranges(&self) -> &BTreeMap<i32, OffsetRange> {
        &self.ranges
    }

    /// The ranges of offsets; the records are let go.
    pub(super) fn into_ranges(self) -> BTreeMap<i32, OffsetRange> {
        self.ranges
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Bytes of payload.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Time since the first record; zero while empty.
    pub(super) fn age(&self) -> Duration {
        self.opened.map(|at| at.elapsed()).unwrap_or_default()
    }
}

/// How many records a batch should hold: about a second of work, so that a commit costs little beside it,
/// within what is configured.
#[derive(Debug)]
pub(super) struct BatchSize {
    max_articles: usize,
    per_second: f64,
}

impl BatchSize {
    /// Enough to learn the rate from, little enough to be done in a second on a slow machine.
    const FIRST: f64 = 200.0;
    /// How much the latest batch counts in the average.
    const WEIGHT: f64 = 0.5;

    pub(super) fn new(max_articles: usize) -> BatchSize {
        BatchSize { max_articles, per_second: BatchSize::FIRST }
    }

    pub(super) fn target(&self) -> usize {
        (self.per_second as usize).clamp(1, self.max_articles)
    }

    /// Learns that `articles` took `elapsed` to enrich.
    pub(super) fn learn(&mut self, articles: usize, elapsed: Duration) {
        if articles == 0 {
            return;
        }
        // A batch cannot double the estimate by more than the clock can tell apart.
        let seconds = elapsed.as_secs_f64().max(1e-4);
        self.per_second += BatchSize::WEIGHT * (articles as f64 / seconds - self.per_second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Record(i32, i64, usize);

    impl Positioned for Record {
        fn partition(&self) -> i32 {
            self.0
        }
        fn offset(&self) -> i64 {
            self.1
        }
        fn payload_len(&self) -> usize {
            self.2
        }
    }

    #[test]
    fn commits_one_past_the_last_record_of_each_partition() {
        let mut batch = Batch::new();
        for record in [Record(0, 5, 10), Record(1, 100, 1), Record(0, 6, 10), Record(0, 9, 10)] {
            batch.push(record);
        }
        assert_eq!(batch.ranges()[&0], OffsetRange { first: 5, next: 10 });
        assert_eq!(batch.ranges()[&1], OffsetRange { first: 100, next: 101 });
        assert_eq!((batch.len(), batch.bytes()), (4, 31));
    }

    #[test]
    fn forgets_revoked_partitions_and_nothing_else() {
        let mut batch = Batch::new();
        for record in [Record(0, 5, 10), Record(1, 100, 1), Record(2, 7, 4), Record(0, 6, 10)] {
            batch.push(record);
        }
        batch.drop_partitions(&[0, 2, 9]);
        assert_eq!(batch.records(), [Record(1, 100, 1)]);
        assert_eq!(batch.ranges().keys().copied().collect::<Vec<_>>(), [1]);
        assert_eq!(batch.bytes(), 1);
        batch.drop_partitions(&[1]);
        assert!(batch.is_empty());
        assert_eq!(batch.age(), Duration::ZERO, "an emptied batch has no age");
    }

    #[test]
    fn a_batch_grows_to_a_second_of_work_within_the_limit() {
        let mut size = BatchSize::new(5_000);
        for _ in 0..20 {
            size.learn(1_000, Duration::from_millis(500));
        }
        assert!((1_900..=2_000).contains(&size.target()), "{}", size.target());
        for _ in 0..20 {
            size.learn(1_000, Duration::from_millis(1));
        }
        assert_eq!(size.target(), 5_000);
        for _ in 0..40 {
            size.learn(1, Duration::from_secs(30));
        }
        assert_eq!(size.target(), 1, "slow work still moves");
    }
}
