//! x
mod config;
