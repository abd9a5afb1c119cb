//! Events of harm: the words of harm in a sentence, and how each stands in its clause.

use std::ops::Range;

use super::lexicon::{Frame, Harm, Lexicon, class};
use super::sentence::Sentence;
use crate::text::TokenKind;

/// A word or phrase of harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// The words of it.
    pub tokens: Range<usize>,
    pub harm: Harm,
    /// The first token of its verb group: "have been" of "have been killed".
    pub group: usize,
    /// The "was" of a passive that is told before and joined on: "was dragged away and killed".
    pub joined: Option<usize>,
    /// A form of "be" stands before it: the passive, or a state.
    pub passive: bool,
    pub mood: Mood,
}

/// Whether the clause tells of the harm as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Told,
    /// "may have died", "feared dead".
    Feared,
    /// "was not hurt".
    Negated,
    /// "could kill", "to kill".
    Unreal,
}

impl PartialEq for Harm {
    fn eq(&self, other: &Harm) -> bool {
        (self.kind, self.frame, self.hit) == (other.kind, other.frame, other.hit)
    }
}

impl Eq for Harm {}

/// How far before its verb a clause's "if" is looked for, in tokens.
const CLAUSE: usize = 12;
/// The words that a verb group may put before its verb, at most.
const GROUP: usize = 7;

/// The sentence's events, in order; none overlap.
pub(super) fn events(lexicon: &Lexicon, sentence: &Sentence<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        let found = if sentence.has(at, class::HARM_START) { lexicon.harm.longest(sentence, at) } else { None };
        // "An unknown number of people killed": no toll but a vague number.
        let found = found.filter(|(_, harm)| {
            harm.frame != Frame::Toll || !sentence.before_has(at, class::AMOUNT_START | class::INDEFINITE)
        });
        // "Two policemen were among those killed"; but "among those killed were two policemen" are parts.
        let found = found.filter(|_| !sentence.is(at, "among") || sentence.before_has(at, class::BE));
        let Some((end, harm)) = found else {
            at += 1;
            continue;
        };
        if harm.frame != Frame::Idiom && !is_modifier(sentence, at, end, harm) {
            events.push(event(sentence, at..end, harm));
        }
        at = end;
    }
    events
}

/// Whether the word only qualifies a noun or names the victims: "the wounded man", "the injured were taken".
fn is_modifier(sentence: &Sentence<'_>, start: usize, end: usize, harm: Harm) -> bool {
    // "the blast that killed 12": a relative, no determiner.
    let determined = sentence.before_has(start, class::DEFINITE | class::POSSESSIVE | class::INDEFINITE)
        && !sentence.is(start - 1, "that");
    let noun_after =
        sentence.has(end, class::PERSON_ONE | class::PERSON_MANY | class::THING) && !sentence.has(end, class::UNIT);
    match harm.frame {
        Frame::Participle | Frame::State | Frame::Unharmed => {
            determined
                || noun_after && harm.frame == Frame::State && !sentence.is(end, "people")
                || sentence.is_punctuation(start.wrapping_sub(1)) && sentence.is(start.wrapping_sub(1), "-")
        }
        Frame::Active if harm.hit => {
            determined
                || sentence.before_has(start, class::PREPOSITION)
                    && !sentence.has(end, class::FUNCTION | class::CARDINAL)
        }
        _ => false,
    }
}

/// "if the president and his deputy are both killed".
fn is_conditional(sentence: &Sentence<'_>, group: usize) -> bool {
    let from = group.saturating_sub(CLAUSE);
    let clause = (from..group).rev().take_while(|&at| !sentence.is_any(at, &[",", ";", ":", "then"]));
    clause
        .into_iter()
        .any(|at| sentence.is_any(at, &["if", "unless", "lest"]) && !sentence.before_has(at, class::REPORT))
}

/// "saved from being burnt", "escaped being killed".
fn is_escaped(sentence: &Sentence<'_>, group: usize) -> bool {
    sentence.is(group, "being")
        && group > 0
        && sentence.is_any(group - 1, &["from", "escaped", "escape", "avoided", "avoid", "fear", "feared", "fearing"])
}

/// What the verb group before a word of harm holds.
#[derive(Default)]
struct Seen {
    passive: bool,
    negated: bool,
    infinitive: bool,
    modal: bool,
    /// "may", "might", "could".
    perhaps: bool,
    perfect: bool,
    feared: bool,
    /// "are said to be killed".
    reported: bool,
    /// "nearly lynched".
    nearly: bool,
}

