//! [`Progress`]: what the worker has done so far, written by the loop and read by everybody else.
//!
//! Counters are atomics. The two locks are taken once a batch or once a lag reading, never for an article.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::metrics::{Build, Metrics, Partition, Reason};
use super::rate_limit::RateLimited;

/// How long the loop may stay silent, or have a backlog without committing, before health says so.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How many batch times are kept between two progress lines; beyond it the oldest make room.
const MAX_BATCH_TIMES: usize = 4096;

/// One committed batch.
#[derive(Debug, Clone, Default)]
pub struct BatchReport {
    /// Enriched articles published.
    pub articles: u64,
    /// Dead letters written, by reason.
    pub dead_letters: Vec<(&'static str, u64)>,
    /// Bytes of payload read.
    pub bytes_in: u64,
    /// Bytes of payload published.
    pub bytes_out: u64,
    /// From the first record polled to the batch's close.
    pub collect: Duration,
    /// Enrichment of the whole batch, on all threads.
    pub enrich: Duration,
    /// Producing and committing.
    pub commit: Duration,
}

/// What the worker has done so far. Written by the loop, read by the reporter and the HTTP endpoint.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    /// Milliseconds after `started`, as are all times here; 0 until the loop's first round.
    heartbeat_ms: AtomicU64,
    /// The last time that the worker committed, or had nothing to do.
    advanced_ms: AtomicU64,
    artifacts_loaded: AtomicBool,
    broker_up: AtomicBool,
    /// Lag of each partition held; `None` until it is first read.
    lags: Mutex<BTreeMap<i32, Option<u64>>>,
    since_line: Mutex<Interval>,
    dead_letter_log: RateLimited,
    pub(super) metrics: Metrics,
}

/// What happened since the last progress line.
#[derive(Debug, Clone, Default)]
pub(super) struct Interval {
    pub(super) articles: u64,
    pub(super) dead_letters: BTreeMap<&'static str, u64>,
    pub(super) batches: u64,
    pub(super) retries: u64,
    pub(super) collect: Duration,
    pub(super) enrich: Duration,
    pub(super) commit: Duration,
    pub(super) worst: Duration,
    /// The latest batches' times, [`MAX_BATCH_TIMES`] at most; a ring once it is full.
    times: Vec<Duration>,
}

impl Interval {
    fn add(&mut self, batch: &BatchReport) {
        let time = batch.collect + batch.enrich + batch.commit;
        if self.times.len() < MAX_BATCH_TIMES {
            self.times.push(time);
        } else {
            self.times[self.batches as usize % MAX_BATCH_TIMES] = time;
        }
        self.worst = self.worst.max(time);
        self.batches += 1;
        self.articles += batch.articles;
        self.collect += batch.collect;
        self.enrich += batch.enrich;
        self.commit += batch.commit;
        for &(reason, count) in &batch.dead_letters {
            *self.dead_letters.entry(reason).or_default() += count;
        }
    }

    /// The median time of a batch; `None` where there was none.
    pub(super) fn median(&mut self) -> Option<Duration> {
        let middle = self.times.len() / 2;
        (!self.times.is_empty()).then(|| *self.times.select_nth_unstable(middle).1)
    }
}

/// Why the worker is not alive or not ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwell {
    /// The loop hangs.
    #[error("the worker's loop has not gone round for {0:.0?}")]
    Silent(Duration),
    /// Artifacts are still being loaded.
    #[error("the artifacts are not loaded yet")]
    ArtifactsMissing,
    /// No broker answers.
    #[error("no broker answers")]
    BrokerDown,
    /// There is a backlog that does not shrink.
    #[error("nothing was committed for {since:.0?} although {lag} records wait")]
    Stalled {
        /// Since the last commit.
        since: Duration,
        /// Records behind, over the partitions held.
        lag: u64,
    },
}

