//! Where records come from: the consumer, its assignment, and the collecting of a batch.
//!
//! Rebalances can only happen inside [`Source::collect`], for nothing else polls the consumer; there, all
//! there is to do about one is to drop the collected records of the partitions that are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tracing::{debug, info, warn};

use super::batch::{Batch, OffsetRange, Positioned};
use super::client::{self, Notice, SourceContext};
use super::failure::Fatal;
use super::shutdown::Shutdown;
use crate::config::Kafka;
use crate::telemetry::Progress;

/// Silence after which a batch is closed: nothing more is waiting, so waiting for more only adds latency.
const IDLE_GAP: Duration = Duration::from_millis(10);
/// How long an empty batch waits for its first record before the loop looks at the world again.
const FIRST_RECORD: Duration = Duration::from_millis(100);
/// How long a question to the broker may take while the loop waits.
const QUESTION: Duration = Duration::from_secs(5);
/// How long the group's coordinator may take to answer after an unclear commit.
const COORDINATOR_PATIENCE: Duration = Duration::from_secs(30);
/// How long the input topic may be unknown before that is believed: a broker that restarts forgets its
/// topics for a moment.
const MISSING_PATIENCE: Duration = Duration::from_secs(60);
/// Seeks may be refused while a partition is between two states of its fetcher.
const SEEK_TRIES: u32 = 20;
/// Between two lines about the same trouble.
const TROUBLE_INTERVAL: Duration = Duration::from_secs(10);

impl Positioned for BorrowedMessage<'_> {
    fn partition(&self) -> i32 {
        Message::partition(self)
    }

    fn offset(&self) -> i64 {
        Message::offset(self)
    }

    fn payload_len(&self) -> usize {
        self.payload().map_or(0, <[u8]>::len)
    }
}

/// When a batch is closed, whichever comes first.
#[derive(Debug, Clone, Copy)]
pub(super) struct BatchLimits {
    pub(super) max_articles: usize,
    pub(super) max_bytes: usize,
    pub(super) max_age: Duration,
}

/// What one poll of the consumer brought.
enum Event<'c> {
    Record(BorrowedMessage<'c>),
    Notice(Notice),
    Trouble(KafkaError),
    /// Nothing within the time given. Not yet silence: a callback can end a poll early.
    Nothing,
}

/// The consumer of the input topic and what it was assigned.
pub(super) struct Source {
    consumer: BaseConsumer<SourceContext>,
    topic: String,
    notices: mpsc::Receiver<Notice>,
    progress: Arc<Progress>,
    state: std::cell::RefCell<State>,
}

/// What the loop knows of its partitions. In a cell because a batch borrows the consumer for as long as its
/// records live; only the loop's thread ever touches it.
#[derive(Default)]
struct State {
    assigned: BTreeSet<i32>,
    committed: BTreeMap<i32, i64>,
    last_stable: BTreeMap<i32, i64>,
    missing_since: Option<Instant>,
    troubled_at: Option<Instant>,
}

impl Source {
    pub(super) fn connect(kafka: &Kafka, progress: Arc<Progress>) -> Result<Source, Fatal> {
        let (context, notices) = SourceContext::new(&kafka.input_topic, Arc::clone(&progress));
        let consumer = BaseConsumer::from_config_and_context(&client::consumer(kafka), context)
            .map_err(|e| Fatal::Client(format!("cannot make a consumer: {e}; see [kafka.client]")))?;
        Ok(Source { consumer, topic: kafka.input_topic.clone(), notices, progress, state: Default::default() })
    }

    pub(super) fn consumer(&self) -> &BaseConsumer<SourceContext> {
        &self.consumer
    }

    /// Joins the group.
    pub(super) fn subscribe(&self) -> Result<(), Fatal> {
        self.consumer
            .subscribe(&[&self.topic])
            .map_err(|e| Fatal::Client(format!("cannot subscribe to `{}`: {e}", self.topic)))
    }