fn event(sentence: &Sentence<'_>, tokens: Range<usize>, harm: Harm) -> Event {
    let mut group = tokens.start;
    let mut seen = Seen::default();
    while group > 0 && tokens.start - group < GROUP {
        let before = group - 1;
        // "were 'neutralised'".
        let quote = matches!(sentence.word(before), "'" | "\"" | "\u{2018}" | "\u{201c}");
        if quote && before > 0 && sentence.has(before - 1, class::BE) {
            group = before;
            continue;
        }
        // "nearly lynched".
        if sentence.is_any(before, &["nearly", "almost", "narrowly"]) {
            seen.nearly = true;
            break;
        }
        if sentence.has(before, class::BE) {
            // "is thought to have killed 12".
            seen.passive |= !seen.infinitive || !seen.perfect;
            seen.feared |= sentence.is_any(before, &["feared", "believed", "presumed", "thought"]);
            seen.reported |= seen.infinitive && sentence.is_any(before, &["reported", "confirmed"]);
        } else if seen.infinitive && sentence.is_any(before, &["said", "known", "understood", "alleged"]) {
            // "are said to be killed".
            seen.reported = true;
        } else if sentence.has(before, class::HAVE) {
            seen.perfect = true;
        } else if sentence.has(before, class::NEGATIVE) {
            seen.negated = true;
        } else if sentence.is(before, "to") {
            seen.infinitive = true;
        } else if sentence.has(before, class::MODAL) {
            seen.modal = true;
            seen.perhaps |= sentence.is_any(before, &["may", "might", "could"]);
        } else if !sentence.has(before, class::ADVERB) || sentence.has(before, class::HARM_START) {
            break;
        }
        group = before;
    }
    // "a plan to kidnap and kill": the second verb of an infinitive.
    if !seen.passive && harm.frame == Frame::Active && sentence.before_has(group, class::CONJUNCTION) && group > 2 {
        let base = !sentence.word(tokens.start).ends_with("ing") && !sentence.word(tokens.start).ends_with('s');
        seen.infinitive |= base && (group - 3..group - 1).any(|at| sentence.is(at, "to"));
    }
    // "could have killed hundreds": it did not.
    let averted = seen.perhaps
        && seen.perfect
        && !seen.passive
        && harm.frame == Frame::Participle
        && (group..tokens.start).any(|at| sentence.is(at, "could"));
    // Adverbs at the head of the group belong to what stands before ("the girl also").
    let verbal = matches!(
        harm.frame,
        Frame::Participle | Frame::Active | Frame::Subject | Frame::State | Frame::Around | Frame::Lost | Frame::Own
    );
    let mood = if !verbal {
        Mood::Told
    } else if seen.negated {
        Mood::Negated
    } else if averted || seen.nearly || is_escaped(sentence, group) {
        Mood::Unreal
    } else if seen.perhaps && seen.perfect {
        Mood::Feared
    } else if seen.infinitive
        && (seen.perfect || sentence.is_any(group.wrapping_sub(1), &["managed", "claimed", "able", "used"]))
    {
        if seen.feared { Mood::Feared } else { Mood::Told }
    } else if seen.reported {
        Mood::Told
    } else if seen.infinitive && seen.feared {
        Mood::Feared
    } else if is_conditional(sentence, group)
        || seen.infinitive
        || seen.modal && !sentence.is_any(group, &["did", "do", "does"])
    {
        Mood::Unreal
    } else if seen.feared {
        Mood::Feared
    } else {
        Mood::Told
    };
    let joinable = !seen.passive && matches!(harm.frame, Frame::Participle | Frame::Subject);
    let joined = if joinable { joined(sentence, group) } else { None };
    Event { tokens, harm, group, joined, passive: seen.passive, mood }
}

/// The "was" of "was dragged away and", before the verb group at `group`.
fn joined(sentence: &Sentence<'_>, group: usize) -> Option<usize> {
    if !sentence.before_has(group, class::CONJUNCTION) {
        return None;
    }
    let from = group.saturating_sub(CLAUSE);
    let be = (from..group - 1)
        .rev()
        .take_while(|&at| {
            // "were picked from their tents, separated and shot".
            let row = sentence.is(at, ",") && sentence.word(at + 1).ends_with("ed");
            let harm = sentence.has(at, class::HARM_START) && !sentence.has(at, class::BE);
            (row || !sentence.is_punctuation(at)) && !harm && !sentence.has(at, class::SUBORDINATOR)
        })
        .find(|&at| sentence.is_any(at, &["was", "were", "is", "are", "been", "being"]))?;
    let participle = sentence.kind(be + 1) == Some(TokenKind::Word) && !sentence.has(be + 1, class::FUNCTION);
    participle.then(|| if sentence.before_has(be, class::HAVE) { be - 1 } else { be })
}
