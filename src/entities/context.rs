//! What the words beside a label say that it names, against what the model says.

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use crate::text::{EntityType, TextField};

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
