//! x
mod data;
