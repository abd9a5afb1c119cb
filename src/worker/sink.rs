//! Where results go: the producer, and the transaction that carries results, dead letters and offsets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, PurgeConfig};
use tracing::{debug, info, warn};

use super::backoff::Backoff;
use super::batch::Batch;
use super::client::{self, SinkContext, TRANSACTION_TIMEOUT_MS};
use super::dead_letter::{DeadLetter, headers_bytes};
use super::failure::{Failure, Fatal, Flags, Step, Verdict, judge};
use super::pipeline::Death;
use super::shutdown::Shutdown;
use super::source::Source;
use super::topics::{Topics, record_bytes};
use crate::config::{Delivery, Settings};
use crate::telemetry::Progress;

/// The broker's patience with an open transaction, which is ours too.
const TRANSACTION_TIMEOUT: Duration = Duration::from_millis(TRANSACTION_TIMEOUT_MS);
/// How long one transactional call may take before it is made again.
const CALL: Duration = Duration::from_secs(5);
/// How long the producer may try to take its transactional id before that is given up: longer than a
/// coordinator takes to move.
const INIT_PATIENCE: Duration = Duration::from_secs(90);
/// One look at the producer's queue.
const POLL: Duration = Duration::from_millis(1);

/// What became of one record: the payload to publish, or why there is none.
pub(super) type Outcome = Result<Box<[u8]>, Death>;

/// The producer of the output and the dead-letter topic.
pub(super) struct Sink {
    settings: Settings,
    topics: Topics,
    progress: Arc<Progress>,
    shutdown: Shutdown,
    producer: BaseProducer<SinkContext>,
}

impl Sink {
    /// Makes the producer and takes the transactional id: from here on, an older worker with it is fenced, and
    /// its open transaction is aborted.
    pub(super) fn connect(
        settings: &Settings,
        topics: Topics,
        progress: Arc<Progress>,
        shutdown: Shutdown,
    ) -> Result<Sink, Fatal> {
        let producer = make_producer(settings, topics, &progress, &shutdown)?;
        Ok(Sink { settings: settings.clone(), topics, progress, shutdown, producer })
    }

    /// Makes the producer anew, which ends a transaction of which nobody knows how it ended.
    pub(super) fn reconnect(&mut self) -> Result<(), Fatal> {
        self.producer = make_producer(&self.settings, self.topics, &self.progress, &self.shutdown)?;
        Ok(())
    }

    /// What of `outcomes` would not fit its topic becomes a dead letter, before anything is produced.
    pub(super) fn fit(&self, batch: &Batch<BorrowedMessage<'_>>, outcomes: &mut [Outcome]) {
        let max_bytes = self.topics.limits.output;
        for (record, outcome) in batch.records().iter().zip(outcomes) {
            let Ok(payload) = outcome else { continue };
            let bytes = record_bytes(record.key(), Some(payload), std::iter::empty()) + headers_bytes(record.headers());
            if bytes > max_bytes {
                *outcome = Err(Death::OutputTooLarge { bytes, max_bytes });
            }
        }
    }

    /// Publishes `outcomes` and commits the offsets of `batch`, both or neither (or, at least once: one after
    /// the other).
    pub(super) fn publish(
        &self,
        source: &Source,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: Vec<Outcome>,
    ) -> Result<(), Failure> {
        match self.settings.kafka.delivery {
            Delivery::ExactlyOnce => self.transact(source, batch, outcomes),
            Delivery::AtLeastOnce => self.publish_then_commit(source, batch, outcomes),
        }
    }

    fn transact(
        &self,
        source: &Source,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: Vec<Outcome>,
    ) -> Result<(), Failure> {
        self.producer
            .begin_transaction()
            .map_err(|e| Failure::Uncertain(format!("cannot begin a transaction: {e}")))?;
        let began = Instant::now();
        self.fill_transaction(source, batch, outcomes, began)
            .map_err(|Refused { step, verdict, detail }| self.settle(step, verdict, detail, began))
    }

