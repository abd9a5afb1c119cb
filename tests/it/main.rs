//! x
mod cases_stages;
mod data;
