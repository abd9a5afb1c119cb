//! Sentence boundaries by rule: abbreviations, initials, quotes, datelines, decimals, headings.
//!
//! The tokenizer has already given every stop that belongs to a word to that word, so a "." on its own ends a
//! sentence unless what follows says no. What is left to decide here: whether a word that ends with a stop
//! ends the sentence too ("Apple Inc."), which quotes and brackets close with it, and what a newline means.

use std::ops::Range;

use super::abbreviations::{self, Abbreviation};
use super::{Token, TokenKind};

/// No sentence has more tokens than this; a longer run without a boundary is cut. It bounds what later
/// stages do a sentence.
pub const MAX_TOKENS: usize = 1_000;

/// Splits `tokens` of `text` into sentences, as ranges of token indices that together cover every token.
pub fn split(text: &str, tokens: &[Token], sentences: &mut Vec<Range<u32>>) {
    sentences.reserve(tokens.len() / 20 + 1);
    let mut splitter = Splitter { text, tokens, wrap: wrap_width(text), line_start: 0, quote_open: false };
    let mut start = 0;
    let mut at = 0;
    while at < tokens.len() {
        let end = splitter.boundary(start, at);
        splitter.track(at);
        match end {
            Some(end) => {
                (at + 1..end).for_each(|i| splitter.track(i));
                sentences.push(start as u32..end as u32);
                start = end;
                at = end;
            }
            None => at += 1,
        }
    }
}

/// Capitalised words that begin a sentence much more often than they follow an abbreviation inside one.
#[rustfmt::skip]
const STARTERS: [&str; 62] = [
    "A", "About", "According", "After", "Afterwards", "All", "Also", "Although", "An", "And", "Another", "As",
    "At", "Authorities", "Because", "Before", "Both", "But", "By", "During", "Earlier", "Five", "For", "Four",
    "From", "He", "Her", "His", "However", "I", "If", "In", "It", "Its", "Later", "Many", "Meanwhile", "More",
    "Most", "No", "On", "One", "Others", "Our", "Residents", "She", "Since", "So", "Some", "That", "The",
    "Their", "There", "These", "They", "This", "Three", "Two", "We", "When", "While", "Witnesses",
];

/// What follows a time of day without ending the sentence.
const AFTER_TIME: [&str; 20] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Eastern",
    "Central",
    "Pacific",
    "Mountain",
    "Moscow",
    "London",
    "Greenwich",
    "Beijing",
    "Tokyo",
    "EST",
    "EDT",
    "GMT",
    "UTC",
];

/// The length of the lines of a hard-wrapped text; `None` for a text with a paragraph a line.
fn wrap_width(text: &str) -> Option<usize> {
    const WIDTHS: Range<usize> = 40..101;
    const MIN_LINES: usize = 3;
    let mut widest = 0;
    let mut full = 0;
    let mut lines = 0;
    for line in text.split('\n').map(str::len).filter(|&len| len > 0) {
        if line >= WIDTHS.end {
            return None;
        }
        lines += 1;
        widest = widest.max(line);
        full += usize::from(line >= WIDTHS.start);
    }
    (lines >= MIN_LINES && full * 2 > lines && WIDTHS.contains(&widest)).then_some(widest)
}

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    wrap: Option<usize>,
    /// The byte at which the line of the current token starts, as far as `wrap` asks.
    line_start: usize,
    /// Whether a straight double quote is open in this paragraph.
    quote_open: bool,
}

/// The white space between two tokens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Space,
    Newline,
    BlankLine,
}

