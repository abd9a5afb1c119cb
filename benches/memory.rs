//! Resident memory over a backlog: whether it stays flat, whatever the lag.
//!
//! `make bench-memory` runs it: 200,000 articles wait in the input topic, the worker works them off, and its
//! resident memory is sampled. After the first fifth it must stay within a tenth of its median.

#[path = "../tests/it/kafka/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the tests use all of it")]
mod kafka;

use std::time::{Duration, Instant};

use kafka::{Broker, Dateline, NewRecord, Options, create_topic, produce};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{ClientConfig, TopicPartitionList};

const PARTITIONS: i32 = 4;
const BACKLOG: usize = 200_000;
const SAMPLE: Duration = Duration::from_millis(250);
/// How far a sample may lie from the median.
const TOLERANCE: f64 = 0.10;

fn main() {
    let broker = Broker::start("memory", &Options { full_speed: true, ..Options::default() });
    let brokers = broker.bootstrap();
    for topic in ["in", "out", "dead"] {
        create_topic(brokers, topic, PARTITIONS, &[]);
    }
    seed(brokers);
    let worker = Dateline::new("memory", &["run"])
        .set("kafka.brokers", brokers)
        .set("kafka.group_id", "memory")
        .set("kafka.input_topic", "in")
        .set("kafka.output_topic", "out")
        .set("kafka.dead_letter_topic", "dead")
        .set("telemetry.progress_interval", "1s")
        .start();
    let group: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", brokers).set("group.id", "memory").create().expect("a consumer");

    let mut samples: Vec<(usize, f64)> = Vec::new();
    let started = Instant::now();
    loop {
        let done = committed(&group);
        samples.push((done, resident_mb(worker.pid())));
        if done >= BACKLOG {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(600), "the worker hangs at {done}");
        std::thread::sleep(SAMPLE);
    }
    let seconds = started.elapsed().as_secs_f64();
    drop(worker);

    println!("{BACKLOG} articles in {seconds:.0} s; resident memory of the worker, MB:");
    for (done, mb) in samples.iter().step_by((samples.len() / 20).max(1)) {
        println!("  after {done:>7} articles {mb:>7.1}");
    }
    let mut warm: Vec<f64> = samples.iter().filter(|(done, _)| *done >= BACKLOG / 5).map(|(_, mb)| *mb).collect();
    warm.sort_by(f64::total_cmp);
    let (least, median, most) = (warm[0], warm[warm.len() / 2], warm[warm.len() - 1]);
    println!("after the first fifth: least {least:.1}, median {median:.1}, most {most:.1}");
    assert!(
        most <= median * (1.0 + TOLERANCE),
        "memory is not flat: {most:.1} MB is more than a tenth above the median of {median:.1} MB"
    );
}

fn seed(brokers: &str) {
    let good = |line: &&str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    let articles: Vec<&str> = include_str!("../examples/articles.jsonl").lines().filter(good).collect();
    for first in (0..BACKLOG).step_by(20_000) {
        let records: Vec<NewRecord> = (first..first + 20_000)
            .map(|n| NewRecord {
                partition: n as i32 % PARTITIONS,
                key: None,
                payload: Some(articles[n % articles.len()].as_bytes().to_vec()),
                headers: Vec::new(),
            })
            .collect();
        produce(brokers, "in", &records);
    }
}

fn committed(group: &BaseConsumer) -> usize {
    let mut list = TopicPartitionList::new();
    list.add_partition_range("in", 0, PARTITIONS - 1);
    // Until the group's coordinator has started, nothing is committed.
    let Ok(list) = group.committed_offsets(list, Duration::from_secs(30)) else { return 0 };
    list.elements().iter().filter_map(|e| e.offset().to_raw()).filter(|&o| o > 0).sum::<i64>() as usize
}

/// Resident memory of a process, from Linux' `statm`: pages of 4 KiB.
fn resident_mb(pid: u32) -> f64 {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).expect("the worker runs");
    let pages: f64 = statm.split_whitespace().nth(1).expect("two numbers").parse().expect("a number");
    pages * 4096.0 / 1e6
}
