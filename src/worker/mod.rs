//! The loop that collects, enriches and commits.

mod pipeline;

pub use pipeline::{Death, Pipeline, Process};
