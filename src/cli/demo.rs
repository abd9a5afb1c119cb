//! `dateline demo`: the worker end to end on an embedded broker, for a first look.
//!
//! The broker is librdkafka's mock cluster, in this process: the protocol is Kafka's, the storage is memory.
//! Articles are seeded, the same worker as in `run` does its work, and what it published is shown.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::show::{Colours, show};
use super::{run, setup};
use crate::config::{Loaded, LogFormat, Settings, Telemetry};
use crate::telemetry::Progress;
use crate::worker::{Pipeline, Shutdown, Worker, dead_letter};

/// Articles written for the project, one a line.
const EXAMPLES: &str = include_str!("../../examples/articles.jsonl");

const PARTITIONS: i32 = 3;
/// Long enough for a slow machine and ten thousand articles; a demo that hangs is a bug to be seen.
const PATIENCE: Duration = Duration::from_secs(300);

/// See the worker at work: an embedded broker, articles in, what came out, end.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Articles, one JSON document a line [default: examples that come with dateline].
    file: Option<PathBuf>,
    /// Print the published JSON, one document a line, instead of a summary for people.
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(super) fn run(args: &Args, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    let articles = match &args.file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => EXAMPLES.to_owned(),
    };
    let articles: Vec<&str> = articles.lines().filter(|line| !line.trim().is_empty()).collect();
    if articles.is_empty() {
        bail!("there are no articles to show");
    }
    run::init_logs(&quiet(&loaded.settings.telemetry))?;

    let pipeline = setup::pipeline(&loaded.settings)?;
    let cluster = MockCluster::new(1).context("cannot start the embedded broker")?;
    let settings = on_cluster(&loaded.settings, &cluster)?;
    note(&format!("embedded broker at {}; seeding {} articles", settings.kafka.brokers, articles.len()));
    seed(&settings, &articles)?;

    let started = Instant::now();
    let published = published(&settings, pipeline, articles.len())?;
    let elapsed = started.elapsed();

    let mut out = std::io::stdout().lock();
    let written = print(&published, args.json, &mut out);
    if let Err(error) = written.and_then(|()| out.flush()) {
        // `dateline demo | head` is no failure.
        if error.kind() != std::io::ErrorKind::BrokenPipe {
            return Err(error).context("cannot write");
        }
    }
    let dead = published.iter().filter(|p| p.dead.is_some()).count();
    note(&format!(
        "{} articles enriched and {dead} dead letters published exactly once in {:.1} s, most of it joining the group",
        published.len() - dead,
        elapsed.as_secs_f64()
    ));
    Ok(ExitCode::SUCCESS)
}

/// The demo's output is what came out, not how: of the log only errors, unless somebody asked for more.
fn quiet(telemetry: &Telemetry) -> Telemetry {
    let mut quiet = telemetry.clone();
    if quiet.log_filter == "info" {
        quiet.log_filter = "error".to_owned();
    }
    if quiet.log_format == LogFormat::Auto {
        quiet.log_format = LogFormat::Text;
    }
    quiet
}

/// The user's settings with the embedded broker in place of their own.
fn on_cluster(
    settings: &Settings,
    cluster: &MockCluster<'_, rdkafka::producer::DefaultProducerContext>,
) -> anyhow::Result<Settings> {
    let mut settings = settings.clone();
    settings.kafka.brokers = cluster.bootstrap_servers();
    settings.kafka.client.clear();
    // The mock cluster does not tell, and asking it takes seconds.
    settings.kafka.max_record_bytes = Some(1_000_000);
    let kafka = &settings.kafka;
    for topic in [&kafka.input_topic, &kafka.output_topic, &kafka.dead_letter_topic] {
        cluster.create_topic(topic, PARTITIONS, 1).with_context(|| format!("cannot create topic `{topic}`"))?;
    }
    Ok(settings)
}

fn seed(settings: &Settings, articles: &[&str]) -> anyhow::Result<()> {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", &settings.kafka.brokers).create().context("cannot produce")?;
    for (index, article) in articles.iter().enumerate() {
        let key = index.to_string();
        let record = BaseRecord::to(&settings.kafka.input_topic).key(&key).payload(*article);
        producer.send(record).map_err(|(error, _)| error).context("cannot seed an article")?;
    }
    producer.flush(Duration::from_secs(30)).context("cannot seed the articles")
}

/// What came out for one article.
struct Published {
    payload: Vec<u8>,
    /// The reason, where it is a dead letter.
    dead: Option<String>,
}

/// Runs the worker until each of `count` articles has come out, and returns them in the order of the input.
fn published(settings: &Settings, pipeline: Pipeline, count: usize) -> anyhow::Result<Vec<Published>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start tokio")?;
    let shutdown = Shutdown::new();
    let progress = Arc::new(Progress::default());
    let mut worker = Worker::connect(settings, pipeline, progress, shutdown.clone(), runtime.handle())?;
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let read = read(settings, count, &shutdown);
            shutdown.request();
            read
        });
        let ran = worker.run();
        shutdown.request();
        let read = reader.join().map_err(|_| anyhow::anyhow!("reading the results panicked"))?;
        ran?;
        read
    })
}

/// Reads `count` records from the output and the dead-letter topic; the seeded key is the place in the input.
fn read(settings: &Settings, count: usize, shutdown: &Shutdown) -> anyhow::Result<Vec<Published>> {
    let kafka = &settings.kafka;
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &kafka.brokers)
        .set("group.id", "demo-reader")
        .set("auto.offset.reset", "earliest")
        .set("isolation.level", "read_committed")
        .create()
        .context("cannot read the results")?;
    let mut list = rdkafka::TopicPartitionList::new();
    for topic in [&kafka.output_topic, &kafka.dead_letter_topic] {
        for partition in 0..PARTITIONS {
            list.add_partition_offset(topic, partition, rdkafka::Offset::Beginning)?;
        }
    }
    consumer.assign(&list)?;
    let started = Instant::now();
    let mut found: HashMap<usize, Published> = HashMap::with_capacity(count);
    while found.len() < count {
        if shutdown.requested() {
            bail!("the worker ended before every article came out");
        }
        if started.elapsed() > PATIENCE {
            bail!("only {} of {count} articles came out in {} s", found.len(), PATIENCE.as_secs());
        }
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let message = message?;
        let key = message.key_view::<str>().and_then(Result::ok).and_then(|key| key.parse().ok());
        let Some(index) = key else { bail!("a record came out without the key that it went in with") };
        let dead = message.headers().and_then(|headers| {
            let reason = headers.iter().find(|h| h.key == dead_letter::REASON)?;
            Some(String::from_utf8_lossy(reason.value?).into_owned())
        });
        found.insert(index, Published { payload: message.payload().unwrap_or_default().to_vec(), dead });
    }
    Ok((0..count).filter_map(|index| found.remove(&index)).collect())
}

/// Says something on stderr; where that is closed, nobody wants to hear it.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn print(published: &[Published], json: bool, out: &mut impl Write) -> std::io::Result<()> {
    let colours = Colours::of_stdout();
    for record in published {
        match &record.dead {
            Some(reason) if json => note(&format!("dead letter: {reason}")),
            Some(reason) => writeln!(out, "dead letter: {reason}: {}\n", String::from_utf8_lossy(&record.payload))?,
            None if json => {
                out.write_all(&record.payload)?;
                writeln!(out)?;
            }
            None => {
                let article = serde_json::from_slice(&record.payload)?;
                show(&article, colours, out)?;
                writeln!(out)?;
            }
        }
    }
    Ok(())
}