impl Unwell {
    /// A short, stable code for programs, such as `stalled`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Unwell::Silent(_) => "silent",
            Unwell::ArtifactsMissing => "artifacts_missing",
            Unwell::BrokerDown => "broker_down",
            Unwell::Stalled { .. } => "stalled",
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Progress {
            started: Instant::now(),
            heartbeat_ms: AtomicU64::default(),
            advanced_ms: AtomicU64::default(),
            artifacts_loaded: AtomicBool::default(),
            broker_up: AtomicBool::default(),
            lags: Mutex::default(),
            since_line: Mutex::default(),
            dead_letter_log: RateLimited::default(),
            metrics: Metrics::new(),
        }
    }
}

impl Progress {
    /// The loop went round: it is alive.
    pub fn heartbeat(&self) {
        self.heartbeat_ms.store(self.now_ms().max(1), Ordering::Relaxed);
    }

    /// The artifacts are loaded.
    pub fn artifacts_loaded(&self) {
        self.artifacts_loaded.store(true, Ordering::Relaxed);
    }

    /// Which artifacts the worker runs with, for the metric `dateline_build_info`.
    pub fn set_build_info(&self, gazetteer: &str, model: Option<&str>) {
        self.metrics.build.clear();
        let build = Build {
            version: env!("CARGO_PKG_VERSION"),
            gazetteer: gazetteer.to_owned(),
            model: model.unwrap_or_default().to_owned(),
        };
        self.metrics.build.get_or_create(&build).set(1);
    }

    /// A broker answered, or none does any more.
    pub fn set_broker_up(&self, up: bool) {
        self.broker_up.store(up, Ordering::Relaxed);
        self.metrics.broker_up.set(i64::from(up));
    }

    /// A batch was committed.
    pub fn committed(&self, batch: &BatchReport) {
        self.advanced();
        let metrics = &self.metrics;
        metrics.batches.inc();
        metrics.articles.inc_by(batch.articles);
        metrics.read_bytes.inc_by(batch.bytes_in);
        metrics.published_bytes.inc_by(batch.bytes_out);
        for &(reason, count) in &batch.dead_letters {
            metrics.dead_letters.get_or_create(&Reason { reason }).inc_by(count);
        }
        metrics.collect.observe(batch.collect.as_secs_f64());
        metrics.enrich.observe(batch.enrich.as_secs_f64());
        metrics.commit.observe(batch.commit.as_secs_f64());
        lock(&self.since_line).add(batch);
    }

    /// A batch was aborted and will be tried again.
    pub fn retried(&self) {
        self.metrics.batch_retries.inc();
        lock(&self.since_line).retries += 1;
    }

    /// The partitions that this worker holds now. The lag of those it lost is forgotten.
    pub fn set_assignment(&self, partitions: &[i32]) {
        let mut lags = lock(&self.lags);
        if lags.values().all(|lag| *lag == Some(0)) {
            self.advanced();
        }
        lags.retain(|partition, _| {
            let kept = partitions.contains(partition);
            if !kept {
                self.metrics.lag.remove(&Partition { partition: *partition });
            }
            kept
        });
        for &partition in partitions {
            lags.entry(partition).or_insert(None);
        }
        self.metrics.partitions.set(lags.len() as i64);
    }

    /// A partition's lag: the last stable offset minus the committed one, in records. Ignored for a partition
    /// that this worker does not hold.
    pub fn set_lag(&self, partition: i32, lag: u64) {
        let mut lags = lock(&self.lags);
        // Work that arrives after idle hours is not late yet: its time starts now.
        if sum(&lags) == Some(0) {
            self.advanced();
        }
        if let Some(known) = lags.get_mut(&partition) {
            *known = Some(lag);
            self.metrics.lag.get_or_create(&Partition { partition }).set(lag);
        }
    }

    /// Records behind, over the partitions held; `None` where no lag is known yet.
    #[must_use]
    pub fn lag(&self) -> Option<u64> {
        sum(&lock(&self.lags))
    }

