//! [`Document`]: an article's title and body, tokenized and split into sentences.

use std::ops::Range;

use super::{Label, Span, Token, sentence, token};

/// Which of an article's texts a position belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The headline.
    Title,
    /// The text.
    Body,
}

/// A place in a document: a field and a span of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mention {
    /// The field.
    pub field: Field,
    /// The bytes of it.
    pub span: Span,
}

/// One parsed text.
#[derive(Debug, Default)]
pub struct TextField<'a> {
    /// The text itself.
    pub text: &'a str,
    /// Its tokens, in order.
    pub tokens: Vec<Token>,
    /// Its sentences, as ranges of indices into `tokens`, in order; every token is in exactly one.
    pub sentences: Vec<Range<u32>>,
    /// What a model labelled in it, in order; none overlaps another. Empty until a model has read the text.
    pub labels: Vec<Label>,
}

impl<'a> TextField<'a> {
    /// Tokenizes `text` and finds its sentences.
    #[must_use]
    pub fn parse(text: &'a str) -> TextField<'a> {
        let mut field = TextField { text, ..TextField::default() };
        token::tokenize(text, &mut field.tokens);
        sentence::split(text, &field.tokens, &mut field.sentences);
        field
    }

    /// The text of the token at `index`.
    #[must_use]
    pub fn word(&self, index: usize) -> &'a str {
        self.tokens[index].span.of(self.text)
    }

    /// The span from the first token of `tokens` to its last. `tokens` must not be empty.
    #[must_use]
    pub fn span_of(&self, tokens: Range<usize>) -> Span {
        self.tokens[tokens.start].span.join(self.tokens[tokens.end - 1].span)
    }

    /// The index of the sentence that holds the token at `token`.
    #[must_use]
    pub fn sentence_of(&self, token: usize) -> usize {
        self.sentences.partition_point(|s| (s.end as usize) <= token)
    }

    /// The index of the first token that ends after byte `offset`; `tokens.len()` where there is none.
    #[must_use]
    pub fn token_at(&self, offset: u32) -> usize {
        self.tokens.partition_point(|t| t.span.end <= offset)
    }
}

/// An article's texts, parsed.
#[derive(Debug)]
pub struct Document<'a> {
    /// The headline; an empty field where the article has none.
    pub title: TextField<'a>,
    /// The text.
    pub body: TextField<'a>,
}

impl<'a> Document<'a> {
    /// Parses a title and a body.
    #[must_use]
    pub fn parse(title: Option<&'a str>, body: &'a str) -> Document<'a> {
        Document { title: TextField::parse(title.unwrap_or_default()), body: TextField::parse(body) }
    }

    /// The parsed text of `field`.
    #[must_use]
    pub fn field(&self, field: Field) -> &TextField<'a> {
        match field {
            Field::Title => &self.title,
            Field::Body => &self.body,
        }
    }

    /// Both fields, the title first.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &TextField<'a>)> {
        [(Field::Title, &self.title), (Field::Body, &self.body)].into_iter()
    }

    /// The text that `mention` covers.
    #[must_use]
    pub fn text_of(&self, mention: Mention) -> &'a str {
        mention.span.of(self.field(mention.field).text)
    }
}
