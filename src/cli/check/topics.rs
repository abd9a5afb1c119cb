//! The three topics: there, with leaders, with partitions and limits that go together.

use std::io::{self, Write};
use std::time::Duration;

use bytesize::ByteSize;
use rdkafka::admin::{AdminClient, AdminOptions, ResourceSpecifier};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;

use super::broker::{Errors, acl, diagnose};
use super::report::Report;
use crate::config::{Kafka, Settings};
use crate::worker::client;

/// Partitions of a topic that the check proposes to make where the input does not tell.
const PROPOSED_PARTITIONS: i32 = 6;

/// Copies of a topic that the check proposes, brokers permitting.
const PROPOSED_REPLICAS: usize = 3;

/// What a topic is to the worker.
struct Role<'k> {
    subject: &'static str,
    topic: &'k str,
    /// What the worker does with it, as an access control list calls it.
    operation: &'static str,
}

/// What the brokers say of a topic that is there.
struct Found {
    partitions: i32,
    without_leader: Vec<i32>,
    /// Copies that keep up, of the partition that has the fewest.
    fewest_in_sync: usize,
}

enum Missing {
    Absent,
    Forbidden,
    Unknown(String),
}

/// Checks the three topics; the number of the input's partitions, where it is there.
pub(super) fn check<W: Write>(
    settings: &Settings,
    consumer: &BaseConsumer<Errors>,
    brokers: usize,
    timeout: Duration,
    report: &mut Report<W>,
) -> io::Result<Option<i32>> {
    let kafka = &settings.kafka;
    let input = Role { subject: "input topic", topic: &kafka.input_topic, operation: "Read" };
    let output = Role { subject: "output topic", topic: &kafka.output_topic, operation: "Write" };
    let dead = Role { subject: "dead-letter topic", topic: &kafka.dead_letter_topic, operation: "Write" };

    let mut input_partitions = None;
    let mut found_topics = Vec::new();
    for role in [&input, &output, &dead] {
        match describe(consumer, role.topic, timeout) {
            Ok(found) => {
                show(role, &found, input_partitions, report)?;
                if role.topic == input.topic {
                    input_partitions = Some(found.partitions);
                }
                found_topics.push((role, found));
            }
            Err(missing) => fail(kafka, role, &missing, input_partitions, brokers, report)?,
        }
    }
    check_limits(settings, &found_topics, timeout, report)?;
    Ok(input_partitions)
}

fn describe(consumer: &BaseConsumer<Errors>, topic: &str, timeout: Duration) -> Result<Found, Missing> {
    let metadata = consumer.fetch_metadata(Some(topic), timeout).map_err(|why| {
        while consumer.poll(Duration::from_millis(10)).is_some() {}
        Missing::Unknown(diagnose(&consumer.context().all(), &why).0)
    })?;
    let described = metadata.topics().iter().find(|described| described.name() == topic).ok_or(Missing::Absent)?;
    if let Some(error) = described.error() {
        return Err(match RDKafkaErrorCode::from(error) {
            RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => Missing::Absent,
            RDKafkaErrorCode::TopicAuthorizationFailed => Missing::Forbidden,
            other => Missing::Unknown(other.to_string()),
        });
    }
    let partitions = described.partitions();
    if partitions.is_empty() {
        return Err(Missing::Absent);
    }
    Ok(Found {
        partitions: i32::try_from(partitions.len()).unwrap_or(i32::MAX),
        without_leader: partitions.iter().filter(|one| one.leader() < 0).map(|one| one.id()).collect(),
        fewest_in_sync: partitions.iter().map(|one| one.isr().len()).min().unwrap_or(0),
    })
}

fn show<W: Write>(
    role: &Role<'_>,
    found: &Found,
    input_partitions: Option<i32>,
    report: &mut Report<W>,
) -> io::Result<()> {
    let noun = if found.partitions == 1 { "partition" } else { "partitions" };
    let line = format!("{}, {} {noun}", role.topic, found.partitions);
    if !found.without_leader.is_empty() {
        let detail = format!("{line}, of which {:?} have no leader", found.without_leader);
        return report.fail(role.subject, detail, "bring the brokers back that hold them");
    }
    match input_partitions {
        // Results keep their partition's number, modulo the output's count: order within a partition is kept,
        // but several input partitions share one of the output.
        Some(of_input) if role.subject == "output topic" && found.partitions < of_input => report.warn(
            role.subject,
            format!("{line}, fewer than the {of_input} of the input: some share one"),
            &format!("kafka-topics.sh --alter --topic {} --partitions {of_input}", role.topic),
        ),
        _ => report.hold(role.subject, line),
    }
}

