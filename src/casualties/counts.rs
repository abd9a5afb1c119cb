//! Nouns of harm that are counted themselves: deaths, bodies, tolls.

use super::frames::{Link, Linker};
use super::lexicon::class;
use super::numbers;
use super::victims::{Party, Reference};
use super::{Category, Kind, Qualifier};

/// How far past its noun a toll's number is looked for.
const TOLL_REACH: usize = 14;
/// The adjectives between a number and the noun that it counts, at most.
const COUNT_REACH: usize = 4;

/// What befalls lives that are counted as deaths.
const LOSS: [&str; 14] = [
    "lost", "lose", "losing", "loss", "claim", "claims", "claimed", "claiming", "took", "taken", "taking", "cost",
    "costing", "costs",
];

/// What there may be none of where nobody was hurt: "no reports of injuries".
const REPORTS: [&str; 12] = [
    "report",
    "reports",
    "word",
    "news",
    "record",
    "records",
    "information",
    "confirmation",
    "indication",
    "sign",
    "account",
    "claim",
];

impl Linker<'_> {
    /// "12 deaths", "no casualties", "no reports of injuries".
    pub(super) fn counted(&mut self, index: usize) {
        let event = &self.events[index];
        let (start, sentence) = (event.tokens.start, self.sentence);
        // "saved 10,000 lives".
        if sentence.is(start, "lives") && !(start.saturating_sub(10)..start + 5).any(|at| sentence.is_any(at, &LOSS)) {
            return;
        }
        for from in (start.saturating_sub(COUNT_REACH + 4)..start).filter(|&at| !sentence.is_punctuation(at)) {
            let Some(quantity) = numbers::quantity(self.lexicon, sentence, from) else { continue };
            let end = quantity.tokens.end;
            if end > start || start - end > COUNT_REACH {
                continue;
            }
            let reports = quantity.low == 0
                && sentence.is(start - 1, "of")
                && (end..start).any(|at| sentence.is_any(at, &REPORTS));
            if !reports
                && (end..start).any(|at| {
                    sentence.is_punctuation(at)
                        || sentence.has(at, class::FUNCTION | class::VERB | class::HARM_START)
                            && !sentence.is_any(at, &["reported", "confirmed", "known"])
                })
            {
                continue;
            }
            if !reports && (end..start).any(|at| sentence.has(at, class::THING)) {
                continue;
            }
            let reference = if quantity.low == 0 { Reference::Nobody } else { Reference::Counted };
            let category = (end..start)
                .find_map(|at| sentence.entries[at].category.or(sentence.entries[at].hint))
                .unwrap_or(Category::Unknown);
            let party = Party {
                tokens: from..start,
                words: end..start,
                number: Some(quantity.low),
                quantity: Some(quantity),
                reference,
                category,
                bare: true,
            };
            self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
            return;
        }
        // "no deaths or injuries": none of either.
        let none = self.links.last().filter(|link| {
            link.party.reference == Reference::Nobody
                && start > 0
                && self.events[link.event].tokens.end + 1 == start
                && sentence.is_any(start - 1, &["or", "and", "nor"])
        });
        if let Some(none) = none.cloned() {
            self.links.push(Link { event: index, ..none });
            return;
        }
        if sentence.is_any(start, &["body", "corpse"]) {
            self.body(index);
            return;
        }
        if event.harm.kind != Kind::Unspecified {
            return;
        }
        // "caused civilian casualties": harm without a number.
        let mut from = start;
        while from > 0
            && start - from < 2
            && sentence.entries[from - 1].category.or(sentence.entries[from - 1].hint).is_some()
        {
            from -= 1;
        }
        let category = (from..start)
            .find_map(|at| sentence.entries[at].category.or(sentence.entries[at].hint))
            .unwrap_or(Category::Unknown);
        let party = Party {
            tokens: from..event.tokens.end,
            words: from..start,
            quantity: None,
            number: None,
            reference: Reference::Plural,
            category,
            bare: true,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
    }

    /// "his body was found", "a charred body was recovered": one.
    fn body(&mut self, index: usize) {
        let (start, sentence) = (self.events[index].tokens.start, self.sentence);
        let from = start.saturating_sub(3);
        let plain = |at: usize| sentence.is_word(at) && !sentence.has(at, class::FUNCTION);
        let Some(at) = (from..start).rev().find(|&at| !plain(at)) else { return };
        let reference = if sentence.has(at, class::INDEFINITE) {
            Reference::Indefinite
        } else if sentence.has(at, class::POSSESSIVE | class::DEFINITE) {
            Reference::Pronoun
        } else {
            return;
        };
        let party = Party {
            tokens: at..start,
            words: start..start,
            quantity: None,
            number: Some(1),
            reference,
            category: Category::Unknown,
            bare: true,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
    }

    /// "the death toll rose from 12 to 19".
    pub(super) fn toll(&mut self, index: usize) {
        let (sentence, after) = (self.sentence, self.events[index].tokens.end);
        let mut best: Option<(bool, numbers::Quantity)> = None;
        let mut at = after;
        while at < after + TOLL_REACH && at < sentence.len() && !sentence.is_any(at, &[";"]) {
            if let Some(mut quantity) = numbers::quantity(self.lexicon, sentence, at) {
                // "rose from 12 to 37" is no range.
                if quantity.qualifier == Qualifier::Range && sentence.is(at.wrapping_sub(1), "from") {
                    quantity.low = quantity.high.unwrap_or(quantity.low);
                    quantity.qualifier = Qualifier::Exact;
                }
                let end = quantity.tokens.end;
                let marked = sentence.is_any(
                    at.wrapping_sub(1),
                    &["to", "at", "of", "is", "was", ":", "past", "reached", "hit", "exceeded"],
                );
                if best.as_ref().is_none_or(|(sure, _)| marked && (!sure || sentence.is(at - 1, "to"))) {
                    best = Some((marked, quantity));
                }
                at = end;
            } else {
                at += 1;
            }
        }
        let Some((_, quantity)) = best else { return };
        let tokens = quantity.tokens.clone();
        let party = Party {
            words: tokens.end..tokens.end,
            number: Some(quantity.low),
            quantity: Some(quantity),
            tokens,
            reference: Reference::Counted,
            category: Category::Unknown,
            bare: true,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: true, carried: false });
    }
}
