//! [`Sentence`]: one sentence's tokens with what the lexicons say about each.

use super::lexicon::Entry;
use crate::text::{EntityType, Field, Label, Span, Token, TokenKind};

/// A sentence to look for harm in. Positions are indices of its own tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sentence<'a> {
    pub field: Field,
    /// The index of the sentence in its field.
    pub index: usize,
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub entries: &'a [Entry],
    /// What a model labelled in the whole field.
    pub labels: &'a [Label],
}

impl<'a> Sentence<'a> {
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The token's text; empty past the end.
    pub(super) fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.text))
    }

    /// Whether the token belongs to any of `classes`; false past the end.
    pub(super) fn has(&self, at: usize, classes: u64) -> bool {
        self.entries.get(at).is_some_and(|entry| entry.classes & classes != 0)
    }

    /// Whether the token before `at` belongs to any of `classes`.
    pub(super) fn before_has(&self, at: usize, classes: u64) -> bool {
        at > 0 && self.has(at - 1, classes)
    }

    /// Whether the token is `word` (lower case), whatever its case.
    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        let text = self.word(at);
        if text.len() == word.len() {
            return text.eq_ignore_ascii_case(word);
        }
        // A curly apostrophe is two bytes longer than a straight one.
        text.len() == word.len() + 2
            && text.contains('\u{2019}')
            && text.replace('\u{2019}', "'").eq_ignore_ascii_case(word)
    }

    /// Whether the token is any of `words`.
    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether the token is a word or a number.
    pub(super) fn is_word(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(TokenKind::Word | TokenKind::Number))
    }

    pub(super) fn is_punctuation(&self, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::Punctuation)
    }

    /// Whether the token is past the end or punctuation that parts clauses.
    pub(super) fn is_edge(&self, at: usize) -> bool {
        self.kind(at).is_none_or(|kind| kind == TokenKind::Punctuation)
    }

    /// Whether the sentence has a line of its own and no stop: a heading, a caption, the headline of another story.
    pub(super) fn is_heading(&self) -> bool {
        let Some((first, last)) = self.tokens.first().zip(self.tokens.last()) else { return false };
        let before = self.text.get(..first.span.start as usize).unwrap_or_default().trim_end_matches(' ');
        last.kind != TokenKind::Punctuation && before.ends_with('\n')
    }

    pub(super) fn is_capitalised(&self, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::Word) && self.word(at).chars().next().is_some_and(char::is_uppercase)
    }

    /// What the model took the token at `at` for; `None` without a model.
    pub(super) fn label(&self, at: usize) -> Option<EntityType> {
        let span = self.tokens.get(at)?.span;
        let from = self.labels.partition_point(|label| label.span.end <= span.start);
        self.labels.get(from).filter(|label| label.span.start <= span.start).map(|label| label.kind)
    }

    /// The bytes from the first of `tokens` to the last, which must not be empty.
    pub(super) fn span(&self, tokens: &std::ops::Range<usize>) -> Span {
        let last = tokens.end.clamp(tokens.start + 1, self.len()) - 1;
        self.tokens[tokens.start.min(last)].span.join(self.tokens[last].span)
    }
}
