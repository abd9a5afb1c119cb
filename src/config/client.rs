//! `[kafka.client]`: which properties of librdkafka may be set, and which of them are secret.

use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;

use super::Property;
use super::layers::Raw;
use super::problem::{Fault, nearest};

/// The table's dotted name.
pub(super) const TABLE: &str = "kafka.client";

/// Properties that dateline sets itself, and the key that governs each; exactly-once delivery rests on them.
const OWNED: [(&str, &str); 18] = [
    ("bootstrap.servers", "kafka.brokers"),
    ("metadata.broker.list", "kafka.brokers"),
    ("group.id", "kafka.group_id"),
    ("group.instance.id", "kafka.group_instance_id"),
    ("transactional.id", "kafka.transactional_id"),
    ("enable.idempotence", "kafka.delivery"),
    ("enable.gapless.guarantee", "kafka.delivery"),
    ("isolation.level", "kafka.delivery"),
    ("acks", "kafka.delivery"),
    ("request.required.acks", "kafka.delivery"),
    ("enable.auto.commit", "kafka.delivery"),
    ("auto.commit.enable", "kafka.delivery"),
    ("auto.commit.interval.ms", "kafka.delivery"),
    ("enable.auto.offset.store", "kafka.delivery"),
    ("auto.offset.store", "kafka.delivery"),
    ("offset.store.method", "kafka.delivery"),
    ("enable.partition.eof", "kafka.delivery"),
    ("log_level", "telemetry.log_filter"),
];

/// Properties that people set, to find the one that was meant; librdkafka itself knows them all.
const COMMON: [&str; 44] = [
    "auto.offset.reset",
    "batch.num.messages",
    "broker.address.family",
    "client.dns.lookup",
    "client.id",
    "client.rack",
    "compression.codec",
    "compression.level",
    "compression.type",
    "connections.max.idle.ms",
    "debug",
    "fetch.max.bytes",
    "fetch.message.max.bytes",
    "fetch.min.bytes",
    "fetch.wait.max.ms",
    "heartbeat.interval.ms",
    "linger.ms",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "message.max.bytes",
    "metadata.max.age.ms",
    "partition.assignment.strategy",
    "queued.max.messages.kbytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "request.timeout.ms",
    "retry.backoff.ms",
    "sasl.mechanism",
    "sasl.oauthbearer.client.id",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.method",
    "sasl.oauthbearer.scope",
    "sasl.oauthbearer.token.endpoint.url",
    "sasl.password",
    "sasl.username",
    "security.protocol",
    "session.timeout.ms",
    "socket.keepalive.enable",
    "socket.timeout.ms",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.endpoint.identification.algorithm",
    "ssl.key.location",
    "transaction.timeout.ms",
];

/// Whether a property's value must never be shown.
pub(super) fn is_secret(property: &str) -> bool {
    let shown = property.ends_with(".url") || property.ends_with(".location");
    let holds_key = ["password", "passphrase", "secret", "token", "credential", ".pem", "ssl.key"]
        .iter()
        .any(|word| property.contains(word));
    (holds_key && !shown) || property == "sasl.oauthbearer.config"
}

/// From the end of an environment variable (`sasl_password`) to the property.
pub(super) fn property_of_variable(variable: &str) -> String {
    // The one property that has an underscore and can be set as text.
    if variable == "log_level" { variable.to_owned() } else { variable.replace('_', ".") }
}

/// Whether the last parts of an unknown key are a property that belongs in `[kafka.client]`.
pub(super) fn belongs_here(key: &str) -> Option<&str> {
    let property = key.strip_prefix("kafka.").unwrap_or(key);
    let known = COMMON.contains(&property) || OWNED.iter().any(|(owned, _)| *owned == property);
    known.then_some(property)
}

/// Takes a property that dateline does not own and librdkafka does know, with a value that it takes.
pub(super) fn property(name: &str, raw: &Raw) -> Result<Property, Fault> {
    if let Some((_, key)) = OWNED.iter().find(|(owned, _)| *owned == name) {
        let fault = Fault { expected: "nothing here".to_owned(), found: None, hint: None };
        return Err(fault.hint(format!("dateline sets {name} itself, governed by {key}")));
    }
    let value = match raw {
        Raw::Untyped(_) | Raw::String(_) | Raw::Integer(Some(_)) | Raw::Boolean(_) => raw.to_string(),
        _ => {
            let found = if is_secret(name) { None } else { Some(raw.found()) };
            return Err(Fault { expected: "a string, an integer or a boolean".to_owned(), found, hint: None });
        }
    };
    // librdkafka's own message can quote the value, so it is used for the name alone.
    let known = |value: &str| match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(()),
        Err(KafkaError::ClientConfig(_, reason, ..)) => Err(reason),
        Err(_) => Err("a zero byte".to_owned()),
    };
    match known(&value) {
        Ok(()) => Ok(Property(value)),
        Err(reason) if reason.starts_with("No such configuration property") => {
            let fault = Fault { expected: "a property of librdkafka".to_owned(), found: None, hint: None };
            Err(match nearest(name, &COMMON) {
                Some(nearest) => fault.hint(format!("did you mean {nearest}?")),
                None => fault.hint("its CONFIGURATION.md lists them all"),
            })
        }
        Err(reason) if is_secret(name) => {
            // Of a reason that may quote the value only this much is told.
            let hint =
                reason.contains("not supported in this build").then(|| "this build has no support for it".to_owned());
            Err(Fault { expected: "a value that librdkafka takes".to_owned(), found: None, hint })
        }
        Err(reason) => Err(Fault::new("a value that librdkafka takes", raw.found()).hint(format!("it says: {reason}"))),
    }
}