impl<'a> Splitter<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.tokens[at].span.of(self.text)
    }

    /// The gap after the token at `at`.
    fn gap(&self, at: usize) -> Gap {
        let token = self.tokens[at];
        if !token.space_after {
            return Gap::Nothing;
        }
        let end = self.tokens.get(at + 1).map_or(self.text.len(), |next| next.span.start as usize);
        let space = &self.text.as_bytes()[token.span.end as usize..end];
        match space.iter().filter(|&&byte| byte == b'\n').take(2).count() {
            0 => Gap::Space,
            1 => Gap::Newline,
            _ => Gap::BlankLine,
        }
    }

    /// Keeps the state of quotes and lines up to and with the token at `at`.
    fn track(&mut self, at: usize) {
        if self.word(at) == "\"" {
            self.quote_open = !self.quote_open;
        }
        let gap = self.gap(at);
        if gap >= Gap::Newline {
            // A quotation left open ends with its paragraph.
            self.quote_open = self.quote_open && gap == Gap::Newline && self.wrap.is_some();
            self.line_start = self.tokens.get(at + 1).map_or(self.text.len(), |next| next.span.start as usize);
        }
    }

    /// The index after the last token of the sentence that began at `start`, if the token at `at` ends it.
    fn boundary(&self, start: usize, at: usize) -> Option<usize> {
        if at + 1 == self.tokens.len() || at + 1 - start >= MAX_TOKENS {
            return Some(at + 1);
        }
        let gap = self.gap(at);
        if gap == Gap::BlankLine {
            return Some(at + 1);
        }
        let token = self.tokens[at];
        let word = self.word(at);
        let end = match token.kind {
            TokenKind::Number => None,
            TokenKind::Word if word.ends_with('.') => self.after_abbreviation(start, at, word, gap),
            TokenKind::Word => None,
            TokenKind::Punctuation => self.after_mark(start, at, word),
        };
        end.or_else(|| (gap == Gap::Newline && self.newline_ends(at)).then_some(at + 1))
    }

    /// Whether the newline after the token at `at`, which ends no sentence by itself, ends one.
    fn newline_ends(&self, at: usize) -> bool {
        let next = &self.tokens[at + 1];
        let next_word = self.word(at + 1);
        if next_word.starts_with(char::is_lowercase) || matches!(next_word, "," | ";" | ")" | "." | "%") {
            return false;
        }
        let Some(width) = self.wrap else { return true };
        if next.kind == TokenKind::Punctuation && matches!(next_word, "•" | "*" | "-" | "–" | "—") {
            return true;
        }
        // In a hard-wrapped text a line ends by itself only where the next word would still have fitted.
        let line = self.tokens[at].span.end as usize - self.line_start;
        line + next_word.len() + 1 < width * 4 / 5
    }

    /// The end of the sentence after a token that is a mark of its own.
    fn after_mark(&self, start: usize, at: usize, mark: &str) -> Option<usize> {
        let full = match mark {
            "." | "!" | "?" | "…" | "‽" | "?!" | "!?" => mark == ".",
            // Chinese, Japanese, Devanagari, Arabic, Armenian, Ethiopic: no case, often no space.
            "。" | "！" | "？" | "｡" | "।" | "॥" | "؟" | "۔" | "։" | "።" => {
                return Some(self.close(at + 1));
            }
            _ if mark.len() > 1 && mark.bytes().all(|b| b == b'.') => false,
            _ => return None,
        };
        let end = self.close(at + 1);
        let Some(next) = self.tokens.get(end) else { return Some(end) };
        let gap = self.gap(end - 1);
        if gap == Gap::BlankLine {
            return Some(end);
        }
        if matches!(self.word(end), "." | "!" | "?" | "…" | "..." | "," | ";" | ":" | ")" | "]") {
            return None;
        }
        if gap == Gap::Nothing && !self.starts_upper(end) {
            return None;
        }
        // "1. The first item": the number of a list item is no sentence.
        if full && at == start + 1 && self.is_item_number(start) {
            return None;
        }
        if next.kind == TokenKind::Punctuation || next.kind == TokenKind::Number || self.is_caseless(end) {
            return (gap != Gap::Nothing || next.kind == TokenKind::Punctuation && self.opens(end)).then_some(end);
        }
        if self.starts_upper(end) {
            return Some(end);
        }
        // What follows is in lower case. Quoted speech goes on ("Stop!" he said); a short word before the
        // stop is an abbreviation that nobody listed; else it is careless writing.
        let before = &self.tokens[at.saturating_sub(1)];
        (full && end == at + 1 && (before.span.len() > 3 || before.kind != TokenKind::Word)).then_some(end)
    }

    /// The end of the sentence after a word that ends with a stop, if that stop ends it.
    fn after_abbreviation(&self, start: usize, at: usize, word: &str, gap: Gap) -> Option<usize> {
        let end = self.close(at + 1);
        if end >= self.tokens.len() {
            return Some(end);
        }
        let gap = if end > at + 1 { self.gap(end - 1) } else { gap };
        if gap == Gap::BlankLine {
            return Some(end);
        }
        let next_word = self.word(end);
        if gap == Gap::Nothing || !self.starts_upper(end) && !self.opens(end) {
            return None;
        }
        let stem = &word[..word.len() - 1];
        let ends = match abbreviations::find(stem) {
            Some(Abbreviation::Title | Abbreviation::Numbered) => false,
            Some(Abbreviation::Month) => true,
            Some(Abbreviation::General) if stem == "etc" => true,
            Some(Abbreviation::General) => STARTERS.binary_search(&next_word).is_ok(),
            None if is_time(stem) => !AFTER_TIME.contains(&next_word),
            // An initial at the head is part of a name; elsewhere a function word shows that it is none.
            None => at > start && STARTERS.binary_search(&next_word).is_ok(),
        };
        ends.then_some(end)
    }

    /// The index after the quotes and brackets that close before `at`.
    fn close(&self, mut at: usize) -> usize {
        let mut open = self.quote_open;
        while at < self.tokens.len() {
            let gap = self.gap(at - 1);
            if gap >= Gap::Newline {
                break;
            }
            let attached = gap == Gap::Nothing;
            let closes = match self.word(at) {
                "”" | "’" | "»" | "''" | ")" | "]" | "}" | "」" | "』" => true,
                "\"" if open => {
                    open = false;
                    true
                }
                "\"" | "'" => attached && self.gap(at) != Gap::Nothing,
                _ => false,
            };
            if !closes {
                break;
            }
            at += 1;
        }
        at
    }

    fn starts_upper(&self, at: usize) -> bool {
        self.word(at).starts_with(char::is_uppercase)
    }

    fn is_caseless(&self, at: usize) -> bool {
        self.word(at).chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_uppercase() && !c.is_lowercase())
    }

    fn opens(&self, at: usize) -> bool {
        matches!(self.word(at), "\"" | "“" | "‘" | "«" | "``" | "'" | "(" | "[" | "「" | "•")
    }

    fn is_item_number(&self, at: usize) -> bool {
        let token = self.tokens[at];
        token.kind == TokenKind::Number && token.span.len() <= 2
            || token.kind == TokenKind::Word && token.span.len() == 1 && self.starts_upper(at)
    }
}

fn is_time(stem: &str) -> bool {
    ["a.m", "p.m"].iter().any(|time| time.eq_ignore_ascii_case(stem))
}
