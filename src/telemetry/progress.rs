//! [`Progress`]: what the worker has done so far, in atomics that the loop writes and everybody reads.

use std::time::Duration;

/// One committed batch.
#[derive(Debug, Clone, Default)]
pub struct BatchReport {
    /// Enriched articles published.
    pub articles: u64,
    /// Dead letters written, by reason.
    pub dead_letters: Vec<(&'static str, u64)>,
    /// Bytes of payload read.
    pub bytes_in: u64,
    /// Bytes of payload published.
    pub bytes_out: u64,
    /// From the first record polled to the batch's close.
    pub collect: Duration,
    /// Enrichment of the whole batch, on all threads.
    pub enrich: Duration,
    /// Producing and committing.
    pub commit: Duration,
}

/// What the worker has done so far. Written by the loop, read by the reporter and the HTTP endpoint.
#[derive(Debug, Default)]
pub struct Progress {}

impl Progress {
    /// The loop went round: it is alive.
    pub fn heartbeat(&self) {}

    /// The artifacts are loaded.
    pub fn artifacts_loaded(&self) {}

    /// A broker answered, or none does any more.
    pub fn set_broker_up(&self, up: bool) {
        let _ = up;
    }

    /// A batch was committed.
    pub fn committed(&self, batch: &BatchReport) {
        let _ = batch;
    }

    /// A batch was aborted and will be tried again.
    pub fn retried(&self) {}

    /// The partitions that this worker holds now.
    pub fn set_assignment(&self, partitions: &[i32]) {
        let _ = partitions;
    }

    /// A partition's lag: the last stable offset minus the committed one, in records.
    pub fn set_lag(&self, partition: i32, lag: u64) {
        let _ = (partition, lag);
    }
}
