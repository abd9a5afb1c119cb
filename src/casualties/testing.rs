//! A sentence parsed for the tests of this stage.

use super::lexicon::{Entry, Lexicon};
use super::sentence::Sentence;
use crate::text::{Field, Lexicons, TextField};

pub(super) struct Parsed<'a> {
    pub lexicon: Lexicon,
    field: TextField<'a>,
    entries: Vec<Entry>,
}

impl<'a> Parsed<'a> {
    pub(super) fn new(text: &'a str) -> Parsed<'a> {
        let lexicon = Lexicon::read(&Lexicons::default()).unwrap();
        let field = TextField::parse(text);
        let entries = (0..field.tokens.len()).map(|i| lexicon.entry(field.word(i))).collect();
        Parsed { lexicon, field, entries }
    }

    /// The whole text as one sentence.
    pub(super) fn sentence(&self) -> Sentence<'_> {
        Sentence {
            field: Field::Body,
            index: 0,
            text: self.field.text,
            tokens: &self.field.tokens,
            entries: &self.entries,
            labels: &self.field.labels,
        }
    }
}
