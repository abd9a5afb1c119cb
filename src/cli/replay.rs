//! `dateline replay`: dead letters back to where they came from.
//!
//! Each dead letter is replayed once for its reason: how far each reason has been replayed is kept as the
//! committed offsets of a consumer group of its own, `GROUP.replay.REASON`, and moves in the same transaction
//! as the records that it covers. So a replay that is interrupted goes on where it was, and a replay of one
//! reason leaves the others for later.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaErrorCode;

use tracing::warn;

use super::run;
use crate::config::{Kafka, Loaded};
use crate::worker::{client, dead_letter};

const QUESTION: Duration = Duration::from_secs(10);
/// Records in one transaction.
const CHUNK: usize = 500;

/// Send dead letters back to the topic they came from, each once.
///
/// A replayed record keeps its key, payload and headers, and a header with the number of times it was tried.
/// Dead letters whose payload was left out (they did not fit the dead-letter topic) are counted and stay.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only dead letters of this reason, such as not_json; may be repeated [default: all].
    #[arg(long, value_name = "REASON")]
    reason: Vec<String>,
    /// Send to this topic instead of the one that each came from.
    #[arg(long, value_name = "TOPIC")]
    to: Option<String>,
    /// Also those that were replayed before.
    #[arg(long)]
    again: bool,
    /// Count what would be sent, and send nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the subcommand.
pub(super) fn run(args: &Args, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    run::init_logs(&loaded.settings.telemetry)?;
    let kafka = &loaded.settings.kafka;
    let producer = if args.dry_run { None } else { Some(transactional_producer(kafka)?) };
    let mut replay = Replay { args, kafka, producer, reasons: BTreeMap::new(), open: 0, moved: BTreeMap::new() };
    scan(kafka, |letter| replay.consider(letter))?;
    replay.commit()?;
    replay.print();
    Ok(ExitCode::SUCCESS)
}

/// What became of the dead letters of one reason.
#[derive(Debug, Default)]
struct Tally {
    replayed: u64,
    before: u64,
    omitted: u64,
    left_out: u64,
}

/// How far one reason was replayed.
struct Reason {
    /// A consumer that never joins: it only names the group in which the offsets are kept.
    group: BaseConsumer,
    /// By partition: dead letters below were replayed.
    done: BTreeMap<i32, i64>,
    tally: Tally,
}

/// A replay under way.
struct Replay<'a> {
    args: &'a Args,
    kafka: &'a Kafka,
    /// `None` in a dry run.
    producer: Option<BaseProducer>,
    reasons: BTreeMap<String, Reason>,
    /// Records in the open transaction; none is open at zero.
    open: usize,
    /// What the open transaction moves: by reason and partition, the offset up to which it replays.
    moved: BTreeMap<String, BTreeMap<i32, i64>>,
}

/// What a dead letter's headers say.
struct Letter {
    reason: String,
    topic: String,
    partition: Option<i32>,
    omitted: bool,
    headers: OwnedHeaders,
}

impl Letter {
    /// `None` for a record that dateline did not write.
    fn read(message: &BorrowedMessage<'_>) -> Option<Letter> {
        let headers = message.headers()?;
        let mut letter = Letter {
            reason: String::new(),
            topic: String::new(),
            partition: None,
            omitted: false,
            headers: OwnedHeaders::new(),
        };
        for Header { key, value } in headers.iter() {
            let text = || String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
            match key {
                dead_letter::REASON => letter.reason = text(),
                dead_letter::TOPIC => letter.topic = text(),
                dead_letter::PARTITION => letter.partition = text().parse().ok(),
                dead_letter::OMITTED_BYTES => letter.omitted = true,
                _ => {}
            }
            // The number of tries travels on, so that the next death counts from there.
            if key == dead_letter::ATTEMPTS || !key.starts_with(dead_letter::PREFIX) {
                letter.headers = letter.headers.insert(Header { key, value });
            }
        }
        (!letter.reason.is_empty() && !letter.topic.is_empty()).then_some(letter)
    }
}

