//! The worker: collect a batch, enrich it, commit it; one thread, one loop, nothing in flight between polls.
//!
//! Delivery is exactly once: a batch's results, its dead letters and its input offsets commit in one Kafka
//! transaction, fenced by the consumer group's metadata (KIP-447). `docs/delivery.md` tells why the loop is
//! what it is. This is the only module below `cli` that knows Kafka, tokio or the clock.

mod backoff;
mod batch;
pub(crate) mod client;
pub(crate) mod dead_letter;
mod failure;
mod limits;
mod pipeline;
mod shutdown;
mod sink;
mod source;
mod topics;

pub use failure::Fatal;
pub use limits::LimitExceeded;
pub use pipeline::{Death, Pipeline, Process};
pub use shutdown::Shutdown;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use rdkafka::message::{BorrowedMessage, Message};
use tracing::{debug, error, info, warn};

use crate::config::Settings;
use crate::telemetry::{BatchReport, Progress, RateLimited};
use backoff::Backoff;
use batch::{Batch, BatchSize, OffsetRange};
use failure::Failure;
use limits::DeathWatch;
use sink::{Outcome, Sink};
use source::{BatchLimits, Source};

/// A worker that holds its partitions and its transactional id.
pub struct Worker<P> {
    process: P,
    source: Source,
    sink: Sink,
    threads: rayon::ThreadPool,
    settings: Settings,
    batch_size: BatchSize,
    deaths: DeathWatch,
    backoff: Backoff,
    progress: Arc<Progress>,
    shutdown: Shutdown,
}

impl<P: Process> Worker<P> {
    /// Reaches the broker, looks at the topics, takes the transactional id and joins the group.
    ///
    /// `runtime` is only used to ask the broker about its topics. `progress` is told what happens, `shutdown`
    /// is looked at between steps; both are shared with whoever started the worker.
    ///
    /// # Errors
    /// [`Fatal`], where the broker cannot be reached in time, a topic is missing or a right is.
    pub fn connect(
        settings: &Settings,
        process: P,
        progress: Arc<Progress>,
        shutdown: Shutdown,
        runtime: &tokio::runtime::Handle,
    ) -> Result<Worker<P>, Fatal> {
        let source = Source::connect(&settings.kafka, Arc::clone(&progress))?;
        let topics = topics::inspect(source.consumer(), &settings.kafka, &shutdown, runtime)?;
        progress.set_broker_up(true);
        let sink = Sink::connect(settings, topics, Arc::clone(&progress), shutdown.clone())?;
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(settings.enrichment.threads)
            .thread_name(|index| format!("enrich-{index}"))
            .build()
            .map_err(|e| {
                Fatal::Client(format!("cannot start enrichment.threads = {}: {e}", settings.enrichment.threads))
            })?;
        source.subscribe()?;
        Ok(Worker {
            process,
            source,
            sink,
            threads,
            batch_size: BatchSize::new(settings.batch.max_articles),
            deaths: DeathWatch::new(settings.dead_letters.max_ratio, settings.dead_letters.max_consecutive),
            settings: settings.clone(),
            backoff: Backoff::default(),
            progress,
            shutdown,
        })
    }

    /// Runs until shutdown is requested; then the batch in hand is finished and committed, and the group is
    /// left when the worker is dropped.
    ///
    /// # Errors
    /// [`Fatal`]; what was not committed is read again by the next worker.
    pub fn run(&mut self) -> Result<(), Fatal> {
        while !self.shutdown.requested() {
            self.progress.heartbeat();
            let batch = self.source.collect(self.batch_limits(), &self.shutdown)?;
            if batch.is_empty() {
                continue;
            }
            let collect = batch.age();

            let started = Instant::now();
            let mut outcomes = self.enrich(&batch);
            let enrich = started.elapsed();
            self.sink.fit(&batch, &mut outcomes);
            let deaths = Deaths::count(&self.deaths, &batch, &outcomes, self.progress.dead_letter_log())?;
            let mut report =
                BatchReport { collect, enrich, dead_letters: deaths.by_reason, ..summary(&batch, &outcomes) };

            let started = Instant::now();
            let published = self.sink.publish(&self.source, &batch, outcomes);
            report.commit = started.elapsed();
            let (records, ranges) = (batch.len(), batch.into_ranges());
            let committed = match published {
                Ok(()) => true,
                Err(failure) => self.recover(failure, &ranges)?,
            };
            if committed {
                self.source.committed(&ranges);
                self.batch_size.learn(records, enrich);
                self.deaths = deaths.watch;
                self.backoff.reset();
                self.progress.committed(&report);
                debug!(articles = report.articles, records, "batch committed");
            }
        }
        info!("shutdown requested; the last batch is committed, leaving the group");
        Ok(())
    }

