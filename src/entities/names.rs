//! Candidate names: the maximal runs of capitalised words of a text, with what joins them ("of", "bin", "&").
//!
//! Looked for where the model labelled nothing. What a run is a name of, if of anything, is for [`super::mentions`]
//! and [`super::resolve`] to say.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::dateline;
use super::lexicon::{Class, Lexicon, lower_into};
use super::mentions::Marks;
use crate::text::{Document, Field, Span, TextField, TokenKind};

/// Words in lower case that stand inside names of people and places.
const PARTICLES: [&str; 22] = [
    "al", "el", "bin", "ibn", "bint", "ben", "van", "von", "der", "den", "ter", "ten", "de", "del", "della", "di",
    "da", "do", "dos", "das", "la", "du",
];

/// More words than this are a list in capitals, no name; and longer words are nobody's.
const MAX_WORDS: usize = 12;
const MAX_WORD_BYTES: usize = 60;

/// One word of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// The word without a lower-case tail ("Moscow" of "Moscow-backed").
    pub(super) text: &'a str,
    pub(super) span: Span,
    pub(super) class: Class,
    /// False of what only joins.
    pub(super) capital: bool,
}

/// A run of words: a range of [`Names::words`], and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) field: Field,
    pub(super) words: Range<usize>,
    /// Its tokens: from the first to one past the last.
    pub(super) tokens: Range<usize>,
    /// Whether its first word would be capitalised whatever it is.
    pub(super) opens: bool,
}

/// How a sentence uses capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As prose does: they mark names.
    Prose,
    /// For emphasis, as headlines do: they tell nothing.
    Shouted,
}

