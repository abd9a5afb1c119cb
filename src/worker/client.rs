//! librdkafka's clients: their settings, and the contexts through which they talk back.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use rdkafka::statistics::Statistics;
use tracing::{debug, error, info, warn};

use super::topics::SizeLimits;
use crate::config::{Delivery, Kafka, Settings};
use crate::telemetry::Progress;

/// How long the broker waits for an open transaction before it aborts it itself. Below the session's
/// time-out (45 s), so that a dead worker's transaction never outlives its membership.
pub(super) const TRANSACTION_TIMEOUT_MS: u64 = 12_000;

/// Between two reports of librdkafka's statistics, from which the lag is read.
const STATISTICS_INTERVAL_MS: u64 = 2_000;

/// Prefetched records that librdkafka may hold, in KiB.
const PREFETCH_KIB: usize = 32 * 1024;

/// Produced records that librdkafka may hold until they are acknowledged, in KiB. They are copies of results that
/// are let go one by one as they are produced: without this bound a whole batch would be held twice. It is more
/// than the five requests of a megabyte that may be on their way to a broker: with less the broker would wait.
pub(super) const UNACKNOWLEDGED_KIB: usize = 8 * 1024;

/// What every client of this worker shares: the brokers, the security settings, whatever `[kafka.client]` says.
///
/// A property of `[kafka.client]` that only the other kind of client knows is harmless: librdkafka ignores it.
pub(crate) fn base(kafka: &Kafka) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &kafka.brokers)
        .set("client.id", concat!("dateline-", env!("CARGO_PKG_VERSION")))
        .set("socket.keepalive.enable", "true")
        // librdkafka's ten seconds are most of a transaction's time-out: a broker that restarts is back sooner.
        .set("reconnect.backoff.max.ms", "1000");
    for (key, value) in &kafka.client {
        config.set(key, &value.0);
    }
    config.set_log_level(RDKafkaLogLevel::Info);
    config
}

/// Sets `key` unless `[kafka.client]` did.
fn default(config: &mut ClientConfig, key: &str, value: impl Into<String>) {
    if config.get(key).is_none() {
        config.set(key, value);
    }
}

/// The consumer of the input topic.
pub(super) fn consumer(kafka: &Kafka) -> ClientConfig {
    let mut config = base(kafka);
    config
        .set("group.id", &kafka.group_id)
        // Offsets are committed with the results, never by the consumer on its own.
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", "read_committed");
    if let Some(instance) = &kafka.group_instance_id {
        config.set("group.instance.id", instance);
    }
    default(&mut config, "auto.offset.reset", "earliest");
    default(&mut config, "partition.assignment.strategy", "cooperative-sticky");
    default(&mut config, "queued.max.messages.kbytes", PREFETCH_KIB.to_string());
    // How long the fetcher of a partition rests when the prefetch queue is full: the default second stalls
    // a worker that empties the queue in less.
    default(&mut config, "fetch.queue.backoff.ms", "20");
    default(&mut config, "statistics.interval.ms", STATISTICS_INTERVAL_MS.to_string());
    config
}

/// The producer of results and dead letters.
pub(super) fn producer(settings: &Settings, limits: SizeLimits) -> ClientConfig {
    let kafka = &settings.kafka;
    let mut config = base(kafka);
    // Idempotence keeps order and forbids duplicates within a session, in both modes of delivery.
    config.set("enable.idempotence", "true");
    if kafka.delivery == Delivery::ExactlyOnce {
        config
            .set("transactional.id", transactional_id(kafka))
            .set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS.to_string())
            .set("message.timeout.ms", TRANSACTION_TIMEOUT_MS.to_string());
    }
    default(&mut config, "compression.type", "lz4");
    // A batch is produced at once and waited for: lingering would only delay its last part.
    default(&mut config, "linger.ms", "1");
    default(&mut config, "queue.buffering.max.messages", (settings.batch.max_articles * 2).max(100_000).to_string());
    default(&mut config, "queue.buffering.max.kbytes", unacknowledged_kib(limits).to_string());
    config.set("message.max.bytes", limits.largest().to_string());
    // The broker refuses a whole produce batch that exceeds its topic's limit, so none is made that large.
    config.set("batch.size", limits.smallest().min(1_000_000).to_string());
    config
}

