//! Typed settings: the built-in defaults, one file, the environment and the flags; later wins.
//!
//! A leaf: it knows nothing of the rest of the program. Every wrong key or value is an error that names the
//! file, the line, the key, what was expected, and the nearest known key; all of them at once. Secrets never
//! reach a log or an error.

mod client;
mod layers;
mod problem;
mod reader;
mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytesize::ByteSize;

pub use layers::Origin;
pub use problem::{ConfigError, Problem};

use layers::Layers;
use reader::Reader;

/// The commented defaults, as they are built in.
pub const DEFAULTS: &str = include_str!("../config/dateline.toml");

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
    /// Bytes that a record of the output and dead-letter topics may take; asked of the broker where absent.
    pub max_record_bytes: Option<usize>,
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
    /// The model: the name of an artifact in the data directory, or a path.
    pub model: String,
    /// Whether dates, times, sums and numbers are published as entities too.
    pub numbers: bool,
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

/// The settings, where they came from, and what to log of them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the program works with.
    pub settings: Settings,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    effective: Vec<Effective>,
}

/// One key's value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The dotted key.
    pub key: String,
    /// The value as it was written; `***` for a secret.
    pub value: String,
    /// Which layer it came from.
    pub origin: Origin,
}

impl Loaded {
    /// Every key that has a value, in the order of `config/dateline.toml`, secrets masked.
    #[must_use]
    pub fn effective(&self) -> &[Effective] {
        &self.effective
    }
}

/// The settings file to read: the one given, else `$DATELINE_CONFIG`, else `config/dateline.toml`, else
/// `dateline.toml` of the working directory where there is one.
#[must_use]
pub fn find_file(given: Option<&Path>) -> Option<PathBuf> {
    let named = given.map(Path::to_owned).or_else(|| {
        let path = std::env::var_os("DATELINE_CONFIG")?;
        (!path.is_empty()).then(|| PathBuf::from(path))
    });
    named.or_else(|| {
        ["config/dateline.toml", "dateline.toml"].map(PathBuf::from).into_iter().find(|path| path.is_file())
    })
}

/// This process's `DATELINE_…` variables, as [`Settings::load`] takes them.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    // Not `vars()`: that panics on any variable that is not Unicode, ours or not.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with(layers::PREFIX))
}

/// Splits the argument of a `--set` flag, `kafka.brokers=broker-1:9092`.
///
/// # Errors
/// Where there is no `=`.
pub fn parse_flag(argument: &str) -> Result<(String, String), String> {
    match argument.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE, such as kafka.brokers=broker-1:9092".to_owned()),
    }
}

