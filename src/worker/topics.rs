//! What must be known of the topics before the loop starts: that they exist, how many partitions they have,
//! how large a record they take.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use tracing::{debug, warn};

use super::client;
use super::failure::Fatal;
use super::shutdown::Shutdown;
use crate::config::Kafka;

/// How long to wait for a broker at start: one that is started beside the worker needs some seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one question to the broker may take.
const QUESTION: Duration = Duration::from_secs(5);

/// What a topic takes where the broker does not tell: Kafka's default `max.message.bytes`.
const DEFAULT_MAX_MESSAGE_BYTES: usize = 1_048_588;
/// What Kafka adds to a record that travels alone: the batch's header (61 bytes) and the record's own
/// lengths and deltas, rounded up.
const RECORD_OVERHEAD: usize = 100;
/// What Kafka adds to a header: two lengths.
const HEADER_OVERHEAD: usize = 10;

/// The most bytes that a record of a topic may take: `max.message.bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SizeLimits {
    pub(super) output: usize,
    pub(super) dead_letters: usize,
}

impl SizeLimits {
    pub(super) fn largest(self) -> usize {
        self.output.max(self.dead_letters)
    }

    pub(super) fn smallest(self) -> usize {
        self.output.min(self.dead_letters)
    }
}

/// The bytes that a record takes in a topic, before compression, rounded up. A record that compresses well
/// might pass a limit that this exceeds; one that this lets pass is never refused.
pub(super) fn record_bytes<'h>(
    key: Option<&[u8]>,
    payload: Option<&[u8]>,
    headers: impl Iterator<Item = (&'h str, usize)>,
) -> usize {
    RECORD_OVERHEAD
        + key.map_or(0, <[u8]>::len)
        + payload.map_or(0, <[u8]>::len)
        + headers.map(|(name, value_len)| name.len() + value_len + HEADER_OVERHEAD).sum::<usize>()
}

/// What is known of the topics that the worker writes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topics {
    pub(super) output_partitions: i32,
    pub(super) dead_letter_partitions: i32,
    pub(super) limits: SizeLimits,
}

/// Asks the broker about the three topics; waits for one that is only starting.
pub(super) fn inspect<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    kafka: &Kafka,
    shutdown: &Shutdown,
    runtime: &tokio::runtime::Handle,
) -> Result<Topics, Fatal> {
    let input_partitions = partitions(consumer, kafka, &kafka.input_topic, shutdown)?;
    let output_partitions = partitions(consumer, kafka, &kafka.output_topic, shutdown)?;
    let dead_letter_partitions = partitions(consumer, kafka, &kafka.dead_letter_topic, shutdown)?;
    if output_partitions < input_partitions {
        debug!(input_partitions, output_partitions, "several input partitions share an output partition");
    }
    Ok(Topics { output_partitions, dead_letter_partitions, limits: runtime.block_on(size_limits(kafka)) })
}

/// The number of partitions of `topic`.
fn partitions<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    kafka: &Kafka,
    topic: &str,
    shutdown: &Shutdown,
) -> Result<i32, Fatal> {
    let started = Instant::now();
    let missing = |detail: String| Fatal::TopicMissing { topic: topic.to_owned(), detail };
    let mut refusal = None;
    loop {
        let trouble = match consumer.fetch_metadata(Some(topic), QUESTION) {
            Ok(metadata) => {
                let found = metadata.topics().iter().find(|t| t.name() == topic);
                match found.map(|t| (t.error().map(RDKafkaErrorCode::from), t.partitions().len())) {
                    Some((None, count)) if count > 0 => return Ok(i32::try_from(count).unwrap_or(i32::MAX)),
                    Some((Some(RDKafkaErrorCode::TopicAuthorizationFailed), _)) => {
                        return Err(Fatal::NotPermitted(format!("describe topic `{topic}`")));
                    }
                    Some((
                        Some(code @ (RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::InvalidTopic)),
                        _,
                    )) => {
                        return Err(missing(code.to_string()));
                    }
                    Some((Some(code), _)) => code.to_string(),
                    Some((None, _)) | None => return Err(missing("the broker does not list it".to_owned())),
                }
            }
            Err(error) => {
                refusal = refusal.or_else(|| refusal_told_to(consumer));
                error.to_string()
            }
        };
        if started.elapsed() >= PATIENCE || shutdown.requested() {
            let brokers = kafka.brokers.clone();
            return Err(match refusal {
                Some(detail) => Fatal::Refused { brokers, detail },
                None => Fatal::Unreachable { brokers, detail: trouble },
            });
        }
        warn!(brokers = kafka.brokers, topic, trouble, "waiting for a broker");
        shutdown.sleep(Duration::from_millis(500));
    }
}

/// Whether the broker answers but does not let us in. A failed question does not tell: that comes as an event, which
/// polling hands to the error callback (and so to the log) and to us. Nothing is subscribed yet, so no record is lost.
fn refusal_told_to<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<String> {
    let mut refusal = None;
    // Each wait restarts with every event; a bound, in case they never cease.
    for _ in 0..100 {
        match consumer.poll(Duration::from_millis(20)) {
            Some(Err(error)) => {
                if let Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL) = error.rdkafka_error_code() {
                    refusal = Some(error.to_string());
                }
            }
            Some(Ok(_)) | None => break,
        }
    }
    refusal
}

/// `max.message.bytes` of the output and the dead-letter topic.
async fn size_limits(kafka: &Kafka) -> SizeLimits {
    if let Some(max_bytes) = kafka.max_record_bytes {
        return SizeLimits { output: max_bytes, dead_letters: max_bytes };
    }
    let fallback = SizeLimits { output: DEFAULT_MAX_MESSAGE_BYTES, dead_letters: DEFAULT_MAX_MESSAGE_BYTES };
    let admin: AdminClient<DefaultClientContext> = match client::base(kafka).create() {
        Ok(admin) => admin,
        Err(error) => {
            warn!(%error, max_bytes = DEFAULT_MAX_MESSAGE_BYTES, "cannot ask for the topics' size limits");
            return fallback;
        }
    };
    let resources = [ResourceSpecifier::Topic(&kafka.output_topic), ResourceSpecifier::Topic(&kafka.dead_letter_topic)];
    let options = AdminOptions::new().request_timeout(Some(QUESTION));
    let limits: Vec<Option<usize>> = match admin.describe_configs(&resources, &options).await {
        Ok(answers) => answers
            .into_iter()
            .map(|answer| answer.ok()?.get("max.message.bytes")?.value.as_deref()?.parse().ok())
            .collect(),
        Err(error) => {
            debug!(%error, "describe configs");
            Vec::new()
        }
    };
    if let [Some(output), Some(dead_letters)] = limits[..] {
        return SizeLimits { output, dead_letters };
    }
    warn!(
        max_bytes = DEFAULT_MAX_MESSAGE_BYTES,
        "the broker does not tell max.message.bytes of the output and dead-letter topics (it wants the right to \
         describe their configuration); kafka's default is taken for both: set kafka.max_record_bytes if it is another"
    );
    fallback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_measured_with_its_key_headers_and_framing() {
        assert_eq!(record_bytes(None, None, std::iter::empty()), RECORD_OVERHEAD);
        let headers = [("traceparent", 55)];
        assert_eq!(record_bytes(Some(b"key"), Some(&[0; 1000]), headers.into_iter()), 100 + 3 + 1000 + 11 + 55 + 10);
    }
}
