//! Status: how sure a sentence is of an event of harm, and whether the event is the one that is told.

use super::Status;
use super::events::{Event, Mood};
use super::lexicon::{Cue, Frame, Lexicon, class};
use super::sentence::Sentence;
use crate::text::TokenKind;

/// How far before an event a hedge ("claimed", "feared") reaches it, in tokens.
const HEDGE_REACH: usize = 20;
/// How far from an event a sign of the past reaches it, in tokens.
const PAST_REACH: usize = 40;

/// The status of `event` in its sentence.
pub(super) fn status(lexicon: &Lexicon, sentence: &Sentence<'_>, event: &Event) -> Status {
    let start = event.tokens.start;
    let mut status = if event.mood == Mood::Feared { Status::Feared } else { Status::Reported };
    let from = start.saturating_sub(PAST_REACH);
    // "X claimed 17 dead; Y said two died": what stands beyond a semicolon is another's word.
    let clause = (from..start).rev().find(|&at| sentence.is(at, ";")).map_or(from, |at| at + 1);
    let to = (event.tokens.end + PAST_REACH).min(sentence.len());
    // "Who played in it in 2010, has died": no year but this one.
    let perfect = (event.group..start).any(|at| sentence.is_any(at, &["has", "have"]));
    for at in from..to {
        // A year beyond another verb dates that one: "was killed ... Kurd had been convicted in 2003".
        let between = event.tokens.end..at;
        if is_bare_year(sentence, at)
            && (!perfect || at > start || sentence.is(at.wrapping_sub(1), "since"))
            && !between.into_iter().any(|at| sentence.has(at, class::BE | class::HAVE))
        {
            return Status::Past;
        }
        let named = is_named(sentence, event) || sentence.before_has(event.group, class::RELATIVE);
        if named && sentence.has(at, class::PROTEST) && !event.tokens.contains(&at) {
            return Status::Past;
        }
        let cue = if sentence.has(at, class::STATUS_START) { lexicon.status.longest(sentence, at) } else { None };
        let Some((_, cue)) = cue else {
            if at < start && status == Status::Claimed && sentence.has(at, class::REPORT) {
                status = Status::Reported;
            }
            continue;
        };
        let hedges = at < start && at >= clause && start - at <= HEDGE_REACH;
        match cue {
            Cue::Past | Cue::Running => return Status::Past,
            Cue::PastBefore if at < start && !(at..start).any(|at| sentence.is_any(at, &[",", ";"])) => {
                return Status::Past;
            }
            Cue::PastWar if at < start && is_of_war(sentence, at, event) => return Status::Past,
            Cue::PastNamed if named || in_relative(sentence, event) => return Status::Past,
            Cue::Denied if hedges => status = Status::Denied,
            Cue::Claimed if hedges && status == Status::Reported && is_claim(sentence, at + 1) => {
                status = Status::Claimed;
            }
            Cue::Feared if hedges && start - at <= HEDGE_REACH / 3 && status == Status::Reported => {
                status = Status::Feared
            }
            _ => {}
        }
    }
    if status == Status::Reported && is_boast(sentence, event) { Status::Claimed } else { status }
}

/// "the killing of two men"; but "the bodies of two men" are found now.
fn is_named(sentence: &Sentence<'_>, event: &Event) -> bool {
    let remains = ["body", "bodies", "corpse", "corpses", "remains", "skeletons"];
    event.harm.frame == Frame::Of && !event.tokens.clone().any(|at| sentence.is_any(at, &remains))
}

/// Whether the sentence tells of a toll that still runs, and of no protest: "cholera has killed 620 since March".
pub(super) fn is_running(lexicon: &Lexicon, sentence: &Sentence<'_>, event: &Event) -> bool {
    let cue = |at: usize| lexicon.status.longest(sentence, at).map(|(_, cue)| cue);
    let past = |cue| matches!(cue, Cue::Past | Cue::PastNamed | Cue::PastBefore | Cue::PastWar);
    let from = event.tokens.start.saturating_sub(PAST_REACH);
    let near = from..(event.tokens.end + PAST_REACH).min(sentence.len());
    let cues: Vec<Cue> = near.clone().filter(|&at| sentence.has(at, class::STATUS_START)).filter_map(cue).collect();
    !is_named(sentence, event)
        && cues.contains(&Cue::Running)
        && !cues.into_iter().any(past)
        && !near.into_iter().any(|at| sentence.has(at, class::PROTEST) && !sentence.has(at, class::MONTH))
}

