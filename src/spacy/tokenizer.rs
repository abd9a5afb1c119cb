//! The tokenizer: white space, affixes, exceptions, then the pass for exceptions that the affix rules broke up.
//!
//! The algorithm is the one that spaCy documents for its `Tokenizer`; the rules are the pipeline's own.

use rustc_hash::FxHashMap;

use super::cache::{CachedPart, Chunks};
use super::hash::string_id;
use super::pattern::Backtracker;
use super::rules::{RuleError, RuleTexts, Rules};
use super::unicode::is_space;

/// A run without white space is cut after this many bytes, so that time stays linear in the text. spaCy has no
/// such limit; nothing that is language comes near it.
const MAX_CHUNK_BYTES: usize = 2048;

/// Maps a token's text and norm to the index of a word.
pub(super) trait Intern {
    fn intern(&mut self, text: &str, norm: Option<u64>) -> u32;
    /// The string identifier of a word.
    fn orth(&self, word: u32) -> u64;
    /// Whether a phrase of the special-case pass may start with the word.
    fn starts_phrase(&self, word: u32) -> bool;
}

/// One token on its way: bytes `start..end` of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawToken {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) word: u32,
    pub(super) space_after: bool,
}

/// Working memory of the tokenizer; one a thread.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    memory: Backtracker,
    parts: Vec<Part>,
    suffixes: Vec<u32>,
    infixes: Vec<(usize, usize)>,
    cached: Vec<CachedPart>,
    matches: Vec<(u32, u32)>,
    claimed: Vec<bool>,
    retokenized: Vec<RawToken>,
}

/// One token of a chunk: its length in bytes and its norm, where an exception gives one.
#[derive(Debug, Clone, Copy)]
struct Part {
    bytes: u32,
    norm: Option<u64>,
}

/// The tokenizer of a pipeline.
#[derive(Debug)]
pub(super) struct Tokenizer {
    rules: Rules,
    /// The exceptions that the affix rules would break up, as sequences of tokens, by their first token.
    phrases: FxHashMap<u64, Vec<Box<[u64]>>>,
}

impl Tokenizer {
    pub(super) fn new(texts: &RuleTexts) -> Result<Tokenizer, RuleError> {
        let rules = Rules::new(texts)?;
        let mut tokenizer = Tokenizer { rules, phrases: FxHashMap::default() };
        let mut buffers = Buffers::default();
        let mut phrases: FxHashMap<u64, Vec<Box<[u64]>>> = FxHashMap::default();
        for (chunk, _) in &texts.exceptions {
            if texts.faster_heuristics && !chunk.contains(' ') && !tokenizer.rules.splits(chunk, &mut buffers.memory) {
                continue;
            }
            let mut sequence = Vec::new();
            tokenizer.for_each_chunk(chunk, |start, end, _| {
                tokenizer.split(&chunk[start..end], false, &mut buffers);
                let mut at = start;
                for part in &buffers.parts {
                    sequence.push(string_id(&chunk[at..at + part.bytes as usize]));
                    at += part.bytes as usize;
                }
            });
            if let Some(&first) = sequence.first() {
                phrases.entry(first).or_default().push(sequence.into_boxed_slice());
            }
        }
        tokenizer.phrases = phrases;
        Ok(tokenizer)
    }

    /// Whether a phrase of the special-case pass starts with the token `orth`.
    pub(super) fn starts_phrase(&self, orth: u64) -> bool {
        self.phrases.contains_key(&orth)
    }

