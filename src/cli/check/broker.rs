//! What the brokers say: reachable, the group, transactions. The topics have their own room.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::report::Report;
use super::topics;
use crate::config::{Delivery, Kafka, Settings};
use crate::worker::client;

/// Partitions that are asked for their lag one by one; the lag of a topic with more is not told.
const MAX_LAG_PARTITIONS: i32 = 64;

/// Keeps the errors that librdkafka reports beside the result of a call: they tell the cause.
#[derive(Default)]
pub(super) struct Errors(Mutex<Vec<(RDKafkaErrorCode, String)>>);

impl Errors {
    pub(super) fn all(&self) -> Vec<(RDKafkaErrorCode, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientContext for Errors {
    // A check's own lines say it all.
    fn log(&self, _: RDKafkaLogLevel, _: &str, _: &str) {}

    fn error(&self, error: KafkaError, reason: &str) {
        if let Some(code) = error.rdkafka_error_code() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push((code, reason.to_owned()));
        }
    }
}

impl ConsumerContext for Errors {}

impl ProducerContext for Errors {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}

/// Asks the brokers about all that a worker needs of them.
pub(super) fn check<W: Write>(settings: &Settings, timeout: Duration, report: &mut Report<W>) -> io::Result<()> {
    let kafka = &settings.kafka;
    let mut config = client::base(kafka);
    config
        .set("group.id", &kafka.group_id)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("allow.auto.create.topics", "false");
    let consumer: BaseConsumer<Errors> = match config.create_with_context(Errors::default()) {
        Ok(consumer) => consumer,
        Err(error) => return report.fail("broker", error, "correct [kafka.client]"),
    };
    let brokers = match reach(&consumer, &kafka.input_topic, timeout) {
        Ok(brokers) => brokers,
        Err(why) => {
            let (cause, remedy) = diagnose(&consumer.context().all(), &why);
            return report.fail("broker", format!("{}: {cause}", kafka.brokers), &remedy);
        }
    };
    let cluster = if brokers == 1 { "one broker".to_owned() } else { format!("a cluster of {brokers} brokers") };
    report.hold("broker", format!("{}, {cluster}", kafka.brokers))?;

    let input_partitions = topics::check(settings, &consumer, brokers, timeout, report)?;
    if let Some(partitions) = input_partitions {
        check_reading(kafka, &consumer, partitions, timeout, report)?;
    }
    check_group(kafka, &consumer, input_partitions, timeout, report)?;
    match kafka.delivery {
        Delivery::ExactlyOnce => check_transactions(kafka, timeout, report),
        Delivery::AtLeastOnce => Ok(()),
    }
}

/// The number of brokers, once one answers.
fn reach(consumer: &BaseConsumer<Errors>, topic: &str, timeout: Duration) -> Result<usize, KafkaError> {
    let deadline = Instant::now() + timeout;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match consumer.fetch_metadata(Some(topic), left.min(Duration::from_secs(1))) {
            Ok(metadata) => return Ok(metadata.brokers().len()),
            Err(why) => {
                // librdkafka hands its errors over only when it is polled.
                while consumer.poll(Duration::from_millis(10)).is_some() {}
                let hopeless = consumer.context().all().iter().any(|(code, _)| {
                    matches!(code, RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::Authentication)
                });
                if hopeless || left.is_zero() {
                    return Err(why);
                }
            }
        }
    }
}

/// The cause and the remedy, from the most telling of librdkafka's errors.
pub(super) fn diagnose(errors: &[(RDKafkaErrorCode, String)], otherwise: &KafkaError) -> (String, String) {
    let first = |wanted: RDKafkaErrorCode| errors.iter().find(|(code, _)| *code == wanted).map(|(_, reason)| reason);
    if let Some(reason) = first(RDKafkaErrorCode::Authentication) {
        let remedy = "check sasl.mechanism, sasl.username and sasl.password of [kafka.client]";
        return (format!("the broker refuses the login: {reason}"), remedy.to_owned());
    }
    if let Some(reason) = first(RDKafkaErrorCode::SSL) {
        let remedy = "check that the listener speaks TLS, and ssl.ca.location of [kafka.client]: \
                      the authority that signed the broker's certificate";
        return (format!("the TLS handshake fails: {reason}"), remedy.to_owned());
    }
    if let Some(reason) = first(RDKafkaErrorCode::Resolve) {
        return (
            format!("a host name has no address: {reason}"),
            "check kafka.brokers, and the brokers' advertised.listeners".to_owned(),
        );
    }
    match first(RDKafkaErrorCode::BrokerTransportFailure) {
        Some(reason) if reason.contains("Connection refused") => (
            format!("nothing listens there: {reason}"),
            "start the broker, or correct kafka.brokers (or the brokers' advertised.listeners)".to_owned(),
        ),
        // The other side hung up in the middle of the handshake: it does not speak TLS, or refuses ours.
        Some(reason) if reason.contains("SSL handshake") => (
            format!("the TLS handshake fails: {reason}"),
            "set security.protocol of [kafka.client] to what the listener speaks, and ssl.ca.location to its authority"
                .to_owned(),
        ),
        Some(reason) if reason.contains("security.protocol") => (
            reason.clone(),
            "set security.protocol of [kafka.client] to what the listener speaks: \
             PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
                .to_owned(),
        ),
        Some(reason) => (reason.clone(), "check kafka.brokers and the network between".to_owned()),
        None => (otherwise.to_string(), "check kafka.brokers and the network between".to_owned()),
    }
}

