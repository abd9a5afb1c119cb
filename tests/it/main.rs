//! Black-box tests: the binary against a real Apache Kafka, and the order of the house.
//!
//! `make test` runs them all. Those that need a broker start one from the jars that `make kafka` fetches; most
//! share it, each with topics of its own. Logs of brokers and workers are kept in `target/tmp/logs`.

#![allow(clippy::unwrap_used, reason = "tests may")]

mod cases_casualties;
mod cases_stages;
mod cases_text;
mod config;
mod data;
mod enrich;
mod faults;
mod fuzz_article;
mod golden;
mod harness;
mod kafka;
mod spacy;
mod tidy;
mod worker;
mod worker_edges;
