//! What people watch: logs, the progress line, health and metrics.
//!
//! A leaf: [`Progress`] is told by the worker what happened; nothing here knows Kafka or articles.

pub mod http;
pub mod logs;
mod memory;
mod metrics;
pub mod progress;
pub mod rate_limit;
pub mod report;

pub use http::serve;
pub use logs::{InitError, LogFormat, init};
pub use progress::{BatchReport, Progress};
pub use rate_limit::RateLimited;
pub use report::report;