/// What the producer's queue may hold: the largest record at the least, which could never be queued otherwise.
fn unacknowledged_kib(limits: SizeLimits) -> usize {
    UNACKNOWLEDGED_KIB.max(limits.largest().div_ceil(1024))
}

/// The transactional id: the configured one, else made of the group and the instance or host.
///
/// It must be stable for a slot, so that a worker that comes back fences its former self and ends that one's
/// transaction at once, and distinct between live workers, so that they do not fence one another.
pub(crate) fn transactional_id(kafka: &Kafka) -> String {
    if let Some(id) = &kafka.transactional_id {
        return id.clone();
    }
    let slot = kafka.group_instance_id.clone().unwrap_or_else(host_name);
    format!("{}-{slot}", kafka.group_id)
}

fn host_name() -> String {
    std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".to_owned())
}

/// What the consumer tells the loop besides records.
#[derive(Debug)]
pub(super) enum Notice {
    /// Partitions were added; from here on their records may arrive.
    Assigned(Vec<i32>),
    /// Partitions were taken away; no record of theirs arrives any more.
    Revoked(Vec<i32>),
    /// The last stable offset of partitions.
    LastStableOffsets(Vec<(i32, i64)>),
}

/// The consumer's context. librdkafka calls it from inside `poll`, on the loop's own thread; it only writes
/// the notice down, and the loop reads it next.
pub(super) struct SourceContext {
    topic: String,
    notices: mpsc::Sender<Notice>,
    health: Health,
}

impl SourceContext {
    pub(super) fn new(topic: &str, progress: Arc<Progress>) -> (SourceContext, mpsc::Receiver<Notice>) {
        let (notices, receiver) = mpsc::channel();
        (SourceContext { topic: topic.to_owned(), notices, health: Health::new(progress) }, receiver)
    }

    /// The receiver lives as long as the loop; after it nobody wants to know.
    fn tell(&self, notice: Notice) {
        let _ = self.notices.send(notice);
    }
}

impl ClientContext for SourceContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.health.error(&error, reason);
    }

    fn stats(&self, statistics: Statistics) {
        let Some(topic) = statistics.topics.get(&self.topic) else { return };
        let offsets: Vec<(i32, i64)> = topic
            .partitions
            .values()
            .filter(|p| p.partition >= 0 && p.ls_offset >= 0)
            .map(|p| (p.partition, p.ls_offset))
            .collect();
        if statistics.brokers.values().any(|b| b.state == "UP") {
            self.health.up();
        }
        self.tell(Notice::LastStableOffsets(offsets));
    }
}

impl ConsumerContext for SourceContext {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(list) = rebalance {
            self.tell(Notice::Revoked(list.elements().iter().map(|e| e.partition()).collect()));
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => {
                self.tell(Notice::Assigned(list.elements().iter().map(|e| e.partition()).collect()));
            }
            Rebalance::Revoke(_) => {}
            Rebalance::Error(error) => error!(%error, "rebalance failed"),
        }
    }
}

/// The producer's context: keeps the first delivery error of a batch.
pub(super) struct SinkContext {
    /// Written by `poll`, which only the loop's thread calls; a lock because librdkafka asks for `Sync`.
    failure: Mutex<Option<DeliveryFailure>>,
    health: Health,
}

/// A record that the broker did not take.
#[derive(Debug, Clone)]
pub(super) struct DeliveryFailure {
    pub(super) code: Option<RDKafkaErrorCode>,
    pub(super) topic: String,
    pub(super) error: KafkaError,
}

impl SinkContext {
    pub(super) fn new(progress: Arc<Progress>) -> SinkContext {
        SinkContext { failure: Mutex::new(None), health: Health::new(progress) }
    }

    /// The first delivery error since the last call.
    pub(super) fn take_failure(&self) -> Option<DeliveryFailure> {
        self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl ClientContext for SinkContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.health.error(&error, reason);
    }
}