fn fail<W: Write>(
    kafka: &Kafka,
    role: &Role<'_>,
    missing: &Missing,
    input_partitions: Option<i32>,
    brokers: usize,
    report: &mut Report<W>,
) -> io::Result<()> {
    let topic = role.topic;
    match missing {
        Missing::Absent => {
            let secure = kafka.client.contains_key("security.protocol");
            let remedy = format!(
                "kafka-topics.sh --bootstrap-server {}{} --create --topic {topic} --partitions {} --replication-factor {}",
                kafka.brokers,
                if secure { " --command-config client.properties" } else { "" },
                input_partitions.unwrap_or(PROPOSED_PARTITIONS),
                brokers.clamp(1, PROPOSED_REPLICAS),
            );
            report.fail(role.subject, format!("{topic} does not exist"), &remedy)
        }
        Missing::Forbidden => {
            let grant = format!("--operation {} --operation Describe --topic {topic}", role.operation);
            report.fail(role.subject, format!("{topic} is not permitted"), &acl(kafka, &grant))
        }
        Missing::Unknown(why) => {
            report.fail(role.subject, format!("{topic}: {why}"), "look at the brokers' logs, and check again")
        }
    }
}

/// What a topic takes.
struct Limits {
    max_message_bytes: u64,
    min_in_sync: usize,
}

fn check_limits<W: Write>(
    settings: &Settings,
    found: &[(&Role<'_>, Found)],
    timeout: Duration,
    report: &mut Report<W>,
) -> io::Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let limits = match fetch_limits(&settings.kafka, found, timeout) {
        Ok(limits) => limits,
        Err(why) => {
            let remedy = "the brokers do not tell the limits of the topics; DescribeConfigs on the topics permits it";
            return report.warn("limits", format!("not checked: {why}"), remedy);
        }
    };
    let mut all_well = true;
    for ((role, found), limit) in found.iter().zip(&limits) {
        if role.operation == "Write" && found.fewest_in_sync < limit.min_in_sync {
            all_well = false;
            let detail = format!(
                "{} takes no writes: {} copies in sync, min.insync.replicas is {}",
                role.topic, found.fewest_in_sync, limit.min_in_sync
            );
            report.fail("limits", detail, "bring the brokers back, or lower min.insync.replicas of the topic")?;
        }
    }
    let of = |subject: &str| {
        let at = found.iter().position(|(role, _)| role.subject == subject)?;
        Some((found[at].0.topic, limits[at].max_message_bytes))
    };
    let Some((_, input)) = of("input topic") else { return Ok(()) };
    let readable = ByteSize::b(settings.article.max_bytes as u64);
    let consequences = [
        ("output topic", "an article that does not fit once enriched becomes a dead letter (output_too_large)"),
        ("dead-letter topic", "a dead letter that does not fit keeps its headers and loses its payload"),
    ];
    for (subject, consequence) in consequences {
        let Some((topic, limit)) = of(subject).filter(|(_, limit)| *limit < input) else { continue };
        all_well = false;
        let detail = format!(
            "{topic} takes records of {}, the input has up to {}: {consequence}",
            ByteSize::b(limit).display(),
            ByteSize::b(input).display()
        );
        let remedy = format!(
            "kafka-configs.sh --bootstrap-server {} --alter --topic {topic} --add-config max.message.bytes={}",
            settings.kafka.brokers,
            input.saturating_mul(2)
        );
        report.warn("limits", detail, &remedy)?;
    }
    if input > readable.as_u64() {
        all_well = false;
        let detail = format!(
            "the input has records of up to {}: those beyond article.max_bytes ({}) become dead letters",
            ByteSize::b(input).display(),
            readable.display()
        );
        report.warn("limits", detail, "raise article.max_bytes if such articles are wanted")?;
    }
    if all_well {
        return report.hold("limits", format!("records of up to {}", ByteSize::b(input).display()));
    }
    Ok(())
}

fn fetch_limits(kafka: &Kafka, found: &[(&Role<'_>, Found)], timeout: Duration) -> Result<Vec<Limits>, String> {
    let mut config = client::base(kafka);
    config.set("allow.auto.create.topics", "false");
    let admin = AdminClient::from_config_and_context(&config, Errors::default()).map_err(|why| why.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|why| why.to_string())?;
    let topics: Vec<_> = found.iter().map(|(role, _)| ResourceSpecifier::Topic(role.topic)).collect();
    let options = AdminOptions::new().request_timeout(Some(timeout));
    let described = runtime.block_on(admin.describe_configs(&topics, &options)).map_err(|why| why.to_string())?;
    described
        .into_iter()
        .map(|resource| {
            let resource = resource.map_err(|why| why.to_string())?;
            let number = |name: &str| resource.get(name)?.value.as_ref()?.parse::<u64>().ok();
            Ok(Limits {
                max_message_bytes: number("max.message.bytes").ok_or("max.message.bytes is not told")?,
                min_in_sync: number("min.insync.replicas").and_then(|copies| copies.try_into().ok()).unwrap_or(1),
            })
        })
        .collect()
}