/// A context whose log leaves out what is no trouble: the end of a partition is how a scan ends.
struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if !matches!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::PartitionEOF)) {
            warn!(%error, reason, "kafka client error");
        }
    }
}

impl ConsumerContext for Quiet {}

/// Reads the dead-letter topic from its beginning to its present end.
fn scan(kafka: &Kafka, mut each: impl FnMut(&BorrowedMessage<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let topic = &kafka.dead_letter_topic;
    let reader: BaseConsumer<Quiet> = group_config(kafka, "")
        .set("enable.partition.eof", "true")
        .create_with_context(Quiet)
        .context("cannot make a consumer; see [kafka.client]")?;
    let metadata = reader
        .fetch_metadata(Some(topic), QUESTION)
        .with_context(|| format!("no broker at {} answers", kafka.brokers))?;
    let found = metadata.topics().iter().find(|t| t.name() == topic && t.error().is_none());
    let Some(found) = found.filter(|t| !t.partitions().is_empty()) else {
        bail!("topic `{topic}` does not exist: correct kafka.dead_letter_topic, or see `dateline check`");
    };
    let mut list = TopicPartitionList::new();
    for partition in found.partitions() {
        list.add_partition_offset(topic, partition.id(), Offset::Beginning)?;
    }
    reader.assign(&list)?;
    let mut unfinished = found.partitions().len();
    while unfinished > 0 {
        match reader.poll(QUESTION) {
            Some(Ok(message)) => each(&message)?,
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                unfinished -= 1;
                // What is written from here on, by the replayed records dying again, is for the next replay.
                let mut ended = TopicPartitionList::new();
                ended.add_partition(topic, partition);
                reader.pause(&ended)?;
            }
            Some(Err(error)) => return Err(error).with_context(|| format!("cannot read topic `{topic}`")),
            None => bail!("no broker at {} answers", kafka.brokers),
        }
    }
    Ok(())
}

/// A consumer of the group in which it is kept how far `suffix`, a reason, was replayed.
fn group_config(kafka: &Kafka, suffix: &str) -> rdkafka::ClientConfig {
    let mut config = client::base(kafka);
    config
        .set("group.id", format!("{}.replay{suffix}", kafka.group_id))
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed");
    config
}

/// The producer of a replay; a second replay of the same group at the same time fences the first.
fn transactional_producer(kafka: &Kafka) -> anyhow::Result<BaseProducer> {
    let id = format!("{}.replay", kafka.group_id);
    let producer: BaseProducer = client::base(kafka)
        .set("transactional.id", &id)
        .set("compression.type", "lz4")
        // Records may be as large as their topics take; the topic's own limit is what decides.
        .set("message.max.bytes", "1000000000")
        .set("batch.size", "500000")
        .create()
        .context("cannot make a producer; see [kafka.client]")?;
    producer
        .init_transactions(Duration::from_secs(60))
        .with_context(|| format!("cannot take the transactional id `{id}` at {}", kafka.brokers))?;
    Ok(producer)
}

impl Reason {
    /// Asks how far `reason` was replayed.
    fn open(kafka: &Kafka, reason: &str) -> anyhow::Result<Reason> {
        let group: BaseConsumer =
            group_config(kafka, &format!(".{reason}")).create().context("cannot make a consumer")?;
        let metadata = group.fetch_metadata(Some(&kafka.dead_letter_topic), QUESTION)?;
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics().iter().flat_map(|t| t.partitions()) {
            list.add_partition(&kafka.dead_letter_topic, partition.id());
        }
        let committed = group
            .committed_offsets(list, QUESTION)
            .with_context(|| format!("cannot ask how far dead letters of reason {reason} were replayed"))?;
        let offset = |offset| if let Offset::Offset(offset) = offset { Some(offset) } else { None };
        let done = committed.elements().iter().filter_map(|e| Some((e.partition(), offset(e.offset())?))).collect();
        Ok(Reason { group, done, tally: Tally::default() })
    }
}