impl ProducerContext for SinkContext {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        use rdkafka::message::Message;
        if let Err((error, message)) = result {
            let mut failure = self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            failure.get_or_insert_with(|| DeliveryFailure {
                code: error.rdkafka_error_code(),
                topic: message.topic().to_owned(),
                error: error.clone(),
            });
        }
    }
}

/// What a client's global errors say about the broker.
struct Health {
    progress: Arc<Progress>,
    /// Whether it was said that no broker can be reached: librdkafka says so at every try, which is every second.
    told_down: AtomicBool,
}

impl Health {
    fn new(progress: Arc<Progress>) -> Health {
        Health { progress, told_down: AtomicBool::new(false) }
    }

    fn up(&self) {
        self.progress.set_broker_up(true);
        if self.told_down.swap(false, Ordering::Relaxed) {
            info!("a broker is reached again");
        }
    }

    fn error(&self, error: &KafkaError, reason: &str) {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown) => {
                self.progress.set_broker_up(false);
                if !self.told_down.swap(true, Ordering::Relaxed) {
                    warn!(reason, "no broker can be reached; librdkafka keeps trying");
                }
            }
            Some(RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::Resolve) => {
                warn!(reason, "connection to a broker failed; librdkafka keeps trying");
            }
            Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL) => {
                self.progress.set_broker_up(false);
                error!(reason, "the broker refuses us: check security.protocol, sasl.* and ssl.* under [kafka.client]");
            }
            _ => warn!(%error, reason, "kafka client error"),
        }
    }
}

/// librdkafka's own log lines, at the level they deserve in ours.
pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            // Connection failures arrive as errors of the context too, with what they mean.
            if facility == "FAIL" {
                debug!(target: "librdkafka", facility, "{message}");
            } else {
                error!(target: "librdkafka", facility, "{message}");
            }
        }
        // [kafka.client] is for both clients; each says so about the properties that only the other knows.
        RDKafkaLogLevel::Warning if facility == "CONFWARN" => debug!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Warning => warn!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Notice => info!(target: "librdkafka", facility, "{message}"),
        RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => debug!(target: "librdkafka", facility, "{message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn kafka() -> Kafka {
        Kafka {
            brokers: "localhost:9092".to_owned(),
            group_id: "news".to_owned(),
            input_topic: "in".to_owned(),
            output_topic: "out".to_owned(),
            dead_letter_topic: "dead".to_owned(),
            delivery: Delivery::ExactlyOnce,
            transactional_id: None,
            group_instance_id: None,
            max_record_bytes: None,
            client: BTreeMap::new(),
        }
    }

    #[test]
    fn the_transactional_id_is_the_configured_one_then_the_slots() {
        let mut kafka = kafka();
        assert!(transactional_id(&kafka).starts_with("news-"), "group and host");
        kafka.group_instance_id = Some("slot-3".to_owned());
        assert_eq!(transactional_id(&kafka), "news-slot-3");
        kafka.transactional_id = Some("mine".to_owned());
        assert_eq!(transactional_id(&kafka), "mine");
    }

    #[test]
    fn the_producers_queue_is_small_and_takes_the_largest_record() {
        let kib = |output, dead_letters| unacknowledged_kib(SizeLimits { output, dead_letters });
        assert_eq!(kib(1_048_588, 1_048_588), 8 * 1024);
        assert_eq!(kib(1_048_588, 64 * 1024 * 1024 + 1), 64 * 1024 + 1);
    }

    #[test]
    fn client_properties_override_defaults_but_not_what_delivery_rests_on() {
        let mut kafka = kafka();
        for (key, value) in [("fetch.queue.backoff.ms", "50"), ("enable.auto.commit", "true")] {
            kafka.client.insert(key.to_owned(), crate::config::Property(value.to_owned()));
        }
        let config = consumer(&kafka);
        assert_eq!(config.get("fetch.queue.backoff.ms"), Some("50"));
        assert_eq!(config.get("enable.auto.commit"), Some("false"));
        assert_eq!(config.get("isolation.level"), Some("read_committed"));
    }
}
