//! x
mod config;
mod enrich;
