//! x
mod cases_stages;
