//! What the common nouns beside a label say that it names, though the label may stand against it.

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use super::names::is_possessive;
use crate::text::{EntityType, TextField, TokenKind};

/// How many tokens of an apposition are read for its head: ", a small but growing consultancy".
const MAX_APPOSITION: usize = 8;

/// The type that the words beside the tokens `name`, which were labelled `kind`, tell: "the consulting firm Sanora", "Tembe
/// district", "Tembe, a village in the hills".
pub(super) fn hinted(
    field: &TextField<'_>,
    name: Range<usize>,
    kind: EntityType,
    lexicon: &Lexicon,
) -> Option<EntityType> {
    let sentence = &field.sentences[field.sentence_of(name.start)];
    let around = Around { field, sentence: sentence.start as usize..sentence.end as usize, name, kind, lexicon };
    around.after().or_else(|| around.owned()).or_else(|| around.before()).or_else(|| around.apposition())
}

/// A label within its sentence.
struct Around<'a> {
    field: &'a TextField<'a>,
    sentence: Range<usize>,
    name: Range<usize>,
    kind: EntityType,
    lexicon: &'a Lexicon,
}

impl Around<'_> {
    /// The word at a token of the sentence; elsewhere none.
    fn word(&self, at: usize) -> &str {
        if self.sentence.contains(&at) { self.field.word(at) } else { "" }
    }

    fn class(&self, at: usize) -> Class {
        if self.sentence.contains(&at) { self.lexicon.class(self.field.word(at)) } else { Class::default() }
    }

    /// The noun right after the name: "Tembe district", "Tembe air base", "Sanora shareholders".
    fn after(&self) -> Option<EntityType> {
        let (end, kind) = (self.name.end, self.kind);
        if !self.field.tokens[end - 1].space_after {
            return None;
        }
        let next = self.class(end);
        if next.any(Class::AFTER_PLACE) {
            let is_acronym = self.name.len() == 1 && !self.word(self.name.start).contains(char::is_lowercase);
            let is_listed = self.lexicon.name(self.field.span_of(self.name.clone()).of(self.field.text)).is_some();
            if kind.is_place() {
                return Some(kind);
            } else if matches!(kind, EntityType::Org | EntityType::Person) && !is_acronym && !is_listed {
                return Some(EntityType::Gpe);
            }
        }
        let is_base = next.any(Class::BEFORE_BASE) && matches!(self.word(end + 1), "base" | "station");
        if !kind.is_place() && (next.any(Class::AFTER_FACILITY) || is_base) {
            return Some(EntityType::Fac);
        }
        let is_body = next.any(Class::AFTER_ORGANISATION) && self.word(end + 1) != "of";
        (is_body && !matches!(kind, EntityType::Norp | EntityType::Gpe)).then_some(EntityType::Org)
    }

    /// What nobody has: "Sanora's shareholders".
    fn owned(&self) -> Option<EntityType> {
        let end = self.name.end;
        // Texts that come in tokens set the "s" of a possessive apart.
        let owned = end + 1 + usize::from(self.word(end) == "’" && self.word(end + 1) == "s");
        let is_body =
            self.kind == EntityType::Person && is_possessive(self.word(end)) && self.class(owned).any(Class::OWNED);
        is_body.then_some(EntityType::Org)
    }

    /// The noun right before the name: "a logistics company Sanora", "a company named Sanora", "the town of Tembe".
    fn before(&self) -> Option<EntityType> {
        let before = self.name.start.checked_sub(1).filter(|&at| at > self.sentence.start)?;
        let is_called = matches!(self.word(before), "named" | "called");
        let noun = if is_called { before - 1 } else { before };
        // "the company Smith founded" is Smith's.
        let is_determined = || matches!(self.word(noun - 1), "the" | "The" | "this" | "a" | "A" | "an");
        let is_plain = is_called || noun > self.sentence.start && !is_determined();
        if self.kind != EntityType::Norp && is_plain && self.class(noun).any(Class::BEFORE_ORGANISATION) {
            return Some(EntityType::Org);
        }
        let has = self.word(self.name.end).starts_with(['\'', '’']);
        let is_of_place = self.word(before) == "of" && self.class(before - 1).any(Class::OF_PLACE);
        (!self.kind.is_place() && !has && is_of_place).then_some(EntityType::Gpe)
    }

    /// The head of an apposition: ", a village in the hills", ", a Lagos-based firm", ", an economist at".
    fn apposition(&self) -> Option<EntityType> {
        let end = self.name.end;
        if self.word(end) != "," || !matches!(self.word(end + 1), "a" | "an") {
            return None;
        }
        let from = end + 2;
        let ends = |&at: &usize| {
            let word = self.word(at);
            word.is_empty()
                || self.field.tokens[at].kind == TokenKind::Punctuation
                || self.class(at).any(Class::ENDS_NOUN_PHRASE)
        };
        let head = (from..from + MAX_APPOSITION).find(ends).filter(|&at| at > from)? - 1;
        let head = self.class(head);
        if head.any(Class::ORGANISATION_NOUN) {
            Some(EntityType::Org)
        } else if head.any(Class::PLACE_NOUN) && !self.kind.is_place() {
            Some(EntityType::Gpe)
        } else {
            head.any(Class::SURE_ROLE).then_some(EntityType::Person)
        }
    }
}