    fn fill_transaction(
        &self,
        source: &Source,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: Vec<Outcome>,
        began: Instant,
    ) -> Result<(), Refused> {
        self.produce(batch, outcomes, began)?;
        let group = source.group_metadata().map_err(Refused::lost)?;
        let offsets = source.offsets(batch.ranges());
        self.call(Step::SendOffsets, began, || self.producer.send_offsets_to_transaction(&offsets, &group, CALL))?;
        self.call(Step::Commit, began, || self.producer.commit_transaction(CALL))
    }

    /// Makes a transactional call, and again as long as librdkafka says that it only takes longer.
    fn call(&self, step: Step, began: Instant, call: impl Fn() -> Result<(), KafkaError>) -> Result<(), Refused> {
        loop {
            let Err(error) = call() else { return Ok(()) };
            match judge(step, error.rdkafka_error_code(), Flags::of(&error)) {
                Verdict::CallAgain if began.elapsed() < TRANSACTION_TIMEOUT => {
                    debug!(?step, %error, "calling again");
                    self.producer.poll(POLL);
                }
                // Only the end of a transaction can be in doubt: without it nothing is committed.
                Verdict::CallAgain => {
                    let verdict = if step == Step::Commit { Verdict::Uncertain } else { Verdict::Abort };
                    return Err(Refused { step, verdict, detail: error.to_string() });
                }
                verdict => return Err(Refused { step, verdict, detail: error.to_string() }),
            }
        }
    }

    /// Brings a refused transaction to its end, and tells what that means for the batch.
    fn settle(&self, step: Step, verdict: Verdict, detail: String, began: Instant) -> Failure {
        match verdict {
            Verdict::CallAgain | Verdict::Abort => match self.abort() {
                Ok(()) => Failure::Passing(detail),
                Err(error) => self.not_aborted(&detail, &error, began),
            },
            Verdict::AbortAndForget => match self.abort() {
                Ok(()) => Failure::Lost(detail),
                Err(error) => self.not_aborted(&detail, &error, began),
            },
            Verdict::Uncertain => Failure::Uncertain(detail),
            Verdict::Fenced => self.fenced(detail, began),
            Verdict::InstanceFenced => Fatal::InstanceFenced(detail).into(),
            Verdict::NotPermitted => Fatal::NotPermitted(detail).into(),
            Verdict::TopicMissing => {
                let kafka = &self.settings.kafka;
                let topic = format!("{} or {}", kafka.output_topic, kafka.dead_letter_topic);
                Fatal::TopicMissing { topic, detail }.into()
            }
            Verdict::Fatal => Fatal::Client(format!("{step:?} failed for good: {detail}")).into(),
        }
    }

    /// What it means that a refused transaction could not be aborted either. A producer that is fenced while it
    /// produces is told only here: its records come back as purged.
    fn not_aborted(&self, detail: &str, error: &KafkaError, began: Instant) -> Failure {
        let detail = format!("{detail}; and the abort failed: {error}");
        match judge(Step::Commit, error.rdkafka_error_code(), Flags::of(error)) {
            Verdict::Fenced => self.fenced(detail, began),
            _ => Failure::Uncertain(detail),
        }
    }

    /// Another producer has the transactional id: to take it back would only start a war of twins. But a
    /// transaction that outlived its time-out was ended by the broker, which fences us as a twin would: that is
    /// no twin, and a new producer heals it.
    fn fenced(&self, detail: String, began: Instant) -> Failure {
        if began.elapsed() >= TRANSACTION_TIMEOUT {
            return Failure::Uncertain(format!("the transaction timed out: {detail}"));
        }
        Fatal::Fenced { transactional_id: client::transactional_id(&self.settings.kafka), detail }.into()
    }