    /// Decides which dead letters are logged one by one.
    #[must_use]
    pub fn dead_letter_log(&self) -> &RateLimited {
        &self.dead_letter_log
    }

    /// Whether the loop goes round, or has not begun: waiting for a broker at start is no reason to be restarted.
    ///
    /// # Errors
    /// Where it has been silent for longer than [`PATIENCE`].
    pub fn live(&self) -> Result<(), Unwell> {
        self.live_at(self.now_ms())
    }

    /// Whether the artifacts are loaded, a broker answers, and articles are committed or there are none.
    ///
    /// # Errors
    /// What is missing.
    pub fn ready(&self) -> Result<(), Unwell> {
        self.ready_at(self.now_ms())
    }

    pub(super) fn take_interval(&self) -> Interval {
        std::mem::take(&mut lock(&self.since_line))
    }

    fn live_at(&self, now_ms: u64) -> Result<(), Unwell> {
        let begun = self.heartbeat_ms.load(Ordering::Relaxed) > 0;
        let silent = since(&self.heartbeat_ms, now_ms);
        if begun && silent > PATIENCE { Err(Unwell::Silent(silent)) } else { Ok(()) }
    }

    fn ready_at(&self, now_ms: u64) -> Result<(), Unwell> {
        if !self.artifacts_loaded.load(Ordering::Relaxed) {
            return Err(Unwell::ArtifactsMissing);
        }
        if !self.broker_up.load(Ordering::Relaxed) {
            return Err(Unwell::BrokerDown);
        }
        self.live_at(now_ms)?;
        let lag = self.lag().unwrap_or(0);
        let since = since(&self.advanced_ms, now_ms);
        if lag > 0 && since > PATIENCE { Err(Unwell::Stalled { since, lag }) } else { Ok(()) }
    }

    fn advanced(&self) {
        self.advanced_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }
}

fn since(at_ms: &AtomicU64, now_ms: u64) -> Duration {
    Duration::from_millis(now_ms.saturating_sub(at_ms.load(Ordering::Relaxed)))
}

fn sum(lags: &BTreeMap<i32, Option<u64>>) -> Option<u64> {
    lags.values().flatten().copied().reduce(u64::saturating_add)
}

