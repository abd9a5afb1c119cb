//! The harness itself: a broker that starts, restarts and ends, and readers that see only what was committed.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::kafka::{Broker, NewRecord, Options, TopicReader, create_topic, produce, shared};

const TIMEOUT: Duration = Duration::from_secs(10);

#[test]
fn a_reader_sees_what_was_committed_and_nothing_else() {
    let topic = format!("reader-{:08x}", fastrand::u32(..));
    create_topic(shared(), &topic, 1, &[]);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", shared())
        .set("transactional.id", &topic)
        .create()
        .expect("a producer is made");
    producer.init_transactions(TIMEOUT).expect("transactions are at hand");
    let mut reader = TopicReader::new(shared(), &topic);
    for (payload, commit) in [("one", true), ("two", false), ("three", true)] {
        producer.begin_transaction().expect("a transaction begins");
        producer.send(BaseRecord::<(), str>::to(&topic).payload(payload)).map_err(|(e, _)| e).expect("it is queued");
        producer.flush(TIMEOUT).expect("it is sent");
        let before = reader.read_to_end().len();
        assert!(before < 2, "an open transaction shows");
        if commit {
            producer.commit_transaction(TIMEOUT).expect("it commits");
        } else {
            producer.abort_transaction(TIMEOUT).expect("it aborts");
        }
    }
    let payloads: Vec<_> = reader.read_to_end().iter().filter_map(|record| record.payload.clone()).collect();
    assert_eq!(payloads, [b"one".to_vec(), b"three".to_vec()]);
}

#[test]
fn a_broker_keeps_its_records_over_a_restart_and_lets_users_in_by_tls() {
    let mut broker = Broker::start("secure", &Options { secure: true, ..Options::default() });
    create_topic(broker.bootstrap(), "kept", 2, &[("retention.ms", "-1")]);
    let record = NewRecord {
        partition: 1,
        key: Some(b"key".to_vec()),
        payload: None,
        headers: vec![("a".to_owned(), Some(b"1".to_vec())), ("b".to_owned(), None)],
    };
    produce(broker.bootstrap(), "kept", std::slice::from_ref(&record));
    broker.stop();
    broker.restart();
    let read = TopicReader::new(broker.bootstrap(), "kept").read_to_end().to_vec();
    assert_eq!(read.len(), 1);
    assert_eq!((&read[0].key, &read[0].headers, read[0].partition), (&record.key, &record.headers, 1));

    let security = broker.security();
    let metadata = |password: &str| {
        let client: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &security.bootstrap)
            .set("security.protocol", "SASL_SSL")
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", security.username)
            .set("sasl.password", password)
            .set("ssl.ca.location", security.ca.display().to_string())
            .set("log_level", "0")
            .create()
            .expect("a client is made");
        client
            .fetch_metadata(Some("kept"), Duration::from_secs(3))
            .map(|metadata| metadata.topics()[0].partitions().len())
    };
    assert_eq!(metadata(security.password).expect("the user is let in"), 2);
    assert!(metadata("wrong").is_err(), "a wrong password is let in");
}