    /// Splits `text` into `tokens`; with their white space they spell it.
    pub(super) fn tokenize(
        &self,
        text: &str,
        words: &mut impl Intern,
        chunks: &mut Chunks,
        buffers: &mut Buffers,
        tokens: &mut Vec<RawToken>,
    ) {
        tokens.clear();
        self.for_each_chunk(text, |start, end, space_after| {
            let chunk = &text[start..end];
            let mut at = start as u32;
            let mut push = |part: &CachedPart| {
                tokens.push(RawToken { start: at, end: at + part.bytes, word: part.word, space_after: false });
                at += part.bytes;
            };
            let key = Chunks::key(chunk);
            match chunks.get(key, chunk) {
                Some(parts) => parts.iter().for_each(push),
                None => {
                    self.split(chunk, true, buffers);
                    buffers.cached.clear();
                    let mut from = 0;
                    for part in &buffers.parts {
                        let piece = &chunk[from..from + part.bytes as usize];
                        buffers.cached.push(CachedPart { bytes: part.bytes, word: words.intern(piece, part.norm) });
                        from += part.bytes as usize;
                    }
                    chunks.insert(key, chunk, &buffers.cached);
                    buffers.cached.iter().for_each(&mut push);
                }
            }
            if let Some(last) = tokens.last_mut() {
                last.space_after = space_after;
            }
        });
        self.apply_phrases(text, words, buffers, tokens);
    }

