//! Typed settings: the file, the environment and the flags, in that order of precedence.
//!
//! A leaf: it knows nothing of the rest of the program. Every wrong key or value is an error that names the
//! file, the line, the key, what was expected, and the nearest known key. Secrets never reach a log.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be configured. See `config/dateline.toml` for what each means to a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `[kafka]`
    pub kafka: Kafka,
    /// `[batch]`
    pub batch: Batch,
    /// `[article]`
    pub article: ArticleFields,
    /// `[dead_letters]`
    pub dead_letters: DeadLetters,
    /// `[enrichment]`
    pub enrichment: Enrichment,
    /// `[worker]`
    pub worker: Worker,
    /// `[telemetry]`
    pub telemetry: Telemetry,
}

/// How results reach the output topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Results, dead letters and offsets commit in one transaction.
    ExactlyOnce,
    /// Results are acknowledged, then offsets are committed.
    AtLeastOnce,
}

/// A librdkafka property's value; never shown where its key may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Property(pub String);

impl std::fmt::Debug for Property {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// `[kafka]`
#[derive(Debug, Clone, PartialEq)]
pub struct Kafka {
    /// Bootstrap servers, `host:port` separated by commas.
    pub brokers: String,
    /// Consumer group.
    pub group_id: String,
    /// Where raw articles come from.
    pub input_topic: String,
    /// Where enriched articles go.
    pub output_topic: String,
    /// Where records go that cannot be read or enriched.
    pub dead_letter_topic: String,
    /// How results reach the output topic.
    pub delivery: Delivery,
    /// Stable for a slot, distinct between live workers; made from group and host where absent.
    pub transactional_id: Option<String>,
    /// Static membership (KIP-345).
    pub group_instance_id: Option<String>,
    /// librdkafka properties, for the consumer and the producer alike.
    pub client: BTreeMap<String, Property>,
}

/// `[batch]`: what closes a batch, whichever comes first.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Records.
    pub max_articles: usize,
    /// Bytes of payload.
    pub max_bytes: usize,
    /// Time since its first record.
    pub max_age: Duration,
}

/// `[article]`
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleFields {
    /// Names or JSON pointers that carry the body; the first present counts.
    pub text: Vec<String>,
    /// The headline.
    pub title: Vec<String>,
    /// The id.
    pub id: Vec<String>,
    /// The address.
    pub url: Vec<String>,
    /// The publisher.
    pub source: Vec<String>,
    /// The date of publication.
    pub published_at: Vec<String>,
    /// The language.
    pub language: Vec<String>,
    /// Whether other fields are published under `extra`.
    pub keep_extra: bool,
    /// Bytes of a payload.
    pub max_bytes: usize,
    /// Levels of nesting.
    pub max_depth: usize,
    /// Unicode scalar values of the clean text.
    pub max_text_chars: usize,
}

/// `[dead_letters]`: when too much of the input dies, the worker stops rather than drain the topic.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetters {
    /// Share of the latest 1,000 records (of at least 100), 0..1.
    pub max_ratio: f64,
    /// Records one after the other.
    pub max_consecutive: usize,
}

/// `[enrichment]`
#[derive(Debug, Clone, PartialEq)]
pub struct Enrichment {
    /// Where the artifacts lie; `$DATELINE_DATA`, `./data` or the platform's data folder where absent.
    pub data_dir: Option<PathBuf>,
    /// A folder of lexicons that take the place of the built-in ones of the same file name.
    pub lexicons: Option<PathBuf>,
    /// Threads that enrich; 0: one for each core.
    pub threads: usize,
}

/// `[worker]`
#[derive(Debug, Clone, PartialEq)]
pub struct Worker {
    /// How long a shutdown may take before the process gives up and exits with an error.
    pub shutdown_timeout: Duration,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON lines otherwise.
    Auto,
    /// JSON lines.
    Json,
    /// Text.
    Text,
}

/// `[telemetry]`
#[derive(Debug, Clone, PartialEq)]
pub struct Telemetry {
    /// How logs are written.
    pub log_format: LogFormat,
    /// A level or `tracing` filter directives ("info", "dateline=debug").
    pub log_filter: String,
    /// Between two progress lines; zero: none.
    pub progress_interval: Duration,
    /// Where `/livez`, `/readyz` and `/metrics` are served.
    pub listen: Option<SocketAddr>,
}
