//! Causes: the words for what did the harm, and their class.

use std::ops::Range;

use super::lexicon::{Lexicon, class};
use super::sentence::Sentence;
use super::{CauseClass, Kind};
use crate::text::{EntityType, Span};

/// What did it: the words, where the text has a noun for it, and the class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cause {
    pub span: Option<Span>,
    pub class: Option<CauseClass>,
}

/// How far from the harm its cause is looked for, in tokens.
const REACH: usize = 30;
/// How much nearer "an attack" must stand than "a bomb", in tokens.
const HANDICAP: usize = 8;

/// The cause nearest to the harm; of two as near, the one after it ("killed in a bomb attack").
pub(super) fn cause(lexicon: &Lexicon, sentence: &Sentence<'_>, harm: &Range<usize>, kind: Kind) -> Cause {
    let mut best: Option<(usize, Range<usize>, CauseClass)> = None;
    let mut at = harm.start.saturating_sub(REACH);
    let to = (harm.end + REACH).min(sentence.len());
    while at < to {
        // "Jim Storm" is no storm.
        let person = sentence.has(at, class::CAUSE_START) && sentence.label(at) == Some(EntityType::Person);
        let found = if sentence.has(at, class::CAUSE_START) && !harm.contains(&at) && !person {
            lexicon.causes.longest(sentence, at)
        } else {
            None
        };
        let Some((end, class)) = found else {
            at += 1;
            continue;
        };
        let distance = if at >= harm.end { at - harm.end } else { harm.start.saturating_sub(end) };
        let vague = class == CauseClass::Other || sentence.is_any(at, &["accident", "accidents"]);
        let distance = distance + if vague { HANDICAP } else { 0 };
        if best.as_ref().is_none_or(|(nearest, ..)| distance <= *nearest) {
            best = Some((distance, at..end, class));
        }
        at = end;
    }
    let span = best.as_ref().map(|(_, tokens, _)| sentence.span(tokens));
    let noun = best.map(|(.., class)| class);
    // "stabbed to death in a robbery": the verb says more than the noun.
    let harmed = matches!(kind, Kind::Killed | Kind::Injured | Kind::Missing | Kind::Unspecified);
    let verb = || harm.clone().find_map(|at| sentence.entries.get(at)?.cause).filter(|_| harmed);
    let class = noun.filter(|&class| class != CauseClass::Other).or_else(verb).or(noun);
    Cause { span, class }
}