    /// Calls `each` with the bytes of every run of white space or of other characters, and whether a single
    /// space follows that belongs to the run before it.
    fn for_each_chunk(&self, text: &str, mut each: impl FnMut(usize, usize, bool)) {
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            let (space, mut at) = class_at(text, start);
            while at < bytes.len() {
                let byte = bytes[at];
                if byte > b' ' && byte < 128 {
                    if space {
                        break;
                    }
                    at += 1;
                    continue;
                }
                let (next_space, next) = class_at(text, at);
                if next_space != space {
                    break;
                }
                at = next;
            }
            let mut from = start;
            while !space && at - from > MAX_CHUNK_BYTES {
                let cut = character_start(text, from + MAX_CHUNK_BYTES);
                each(from, cut, false);
                from = cut;
            }
            // The first space after a run belongs to it; what follows starts the next run.
            let owns_space = bytes.get(at) == Some(&b' ');
            each(from, at, owns_space);
            start = at + usize::from(owns_space);
        }
    }

    /// Splits one chunk into `buffers.parts`.
    fn split(&self, chunk: &str, with_specials: bool, buffers: &mut Buffers) {
        let Buffers { memory, parts, suffixes, infixes, .. } = buffers;
        parts.clear();
        suffixes.clear();
        let special = |text: &str| if with_specials { self.rules.special(text) } else { None };
        let mut rest = chunk;
        if special(chunk).is_none() && self.rules.is_plain(chunk) {
            parts.push(Part { bytes: chunk.len() as u32, norm: None });
            return;
        }
        let mut last_len = 0;
        while !rest.is_empty() && rest.len() != last_len {
            if self.rules.is_token(rest, memory) || special(rest).is_some() {
                break;
            }
            last_len = rest.len();
            let prefix = self.rules.prefix_bytes(rest, memory);
            let without_prefix = &rest[prefix..];
            if prefix > 0 && special(without_prefix).is_some() {
                parts.push(Part { bytes: prefix as u32, norm: None });
                rest = without_prefix;
                break;
            }
            let suffix = self.rules.suffix_bytes(without_prefix, memory);
            let without_suffix = &rest[..rest.len() - suffix];
            if suffix > 0 && special(without_suffix).is_some() {
                suffixes.push(suffix as u32);
                rest = without_suffix;
                break;
            }
            if prefix > 0 {
                parts.push(Part { bytes: prefix as u32, norm: None });
            }
            if suffix > 0 {
                suffixes.push(suffix as u32);
            }
            rest = &rest[prefix..rest.len() - suffix];
        }
        if !rest.is_empty() {
            if let Some(special) = special(rest) {
                parts.extend(special.iter().map(|part| Part { bytes: part.bytes, norm: part.norm }));
            } else if self.rules.is_token(rest, memory) || self.rules.is_url(rest, memory) {
                parts.push(Part { bytes: rest.len() as u32, norm: None });
            } else {
                infixes.clear();
                self.rules.infixes(rest, memory, infixes);
                let mut start = 0;
                let mut push = |from: usize, to: usize| {
                    if from < to {
                        parts.push(Part { bytes: (to - from) as u32, norm: None });
                    }
                };
                for &(from, to) in &*infixes {
                    if from == 0 {
                        continue;
                    }
                    push(start, from);
                    push(from, to);
                    start = to;
                }
                push(start, rest.len());
            }
        }
        parts.extend(suffixes.iter().rev().map(|&bytes| Part { bytes, norm: None }));
    }

    /// Puts exceptions back together that the affix rules split: the longest match wins, then the first.
    fn apply_phrases(&self, text: &str, words: &mut impl Intern, buffers: &mut Buffers, tokens: &mut Vec<RawToken>) {
        let Buffers { matches, claimed, retokenized, .. } = buffers;
        matches.clear();
        for (start, token) in tokens.iter().enumerate() {
            if !words.starts_phrase(token.word) {
                continue;
            }
            let Some(phrases) = self.phrases.get(&words.orth(token.word)) else { continue };
            for phrase in phrases {
                let found = tokens
                    .get(start..start + phrase.len())
                    .is_some_and(|span| span.iter().zip(phrase).all(|(token, &orth)| words.orth(token.word) == orth));
                if found {
                    matches.push((start as u32, (start + phrase.len()) as u32));
                }
            }
        }
        if matches.is_empty() {
            return;
        }
        matches.sort_unstable_by_key(|&(start, end)| (std::cmp::Reverse(end - start), start));
        claimed.clear();
        claimed.resize(tokens.len(), false);
        matches.retain(|&(start, end)| {
            let (start, end) = (start as usize, end as usize);
            let free = !claimed[start] && !claimed[end - 1];
            claimed[start..end].fill(true);
            free
        });
        matches.sort_unstable();
        retokenized.clear();
        let mut next = 0;
        for &(start, end) in &*matches {
            let (start, end) = (start as usize, end as usize);
            retokenized.extend_from_slice(&tokens[next..start]);
            next = end;
            let (from, to) = (tokens[start].start, tokens[end - 1].end);
            match self.rules.special(&text[from as usize..to as usize]) {
                None => retokenized.extend_from_slice(&tokens[start..end]),
                Some(parts) => {
                    let mut at = from;
                    for part in parts {
                        let word = words.intern(&text[at as usize..(at + part.bytes) as usize], part.norm);
                        retokenized.push(RawToken { start: at, end: at + part.bytes, word, space_after: false });
                        at += part.bytes;
                    }
                    if let Some(last) = retokenized.last_mut() {
                        last.space_after = tokens[end - 1].space_after;
                    }
                }
            }
        }
        retokenized.extend_from_slice(&tokens[next..]);
        std::mem::swap(tokens, retokenized);
    }
}

