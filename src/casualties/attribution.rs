//! Attribution: who says so. "police said", "according to the health ministry", "said a spokesman".

use std::ops::Range;

use super::lexicon::class;
use super::sentence::Sentence;

/// The words of a source, at most.
const SOURCE: usize = 10;

/// The words for the sentence's source, where it names one.
pub(super) fn source(sentence: &Sentence<'_>, harm: &Range<usize>) -> Option<Range<usize>> {
    // A source stands at the head or the foot of its sentence, rarely far from the figure.
    let from = harm.start.saturating_sub(40);
    let to = (harm.end + 40).min(sentence.len());
    (from..to).find_map(|at| {
        if sentence.is(at, "according") && sentence.is(at + 1, "to") {
            return forward(sentence, at + 2);
        }
        if !sentence.has(at, class::REPORT) || harm.contains(&at) {
            return None;
        }
        // "33 were reported injured": nobody is named.
        if sentence.before_has(at, class::BE) {
            return None;
        }
        let before = backward(sentence, at).or_else(|| past_apposition(sentence, at));
        before.or_else(|| sentence.is_any(at, &["said", "says"]).then(|| forward(sentence, at + 1)).flatten())
    })
}

/// The source that starts at `start`, up to the clause's end.
fn forward(sentence: &Sentence<'_>, start: usize) -> Option<Range<usize>> {
    let mut end = start;
    while end < start + SOURCE
        && sentence.is_word(end)
        && !sentence.has(end, class::SUBORDINATOR | class::BE | class::REPORT | class::NEGATIVE)
    {
        end += 1;
    }
    // "said the attack had killed": a clause, no source.
    let clause = sentence.has(end, class::BE | class::HAVE | class::MODAL)
        || (start..end).any(|at| sentence.has(at, class::HARM_WORD));
    (end > start && !clause && !sentence.has(start, class::PREPOSITION | class::CARDINAL)).then_some(start..end)
}

/// "Omar Said, spokesman for the governor, said": the name before the apposition that ends before the verb.
fn past_apposition(sentence: &Sentence<'_>, verb: usize) -> Option<Range<usize>> {
    let close = verb.checked_sub(1).filter(|&at| sentence.is(at, ","))?;
    let from = close.saturating_sub(SOURCE);
    let open = (from..close).rev().find(|&at| sentence.is_edge(at)).filter(|&at| sentence.is(at, ","))?;
    backward(sentence, open)
}

/// The source that ends before the verb at `verb`, back to the clause's start.
fn backward(sentence: &Sentence<'_>, verb: usize) -> Option<Range<usize>> {
    let mut end = verb;
    while end > 0 && sentence.has(end - 1, class::HAVE | class::ADVERB | class::BE) {
        end -= 1;
    }
    let mut start = end;
    while start > 0
        && end - start < SOURCE
        && sentence.is_word(start - 1)
        && !sentence.has(start - 1, class::SUBORDINATOR | class::BE | class::HAVE)
    {
        start -= 1;
    }
    if start > 0 && end - start == SOURCE {
        return None;
    }
    let harmless = !(start..end).any(|at| sentence.has(at, class::HARM_START));
    // "the next day he said".
    if end > start && sentence.has(end - 1, class::PRONOUN_ONE | class::PRONOUN_MANY) {
        return None;
    }
    let pronoun = sentence.has(start, class::PRONOUN_ONE | class::PRONOUN_MANY | class::PREPOSITION)
        || end == start + 1 && sentence.is_any(start, &["it", "i", "we", "who", "which", "that", "you"]);
    (end > start && harmless && !pronoun).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casualties::testing::Parsed;

    fn of(text: &str, harm: usize) -> Option<String> {
        let parsed = Parsed::new(text);
        let sentence = parsed.sentence();
        source(&sentence, &(harm..harm + 1)).map(|range| sentence.span(&range).of(text).to_owned())
    }

    #[test]
    fn sources_stand_before_after_or_behind_according_to() {
        assert_eq!(of("The health ministry said 12 people were killed", 7).as_deref(), Some("The health ministry"));
        assert_eq!(of("Twelve people were killed, police said", 3).as_deref(), Some("police"));
        assert_eq!(of("Twelve were killed, according to the army", 2).as_deref(), Some("the army"));
        assert_eq!(of("Twelve were killed in the blast", 2), None);
    }
}