    /// Aborts the open transaction. What is queued or in flight is purged first: librdkafka waits for it, and
    /// the time-out of that wait would be the abort's failure.
    fn abort(&self) -> Result<(), KafkaError> {
        self.purge();
        let started = Instant::now();
        loop {
            let Err(error) = self.producer.abort_transaction(CALL) else { return Ok(()) };
            if !Flags::of(&error).retriable || started.elapsed() >= TRANSACTION_TIMEOUT {
                return Err(error);
            }
            debug!(%error, "aborting again");
        }
    }

    fn purge(&self) {
        self.producer.purge(PurgeConfig::default().queue().inflight());
        let started = Instant::now();
        while self.producer.in_flight_count() > 0 && started.elapsed() < CALL {
            self.producer.poll(POLL);
        }
        self.producer.context().take_failure();
    }

    fn publish_then_commit(
        &self,
        source: &Source,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: Vec<Outcome>,
    ) -> Result<(), Failure> {
        let began = Instant::now();
        if let Err(refused) = self.produce(batch, outcomes, began) {
            self.purge();
            return Err(match refused.verdict {
                Verdict::Abort | Verdict::CallAgain | Verdict::Uncertain => Failure::Passing(refused.detail),
                verdict => self.settle(Step::Produce, verdict, refused.detail, began),
            });
        }
        let commit = source.consumer().commit(&source.offsets(batch.ranges()), CommitMode::Sync);
        match commit.map_err(|e| (judge(Step::SendOffsets, e.rdkafka_error_code(), Flags::of(&e)), e.to_string())) {
            Ok(()) => Ok(()),
            Err((Verdict::AbortAndForget, detail)) => Err(Failure::Lost(detail)),
            Err((Verdict::InstanceFenced, detail)) => Err(Fatal::InstanceFenced(detail).into()),
            Err((Verdict::NotPermitted, detail)) => Err(Fatal::NotPermitted(detail).into()),
            Err((_, detail)) => Err(Failure::Passing(format!("the offsets were not committed: {detail}"))),
        }
    }

    /// Produces every outcome in order and waits until the broker has all of them. An outcome is let go as soon
    /// as the producer has its copy, and a copy once it is acknowledged: see [`client::UNACKNOWLEDGED_KIB`].
    ///
    /// A record of input partition p goes to output partition p modulo the number of output partitions, so that
    /// the order within an input partition is kept whatever the keys are. It gets a new timestamp: with the old
    /// one, the results of an old backlog would fall to the output topic's retention at once.
    fn produce(
        &self,
        batch: &Batch<BorrowedMessage<'_>>,
        outcomes: Vec<Outcome>,
        began: Instant,
    ) -> Result<(), Refused> {
        let kafka = &self.settings.kafka;
        for (record, outcome) in batch.records().iter().zip(outcomes) {
            match outcome {
                Ok(payload) => {
                    let mut result = BaseRecord::<[u8], [u8]>::to(&kafka.output_topic)
                        .partition(record.partition() % self.topics.output_partitions)
                        .payload(&payload);
                    result.key = record.key();
                    result.headers = record.headers().map(BorrowedHeaders::detach);
                    self.send(result, began)?;
                }
                Err(death) => {
                    let letter = DeadLetter::new(record, &death, self.topics.limits.dead_letters);
                    let mut result = BaseRecord::<[u8], [u8]>::to(&kafka.dead_letter_topic)
                        .partition(record.partition() % self.topics.dead_letter_partitions);
                    result.key = letter.key;
                    result.payload = letter.payload;
                    result.headers = Some(letter.headers);
                    self.send(result, began)?;
                }
            }
        }
        self.drain(began)
    }

