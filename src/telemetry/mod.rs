//! What people watch: logs, the progress line, health and metrics.
//!
//! A leaf: [`Progress`] is told by the worker what happened; it knows nothing of Kafka or of articles.

pub mod progress;

pub use progress::{BatchReport, Progress};
