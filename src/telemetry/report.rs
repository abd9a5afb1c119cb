//! The progress line: what happened since the last one, in one log event.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

use super::memory;
use super::progress::{Interval, Progress};

/// Logs a progress line every `interval` until `shutdown` resolves, and a last one then. A zero interval
/// logs the last one only.
pub async fn report(progress: Arc<Progress>, interval: Duration, shutdown: impl Future<Output = ()>) {
    let mut last = Instant::now();
    let mut line = || {
        let elapsed = std::mem::replace(&mut last, Instant::now()).elapsed();
        progress.dead_letter_log().summarize();
        log(&Line::new(progress.take_interval(), elapsed, progress.lag()), &progress);
    };
    tokio::pin!(shutdown);
    if interval.is_zero() {
        shutdown.await;
        return line();
    }
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await; // the first is at once
    loop {
        tokio::select! {
            () = &mut shutdown => return line(),
            _ = ticks.tick() => line(),
        }
    }
}

/// The fields of one progress line.
#[derive(Debug, PartialEq)]
struct Line {
    articles: u64,
    articles_per_s: f64,
    lag: Option<u64>,
    dead_letters: u64,
    reasons: Vec<(&'static str, u64)>,
    batches: u64,
    retries: u64,
    median_ms: Option<f64>,
    worst_ms: Option<f64>,
    /// Shares of the batches' time, in per cent.
    collect_pct: Option<u64>,
    enrich_pct: Option<u64>,
    commit_pct: Option<u64>,
}

impl Line {
    fn new(mut interval: Interval, elapsed: Duration, lag: Option<u64>) -> Line {
        let busy = (interval.collect + interval.enrich + interval.commit).as_secs_f64();
        let share = |part: Duration| (busy > 0.0).then(|| (100.0 * part.as_secs_f64() / busy).round() as u64);
        let median = interval.median();
        Line {
            articles: interval.articles,
            articles_per_s: tenths(interval.articles as f64 / elapsed.as_secs_f64().max(1e-3)),
            lag,
            dead_letters: interval.dead_letters.values().sum(),
            batches: interval.batches,
            retries: interval.retries,
            median_ms: median.map(millis),
            worst_ms: median.map(|_| millis(interval.worst)),
            collect_pct: share(interval.collect),
            enrich_pct: share(interval.enrich),
            commit_pct: share(interval.commit),
            reasons: interval.dead_letters.into_iter().collect(),
        }
    }
}

fn log(line: &Line, progress: &Progress) {
    tracing::info!(
        articles = line.articles,
        articles_per_s = line.articles_per_s,
        articles_total = progress.metrics.articles.get(),
        lag = line.lag,
        dead_letters = line.dead_letters,
        dead_letters_by_reason = (line.dead_letters > 0).then(|| tracing::field::display(ByReason(&line.reasons))),
        batches = line.batches,
        retries = line.retries,
        batch_median_ms = line.median_ms,
        batch_worst_ms = line.worst_ms,
        collect_pct = line.collect_pct,
        enrich_pct = line.enrich_pct,
        commit_pct = line.commit_pct,
        memory_mb = memory::resident_bytes().map(|bytes| bytes / 1_000_000),
        "progress"
    );
}

/// `blank_text=2 tombstone=1`
struct ByReason<'a>(&'a [(&'static str, u64)]);

impl fmt::Display for ByReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (reason, count)) in self.0.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}{reason}={count}")?;
        }
        Ok(())
    }
}

fn millis(time: Duration) -> f64 {
    tenths(time.as_secs_f64() * 1e3)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::BatchReport;

    fn worked() -> Progress {
        let progress = Progress::default();
        progress.committed(&BatchReport {
            articles: 250,
            dead_letters: vec![("tombstone", 1), ("blank_text", 2)],
            collect: Duration::from_millis(10),
            enrich: Duration::from_millis(80),
            commit: Duration::from_millis(10),
            ..BatchReport::default()
        });
        progress
    }

    #[test]
    fn a_line_gives_rates_and_shares() {
        let progress = worked();
        let line = Line::new(progress.take_interval(), Duration::from_secs(2), Some(40));
        assert_eq!(line.articles_per_s, 125.0);
        assert_eq!((line.collect_pct, line.enrich_pct, line.commit_pct), (Some(10), Some(80), Some(10)));
        assert_eq!((line.median_ms, line.worst_ms, line.lag), (Some(100.0), Some(100.0), Some(40)));
        assert_eq!(line.dead_letters, 3);
        assert_eq!(ByReason(&line.reasons).to_string(), "blank_text=2 tombstone=1");
    }

    #[test]
    fn an_idle_line_invents_no_times() {
        let line = Line::new(Interval::default(), Duration::ZERO, None);
        assert_eq!((line.articles_per_s, line.median_ms, line.collect_pct), (0.0, None, None));
    }

    #[tokio::test]
    async fn the_reporter_ends_with_a_last_line() {
        let progress = Arc::new(worked());
        report(progress.clone(), Duration::from_secs(3600), std::future::ready(())).await;
        assert_eq!(progress.take_interval().batches, 0, "the last line took what had happened");
    }
}
