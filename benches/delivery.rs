//! What exactly-once delivery costs: dateline's loop against a bare rdkafka loop on the same Apache Kafka, and
//! the worker against `dateline enrich` on the same articles and cores.
//!
//! `make bench-loop` runs it. Rivals take turns in one run, so that a slow moment of the machine hits both;
//! ratios of medians are what counts. Every round checks that the output holds each input once.
//!
//! `make … BENCH_ARTICLES=FILE` takes the articles of a file, one JSON document a line, instead of the examples.

#[path = "../tests/it/kafka/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the tests use all of it")]
mod kafka;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dateline::config::{Delivery, Settings};
use dateline::telemetry::Progress;
use dateline::worker::{Death, Process, Shutdown, Worker};
use kafka::{Broker, NewRecord, Options, create_topic, produce};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

const PARTITIONS: i32 = 4;
/// Records before the clock starts: the group is joined, the queues are full.
const WARM_UP: usize = 20_000;
const COUNTED: usize = 100_000;
/// Records in one transaction, for both.
const BATCH: usize = 10_000;
const ROUNDS: usize = 5;
const PAYLOAD_BYTES: usize = 2_500;
const CALL: Duration = Duration::from_secs(30);

fn main() {
    let broker = Broker::start("bench", &Options { full_speed: true, ..Options::default() });
    let brokers = broker.bootstrap();
    let articles = articles();

    let payloads: Vec<Vec<u8>> = (0..WARM_UP + COUNTED).map(|_| vec![b'x'; PAYLOAD_BYTES]).collect();
    seed(brokers, "loop-in", &payloads);
    drop(payloads);
    println!(
        "loop without enrichment: {COUNTED} records of {PAYLOAD_BYTES} bytes, {BATCH} a transaction, records a second"
    );
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        bare.push(bare_loop(brokers, "loop-in", &format!("bare-{round}")));
        ours.push(our_loop(brokers, "loop-in", &format!("ours-{round}")));
        println!("  bare rdkafka {:>9.0}   dateline {:>9.0}", bare[round], ours[round]);
    }
    println!("  median ratio dateline / bare: {:.2}\n", median(&mut ours) / median(&mut bare));

    // Enough for some seconds of work.
    let copies = 40_000usize.div_ceil(articles.len());
    let payloads: Vec<Vec<u8>> =
        std::iter::repeat_n(&articles, copies).flatten().map(|article| article.clone().into_bytes()).collect();
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-articles.jsonl");
    std::fs::write(&file, payloads.join(&b'\n')).expect("the articles are written");
    seed(brokers, "enrich-in", &payloads);
    println!("worker with enrichment: a backlog of {} articles, articles a second", payloads.len());
    let (mut plain, mut worker) = (Vec::new(), Vec::new());
    for round in 0..3 {
        plain.push(enrich_file(&file, payloads.len()));
        worker.push(run_worker(brokers, "enrich-in", &format!("worker-{round}"), payloads.len()));
        println!("  dateline enrich {:>9.0}   dateline run {:>9.0}", plain[round], worker[round]);
    }
    println!("  median ratio run / enrich: {:.2}", median(&mut worker) / median(&mut plain));
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn articles() -> Vec<String> {
    let text = match std::env::var("BENCH_ARTICLES") {
        Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {path}: {e}")),
        Err(_) => include_str!("../examples/articles.jsonl").to_owned(),
    };
    let good = |line: &&str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    text.lines().filter(good).map(str::to_owned).collect()
}

fn seed(brokers: &str, topic: &str, payloads: &[Vec<u8>]) {
    create_topic(brokers, topic, PARTITIONS, &[]);
    for chunk in payloads.chunks(10_000) {
        let records: Vec<NewRecord> = chunk
            .iter()
            .enumerate()
            .map(|(n, payload)| NewRecord {
                partition: n as i32 % PARTITIONS,
                key: None,
                payload: Some(payload.clone()),
                headers: Vec::new(),
            })
            .collect();
        produce(brokers, topic, &records);
    }
}

/// What anybody would write with rdkafka who knows its traps: the limit that we measure against.
fn bare_loop(brokers: &str, input: &str, name: &str) -> f64 {
    let output = format!("{name}-out");
    create_topic(brokers, &output, PARTITIONS, &[]);
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", name)
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("auto.offset.reset", "earliest")
        .set("fetch.queue.backoff.ms", "20")
        .create()
        .expect("a consumer");
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("transactional.id", name)
        .set("compression.type", "lz4")
        .set("linger.ms", "1")
        .create()
        .expect("a producer");
    producer.init_transactions(CALL).expect("transactions");
    consumer.subscribe(&[input]).expect("a subscription");
    let mut done = 0;
    let mut started = None;
    while done < WARM_UP + COUNTED {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH && done + batch.len() < WARM_UP + COUNTED {
            if let Some(record) = consumer.poll(Duration::from_millis(100)) {
                batch.push(record.expect("a record"));
            }
        }
        producer.begin_transaction().expect("a transaction");
        let mut offsets = TopicPartitionList::new();
        for record in &batch {
            done += 1;
            if done == WARM_UP {
                started = Some(Instant::now());
            }
            let payload = record.payload().expect("a payload");
            let mut out = BaseRecord::<[u8], [u8]>::to(&output).partition(record.partition()).payload(payload);
            while let Err((_, back)) = producer.send(out) {
                producer.poll(Duration::from_millis(1));
                out = back;
            }
            offsets
                .set_partition_offset(input, record.partition(), Offset::Offset(record.offset() + 1))
                .unwrap_or_else(|_| {
                    offsets
                        .add_partition_offset(input, record.partition(), Offset::Offset(record.offset() + 1))
                        .expect("an offset");
                });
        }
        while producer.in_flight_count() > 0 {
            producer.poll(Duration::from_millis(1));
        }
        let group = consumer.group_metadata().expect("a group");
        producer.send_offsets_to_transaction(&offsets, &group, CALL).expect("offsets");
        producer.commit_transaction(CALL).expect("a commit");
    }
    COUNTED as f64 / started.expect("the warm-up ended").elapsed().as_secs_f64()
}