    /// Collects a batch: until it is full, old, or nothing more is waiting. It may be empty.
    pub(super) fn collect(
        &self,
        limits: BatchLimits,
        shutdown: &Shutdown,
    ) -> Result<Batch<BorrowedMessage<'_>>, Fatal> {
        let mut batch = Batch::new();
        let mut heard_at = Instant::now();
        loop {
            let patience = if batch.is_empty() { FIRST_RECORD } else { IDLE_GAP };
            match self.next(patience.saturating_sub(heard_at.elapsed())) {
                Event::Record(record) => {
                    batch.push(record);
                    heard_at = Instant::now();
                }
                Event::Notice(Notice::Revoked(partitions)) => {
                    let before = batch.len();
                    batch.drop_partitions(&partitions);
                    self.revoked(&partitions, before - batch.len());
                }
                Event::Notice(Notice::Assigned(partitions)) => self.assigned(&partitions),
                Event::Notice(Notice::LastStableOffsets(offsets)) => self.last_stable(&offsets),
                Event::Trouble(error) => self.trouble(&error)?,
                Event::Nothing => {}
            }
            let full = batch.len() >= limits.max_articles || batch.bytes() >= limits.max_bytes;
            let silent = heard_at.elapsed() >= patience;
            if full || silent || batch.age() >= limits.max_age || shutdown.requested() {
                return Ok(batch);
            }
        }
    }

    fn next(&self, wait: Duration) -> Event<'_> {
        // A notice was written down inside an earlier poll: it is older than any record that comes now.
        if let Ok(notice) = self.notices.try_recv() {
            return Event::Notice(notice);
        }
        match self.consumer.poll(wait) {
            Some(Ok(record)) => Event::Record(record),
            Some(Err(error)) => Event::Trouble(error),
            None => self.notices.try_recv().map_or(Event::Nothing, Event::Notice),
        }
    }

    /// The group metadata that a transaction is fenced by (KIP-447), or why there is none.
    ///
    /// The order matters: a member that lost its place has metadata that fences nothing, and the flag is
    /// raised before anybody can see them; asked after, it tells.
    pub(super) fn group_metadata(&self) -> Result<ConsumerGroupMetadata, String> {
        let metadata = self.consumer.group_metadata().ok_or("the consumer is in no group")?;
        if self.consumer.assignment_lost() {
            return Err("the group has given our partitions away".to_owned());
        }
        Ok(metadata)
    }

    /// The offsets to commit for `ranges`.
    pub(super) fn offsets(&self, ranges: &BTreeMap<i32, OffsetRange>) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(ranges.len());
        for (&partition, range) in ranges {
            list.add_partition_offset(&self.topic, partition, Offset::Offset(range.next))
                .expect("an offset that a broker gave out is a valid offset");
        }
        list
    }

    /// Takes note that `ranges` were committed.
    pub(super) fn committed(&self, ranges: &BTreeMap<i32, OffsetRange>) {
        let mut state = self.state.borrow_mut();
        for (&partition, range) in ranges {
            state.committed.insert(partition, range.next);
        }
        state.report_lag(&self.progress);
    }

    /// Goes back to the first records of a batch that was aborted.
    pub(super) fn rewind(&self, ranges: &BTreeMap<i32, OffsetRange>) -> Result<(), Fatal> {
        self.seek(ranges.iter().map(|(&partition, range)| (partition, range.first)).collect())
    }

    /// Goes to the committed offsets of a batch of which nobody knows whether it was committed. True where it was.
    pub(super) fn resume_from_committed(&self, ranges: &BTreeMap<i32, OffsetRange>) -> Result<bool, Fatal> {
        let mut question = TopicPartitionList::with_capacity(ranges.len());
        for &partition in ranges.keys() {
            question.add_partition(&self.topic, partition);
        }
        let answer = self.ask_committed(&question)?;
        let mut positions = Vec::with_capacity(ranges.len());
        for (&partition, range) in ranges {
            let committed = answer.find_partition(&self.topic, partition).map(|e| e.offset());
            positions.push((
                partition,
                match committed {
                    Some(Offset::Offset(offset)) => offset,
                    // Nothing was ever committed, so the batch was not either.
                    _ => range.first,
                },
            ));
        }
        let done = positions.iter().all(|(partition, offset)| *offset >= ranges[partition].next);
        self.seek(positions)?;
        Ok(done)
    }

    /// Asks for committed offsets, and again while the group's coordinator is only moving or starting.
    fn ask_committed(&self, question: &TopicPartitionList) -> Result<TopicPartitionList, Fatal> {
        let started = Instant::now();
        loop {
            match self.consumer.committed_offsets(question.clone(), QUESTION) {
                Ok(answer) => return Ok(answer),
                Err(error) if started.elapsed() < COORDINATOR_PATIENCE => {
                    debug!(%error, "asking for the committed offsets again");
                    self.progress.heartbeat();
                    std::thread::sleep(Duration::from_millis(500));
                }
                Err(error) => {
                    return Err(Fatal::Client(format!(
                        "cannot ask for the committed offsets after an unclear commit: {error}"
                    )));
                }
            }
        }
    }

    /// Seeks the partitions that are still ours. A partition that cannot be brought back would skip records,
    /// so that is fatal: a new process starts from the committed offsets.
    fn seek(&self, mut positions: Vec<(i32, i64)>) -> Result<(), Fatal> {
        for attempt in 1..=SEEK_TRIES {
            // Revoked partitions are read again by whoever has them.
            let owned =
                self.consumer.assignment().map_err(|e| Fatal::Client(format!("cannot read the assignment: {e}")))?;
            positions.retain(|(partition, _)| owned.find_partition(&self.topic, *partition).is_some());
            positions.retain(|&(partition, offset)| {
                match self.consumer.seek(&self.topic, partition, Offset::Offset(offset), QUESTION) {
                    Ok(()) => false,
                    Err(error) => {
                        debug!(partition, offset, attempt, %error, "seek refused");
                        true
                    }
                }
            });
            if positions.is_empty() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(Fatal::Client(format!(
            "cannot go back to the records of an aborted transaction (partition {}); a restart resumes from the committed offsets",
            positions[0].0
        )))
    }

    fn assigned(&self, partitions: &[i32]) {
        let mut state = self.state.borrow_mut();
        state.missing_since = None;
        state.assigned.extend(partitions);
        let mut question = TopicPartitionList::new();
        for &partition in partitions {
            question.add_partition(&self.topic, partition);
        }
        // Only the lag needs the answer; the positions are librdkafka's business.
        if let Ok(answer) = self.consumer.committed_offsets(question, QUESTION) {
            for element in answer.elements() {
                let start = match element.offset() {
                    Offset::Offset(offset) => Some(offset),
                    _ => self.consumer.fetch_watermarks(&self.topic, element.partition(), QUESTION).ok().map(|w| w.0),
                };
                if let Some(start) = start {
                    state.committed.insert(element.partition(), start);
                }
            }
        }
        self.progress.set_broker_up(true);
        state.report_assignment(&self.progress);
        info!(assigned = ?partitions, now = ?state.assigned, "partitions assigned");
    }

    fn revoked(&self, partitions: &[i32], dropped: usize) {
        let mut state = self.state.borrow_mut();
        for partition in partitions {
            state.assigned.remove(partition);
            state.committed.remove(partition);
            state.last_stable.remove(partition);
        }
        state.report_assignment(&self.progress);
        info!(
            revoked = ?partitions,
            now = ?state.assigned,
            lost = self.consumer.assignment_lost(),
            dropped,
            "partitions revoked; records collected from them are left to their next owner"
        );
    }

    fn last_stable(&self, offsets: &[(i32, i64)]) {
        let mut state = self.state.borrow_mut();
        for &(partition, offset) in offsets {
            if state.assigned.contains(&partition) {
                state.last_stable.insert(partition, offset);
            }
        }
        state.report_lag(&self.progress);
    }

    /// What a poll's error means.
    fn trouble(&self, error: &KafkaError) -> Result<(), Fatal> {
        use RDKafkaErrorCode as Code;
        let mut state = self.state.borrow_mut();
        match error.rdkafka_error_code() {
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => {
                let since = *state.missing_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= MISSING_PATIENCE {
                    return Err(Fatal::TopicMissing { topic: self.topic.clone(), detail: error.to_string() });
                }
            }
            Some(
                Code::TopicAuthorizationFailed | Code::GroupAuthorizationFailed | Code::ClusterAuthorizationFailed,
            ) => {
                return Err(Fatal::NotPermitted(error.to_string()));
            }
            Some(Code::FencedInstanceId) => return Err(Fatal::InstanceFenced(error.to_string())),
            Some(Code::AutoOffsetReset) => {
                return Err(Fatal::Client(format!(
                    "{error}: the committed offset is gone from the topic and auto.offset.reset forbids to choose another"
                )));
            }
            _ if matches!(error, KafkaError::MessageConsumptionFatal(_)) => {
                return Err(Fatal::Client(error.to_string()));
            }
            _ => {}
        }
        if state.troubled_at.is_none_or(|at| at.elapsed() >= TROUBLE_INTERVAL) {
            state.troubled_at = Some(Instant::now());
            warn!(%error, topic = self.topic, "cannot read for now; librdkafka keeps trying");
        }
        Ok(())
    }
}

impl State {
    fn report_assignment(&self, progress: &Progress) {
        progress.set_assignment(&self.assigned.iter().copied().collect::<Vec<_>>());
        self.report_lag(progress);
    }

    fn report_lag(&self, progress: &Progress) {
        for (&partition, &end) in &self.last_stable {
            if let Some(&committed) = self.committed.get(&partition) {
                progress.set_lag(partition, u64::try_from(end - committed).unwrap_or(0));
            }
        }
    }
}
