//! The real thing for the tests: Apache Kafka brokers that cannot outlive the test process, topics of one's
//! own, and the `dateline` binary run against them.
//!
//! No test lives here, and nothing of the crate is called: the binary is a black box.

mod broker;
mod client;
mod stream;
mod watchdog;
mod worker;

pub(crate) use broker::{Broker, Options, free_address, shared};
pub(crate) use client::{NewRecord, Record, TopicReader, committed_offsets, create_topic, produce};
pub(crate) use stream::{Fate, Stream, article};
pub(crate) use worker::{Dateline, Worker, http_get};

use std::time::{Duration, Instant};

/// How long a test waits for what must come: generous, for two busy cores.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `done` gives a value; after [`PATIENCE`] panics with what was waited for.
pub(crate) fn wait_for<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = done() {
            return value;
        }
        assert!(start.elapsed() < PATIENCE, "waited {} s in vain for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}
