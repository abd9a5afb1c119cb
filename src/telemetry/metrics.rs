//! The metrics that `/metrics` publishes, by Prometheus' naming conventions: base units, `_total` on counters.
//!
//! <https://prometheus.io/docs/practices/naming/>

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the batch histogram in seconds: a commit takes milliseconds, a full batch about a second.
const BATCH_BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Reason {
    pub(super) reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Partition {
    pub(super) partition: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Phase {
    phase: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Build {
    pub(super) version: &'static str,
    pub(super) gazetteer: String,
    pub(super) model: String,
}

/// One handle for each metric, and the registry that encodes them.
#[derive(Debug)]
pub(super) struct Metrics {
    pub(super) articles: Counter,
    pub(super) dead_letters: Family<Reason, Counter>,
    pub(super) read_bytes: Counter,
    pub(super) published_bytes: Counter,
    pub(super) batches: Counter,
    pub(super) batch_retries: Counter,
    pub(super) collect: Histogram,
    pub(super) enrich: Histogram,
    pub(super) commit: Histogram,
    pub(super) partitions: Gauge,
    pub(super) lag: Family<Partition, Gauge<u64, AtomicU64>>,
    pub(super) broker_up: Gauge,
    pub(super) build: Family<Build, Gauge>,
    resident: Gauge<u64, AtomicU64>,
    registry: Registry,
}

impl Metrics {
    pub(super) fn new() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(BATCH_BUCKETS);
        let duration = Family::<Phase, Histogram, _>::new_with_constructor(histogram);
        let phase = |phase| duration.get_or_create_owned(&Phase { phase });
        let mut metrics = Metrics {
            articles: Counter::default(),
            dead_letters: Family::default(),
            read_bytes: Counter::default(),
            published_bytes: Counter::default(),
            batches: Counter::default(),
            batch_retries: Counter::default(),
            collect: phase("collect"),
            enrich: phase("enrich"),
            commit: phase("commit"),
            partitions: Gauge::default(),
            lag: Family::default(),
            broker_up: Gauge::default(),
            build: Family::default(),
            resident: Gauge::default(),
            registry: Registry::default(),
        };
        let mut registry = Registry::default();
        // The names that Prometheus' own client libraries give a process carry no prefix.
        if let Some(resident) = super::memory::resident_bytes() {
            metrics.resident.set(resident);
            let help = "Resident memory size in bytes";
            registry.register("process_resident_memory_bytes", help, metrics.resident.clone());
        }
        let dateline = registry.sub_registry_with_prefix("dateline");
        dateline.register("articles", "Enriched articles published", metrics.articles.clone());
        dateline.register("dead_letters", "Records written to the dead-letter topic", metrics.dead_letters.clone());
        let help = "Payload read from the input topic";
        dateline.register_with_unit("read", help, Unit::Bytes, metrics.read_bytes.clone());
        let help = "Payload of enriched articles published";
        dateline.register_with_unit("published", help, Unit::Bytes, metrics.published_bytes.clone());
        dateline.register("batches", "Batches committed", metrics.batches.clone());
        let help = "Batches aborted and tried again";
        dateline.register("batch_retries", help, metrics.batch_retries.clone());
        dateline.register_with_unit("batch_duration", "Time of a batch by phase", Unit::Seconds, duration);
        dateline.register("assigned_partitions", "Input partitions held", metrics.partitions.clone());
        let help = "Last stable offset minus the committed one";
        dateline.register("consumer_lag_records", help, metrics.lag.clone());
        dateline.register("broker_up", "Whether a broker answers: 1 or 0", metrics.broker_up.clone());
        dateline.register("build_info", "Version and artifacts, as labels of a constant 1", metrics.build.clone());
        metrics.registry = registry;
        metrics
    }

    /// Everything in the OpenMetrics text format, which Prometheus' own text format reads too.
    pub(super) fn encode(&self) -> Result<String, std::fmt::Error> {
        if let Some(resident) = super::memory::resident_bytes() {
            self.resident.set(resident);
        }
        let mut out = String::with_capacity(8 * 1024);
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}