/// The candidate names of a document.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pub(super) words: Vec<Word<'a>>,
    pub(super) runs: Vec<Run>,
    /// Stretches of sentences in which capitals tell nothing, as ranges of tokens.
    pub(super) shouted: Vec<(Field, Range<usize>)>,
    /// Those sentences, by field and index, in order.
    loud: Vec<(Field, usize)>,
    /// Words that the document has in lower case.
    lower: FxHashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Learns which words the document has in lower case.
    pub(super) fn read_lower(&mut self, document: &Document<'a>) {
        for (_, field) in document.fields() {
            let words = field.tokens.iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.span.of(field.text));
            self.lower.extend(words.filter(|w| w.as_bytes()[0].is_ascii_lowercase()));
        }
    }

    /// Whether the document has `word`, which is in lower case, or its singular.
    pub(super) fn is_lower(&self, word: &str) -> bool {
        self.lower.contains(word) || word.strip_suffix('s').is_some_and(|singular| self.lower.contains(singular))
    }

    /// Collects the candidates among the tokens of `field` that `marks` leaves; gives their range of [`Names::runs`].
    pub(super) fn collect(
        &mut self,
        which: Field,
        field: &TextField<'a>,
        marks: &Marks,
        lexicon: &Lexicon,
    ) -> Range<usize> {
        let first_run = self.runs.len();
        let mut buffer = String::new();
        let mut start = 0;
        if which == Field::Body
            && let Some(dateline) = dateline::find(field)
            && !lexicon.lower_class(field.word(0), &mut buffer).any(Class::FUNCTION.or(Class::NOUN))
            && !lexicon.class(field.word(0)).any(Class::NO_NAME)
        {
            for part in [Some(dateline.place), dateline.container, dateline.agency].into_iter().flatten() {
                if !part.clone().any(|at| marks.is_taken(at)) {
                    self.push_tokens(which, field, lexicon, part);
                }
            }
            start = dateline.end;
        }
        for (index, sentence) in field.sentences.iter().enumerate() {
            let tokens = (sentence.start as usize).max(start)..sentence.end as usize;
            if tokens.is_empty() {
                continue;
            }
            match style(which, field, tokens.clone()) {
                Style::Prose => self.free(tokens.clone(), marks, |names, free| {
                    names.scan(which, field, lexicon, (tokens.start, free), &mut buffer);
                }),
                Style::Shouted => {
                    self.loud.push((which, index));
                    self.free(tokens, marks, |names, free| names.shouted.push((which, free)));
                }
            }
        }
        first_run..self.runs.len()
    }

    /// Whether the document has the word `name` in lower case too.
    pub(super) fn is_also_lower(&self, name: &str) -> bool {
        let mut lower = String::new();
        lower_into(name, &mut lower);
        lower != name && self.lower.contains(lower.as_str())
    }

    /// Whether capitals tell nothing in the sentence `index` of the field `which`.
    pub(super) fn is_shouted(&self, which: Field, index: usize) -> bool {
        self.loud.binary_search(&(which, index)).is_ok()
    }

    /// Hands the stretches of `tokens` that are free to `each`.
    fn free(&mut self, tokens: Range<usize>, marks: &Marks, mut each: impl FnMut(&mut Self, Range<usize>)) {
        let mut at = tokens.start;
        while at < tokens.end {
            let end = (at..tokens.end).find(|&at| marks.is_taken(at)).unwrap_or(tokens.end);
            if end > at {
                each(self, at..end);
            }
            at = end + 1;
        }
    }

    /// The text from the first word of `words` to the last.
    fn text(&self, field: &TextField<'a>, words: Range<usize>) -> &'a str {
        self.span(words).of(field.text)
    }

    pub(super) fn span(&self, words: Range<usize>) -> Span {
        self.words[words.start].span.join(self.words[words.end - 1].span)
    }

    /// Takes `tokens` as a run, whatever they are.
    fn push_tokens(&mut self, which: Field, field: &TextField<'a>, lexicon: &Lexicon, tokens: Range<usize>) {
        let first = self.words.len();
        for at in tokens.clone() {
            let text = field.word(at);
            self.words.push(Word { text, span: field.tokens[at].span, class: lexicon.class(text), capital: true });
        }
        let words = first..self.words.len();
        self.runs.push(Run { field: which, words, tokens, opens: false });
    }

    fn scan(
        &mut self,
        which: Field,
        field: &TextField<'a>,
        lexicon: &Lexicon,
        (sentence_start, tokens): (usize, Range<usize>),
        buffer: &mut String,
    ) {
        let mut at = tokens.start;
        while at < tokens.end {
            let Some(word) = capitalised(field, at, lexicon, buffer) else {
                at += 1;
                continue;
            };
            if word.class.any(Class::CALENDAR) {
                at += 1;
                continue;
            }
            let first = self.words.len();
            self.words.push(word);
            let end = self.extend(field, lexicon, at, tokens.end, buffer);
            let opens = opens(field, sentence_start, at);
            let run = Run { field: which, words: first..self.words.len(), tokens: at..end, opens };
            self.trim(run, field, lexicon, buffer);
            at = end;
        }
    }

    /// Adds the words that go on with the run whose first token is `first`; gives the token after the last.
    fn extend(
        &mut self,
        field: &TextField<'a>,
        lexicon: &Lexicon,
        first: usize,
        limit: usize,
        buffer: &mut String,
    ) -> usize {
        let run_start = self.words.len() - 1;
        let mut end = first + 1;
        loop {
            if self.words.len() - run_start >= MAX_WORDS {
                return end;
            }
            let last = self.words[self.words.len() - 1];
            // A lower-case tail ends a name, and so does anything but plain space.
            if last.span.end != field.tokens[end - 1].span.end || !adjoins(field, end, limit) {
                let possessive = end < limit && is_possessive(field.word(end)) && last.class.any(Class::POSSESSIVE);
                if !(possessive && adjoins(field, end + 1, limit)) {
                    return end;
                }
                let Some(next) = capitalised(field, end + 1, lexicon, buffer) else { return end };
                self.words.push(joiner(field, end));
                self.words.push(next);
                end += 2;
                continue;
            }
            if let Some(word) = capitalised(field, end, lexicon, buffer) {
                let may_be_name = end == first + 1 && last.class.any(Class::GIVEN_NAME) && word.text == "May";
                if word.class.any(Class::CALENDAR) && !may_be_name {
                    return end;
                }
                self.words.push(word);
                end += 1;
                continue;
            }
            let joined = self.joiners(field, lexicon, run_start, end, limit, buffer);
            let Some(word) = (joined > 0).then(|| capitalised(field, end + joined, lexicon, buffer)).flatten() else {
                return end;
            };
            for at in end..end + joined {
                self.words.push(joiner(field, at));
            }
            self.words.push(word);
            end += joined + 1;
        }
    }

    /// How many of the tokens at `at` join the words before them to a capitalised one after them.
    fn joiners(
        &self,
        field: &TextField<'a>,
        lexicon: &Lexicon,
        run_start: usize,
        at: usize,
        limit: usize,
        buffer: &mut String,
    ) -> usize {
        let last = self.words[self.words.len() - 1];
        let capital_at = |at: usize| at < limit && starts_capitalised(field.word(at));
        let of_head =
            Class::ORGANISATION.or(Class::TITLE).or(Class::EVENT).or(Class::LAW).or(Class::OF).or(Class::OPENS_PLACE);
        match field.word(at) {
            "of" if last.class.any(of_head.or(Class::OPENS_EVENT)) => {
                let the = usize::from(at + 1 < limit && field.word(at + 1) == "the");
                if capital_at(at + 1 + the) && adjoins(field, at + 1, limit) { 1 + the } else { 0 }
            }
            "for" if last.class.any(Class::ORGANISATION) && capital_at(at + 1) => 1,
            "and"
                if capital_at(at + 1)
                    && lexicon.class(field.word(at + 1)).any(Class::COORDINATED)
                    && self.words[run_start..]
                        .iter()
                        .any(|w| !w.capital || w.class.any(Class::MODIFIER.or(Class::COORDINATED))) =>
            {
                1
            }
            "&" if capital_at(at + 1) && adjoins(field, at + 1, limit) => 1,
            word if PARTICLES.contains(&word) => {
                lower_into(word, buffer);
                let second = usize::from(at + 1 < limit && PARTICLES.contains(&field.word(at + 1)));
                if capital_at(at + 1 + second) { 1 + second } else { 0 }
            }
            _ => 0,
        }
    }

    /// Keeps `run` without the words at its head that are capitalised for where they stand.
    fn trim(&mut self, mut run: Run, field: &TextField<'a>, lexicon: &Lexicon, buffer: &mut String) {
        let single_after_preposition =
            |at: usize| at > 0 && matches!(field.word(at - 1), "in" | "near" | "at" | "from");
        while !run.words.is_empty() {
            let first = self.words[run.words.start];
            let alone = run.words.len() == 1;
            let class = lexicon.lower_class(first.text, buffer);
            let known = lexicon.name(first.text).is_some();
            let drop = if matches!(first.text, "The" | "A" | "An") || !first.capital {
                true
            } else if run.opens && class.any(Class::FUNCTION) && !known {
                !first.class.any(Class::GIVEN_NAME) || alone
            } else if alone {
                let titles = Class::TITLE.or(Class::MODIFIER).or(Class::HONORIFIC).or(Class::OFFICE);
                let listed = Class::HEAD.or(titles).or(Class::NO_NAME);
                !known
                    && (first.class.any(listed)
                        || class.any(Class::FUNCTION)
                        || class.any(Class::NOUN) && (run.opens || !single_after_preposition(run.tokens.start))
                        || run.opens && self.lower.contains(buffer.as_str()))
            } else {
                let next = self.words[run.words.start + 1];
                run.opens
                    && class.any(Class::NOUN)
                    && next.capital
                    && (next.class.any(Class::GIVEN_NAME)
                        || next.text.contains('-')
                        || lexicon.name(self.text(field, run.words.start + 1..run.words.end)).is_some())
            };
            if !drop {
                self.runs.push(run);
                return;
            }
            run.words.start += 1;
            run.tokens.start += 1;
            run.opens = false;
        }
    }
}

