//! What a test needs of a Kafka client: topics, records in, records out, committed offsets.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext, Offset, TopicPartitionList};

const TIMEOUT: Duration = Duration::from_secs(30);

/// Makes a topic with these settings.
pub(crate) fn create_topic(brokers: &str, name: &str, partitions: i32, config: &[(&str, &str)]) {
    let admin: AdminClient<DefaultClientContext> = config_for(brokers).create().expect("an admin client is made");
    let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
    for (key, value) in config {
        topic = topic.set(key, value);
    }
    let options = AdminOptions::new().operation_timeout(Some(TIMEOUT)).request_timeout(Some(TIMEOUT));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime is made");
    let results = runtime.block_on(admin.create_topics(&[topic], &options)).expect("the broker answers");
    for result in results {
        result.unwrap_or_else(|(topic, code)| panic!("topic {topic} was not made: {code}"));
    }
}

/// A record to be produced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct NewRecord {
    /// The partition it goes to.
    pub(crate) partition: i32,
    /// Its key.
    pub(crate) key: Option<Vec<u8>>,
    /// Its payload; `None` is a tombstone.
    pub(crate) payload: Option<Vec<u8>>,
    /// Its headers, in order.
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

/// A record that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where it lies.
    pub(crate) partition: i32,
    /// Where in the partition.
    pub(crate) offset: i64,
    /// Milliseconds since 1970.
    pub(crate) timestamp: Option<i64>,
    /// Its key.
    pub(crate) key: Option<Vec<u8>>,
    /// Its payload; `None` is a tombstone.
    pub(crate) payload: Option<Vec<u8>>,
    /// Its headers, in order.
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Record {
    /// The payload as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        let payload = self.payload.as_deref().unwrap_or_else(|| panic!("a payload in {self:?}"));
        serde_json::from_slice(payload).unwrap_or_else(|error| panic!("JSON in {self:?}: {error}"))
    }

    /// A header's value as text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        value.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

#[derive(Clone, Default)]
struct Deliveries(Arc<Mutex<Vec<KafkaError>>>);

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        if let Err((error, _)) = result {
            self.0.lock().expect("no thread panics with it").push(error.clone());
        }
    }
}

/// Writes records in order and waits until all are acknowledged.
pub(crate) fn produce(brokers: &str, topic: &str, records: &[NewRecord]) {
    let deliveries = Deliveries::default();
    let producer: ThreadedProducer<Deliveries> = config_for(brokers)
        .set("enable.idempotence", "true")
        .set("linger.ms", "2")
        .set("message.max.bytes", "30000000")
        .create_with_context(deliveries.clone())
        .expect("a producer is made");
    for record in records {
        let mut headers = OwnedHeaders::new();
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: value.as_ref() });
        }
        let mut next = BaseRecord::<[u8], [u8]>::to(topic).partition(record.partition).headers(headers);
        next.key = record.key.as_deref();
        next.payload = record.payload.as_deref();
        while let Err((error, back)) = producer.send(next) {
            let full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
            assert!(full, "a record could not be produced: {error}");
            std::thread::sleep(Duration::from_millis(5));
            next = back;
        }
    }
    producer.flush(TIMEOUT).expect("the records are acknowledged in time");
    let failed = deliveries.0.lock().expect("no thread panics with it");
    assert!(failed.is_empty(), "{} records were refused, the first: {}", failed.len(), failed[0]);
}

/// Reads a topic as a careful consumer does: only what was committed.
pub(crate) struct TopicReader {
    consumer: BaseConsumer,
    topic: String,
    /// The next offset to read, by partition.
    next: Vec<i64>,
    records: Vec<Record>,
}

