//! x
mod cases_text;
mod fuzz_article;