/// The last place at or before byte `at` where a character starts.
pub(super) fn character_start(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Whether the character at byte `at` is white space, and where the next one starts.
fn class_at(text: &str, at: usize) -> (bool, usize) {
    let byte = text.as_bytes()[at];
    if byte < 128 {
        return (is_space(char::from(byte)), at + 1);
    }
    let c = text[at..].chars().next().unwrap_or_default();
    (is_space(c), at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::super::rules::SpecialToken;
    use super::*;

    /// Words without a model: every text gets a number.
    #[derive(Default)]
    struct Texts {
        texts: Vec<String>,
        tokenizer: Option<Tokenizer>,
    }

    impl Intern for Texts {
        fn intern(&mut self, text: &str, norm: Option<u64>) -> u32 {
            self.texts.push(norm.map_or_else(|| text.to_owned(), |_| format!("{text}*")));
            self.texts.len() as u32 - 1
        }

        fn orth(&self, word: u32) -> u64 {
            string_id(self.texts[word as usize].trim_end_matches('*'))
        }

        fn starts_phrase(&self, word: u32) -> bool {
            self.tokenizer.as_ref().is_some_and(|tokenizer| tokenizer.starts_phrase(self.orth(word)))
        }
    }

    fn rules() -> RuleTexts {
        let special = |tokens: &[(&str, Option<&str>)]| {
            let tokens = tokens
                .iter()
                .map(|(text, norm)| SpecialToken { text: (*text).to_owned(), norm: norm.map(str::to_owned) });
            let tokens: Vec<_> = tokens.collect();
            (tokens.iter().map(|token| token.text.as_str()).collect(), tokens)
        };
        RuleTexts {
            prefix_search: Some(r#"^\(|^"|^:"#.to_owned()),
            suffix_search: Some(r#"\)$|"$|,$|\.\.+$|(?<=[a-z])\.$|'s$"#.to_owned()),
            infix_finditer: Some(r"(?<=[a-z])-(?=[a-z])|\.\.+".to_owned()),
            token_match: None,
            url_match: Some(r"^\w+://\S+$".to_owned()),
            faster_heuristics: true,
            exceptions: vec![
                special(&[("do", None), ("n't", Some("not"))]),
                special(&[(":)", Some("smile"))]),
                special(&[("e.g.", None)]),
                special(&[("'s", Some("is"))]),
            ],
        }
    }

    /// Tokens as texts; `_` marks a space after, `*` a norm by exception.
    fn tokenize(text: &str) -> Vec<String> {
        let tokenizer = Tokenizer::new(&rules()).unwrap();
        let mut words = Texts { tokenizer: Some(Tokenizer::new(&rules()).unwrap()), ..Texts::default() };
        let (mut chunks, mut buffers, mut tokens) = (Chunks::new(64), Buffers::default(), Vec::new());
        tokenizer.tokenize(text, &mut words, &mut chunks, &mut buffers, &mut tokens);
        let shown = |token: &RawToken| {
            let space = if token.space_after { "_" } else { "" };
            format!("{}{space}", words.texts[token.word as usize])
        };
        tokens.iter().map(shown).collect()
    }

    #[test]
    fn affixes_come_off_one_by_one() {
        assert_eq!(tokenize("(\"well-known\", no.)"), ["(", "\"", "well", "-", "known", "\"", ",_", "no", ".", ")"]);
        assert_eq!(tokenize("wait...now"), ["wait", "...", "now"]);
        assert_eq!(tokenize("(http://a-b.c)"), ["(", "http://a-b.c", ")"]);
    }

    #[test]
    fn exceptions_stop_the_splitting() {
        assert_eq!(tokenize("(don't)"), ["(", "do", "n't*", ")"]);
        assert_eq!(tokenize("(e.g.,"), ["(", "e.g.", ","]);
    }

    #[test]
    fn exceptions_are_put_together_again_after_the_splitting() {
        assert_eq!(tokenize("x(:)"), ["x(:", ")"]);
        assert_eq!(tokenize("Kim's"), ["Kim", "'s*"]);
        // A space within keeps it from being the exception.
        assert_eq!(tokenize("\": )"), ["\"", ":_", ")"]);
    }

    #[test]
    fn white_space_makes_tokens_but_for_single_spaces() {
        assert_eq!(tokenize(" a  b\n c "), [" ", "a_", " ", "b", "\n ", "c_"]);
        assert_eq!(tokenize(""), Vec::<String>::new());
        assert_eq!(tokenize("\u{3000}"), ["\u{3000}"]);
    }

    #[test]
    fn runs_without_white_space_are_cut_on_characters() {
        let tokens = tokenize(&"é".repeat(MAX_CHUNK_BYTES));
        assert_eq!(tokens.len(), 2);
        assert_eq!(tokens.concat(), "é".repeat(MAX_CHUNK_BYTES));
    }
}