    fn batch_limits(&self) -> BatchLimits {
        let batch = &self.settings.batch;
        BatchLimits { max_articles: self.batch_size.target(), max_bytes: batch.max_bytes, max_age: batch.max_age }
    }

    /// Every record of the batch, on all threads; the outcomes are in the order of the records.
    ///
    /// Each is written to a buffer that grows once for many records, and kept in as many bytes as it has: all
    /// of a batch's results are held until the last is there.
    fn enrich(&self, batch: &Batch<BorrowedMessage<'_>>) -> Vec<Outcome> {
        let process = &self.process;
        self.threads.install(|| {
            batch
                .records()
                .par_iter()
                .map_init(Vec::new, |out, record| {
                    out.clear();
                    process.process(record.payload(), out).map(|()| out.as_slice().into())
                })
                .collect()
        })
    }

    /// Brings the worker back to where the next round can start: what was not committed is read again. True
    /// where the batch turns out to be committed after all.
    fn recover(&mut self, failure: Failure, ranges: &BTreeMap<i32, OffsetRange>) -> Result<bool, Fatal> {
        self.progress.retried();
        match failure {
            Failure::Fatal(fatal) => return Err(fatal),
            Failure::Passing(detail) => {
                warn!(error = detail, attempt = self.backoff.tries() + 1, "transaction aborted; trying again");
                self.source.rewind(ranges)?;
            }
            Failure::Lost(detail) => {
                warn!(error = detail, "transaction aborted; the partitions were given to another worker");
                self.source.rewind(ranges)?;
            }
            Failure::Uncertain(detail) => {
                error!(error = detail, "the transaction's end is not known; asking the broker");
                self.sink.reconnect()?;
                let committed = self.source.resume_from_committed(ranges)?;
                warn!(committed, "the transaction's end is known");
                if committed {
                    return Ok(true);
                }
            }
        }
        let wait = self.backoff.next();
        self.shutdown.sleep(wait);
        Ok(false)
    }
}

/// The part of a batch's report that its outcomes tell.
fn summary(batch: &Batch<BorrowedMessage<'_>>, outcomes: &[Outcome]) -> BatchReport {
    let published = || outcomes.iter().filter_map(|outcome| outcome.as_ref().ok());
    BatchReport {
        articles: published().count() as u64,
        bytes_in: batch.bytes() as u64,
        bytes_out: published().map(|payload| payload.len() as u64).sum(),
        ..BatchReport::default()
    }
}

/// The dead of a batch.
struct Deaths {
    by_reason: Vec<(&'static str, u64)>,
    /// The watch as it stands when the batch is committed; one that is tried again is counted again.
    watch: DeathWatch,
}

impl Deaths {
    /// Logs and counts them.
    ///
    /// # Errors
    /// Where more die than the watch allows: then nothing of the batch is committed.
    fn count(
        before: &DeathWatch,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: &[Outcome],
        log: &RateLimited,
    ) -> Result<Deaths, LimitExceeded> {
        let mut watch = before.clone();
        let mut by_reason: BTreeMap<&'static str, u64> = BTreeMap::new();
        for (record, outcome) in batch.records().iter().zip(outcomes) {
            let death = outcome.as_ref().err();
            if let Some(death) = death {
                *by_reason.entry(death.reason()).or_default() += 1;
                if log.admits(death.reason()) {
                    warn!(
                        reason = death.reason(),
                        error = %death,
                        topic = record.topic(),
                        partition = record.partition(),
                        offset = record.offset(),
                        "dead letter"
                    );
                }
            }
            watch.count(death.map(Death::reason))?;
        }
        Ok(Deaths { by_reason: by_reason.into_iter().collect(), watch })
    }
}