/// A panic elsewhere leaves these numbers whole: every update is complete when its lock is let go.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER_MS: u64 = 61_000;

    fn batch(ms: u64) -> BatchReport {
        BatchReport {
            articles: 10,
            dead_letters: vec![("blank_text", 2)],
            bytes_in: 1000,
            bytes_out: 3000,
            collect: Duration::from_millis(1),
            enrich: Duration::from_millis(ms - 3),
            commit: Duration::from_millis(2),
        }
    }

    fn running() -> Progress {
        let progress = Progress::default();
        progress.artifacts_loaded();
        progress.set_broker_up(true);
        progress.heartbeat();
        progress
    }

    #[test]
    fn the_interval_holds_median_and_worst_and_starts_anew() {
        let progress = Progress::default();
        for ms in [10, 90, 20, 30, 40] {
            progress.committed(&batch(ms));
        }
        progress.retried();
        let mut interval = progress.take_interval();
        assert_eq!(interval.median(), Some(Duration::from_millis(30)));
        assert_eq!(interval.worst, Duration::from_millis(90));
        assert_eq!((interval.articles, interval.batches, interval.retries), (50, 5, 1));
        assert_eq!(interval.dead_letters, BTreeMap::from([("blank_text", 10)]));
        assert_eq!(progress.take_interval().median(), None);
    }

    #[test]
    fn batch_times_are_bounded_and_the_worst_is_kept() {
        let mut interval = Interval::default();
        interval.add(&batch(500));
        for _ in 0..2 * MAX_BATCH_TIMES {
            interval.add(&batch(5));
        }
        assert_eq!(interval.times.len(), MAX_BATCH_TIMES);
        assert_eq!(interval.worst, Duration::from_millis(500));
        assert_eq!(interval.times.iter().max(), Some(&Duration::from_millis(5)));
    }

    #[test]
    fn readiness_names_what_is_missing() {
        let progress = Progress::default();
        assert_eq!(progress.ready(), Err(Unwell::ArtifactsMissing));
        progress.artifacts_loaded();
        assert_eq!(progress.ready(), Err(Unwell::BrokerDown));
        progress.set_broker_up(true);
        assert_eq!(progress.ready(), Ok(()));
        progress.set_broker_up(false);
        assert_eq!(progress.ready(), Err(Unwell::BrokerDown));
    }

    #[test]
    fn a_silent_loop_is_not_alive() {
        assert_eq!(Progress::default().live_at(LATER_MS), Ok(()), "it has not begun");
        let progress = running();
        assert_eq!(progress.live(), Ok(()));
        assert!(matches!(progress.live_at(LATER_MS), Err(Unwell::Silent(_))));
        assert!(matches!(progress.ready_at(LATER_MS), Err(Unwell::Silent(_))));
    }

    #[test]
    fn a_backlog_without_commits_is_not_ready() {
        let progress = running();
        progress.set_assignment(&[0, 1]);
        progress.set_lag(0, 7);
        progress.set_lag(1, 0);
        progress.heartbeat_ms.store(LATER_MS, Ordering::Relaxed);
        assert!(matches!(progress.ready_at(LATER_MS), Err(Unwell::Stalled { lag: 7, .. })));
        progress.advanced_ms.store(LATER_MS, Ordering::Relaxed);
        assert_eq!(progress.ready_at(LATER_MS), Ok(()));
    }

    #[test]
    fn an_idle_worker_stays_ready_and_gets_its_time_when_work_comes() {
        let mut progress = running();
        progress.set_assignment(&[0]);
        progress.set_lag(0, 0);
        progress.started -= Duration::from_secs(3600);
        progress.heartbeat();
        assert_eq!(progress.ready(), Ok(()));
        progress.set_lag(0, 5);
        assert_eq!(progress.ready(), Ok(()), "the work has only just come");
    }

    #[test]
    fn lost_partitions_leave_lag_and_metrics() {
        let progress = running();
        assert_eq!(progress.lag(), None);
        progress.set_assignment(&[0, 1]);
        progress.set_lag(0, 3);
        progress.set_lag(1, 4);
        progress.set_lag(9, 100);
        assert_eq!(progress.lag(), Some(7));
        progress.set_assignment(&[1, 2]);
        assert_eq!(progress.lag(), Some(4));
        let text = progress.metrics.encode().unwrap();
        assert!(text.contains("dateline_consumer_lag_records{partition=\"1\"} 4\n"), "{text}");
        assert!(!text.contains("partition=\"0\"") && !text.contains("partition=\"9\""), "{text}");
        assert!(text.contains("dateline_assigned_partitions 2\n"), "{text}");
    }

    #[test]
    fn metrics_are_named_by_the_conventions() {
        let progress = running();
        progress.set_build_info("geonames-test", None);
        progress.committed(&batch(30));
        let text = progress.metrics.encode().unwrap();
        for line in [
            "dateline_articles_total 10",
            "dateline_dead_letters_total{reason=\"blank_text\"} 2",
            "dateline_read_bytes_total 1000",
            "dateline_published_bytes_total 3000",
            "dateline_batch_duration_seconds_count{phase=\"commit\"} 1",
            "dateline_batch_duration_seconds_bucket{le=\"0.05\",phase=\"enrich\"} 1",
            "dateline_broker_up 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("gazetteer=\"geonames-test\""), "{text}");
        let version = concat!("version=\"", env!("CARGO_PKG_VERSION"), "\"");
        assert!(text.contains(version), "{text}");
    }
}