    /// Queues one record; waits while the queue is full of what the broker has not acknowledged yet.
    fn send(&self, mut record: BaseRecord<'_, [u8], [u8]>, began: Instant) -> Result<(), Refused> {
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    self.await_acknowledgements(began)?;
                    self.delivered()?;
                }
                Err((error, _)) => return Err(Refused::of(Step::Produce, &error)),
            }
        }
    }

    /// Waits until nothing is queued or in flight. `flush` and `commit_transaction` of rdkafka 0.39 wait in
    /// slices of 100 ms; with the queue empty they return at once.
    fn drain(&self, began: Instant) -> Result<(), Refused> {
        while self.producer.in_flight_count() > 0 {
            self.await_acknowledgements(began)?;
        }
        self.delivered()
    }

    /// Takes the acknowledgements of a moment, which frees the records that they are for.
    fn await_acknowledgements(&self, began: Instant) -> Result<(), Refused> {
        self.producer.poll(POLL);
        if began.elapsed() >= TRANSACTION_TIMEOUT * 2 {
            let detail = "the broker does not acknowledge the records".to_owned();
            return Err(Refused { step: Step::Produce, verdict: Verdict::Abort, detail });
        }
        Ok(())
    }

    /// Whether the broker has taken all that was acknowledged so far.
    fn delivered(&self) -> Result<(), Refused> {
        match self.producer.context().take_failure() {
            None => Ok(()),
            Some(failure) => Err(Refused {
                step: Step::Produce,
                verdict: judge(Step::Produce, failure.code, Flags::default()),
                detail: format!("topic `{}` refuses a record: {}", failure.topic, failure.error),
            }),
        }
    }
}

/// A step that failed, judged.
struct Refused {
    step: Step,
    verdict: Verdict,
    detail: String,
}

impl Refused {
    fn of(step: Step, error: &KafkaError) -> Refused {
        Refused { step, verdict: judge(step, error.rdkafka_error_code(), Flags::of(error)), detail: error.to_string() }
    }

    fn lost(detail: String) -> Refused {
        Refused { step: Step::SendOffsets, verdict: Verdict::AbortAndForget, detail }
    }
}

fn make_producer(
    settings: &Settings,
    topics: Topics,
    progress: &Arc<Progress>,
    shutdown: &Shutdown,
) -> Result<BaseProducer<SinkContext>, Fatal> {
    let config = client::producer(settings, topics.limits);
    let context = SinkContext::new(Arc::clone(progress));
    let producer: BaseProducer<SinkContext> = BaseProducer::from_config_and_context(&config, context)
        .map_err(|e| Fatal::Client(format!("cannot make a producer: {e}; see [kafka.client]")))?;
    if settings.kafka.delivery == Delivery::ExactlyOnce {
        init_transactions(&producer, settings, progress, shutdown)?;
    }
    Ok(producer)
}

fn init_transactions(
    producer: &BaseProducer<SinkContext>,
    settings: &Settings,
    progress: &Progress,
    shutdown: &Shutdown,
) -> Result<(), Fatal> {
    let transactional_id = client::transactional_id(&settings.kafka);
    let started = Instant::now();
    let mut backoff = Backoff::default();
    loop {
        let Err(error) = producer.init_transactions(CALL) else {
            info!(transactional_id, "transactional id taken; an older worker with it is fenced");
            return Ok(());
        };
        producer.poll(POLL);
        progress.heartbeat();
        let verdict = judge(Step::SendOffsets, error.rdkafka_error_code(), Flags::of(&error));
        match verdict {
            Verdict::NotPermitted => return Err(Fatal::NotPermitted(error.to_string())),
            Verdict::Fatal => return Err(Fatal::Client(format!("cannot take the transactional id: {error}"))),
            _ if started.elapsed() >= INIT_PATIENCE || shutdown.requested() => {
                return Err(Fatal::Client(format!(
                    "cannot take the transactional id `{transactional_id}`: {error}; \
                     check that the broker's transaction coordinator runs"
                )));
            }
            _ => {
                let wait = backoff.next();
                warn!(%error, transactional_id, wait_ms = wait.as_millis() as u64, "waiting for the transaction coordinator");
                shutdown.sleep(wait);
            }
        }
    }
}
