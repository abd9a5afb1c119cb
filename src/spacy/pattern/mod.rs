//! Regular expressions as Python's `re` reads them, for the tokenizer's rules.
//!
//! A pipeline's affix rules are one long alternation of small patterns with look-around, written for a
//! backtracking engine; which alternative wins is part of what they mean. This engine keeps that meaning and
//! is built for that form: each alternative knows which characters it can start with, whether it is tied to
//! an end of the text and how long it can get, so that at most positions nothing is tried at all. Failed
//! states are remembered once a search takes too many steps, which keeps the time linear in the text
//! (the idea of bounded backtracking: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach").
//!
//! Not supported, and reported as such: back references, possessive and atomic groups, conditionals, case folding.

mod class;
mod matcher;
mod parse;
mod program;

pub(super) use matcher::Backtracker;
pub(super) use program::Pattern;

/// A pattern that this engine cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {at}")]
pub(super) struct PatternError {
    pub(super) what: &'static str,
    pub(super) at: usize,
}
