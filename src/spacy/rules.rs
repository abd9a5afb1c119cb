//! A pipeline's tokenizer rules as they are serialised, and their compiled form.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::hash::string_id;
use super::pattern::{Backtracker, Pattern};

/// The rules of spaCy's `Tokenizer`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct RuleTexts {
    pub(super) prefix_search: Option<String>,
    pub(super) suffix_search: Option<String>,
    pub(super) infix_finditer: Option<String>,
    pub(super) token_match: Option<String>,
    pub(super) url_match: Option<String>,
    pub(super) faster_heuristics: bool,
    /// Chunks that are split in a fixed way.
    pub(super) exceptions: Vec<(String, Vec<SpecialToken>)>,
}

/// One token of an exception: its text and the norm that it is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SpecialToken {
    pub(super) text: String,
    pub(super) norm: Option<String>,
}

/// A rule that cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("tokenizer rule {rule}: {message}")]
pub(super) struct RuleError {
    rule: &'static str,
    message: String,
}

/// One token of an exception, ready to use.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpecialPart {
    pub(super) bytes: u32,
    pub(super) norm: Option<u64>,
}

/// The compiled rules.
#[derive(Debug)]
pub(super) struct Rules {
    prefix: Option<Pattern>,
    suffix: Option<Pattern>,
    infix: Option<Pattern>,
    token_match: Option<Pattern>,
    url_match: Option<Pattern>,
    specials: FxHashMap<Box<str>, Box<[SpecialPart]>>,
    longest_special: usize,
    /// Whether a chunk of ASCII letters that is no exception is always one token.
    letters_stay_whole: bool,
}

const LETTERS: u128 = 0x07ff_fffe_07ff_fffe << 64;

impl Rules {
    pub(super) fn new(texts: &RuleTexts) -> Result<Rules, RuleError> {
        let compile = |rule: &'static str, text: &Option<String>| -> Result<Option<Pattern>, RuleError> {
            let Some(text) = text else { return Ok(None) };
            Pattern::new(text).map(Some).map_err(|error| RuleError { rule, message: error.to_string() })
        };
        let mut specials: FxHashMap<Box<str>, Box<[SpecialPart]>> = HashMap::default();
        for (chunk, tokens) in &texts.exceptions {
            let whole: String = tokens.iter().map(|token| token.text.as_str()).collect();
            if whole != *chunk || tokens.iter().any(|token| token.text.is_empty()) {
                let message = format!("the tokens of {chunk:?} do not spell it");
                return Err(RuleError { rule: "exceptions", message });
            }
            let parts = tokens.iter().map(|token| SpecialPart {
                bytes: token.text.len() as u32,
                norm: token.norm.as_deref().map(string_id).filter(|&id| id != 0),
            });
            specials.insert(chunk.as_str().into(), parts.collect());
        }
        let mut rules = Rules {
            prefix: compile("prefix_search", &texts.prefix_search)?,
            suffix: compile("suffix_search", &texts.suffix_search)?,
            infix: compile("infix_finditer", &texts.infix_finditer)?,
            token_match: compile("token_match", &texts.token_match)?,
            url_match: compile("url_match", &texts.url_match)?,
            longest_special: specials.keys().map(|chunk| chunk.len()).max().unwrap_or(0),
            specials,
            letters_stay_whole: false,
        };
        let patterns = [&rules.prefix, &rules.suffix, &rules.infix, &rules.token_match, &rules.url_match];
        rules.letters_stay_whole = !patterns.into_iter().flatten().any(|pattern| pattern.may_match_within(LETTERS));
        Ok(rules)
    }

    /// The tokens of the exception `chunk`.
    pub(super) fn special(&self, chunk: &str) -> Option<&[SpecialPart]> {
        if chunk.len() > self.longest_special {
            return None;
        }
        self.specials.get(chunk).map(AsRef::as_ref)
    }

    /// Whether `chunk`, which is no exception, is one token without asking the rules.
    pub(super) fn is_plain(&self, chunk: &str) -> bool {
        self.letters_stay_whole && chunk.bytes().all(|byte| byte.is_ascii_alphabetic())
    }

    /// Whether an affix or infix rule would split `chunk`.
    pub(super) fn splits(&self, chunk: &str, memory: &mut Backtracker) -> bool {
        self.prefix_bytes(chunk, memory) > 0
            || self.suffix_bytes(chunk, memory) > 0
            || self.infix.as_ref().is_some_and(|infix| infix.search(chunk, memory).is_some())
    }

    /// Whether `chunk` is one token by `token_match`.
    pub(super) fn is_token(&self, chunk: &str, memory: &mut Backtracker) -> bool {
        self.token_match.as_ref().is_some_and(|pattern| pattern.matches(chunk, memory))
    }

    /// Whether `chunk` is one token by `url_match`.
    pub(super) fn is_url(&self, chunk: &str, memory: &mut Backtracker) -> bool {
        self.url_match.as_ref().is_some_and(|pattern| pattern.matches(chunk, memory))
    }

    /// The length of the prefix to split off; 0 where there is none.
    pub(super) fn prefix_bytes(&self, chunk: &str, memory: &mut Backtracker) -> usize {
        let Some((start, end)) = self.prefix.as_ref().and_then(|pattern| pattern.search(chunk, memory)) else {
            return 0;
        };
        match start {
            0 => end,
            // spaCy takes as many characters from the front as the match has, wherever it stands.
            _ => {
                let count = chunk[start..end].chars().count();
                chunk.char_indices().nth(count).map_or(chunk.len(), |(at, _)| at)
            }
        }
    }

    /// The length of the suffix to split off; 0 where there is none.
    pub(super) fn suffix_bytes(&self, chunk: &str, memory: &mut Backtracker) -> usize {
        let Some((start, end)) = self.suffix.as_ref().and_then(|pattern| pattern.search(chunk, memory)) else {
            return 0;
        };
        if end == chunk.len() {
            return end - start;
        }
        match chunk[start..end].chars().count() {
            0 => 0,
            count => chunk.char_indices().rev().nth(count - 1).map_or(chunk.len(), |(at, _)| chunk.len() - at),
        }
    }

    /// Every infix of `chunk`, as ranges of bytes.
    pub(super) fn infixes(&self, chunk: &str, memory: &mut Backtracker, found: &mut Vec<(usize, usize)>) {
        if let Some(pattern) = &self.infix {
            pattern.find_all(chunk, memory, found);
        }
    }
}
