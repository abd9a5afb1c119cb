//! What the words beside a last name say of whom it means: a family, the holder of an office, a relative.

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use super::names::is_possessive;
use crate::text::{TextField, TokenKind};

/// What stands beside a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Beside {
    #[default]
    Nothing,
    /// "The Salas family": nobody of that name by himself.
    Family,
    /// "The Salases", "the Hakims": a family, where the name without its ending is a last name.
    Plural,
    /// "The Salas administration": whoever of that name holds an office.
    Office,
    /// "Her mother, Ana Maria Salas": somebody else than who bears nearly the same name.
    Kin,
}

impl Beside {
    /// What stands beside the name at the tokens `name`.
    pub(super) fn of(field: &TextField<'_>, name: Range<usize>, lexicon: &Lexicon) -> Beside {
        let sentence = &field.sentences[field.sentence_of(name.start)];
        let word = |at: usize| if at < sentence.end as usize { field.word(at) } else { "" };
        // “The Salas ‘cartel’”
        let quoted = matches!(word(name.end), "“" | "\"" | "‘" | "'") && !field.tokens[name.end].space_after;
        let next = lexicon.class(word(name.end + usize::from(quoted)));
        if next.any(Class::FAMILY) {
            return Beside::Family;
        }
        if next.any(Class::GOVERNMENT) {
            return Beside::Office;
        }
        let start = sentence.start as usize;
        let before = |steps: usize| name.start.checked_sub(steps).filter(|&at| at >= start);
        let is_the = before(1).is_some_and(|at| matches!(field.word(at), "the" | "The"));
        if is_the && name.len() == 1 && word(name.start).ends_with('s') {
            return Beside::Plural;
        }
        let kin = before(1).map(|at| if field.word(at) == "," { at.wrapping_sub(1) } else { at });
        let Some(kin) =
            kin.filter(|&at| at != usize::MAX && at > start && lexicon.class(field.word(at)).any(Class::KIN))
        else {
            return Beside::Nothing;
        };
        // "Her widowed mother": one word may stand between.
        let owner = |at: usize| {
            matches!(field.word(at), "her" | "his" | "their" | "Her" | "His" | "Their") || is_possessive(field.word(at))
        };
        let far = kin.checked_sub(2).filter(|&at| at >= start && field.tokens[at + 1].kind == TokenKind::Word);
        if owner(kin - 1) || far.is_some_and(owner) { Beside::Kin } else { Beside::Nothing }
    }
}