/// Publishes what came in, and asks for the end when all has.
struct Passthrough {
    seen: AtomicUsize,
    started: std::sync::OnceLock<Instant>,
    shutdown: Shutdown,
}

impl Process for Passthrough {
    fn process(&self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Death> {
        out.extend_from_slice(payload.unwrap_or_default());
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        if seen == WARM_UP {
            self.started.get_or_init(Instant::now);
        }
        if seen == WARM_UP + COUNTED {
            self.shutdown.request();
        }
        Ok(())
    }
}

fn settings(brokers: &str, input: &str, name: &str) -> Settings {
    let set = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let flags = [
        set("kafka.brokers", brokers),
        set("kafka.group_id", name),
        set("kafka.transactional_id", name),
        set("kafka.input_topic", input),
        set("kafka.output_topic", &format!("{name}-out")),
        set("kafka.dead_letter_topic", &format!("{name}-dead")),
    ];
    Settings::load(None, [], &flags).expect("settings").settings
}

fn our_loop(brokers: &str, input: &str, name: &str) -> f64 {
    let mut settings = settings(brokers, input, name);
    assert_eq!(settings.kafka.delivery, Delivery::ExactlyOnce);
    settings.batch.max_articles = BATCH;
    settings.batch.max_bytes = BATCH * PAYLOAD_BYTES * 2;
    create_topic(brokers, &settings.kafka.output_topic, PARTITIONS, &[]);
    create_topic(brokers, &settings.kafka.dead_letter_topic, PARTITIONS, &[]);
    let shutdown = Shutdown::new();
    let started = std::sync::OnceLock::new();
    let process = Passthrough { seen: AtomicUsize::new(0), started, shutdown: shutdown.clone() };
    let process = Arc::new(process);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio");
    let progress = Arc::new(Progress::default());
    let mut worker = Worker::connect(&settings, Shared(Arc::clone(&process)), progress, shutdown, runtime.handle())
        .expect("a worker");
    worker.run().expect("the worker ends well");
    let started = process.started.get().expect("the warm-up ended");
    COUNTED as f64 / started.elapsed().as_secs_f64()
}

struct Shared(Arc<Passthrough>);

impl Process for Shared {
    fn process(&self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Death> {
        self.0.process(payload, out)
    }
}

fn enrich_file(file: &std::path::Path, count: usize) -> f64 {
    let out = file.with_extension("out");
    let started = Instant::now();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("enrich")
        .arg(file)
        .arg("-o")
        .arg(&out)
        .stderr(std::process::Stdio::null())
        .status()
        .expect("dateline enrich runs");
    let elapsed = started.elapsed();
    assert!(status.success(), "dateline enrich fails: {status}");
    let lines = std::fs::read(&out).expect("its output").iter().filter(|&&b| b == b'\n').count();
    assert_eq!(lines, count, "dateline enrich loses articles");
    count as f64 / elapsed.as_secs_f64()
}

/// The binary on a backlog, timed from its first committed batch to its last: joining the group is no work.
fn run_worker(brokers: &str, input: &str, name: &str, count: usize) -> f64 {
    let settings = settings(brokers, input, name);
    create_topic(brokers, &settings.kafka.output_topic, PARTITIONS, &[]);
    create_topic(brokers, &settings.kafka.dead_letter_topic, PARTITIONS, &[]);
    let worker = kafka::Dateline::new(name, &["run"])
        .set("kafka.brokers", brokers)
        .set("kafka.group_id", name)
        .set("kafka.transactional_id", name)
        .set("kafka.input_topic", input)
        .set("kafka.output_topic", &settings.kafka.output_topic)
        .set("kafka.dead_letter_topic", &settings.kafka.dead_letter_topic)
        .set("telemetry.progress_interval", "1s")
        .start();
    // How far the group is, by its committed offsets: the topic starts at zero and has no transactions in it.
    let group: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", brokers).set("group.id", name).create().expect("a consumer");
    let committed = || -> usize {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(input, 0, PARTITIONS - 1);
        let list = group.committed_offsets(list, CALL).expect("offsets");
        list.elements().iter().filter_map(|e| e.offset().to_raw()).filter(|&o| o > 0).sum::<i64>() as usize
    };
    let wait = |enough: &dyn Fn(usize) -> bool| loop {
        let now = committed();
        if enough(now) {
            return (Instant::now(), now);
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let (started, before) = wait(&|n| n > 0);
    let (ended, after) = wait(&|n| n >= count);
    let log = worker.log();
    if let Some(line) =
        log.lines().rev().find(|line| line.contains("articles_per_s") && !line.contains("\"articles\":0,"))
    {
        println!("  {line}");
    }
    drop(worker);
    (after - before) as f64 / (ended - started).as_secs_f64()
}
