//! What the words beside a label say that it names, against what the model says.

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use super::names::is_possessive;
use crate::text::{EntityType, TextField, TokenKind};

/// How many tokens after a quoted name may tell what kind of work it is: “Anita,” a biographical drama film.
const REACH: usize = 5;

/// The type that the words beside the tokens `name` tell: a people or language ("the Rendille tribe"), or a work (“Anita,”
/// a drama film).
pub(super) fn told_by_context(field: &TextField<'_>, name: Range<usize>, lexicon: &Lexicon) -> Option<EntityType> {
    let class = |at: usize| if at < field.tokens.len() { lexicon.class(field.word(at)) } else { Class::default() };
    if name.len() == 1 && field.tokens[name.start].space_after && class(name.end).any(Class::AFTER_PEOPLE) {
        return Some(EntityType::Norp);
    }
    let (before, closes) = quoted(field, name.clone())?;
    let before = before.checked_sub(1).is_some_and(|at| class(at).any(Class::KIND_OF_WORK));
    let is_article =
        matches!(field.tokens.get(closes + 1).map(|token| token.span.of(field.text)), Some("a" | "an" | "the" | ","));
    let after = || is_article && (closes + 2..=closes + REACH).any(|at| class(at).any(Class::KIND_OF_WORK));
    (before || after()).then_some(EntityType::WorkOfArt)
}

/// The tokens of the quotation marks that stand around the tokens `name` alone: “Anita,”.
pub(super) fn quoted(field: &TextField<'_>, name: Range<usize>) -> Option<(usize, usize)> {
    let opens = name.start.checked_sub(1).filter(|&at| matches!(field.word(at), "“" | "\"" | "‘" | "'" | "``"))?;
    let closes = (name.end..field.tokens.len().min(name.end + 2))
        .find(|&at| matches!(field.word(at), "”" | "\"" | "’" | "'" | "''"))?;
    Some((opens, closes))
}

/// How many tokens of an apposition are read for its head: ", a small but growing consultancy".
const MAX_APPOSITION: usize = 8;

/// The type that the common nouns beside the tokens `name`, which were labelled `kind`, tell, though a label may stand
/// against it: "the consulting firm Sanora", "Tembe district", "Tembe, a village in the hills".
pub(super) fn hinted_by_context(
    field: &TextField<'_>,
    name: Range<usize>,
    kind: EntityType,
    lexicon: &Lexicon,
) -> Option<EntityType> {
    let is_place = matches!(kind, EntityType::Gpe | EntityType::Loc | EntityType::Fac);
    let sentence = &field.sentences[field.sentence_of(name.start)];
    let (first, end) = (sentence.start as usize, sentence.end as usize);
    let class = |at: usize| if (first..end).contains(&at) { lexicon.class(field.word(at)) } else { Class::default() };
    let word = |at: usize| if (first..end).contains(&at) { field.word(at) } else { "" };
    let is_acronym = name.len() == 1 && !word(name.start).contains(char::is_lowercase);
    let is_listed = lexicon.name(field.span_of(name.clone()).of(field.text)).is_some();
    let adjoins = field.tokens[name.end - 1].space_after;
    if adjoins {
        let after = class(name.end);
        if after.any(Class::AFTER_PLACE)
            && (is_place || matches!(kind, EntityType::Org | EntityType::Person) && !is_acronym && !is_listed)
        {
            return Some(if is_place { kind } else { EntityType::Gpe });
        } else if !is_place
            && (after.any(Class::AFTER_FACILITY)
                || after.any(Class::BEFORE_BASE) && matches!(word(name.end + 1), "base" | "station"))
        {
            return Some(EntityType::Fac);
        } else if after.any(Class::AFTER_ORGANISATION)
            && word(name.end + 1) != "of"
            && kind != EntityType::Norp
            && kind != EntityType::Gpe
        {
            return Some(EntityType::Org);
        }
    }
    // Texts that come in tokens set the "s" of a possessive apart.
    let owned = name.end + 1 + usize::from(word(name.end) == "’" && word(name.end + 1) == "s");
    if kind == EntityType::Person && is_possessive(word(name.end)) && class(owned).any(Class::OWNED) {
        return Some(EntityType::Org);
    }
    if name.start >= first + 2 {
        let before = name.start - 1;
        let is_called = matches!(word(before), "named" | "called");
        let noun = if is_called { before - 1 } else { before };
        // "the company Smith founded", but "a logistics company Sanora"
        let is_plain =
            is_called || noun > first && !matches!(word(noun - 1), "the" | "The" | "this" | "a" | "A" | "an");
        if kind != EntityType::Norp && is_plain && class(noun).any(Class::BEFORE_ORGANISATION) {
            return Some(EntityType::Org);
        }
        let has = word(name.end).starts_with(['\'', '’']);
        if !is_place && !has && word(before) == "of" && class(before - 1).any(Class::OF_PLACE) {
            return Some(EntityType::Gpe);
        }
    }
    if word(name.end) == "," && matches!(word(name.end + 1), "a" | "an") {
        let from = name.end + 2;
        let is_end = |at: &usize| {
            matches!(
                word(*at),
                "" | "of"
                    | "in"
                    | "for"
                    | "with"
                    | "that"
                    | "which"
                    | "who"
                    | "where"
                    | "based"
                    | "on"
                    | "near"
                    | "at"
                    | "to"
                    | "and"
                    | "from"
                    | "by"
                    | "as"
                    | "whose"
                    | "under"
            ) || field.tokens[*at].kind == TokenKind::Punctuation
        };
        let head = (from..from + MAX_APPOSITION).find(is_end).and_then(|at| at.checked_sub(1)).filter(|&at| at >= from);
        let head = head.map(class).unwrap_or_default();
        if head.any(Class::ORGANISATION_NOUN) {
            return Some(EntityType::Org);
        } else if head.any(Class::PLACE_NOUN) && !is_place {
            return Some(EntityType::Gpe);
        } else if head.any(Class::SURE_ROLE) && head.only(Class::ORGANISATION_NOUN) == Class::default() {
            return Some(EntityType::Person);
        }
    }
    None
}