fn joiner<'a>(field: &TextField<'a>, at: usize) -> Word<'a> {
    Word { text: field.word(at), span: field.tokens[at].span, class: Class::default(), capital: false }
}

/// Whether the token at `at` follows the one before it after plain space, with no line between.
fn adjoins(field: &TextField<'_>, at: usize, limit: usize) -> bool {
    at < limit && at < field.tokens.len() && field.tokens[at - 1].space_after && {
        let between =
            &field.text.as_bytes()[field.tokens[at - 1].span.end as usize..field.tokens[at].span.start as usize];
        !between.contains(&b'\n')
    }
}

pub(super) fn is_possessive(word: &str) -> bool {
    matches!(word, "'s" | "’s" | "'" | "’")
}

/// Whether the token at `at` would be capitalised whatever it is.
fn opens(field: &TextField<'_>, start: usize, at: usize) -> bool {
    at == start
        || field.tokens[start..at].iter().rev().take(3).all(|t| t.kind == TokenKind::Punctuation) && at - start <= 3
        || matches!(field.word(at - 1), "\"" | "“" | "‘" | "''" | "``" | ":" | "•" | "*" | "-" | "–" | "—" | "--")
        || field.text[field.tokens[at - 1].span.end as usize..field.tokens[at].span.start as usize].contains('\n')
}