impl Replay<'_> {
    /// Sends one dead letter, if it is to be sent.
    fn consider(&mut self, message: &BorrowedMessage<'_>) -> anyhow::Result<()> {
        let Some(letter) = Letter::read(message) else { return Ok(()) };
        if !self.reasons.contains_key(&letter.reason) {
            self.reasons.insert(letter.reason.clone(), Reason::open(self.kafka, &letter.reason)?);
        }
        let Some(Reason { done, tally, .. }) = self.reasons.get_mut(&letter.reason) else { return Ok(()) };
        let wanted = self.args.reason.is_empty() || self.args.reason.contains(&letter.reason);
        let before = done.get(&message.partition()).is_some_and(|&done| message.offset() < done);
        if !wanted {
            tally.left_out += 1;
        } else if before && !self.args.again {
            tally.before += 1;
        } else if letter.omitted {
            tally.omitted += 1;
        } else {
            tally.replayed += 1;
            self.send(message, letter)?;
        }
        if self.open >= CHUNK { self.commit() } else { Ok(()) }
    }

    fn send(&mut self, message: &BorrowedMessage<'_>, letter: Letter) -> anyhow::Result<()> {
        let Some(producer) = &self.producer else { return Ok(()) };
        if self.open == 0 {
            producer.begin_transaction()?;
        }
        let topic = self.args.to.as_ref().unwrap_or(&letter.topic);
        let mut record = BaseRecord::<[u8], [u8]>::to(topic).headers(letter.headers);
        record.key = message.key();
        record.payload = message.payload();
        // Back in its own topic it goes to its own partition; elsewhere its key decides.
        record.partition = if self.args.to.is_none() { letter.partition } else { None };
        loop {
            match producer.send(record) {
                Ok(()) => break,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    record = back;
                    producer.poll(Duration::from_millis(10));
                }
                Err((error, _)) => return Err(error).with_context(|| format!("cannot send to topic `{topic}`")),
            }
        }
        self.open += 1;
        let partitions = self.moved.entry(letter.reason).or_default();
        let done = partitions.entry(message.partition()).or_default();
        *done = (*done).max(message.offset() + 1);
        Ok(())
    }

    /// Commits the open transaction: the records and how far each reason was replayed.
    fn commit(&mut self) -> anyhow::Result<()> {
        let Some(producer) = self.producer.as_ref().filter(|_| self.open > 0) else { return Ok(()) };
        while producer.in_flight_count() > 0 {
            producer.poll(Duration::from_millis(1));
        }
        for (reason, partitions) in std::mem::take(&mut self.moved) {
            let Some(Reason { group, done, .. }) = self.reasons.get_mut(&reason) else { continue };
            let mut list = TopicPartitionList::new();
            for (partition, offset) in partitions {
                // A replay of old ones again must not set the mark back.
                let offset = offset.max(done.get(&partition).copied().unwrap_or(0));
                done.insert(partition, offset);
                list.add_partition_offset(&self.kafka.dead_letter_topic, partition, Offset::Offset(offset))?;
            }
            let metadata = group.group_metadata().context("a consumer without a group")?;
            producer.send_offsets_to_transaction(&list, &metadata, QUESTION)?;
        }
        producer
            .commit_transaction(Duration::from_secs(60))
            .context("the replayed records were not committed; replay again: those before them are done")?;
        self.open = 0;
        Ok(())
    }

    fn print(&self) {
        let sent = if self.args.dry_run { "would be sent" } else { "sent" };
        println!("{:<24} {sent:>14} {:>14} {:>14} {:>14}", "reason", "sent before", "no payload", "not asked for");
        for (reason, Reason { tally, .. }) in &self.reasons {
            println!(
                "{reason:<24} {:>14} {:>14} {:>14} {:>14}",
                tally.replayed, tally.before, tally.omitted, tally.left_out
            );
        }
        if self.reasons.is_empty() {
            println!("there are no dead letters in `{}`", self.kafka.dead_letter_topic);
        }
    }
}