/// Whether the input may be read, from whoever leads its partitions: the end of each, so that nothing is taken.
fn check_reading<W: Write>(
    kafka: &Kafka,
    consumer: &BaseConsumer<Errors>,
    partitions: i32,
    timeout: Duration,
    report: &mut Report<W>,
) -> io::Result<()> {
    for partition in 0..partitions.min(MAX_LAG_PARTITIONS) {
        if let Err(why) = consumer.fetch_watermarks(&kafka.input_topic, partition, timeout) {
            while consumer.poll(Duration::from_millis(10)).is_some() {}
            let (cause, remedy) = diagnose(&consumer.context().all(), &why);
            return report.fail("reading", format!("partition {partition} of {}: {cause}", kafka.input_topic), &remedy);
        }
    }
    let mut end = TopicPartitionList::new();
    end.add_partition_range(&kafka.input_topic, 0, partitions - 1);
    let assigned = end.set_all_offsets(Offset::End).and_then(|()| consumer.assign(&end));
    let deadline = Instant::now() + timeout.min(Duration::from_secs(1));
    let mut refused = assigned.err();
    while refused.is_none() && Instant::now() < deadline {
        if let Some(Err(why)) = consumer.poll(Duration::from_millis(100)) {
            let passing = matches!(why.rdkafka_error_code(), Some(RDKafkaErrorCode::BrokerTransportFailure));
            refused = (!passing).then_some(why);
        }
    }
    // Nothing rests on giving the assignment back: the consumer ends with the check.
    let _ = consumer.unassign();
    match refused {
        None => report.hold("reading", format!("{} can be read", kafka.input_topic)),
        Some(why) => {
            let remedy = acl(kafka, &format!("--operation Read --operation Describe --topic {}", kafka.input_topic));
            report.fail("reading", format!("{}: {why}", kafka.input_topic), &remedy)
        }
    }
}

/// The group: whether it may be used, who is in it, and how far it is behind.
fn check_group<W: Write>(
    kafka: &Kafka,
    consumer: &BaseConsumer<Errors>,
    input_partitions: Option<i32>,
    timeout: Duration,
    report: &mut Report<W>,
) -> io::Result<()> {
    let group = &kafka.group_id;
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_range(&kafka.input_topic, 0, input_partitions.unwrap_or(1).max(1) - 1);
    let committed = match consumer.committed_offsets(partitions, timeout) {
        Ok(committed) => committed,
        Err(why) if why.rdkafka_error_code() == Some(RDKafkaErrorCode::GroupAuthorizationFailed) => {
            let remedy = acl(kafka, &format!("--operation Read --group {group}"));
            return report.fail("group", format!("{group}: {why}"), &remedy);
        }
        // Without the topic there is nothing to have committed, and that has been said.
        Err(_) if input_partitions.is_none() => return Ok(()),
        Err(why) => {
            let remedy = "look at the group's coordinator: on fewer than three brokers \
                          offsets.topic.replication.factor must fit";
            return report.fail("group", format!("{group}: {why}"), remedy);
        }
    };
    let members = consumer.fetch_group_list(Some(group), timeout).ok().and_then(|list| {
        let found = list.groups().iter().find(|found| found.name() == group)?;
        Some(found.members().len())
    });
    let members = match members {
        Some(0) => ", no worker in it".to_owned(),
        Some(1) => ", one worker in it".to_owned(),
        Some(several) => format!(", {several} workers in it"),
        None => String::new(),
    };
    let lag = input_partitions.filter(|&count| count <= MAX_LAG_PARTITIONS).and_then(|_| {
        committed.elements().iter().try_fold(0_u64, |sum, element| {
            let (low, high) = consumer.fetch_watermarks(element.topic(), element.partition(), timeout).ok()?;
            let from = if let Offset::Offset(committed) = element.offset() { committed.max(low) } else { low };
            Some(sum + u64::try_from(high - from).unwrap_or(0))
        })
    });
    let lag = lag.map_or(String::new(), |lag| format!(", {lag} records to read"));
    report.hold("group", format!("{group}{members}{lag}"))
}

/// Whether transactions work, with an id of the check's own: a live worker's would fence that worker.
fn check_transactions<W: Write>(kafka: &Kafka, timeout: Duration, report: &mut Report<W>) -> io::Result<()> {
    let id = format!("{}-check", kafka.transactional_id.as_ref().unwrap_or(&kafka.group_id));
    let mut config = client::base(kafka);
    config.set("transactional.id", &id);
    let producer: BaseProducer<Errors> = match config.create_with_context(Errors::default()) {
        Ok(producer) => producer,
        Err(error) => return report.fail("transactions", error, "correct [kafka.client]"),
    };
    let Err(why) = producer.init_transactions(timeout) else {
        return report.hold("transactions", "the brokers take them");
    };
    let remedy = match why.rdkafka_error_code() {
        Some(RDKafkaErrorCode::TransactionalIdAuthorizationFailed) => {
            acl(kafka, &format!("--operation Write --operation Describe --transactional-id {id}"))
        }
        Some(RDKafkaErrorCode::ClusterAuthorizationFailed) => acl(kafka, "--operation IdempotentWrite --cluster"),
        _ => "on fewer than three brokers transaction.state.log.replication.factor and \
              transaction.state.log.min.isr must fit; or set delivery = \"at_least_once\""
            .to_owned(),
    };
    report.fail("transactions", why, &remedy)
}

/// The command that grants what is missing.
pub(super) fn acl(kafka: &Kafka, grant: &str) -> String {
    let principal = kafka.client.get("sasl.username").map_or("PRINCIPAL", |user| user.0.as_str());
    format!("kafka-acls.sh --bootstrap-server {} --add --allow-principal User:{principal} {grant}", kafka.brokers)
}