impl Settings {
    /// Reads the built-in defaults, then `file`, then the `DATELINE_…` variables of `environment`, then `flags`
    /// (pairs of dotted key and value).
    ///
    /// # Errors
    /// Where the file cannot be read, or with every key and value that is wrong.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(String, String)],
    ) -> Result<Loaded, ConfigError> {
        let mut layers = Layers::default();
        let mut problems = Vec::new();
        layers.add_toml(None, DEFAULTS, &mut problems);
        if let Some(path) = file {
            let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            layers.add_toml(Some(path), &text, &mut problems);
        }
        layers.add_environment(environment);
        layers.add_flags(flags);

        let mut reader = Reader::new(layers, problems);
        let settings = Settings::read(&mut reader);
        let effective = reader.finish().map_err(ConfigError::Invalid)?;
        Ok(Loaded { settings, file: file.map(Path::to_owned), effective })
    }

    fn read(from: &mut Reader) -> Settings {
        Settings {
            kafka: Kafka::read(from),
            batch: Batch::read(from),
            article: ArticleFields::read(from),
            dead_letters: DeadLetters::read(from),
            enrichment: Enrichment::read(from),
            worker: Worker::read(from),
            telemetry: Telemetry::read(from),
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

impl Kafka {
    fn read(from: &mut Reader) -> Kafka {
        let deliveries = &[("exactly_once", Delivery::ExactlyOnce), ("at_least_once", Delivery::AtLeastOnce)];
        let kafka = Kafka {
            brokers: from.get("kafka.brokers", values::brokers),
            group_id: from.get("kafka.group_id", values::name),
            input_topic: from.get("kafka.input_topic", values::topic),
            output_topic: from.get("kafka.output_topic", values::topic),
            dead_letter_topic: from.get("kafka.dead_letter_topic", values::topic),
            delivery: from.get("kafka.delivery", values::one_of(deliveries)),
            transactional_id: from.optional("kafka.transactional_id", values::name),
            group_instance_id: from.optional("kafka.group_instance_id", values::topic),
            max_record_bytes: from
                .optional("kafka.max_record_bytes", values::size(ByteSize::kib(1)..=ByteSize::gib(1))),
            client: from.client(),
        };
        let topics = [
            ("kafka.input_topic", &kafka.input_topic),
            ("kafka.output_topic", &kafka.output_topic),
            ("kafka.dead_letter_topic", &kafka.dead_letter_topic),
        ];
        for (n, (key, topic)) in topics.iter().enumerate() {
            for (other_key, other) in &topics[n + 1..] {
                if topic == other {
                    let message = format!("{key} and {other_key}: expected different topics, found {topic:?} for both");
                    from.conflict(&[key, other_key], message);
                }
            }
        }
        kafka
    }
}

impl Batch {
    fn read(from: &mut Reader) -> Batch {
        Batch {
            // A batch's results wait in librdkafka's queue until the commit, and it takes 100,000 messages.
            max_articles: from.get("batch.max_articles", values::integer(1..=100_000)),
            max_bytes: from.get("batch.max_bytes", values::size(ByteSize::kib(1)..=ByteSize::gib(1))),
            max_age: from.get("batch.max_age", values::duration(MILLISECOND..=60 * SECOND)),
        }
    }
}

impl ArticleFields {
    fn read(from: &mut Reader) -> ArticleFields {
        ArticleFields {
            text: from.get("article.text", values::fields),
            title: from.get("article.title", values::fields),
            id: from.get("article.id", values::fields),
            url: from.get("article.url", values::fields),
            source: from.get("article.source", values::fields),
            published_at: from.get("article.published_at", values::fields),
            language: from.get("article.language", values::fields),
            keep_extra: from.get("article.keep_extra", values::boolean),
            // librdkafka carries no larger record.
            max_bytes: from.get("article.max_bytes", values::size(ByteSize::b(1)..=ByteSize::gb(1))),
            max_depth: from.get("article.max_depth", values::integer(1..=128)),
            max_text_chars: from.get("article.max_text_chars", values::integer(1..=100_000_000)),
        }
    }
}

impl DeadLetters {
    fn read(from: &mut Reader) -> DeadLetters {
        DeadLetters {
            max_ratio: from.get("dead_letters.max_ratio", values::ratio),
            max_consecutive: from.get("dead_letters.max_consecutive", values::integer(1..=1_000_000_000)),
        }
    }
}

impl Enrichment {
    fn read(from: &mut Reader) -> Enrichment {
        Enrichment {
            data_dir: from.optional("enrichment.data_dir", values::path),
            model: from.get("enrichment.model", values::name),
            numbers: from.get("enrichment.numbers", values::boolean),
            lexicons: from.optional("enrichment.lexicons", values::path),
            threads: from.get("enrichment.threads", values::integer(0..=1024)),
        }
    }
}

impl Worker {
    fn read(from: &mut Reader) -> Worker {
        Worker { shutdown_timeout: from.get("worker.shutdown_timeout", values::duration(SECOND..=3600 * SECOND)) }
    }
}

impl Telemetry {
    fn read(from: &mut Reader) -> Telemetry {
        let formats = &[("auto", LogFormat::Auto), ("json", LogFormat::Json), ("text", LogFormat::Text)];
        Telemetry {
            log_format: from.get("telemetry.log_format", values::one_of(formats)),
            log_filter: from.get("telemetry.log_filter", values::log_filter),
            progress_interval: from
                .get("telemetry.progress_interval", values::duration(Duration::ZERO..=24 * 3600 * SECOND)),
            listen: from.optional("telemetry.listen", values::listen),
        }
    }
}
