//! dateline reads raw news articles from a Kafka topic, finds out who, where and how many were hurt, and
//! publishes the result to another topic, exactly once.
//!
//! The crate is a chain of modules, and the chain of modules is the chain of the data. Each may import
//! only what stands to its left; `tests/it/tidy.rs` holds the order:
//!
//! ```text
//! text → article → spacy → entities → locations → casualties → enriched → enrich → worker → cli
//! ```
//!
//! [`config`] and [`telemetry`] are leaves that only [`worker`] and [`cli`] use. [`data`] fetches and
//! builds artifacts; only [`cli`] uses it. Nothing left of `worker` knows Kafka, tokio, files, the clock or
//! a global: the same article and artifacts always give the same output.

pub mod article;
pub mod casualties;
pub mod cli;
pub mod config;
pub mod data;
pub mod enrich;
pub mod enriched;
pub mod entities;
pub mod locations;
pub mod spacy;
pub mod telemetry;
pub mod text;
pub mod worker;