/// Whether `word` starts with a capital, perhaps after an article or particle ("al-Shabaab", "d'Ivoire").
fn starts_capitalised(word: &str) -> bool {
    let Some(first) = word.chars().next() else { return false };
    if first.is_uppercase() {
        return true;
    }
    if !first.is_lowercase() {
        return false;
    }
    match word.find(['-', '\'', '’']) {
        Some(at @ 1..=3) => {
            !matches!(&word[..at], "pro" | "non" | "ex" | "pre" | "mid" | "un" | "re" | "co" | "sub")
                && word[at..].chars().nth(1).is_some_and(char::is_uppercase)
        }
        _ => false,
    }
}

/// The token at `at` as a word of a name, where it is capitalised and not merely shouted.
fn capitalised<'a>(field: &TextField<'a>, at: usize, lexicon: &Lexicon, buffer: &mut String) -> Option<Word<'a>> {
    let token = field.tokens[at];
    if token.kind != TokenKind::Word || token.span.len() > MAX_WORD_BYTES {
        return None;
    }
    let mut span = token.span;
    let mut text = span.of(field.text);
    if !starts_capitalised(text) {
        let (prefix, rest) = text.split_once('-')?;
        let tail = matches!(prefix, "pro" | "anti" | "non" | "ex" | "pre" | "mid" | "post" | "then" | "trans");
        if !tail || !rest.starts_with(char::is_uppercase) {
            return None;
        }
        span.start += prefix.len() as u32 + 1;
        text = rest;
    }
    if let Some(tail) = lower_tail(text) {
        span.end = span.start + tail as u32;
        text = &text[..tail];
    }
    if text.contains(['@', '/', '_']) {
        return None;
    }
    let shouted = text.len() > 1 && text.bytes().all(|b| b.is_ascii_uppercase());
    if shouted && lexicon.name(text).is_none() {
        let lower = lexicon.lower_class(text, buffer);
        if lower.any(Class::FUNCTION.or(Class::NOUN)) && text != "US" {
            return None;
        }
    }
    Some(Word { text, span, class: lexicon.class(text), capital: true })
}

/// Where the lower-case tail of a compound begins ("-backed").
fn lower_tail(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find('-') {
        let at = from + found;
        if at > 2 || text[..at].bytes().all(|b| b.is_ascii_uppercase() || b == b'.') {
            let rest = &text[at + 1..];
            if at > 1 && rest.starts_with(|c: char| c.is_lowercase() || c.is_numeric()) && starts_lower_to_end(rest) {
                return Some(at);
            }
        }
        from = at + 1;
    }
    None
}

/// Whether nothing in `rest` is a capital: "ul-Haq" goes on as a name.
fn starts_lower_to_end(rest: &str) -> bool {
    !rest.contains(char::is_uppercase) && rest.starts_with(char::is_lowercase)
}

/// A headline capitalises most words, or all letters; so may a line of a body.
fn style(which: Field, field: &TextField<'_>, tokens: Range<usize>) -> Style {
    let (mut words, mut capitals, mut long, mut long_capitalised) = (0, 0, 0, 0);
    for at in tokens {
        let token = field.tokens[at];
        let text = token.span.of(field.text);
        if token.kind != TokenKind::Word || text.len() < 2 || is_possessive(text) {
            continue;
        }
        words += 1;
        let bytes = text.as_bytes();
        if !bytes.iter().any(u8::is_ascii_lowercase) && bytes[0].is_ascii_uppercase() {
            capitals += 1;
        }
        if text.len() >= 4 {
            long += 1;
            long_capitalised += usize::from(text.starts_with(char::is_uppercase));
        }
    }
    let all_capitals = words >= 4 && capitals * 10 >= words * 7;
    let title_case = which == Field::Title && long >= 4 && long_capitalised * 10 >= long * 9;
    if all_capitals || title_case { Style::Shouted } else { Style::Prose }
}