/// Whether "claim" at the token before `after` says something: no "claimed responsibility", no "claimed 20 lives".
fn is_claim(sentence: &Sentence<'_>, after: usize) -> bool {
    !sentence.is_any(after, &["responsibility", "credit", "attack"])
        && !(after..after + 5).any(|at| sentence.is_any(at, &["lives", "life"]))
}

/// "The rebels said they had killed 40 soldiers": whoever did it says so.
fn is_boast(sentence: &Sentence<'_>, event: &Event) -> bool {
    if event.harm.frame != Frame::Participle && event.harm.frame != Frame::Around || event.passive {
        return false;
    }
    let mut at = event.group;
    // "Officials said it killed nine": the fire did.
    let plural_it = |at: usize| {
        sentence.is(at, "it") && (at.saturating_sub(3)..at).any(|before| sentence.has(before, class::PERSON_MANY))
    };
    // "its forces had", "they".
    if at > 0 && plural_it(at - 1) {
        return false;
    }
    if at > 1 && sentence.before_has(at - 1, class::POSSESSIVE) {
        at -= 2;
    } else if at > 0 && sentence.is_any(at - 1, &["it", "they"]) {
        at -= 1;
    } else {
        return false;
    }
    at -= usize::from(at > 0 && sentence.is(at - 1, "that"));
    at > 0 && sentence.is_any(at - 1, &["said", "says", "say", "announced", "reported", "stated", "added"])
}

/// Whether the harm is what the war named at token `at` has done: "an insurgency that has killed 20,000".
fn is_of_war(sentence: &Sentence<'_>, at: usize, event: &Event) -> bool {
    let relative = |at: usize| sentence.is_any(at, &["that", "which"]);
    let perfect = (event.group..event.tokens.start).any(|at| sentence.has(at, class::HAVE));
    perfect
        && event.tokens.start - at <= 8
        && ((at + 1..at + 3).any(relative) || at > 0 && sentence.is(at - 1, "whose"))
}

/// Whether the event stands in a relative clause: "in which 30 people were killed", "that left 12 dead".
fn in_relative(sentence: &Sentence<'_>, event: &Event) -> bool {
    let from = event.tokens.start.saturating_sub(8);
    (from..event.group.max(from)).rev().take_while(|&at| !sentence.is_edge(at)).any(|at| {
        sentence.is_any(at, &["which", "who", "whom", "whose", "that"]) && !sentence.before_has(at, class::REPORT)
    })
}

/// A year without a day or month: "in 2003", "the 2015 attacks". With them it dates the news itself.
fn is_bare_year(sentence: &Sentence<'_>, at: usize) -> bool {
    if sentence.kind(at) != Some(TokenKind::Number) {
        return false;
    }
    let word = sentence.word(at);
    let year = word.len() == 4 && word.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year));
    if !year {
        return false;
    }
    let dated = (at.saturating_sub(3)..at).any(|before| sentence.has(before, class::MONTH));
    let signed = sentence.before_has(at, class::PREPOSITION | class::DEFINITE | class::POSSESSIVE)
        || sentence.is_any(at + 1, &["'s", "saw"]);
    !dated && signed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casualties::events::events;
    use crate::casualties::testing::Parsed;

    fn of(text: &str) -> Status {
        let parsed = Parsed::new(text);
        let sentence = parsed.sentence();
        let events = events(&parsed.lexicon, &sentence);
        status(&parsed.lexicon, &sentence, &events[0])
    }

    #[test]
    fn a_bare_year_is_past_and_a_date_is_not() {
        assert_eq!(of("In 2003 an earthquake killed 25,000 people"), Status::Past);
        assert_eq!(of("On 12 March 2019 a bomb killed 25 people"), Status::Reported);
    }

    #[test]
    fn hedges_stand_before_the_harm() {
        assert_eq!(of("The rebels claimed that 12 soldiers were killed"), Status::Claimed);
        assert_eq!(of("Twelve were killed, and the rebels claimed responsibility"), Status::Reported);
        assert_eq!(of("Dozens are feared dead"), Status::Feared);
    }
}
