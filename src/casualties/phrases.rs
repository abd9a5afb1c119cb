//! Phrases: forms of several words, found by their first.

use rustc_hash::FxHashMap;

use super::sentence::Sentence;

/// A word of any lexicon: equal ids are equal words, whatever their case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct WordId(pub u32);

impl WordId {
    /// `*` in a phrase.
    pub(super) const GAP: WordId = WordId(u32::MAX);
    /// `**` in a phrase.
    pub(super) const WIDE_GAP: WordId = WordId(u32::MAX - 1);
}

/// Phrases by their first word, the longest first.
#[derive(Debug)]
pub(super) struct Phrases<T> {
    pub by_first: FxHashMap<WordId, Vec<(Vec<WordId>, T)>>,
}

/// The words that `*` in a phrase may stand for.
const GAP: usize = 4;

/// The words that `**` in a phrase may stand for.
const WIDE_GAP: usize = 10;

impl<T: Copy> Phrases<T> {
    /// The longest phrase that starts at token `start`: the token after it, and its value.
    pub(super) fn longest(&self, sentence: &Sentence<'_>, start: usize) -> Option<(usize, T)> {
        let phrases = self.by_first.get(&sentence.entries.get(start)?.word)?;
        phrases.iter().find_map(|(rest, value)| Some((match_rest(rest, sentence, start + 1)?, *value)))
    }
}

/// Matches the words of `rest` from token `at`; the token after them.
fn match_rest(rest: &[WordId], sentence: &Sentence<'_>, mut at: usize) -> Option<usize> {
    for (i, &word) in rest.iter().enumerate() {
        if word == WordId::GAP || word == WordId::WIDE_GAP {
            let after = &rest[i + 1..];
            let gap = if word == WordId::GAP { GAP } else { WIDE_GAP };
            return (at + 1..=at + gap)
                .take_while(|&next| sentence.is_word(next - 1))
                .find_map(|next| match_rest(after, sentence, next));
        }
        if sentence.entries.get(at)?.word != word {
            return None;
        }
        at += 1;
    }
    Some(at)
}