impl TopicReader {
    /// A reader that stands before the topic's first record.
    pub(crate) fn new(brokers: &str, topic: &str) -> TopicReader {
        let consumer: BaseConsumer = config_for(brokers)
            .set("group.id", "dateline-tests-reader")
            .set("enable.auto.commit", "false")
            .set("isolation.level", "read_committed")
            .set("enable.partition.eof", "true")
            .set("fetch.message.max.bytes", "30000000")
            .set("fetch.wait.max.ms", "50")
            .create()
            .expect("a consumer is made");
        let next = (0..partitions_of(&consumer, topic)).map(|_| 0).collect();
        let reader = TopicReader { consumer, topic: topic.to_owned(), next, records: Vec::new() };
        reader.assign();
        reader
    }

    /// What was read so far; each partition's records are in order.
    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// Reads up to what is committed at this moment and gives everything from the topic's start.
    pub(crate) fn read_to_end(&mut self) -> &[Record] {
        // The end of a partition is told once; assigned anew, it is told again.
        self.assign();
        let mut ended = vec![false; self.next.len()];
        let deadline = Instant::now() + TIMEOUT;
        while ended.contains(&false) {
            assert!(Instant::now() < deadline, "the end of {} was not reached in time", self.topic);
            if let Some(partition) = self.poll() {
                ended[partition] = true;
            }
        }
        &self.records
    }

    /// Reads until there are at least `count` records; panics when they do not come.
    pub(crate) fn wait_for(&mut self, count: usize) -> &[Record] {
        let deadline = Instant::now() + super::PATIENCE;
        while self.records.len() < count {
            assert!(Instant::now() < deadline, "{} of {count} records came in {}", self.records.len(), self.topic);
            self.poll();
        }
        &self.records
    }

    /// Takes in at most one record; gives the partition whose end was met.
    fn poll(&mut self) -> Option<usize> {
        match self.consumer.poll(Duration::from_millis(100)) {
            None => None,
            Some(Ok(message)) => {
                self.next[index(message.partition())] = message.offset() + 1;
                self.records.push(own(&message));
                None
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => Some(index(partition)),
            Some(Err(error)) => {
                assert!(passing(&error), "{} could not be read: {error}", self.topic);
                None
            }
        }
    }

    fn assign(&self) {
        let mut all = TopicPartitionList::new();
        for (partition, next) in (0..).zip(&self.next) {
            all.add_partition_offset(&self.topic, partition, Offset::Offset(*next)).expect("an offset to start at");
        }
        self.consumer.assign(&all).expect("partitions are assigned");
    }
}

fn index(partition: i32) -> usize {
    usize::try_from(partition).expect("a broker counts partitions from 0")
}

/// Whether the reader itself gets over it, as when a test restarts the broker.
fn passing(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(Code::BrokerTransportFailure | Code::AllBrokersDown | Code::OperationTimedOut | Code::Resolve)
    )
}

fn own(message: &impl Message<Headers = impl Headers>) -> Record {
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
    });
    Record {
        partition: message.partition(),
        offset: message.offset(),
        timestamp: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        payload: message.payload().map(<[u8]>::to_vec),
        headers,
    }
}

/// A group's committed offsets, by partition; `None` where it has none.
pub(crate) fn committed_offsets(brokers: &str, group: &str, topic: &str) -> Vec<Option<i64>> {
    let consumer: BaseConsumer =
        config_for(brokers).set("group.id", group).set("enable.auto.commit", "false").create().expect("a consumer");
    let mut all = TopicPartitionList::new();
    all.add_partition_range(topic, 0, partitions_of(&consumer, topic) - 1);
    let committed = consumer.committed_offsets(all, TIMEOUT).expect("the group's offsets are known");
    committed.elements().iter().map(|element| element.offset().to_raw().filter(|offset| *offset >= 0)).collect()
}

fn partitions_of(consumer: &BaseConsumer, topic: &str) -> i32 {
    let metadata = consumer.fetch_metadata(Some(topic), TIMEOUT).expect("the broker knows the topic");
    i32::try_from(metadata.topics()[0].partitions().len()).expect("few partitions")
}

fn config_for(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers).set("reconnect.backoff.max.ms", "500").set("log_level", "3");
    config
}
