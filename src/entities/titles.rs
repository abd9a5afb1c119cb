//! The title of a person, by the words before and after the name.
//!
//! "US Secretary of State Marco Rubio", "Kremlin spokesman Dmitry Peskov", "Kirill Dmitriev, head of Russia's
//! sovereign wealth fund,". Which words make titles is in `titles.toml`.

use super::lexicon::{Class, Lexicon};
use super::mentions::Marks;
use crate::text::{EntityType, Span, TextField, TokenKind};

/// How many tokens a title before a name may take.
const MAX_BEFORE: usize = 10;
/// How many tokens an apposition may take.
const MAX_APPOSITION: usize = 14;
/// How many words may stand before its role.
const MAX_BEFORE_ROLE: usize = 6;

/// A field, what was labelled in it, and the words that tell.
#[derive(Clone, Copy)]
pub(super) struct Titles<'a, 'd> {
    pub(super) field: &'d TextField<'a>,
    pub(super) marks: &'d Marks,
    pub(super) lexicon: &'d Lexicon,
}

/// What stands right before a name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// The first token of the title; equal to the name's where there is none.
    pub(super) start: usize,
    /// Whether it is a title that is published, rather than a "Mr".
    pub(super) is_title: bool,
    /// Whether it says that a person follows, whatever the name looks like.
    pub(super) is_sure: bool,
}

impl<'a> Titles<'a, '_> {
    fn word(&self, at: usize) -> &'a str {
        self.field.tokens.get(at).map_or("", |token| token.span.of(self.field.text))
    }

    fn class(&self, at: usize) -> Class {
        self.lexicon.class(self.word(at))
    }

    fn is_head(&self, at: usize) -> bool {
        self.class(at).any(Class::TITLE.or(Class::HONORIFIC).or(Class::SURE_ROLE).or(Class::LOOSE_ROLE))
    }

    /// Whether the token at `at` may belong to a title.
    fn belongs(&self, at: usize, buffer: &mut String) -> bool {
        let word = self.word(at);
        match self.marks.kind(at) {
            Some(EntityType::Person) => return false,
            Some(kind) if kind.is_name() => return true,
            Some(EntityType::Ordinal) | None => {}
            Some(_) => return false,
        }
        self.class(at).any(Class::PART_OF_TITLE)
            || matches!(word, "of" | "for" | "and" | "the" | "&" | "'s" | "’s" | "'" | "’")
            || self.field.tokens[at].kind == TokenKind::Word
                && word.starts_with(char::is_uppercase)
                && !self.class(at).any(Class::CALENDAR)
                && !self.lexicon.lower_class(word, buffer).any(Class::FUNCTION)
    }

    /// The title that ends where the name at token `name` begins, in the sentence that begins at `sentence_start`.
    pub(super) fn before(&self, name: usize, sentence_start: usize) -> Before {
        let none = Before { start: name, is_title: false, is_sure: false };
        let mut buffer = String::new();
        let mut from = name;
        while from > sentence_start && name - from < MAX_BEFORE {
            let at = from - 1;
            // A possessive stands close to its word; all else is set apart by plain space.
            let joined = self.field.tokens[at].space_after || self.word(from).starts_with(['\'', '’']);
            if !joined || self.breaks_line(at) || !self.belongs(at, &mut buffer) {
                break;
            }
            from = at;
        }
        // The last head, with nothing after it but what "of" or "for" adds to it.
        let Some(head) = (from..name).rev().find(|&at| self.is_head(at)) else { return none };
        if head + 1 < name && !matches!(self.word(head + 1), "of" | "for") {
            return none;
        }
        let class = self.class(head);
        let mut start = head;
        while start > from {
            let at = start - 1;
            let word = self.word(at);
            let labelled = self.marks.kind(at).is_some();
            // "lawyer for President X" is no title of X.
            let opens = match word {
                "and" | "&" => labelled || at > from && self.is_part(at - 1) && self.is_part(start),
                "of" | "for" | "the" => labelled,
                _ => true,
            };
            if !opens {
                break;
            }
            start = at;
        }
        while start < head && matches!(self.word(start), "of" | "for" | "and" | "the" | "&" | "'s" | "’s" | "'" | "’")
        {
            start += 1;
        }
        let only_honorific = (start..=head).all(|at| self.class(at).any(Class::HONORIFIC));
        let lower = self.word(head).starts_with(char::is_lowercase);
        Before {
            start,
            is_title: !only_honorific,
            is_sure: class.any(Class::TITLE.or(Class::HONORIFIC)) && !lower && head + 1 == name,
        }
    }

    fn is_part(&self, at: usize) -> bool {
        self.class(at)
            .any(Class::TITLE.or(Class::OFFICE).or(Class::MODIFIER).or(Class::SURE_ROLE).or(Class::LOOSE_ROLE))
    }

    fn breaks_line(&self, at: usize) -> bool {
        let (token, next) = (self.field.tokens[at], self.field.tokens[at + 1]);
        self.field.text[token.span.end as usize..next.span.start as usize].contains('\n')
    }

    /// The role that an apposition tells after the name that ends before token `end`.
    pub(super) fn after(&self, end: usize) -> Option<Span> {
        if self.word(end) != "," {
            return None;
        }
        let mut start = end + 1;
        // An age may stand between: "Bayo Ogun, 53, a farmer,".
        if self.field.tokens.get(start).is_some_and(|t| t.kind == TokenKind::Number) && self.word(start + 1) == "," {
            start += 2;
        }
        if matches!(self.word(start), "the" | "a" | "an") {
            start += 1;
        }
        let is_word = |at: usize| self.field.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Word);
        let role = (start..start + MAX_BEFORE_ROLE)
            .take_while(|&at| {
                is_word(at)
                    && self.marks.kind(at) != Some(EntityType::Person)
                    && !self.class(at).any(Class::SPEECH)
                    && !matches!(self.word(at), "and" | "who" | "which" | "of" | "in" | "is" | "was" | "whose" | "has")
            })
            .filter(|&at| self.class(at).any(Class::SURE_ROLE.or(Class::LOOSE_ROLE).or(Class::TITLE)))
            .last()?;
        let mut at = role + 1;
        if matches!(self.word(at), "of" | "for" | "at" | "in" | "to" | "on" | "with" | "and") {
            let first = at;
            while at < start + MAX_APPOSITION && !self.ends(at) {
                let clause = matches!(self.word(at), "who" | "was" | "is" | "are" | "were" | "has" | "had");
                if clause || at > first && self.word(at) == "to" || self.class(at).any(Class::SPEECH) {
                    return None;
                }
                at += 1;
            }
        }
        self.ends(at).then(|| self.field.span_of(start..at))
    }

    fn ends(&self, at: usize) -> bool {
        matches!(self.word(at), "" | "," | "." | ";" | ")" | "—" | "–" | "!" | "?")
            || self.word(at) == "and" && self.marks.kind(at + 1) == Some(EntityType::Person)
    }
}
