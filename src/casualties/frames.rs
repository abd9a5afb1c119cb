//! Frames: which parties of a sentence each event of harm befell.

use super::events::{Event, Mood};
use super::lexicon::{Frame, Lexicon, class};
use super::numbers;
use super::sentence::Sentence;
use super::victims::{Party, Reference};
use super::{Category, Qualifier};

/// A party that an event befell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// The index of the event.
    pub event: usize,
    pub party: Party,
    /// The index of the link that this one is a part of.
    pub part_of: Option<usize>,
    /// The number is a total told so far: "the toll rose to 19".
    pub toll: bool,
    /// The victims of an earlier event of the sentence, carried on: "was shot and died".
    pub carried: bool,
}

/// How far back a subject is looked for, in tokens.
const SUBJECT_REACH: usize = 40;
/// How far past its noun a toll's number is looked for.
const TOLL_REACH: usize = 14;
/// The adjectives between a number and the noun that it counts, at most.
const COUNT_REACH: usize = 4;
/// How far past a party its parts are looked for.
const PARTS_REACH: usize = 14;

/// The state of linking one sentence.
pub(super) struct Linker<'s> {
    pub lexicon: &'s Lexicon,
    pub sentence: &'s Sentence<'s>,
    pub events: &'s [Event],
    pub parties: &'s [Party],
    pub links: Vec<Link>,
}

impl Linker<'_> {
    /// Links every event of the sentence.
    pub(super) fn link(mut self) -> Vec<Link> {
        for index in 0..self.events.len() {
            let event = &self.events[index];
            if event.mood == Mood::Unreal {
                continue;
            }
            match event.harm.frame {
                Frame::Participle => self.participle(index),
                Frame::Active => self.object(index, event.tokens.end),
                Frame::Of => self.object(index, event.tokens.end),
                Frame::Subject | Frame::State | Frame::Unharmed => self.subject(index),
                Frame::Count => self.counted(index),
                Frame::Toll => self.toll(index),
            }
        }
        self.links
    }

    fn participle(&mut self, index: usize) {
        let event = &self.events[index];
        let active = !event.passive && self.party_at(self.object_start(event.tokens.end)).is_some();
        if active || self.reflexive_at(event.tokens.end) && !event.passive {
            self.object(index, event.tokens.end);
        } else {
            self.subject(index);
        }
    }

    /// The index of the party that starts at token `at`.
    fn party_at(&self, at: usize) -> Option<usize> {
        let found = self.parties.partition_point(|party| party.tokens.start < at);
        self.parties.get(found).filter(|party| party.tokens.start == at).map(|_| found)
    }

    /// The index of the party that ends before token `end`.
    fn party_ending(&self, end: usize) -> Option<usize> {
        let found = self.parties.partition_point(|party| party.tokens.end < end);
        self.parties.get(found).filter(|party| party.tokens.end == end).map(|_| found)
    }

    /// The event that covers token `at`.
    fn event_at(&self, at: usize) -> Option<&Event> {
        let found = self.events.partition_point(|event| event.tokens.end <= at);
        self.events.get(found).filter(|event| event.tokens.start <= at)
    }

    fn reflexive_at(&self, at: usize) -> bool {
        self.sentence.has(at, class::REFLEXIVE)
    }

    /// The token after adverbs and quotes between a verb and its object.
    fn object_start(&self, mut at: usize) -> usize {
        let limit = at + 3;
        while at < limit
            && self.party_at(at).is_none()
            && (self.sentence.has(at, class::ADVERB) || self.sentence.is_any(at, &["\"", "\u{201c}", "'", "\u{2018}"]))
        {
            at += 1;
        }
        at
    }

    fn push(&mut self, event: usize, party: usize, part_of: Option<usize>) -> usize {
        let party = self.parties[party].clone();
        self.links.push(Link { event, party, part_of, toll: false, carried: false });
        self.links.len() - 1
    }

    /// Victims after the event.
    fn object(&mut self, index: usize, after: usize) {
        let sentence = self.sentence;
        if self.reflexive_at(after) {
            self.push_reflexive(index, after);
            return;
        }
        let Some(first) = self.party_at(self.object_start(after)).filter(|&first| !self.opens_clause(first)) else {
            return;
        };
        let chain = self.chain_after(first);
        // "shot a man dead": the later word of harm has the same victims and says more.
        let mut last = None;
        for &party in &chain {
            last = Some(self.push(index, party, None));
        }
        if let (Some(last), Some(&party)) = (last, chain.last()) {
            let end = self.parties[party].tokens.end;
            self.parts(index, last, end);
            // "killed four classmates and himself".
            if sentence.has(end, class::CONJUNCTION) && self.reflexive_at(end + 1) {
                self.push_reflexive(index, end + 1);
            }
        }
    }

    /// "killed himself".
    fn push_reflexive(&mut self, index: usize, at: usize) {
        let party = Party {
            tokens: at..at + 1,
            words: at..at + 1,
            quantity: None,
            number: (!self.sentence.is(at, "themselves")).then_some(1),
            reference: Reference::Pronoun,
            category: Category::Perpetrator,
            bare: false,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
    }

    /// The coordinated parties from `first` on: "a man, two women and a child".
    fn chain_after(&self, first: usize) -> Vec<usize> {
        let mut chain = vec![first];
        let mut pending = Vec::new();
        let mut current = first;
        while let Some((next, and)) = self.coordinate(self.parties[current].tokens.end) {
            if self.opens_clause(next) {
                break;
            }
            pending.push(next);
            current = next;
            if and {
                chain.append(&mut pending);
            }
        }
        chain
    }

    /// The party joined on at token `end`, and whether by "and".
    fn coordinate(&self, end: usize) -> Option<(usize, bool)> {
        let sentence = self.sentence;
        let mut at = end;
        let comma = sentence.is(at, ",");
        at += usize::from(comma);
        let and = sentence.has(at, class::CONJUNCTION)
            || sentence.is(at, "as") && sentence.is(at + 1, "well") && sentence.is(at + 2, "as");
        at += if !and {
            0
        } else if sentence.is(at, "as") {
            3
        } else {
            1
        };
        if !comma && !and {
            return None;
        }
        let next = self.party_at(at)?;
        Some((next, and))
    }

    /// Whether the party is the subject of what follows: "killed two and [three] were wounded".
    fn opens_clause(&self, party: usize) -> bool {
        let mut at = self.parties[party].tokens.end;
        while self.sentence.has(at, class::ADVERB) {
            at += 1;
        }
        self.sentence.has(at, class::BE | class::HAVE | class::MODAL)
            || self.sentence.has(at, class::VERB)
            || self.event_at(at).is_some_and(|event| {
                event.tokens.start == at
                    && matches!(event.harm.frame, Frame::Participle | Frame::Subject | Frame::State)
            })
    }

    /// Parts of the link `whole`, told within reach of token `from`: "including two children".
    fn parts(&mut self, index: usize, whole: usize, from: usize) {
        let sentence = self.sentence;
        let mut at = from;
        while at < from + PARTS_REACH && at < sentence.len() {
            if at > from && self.event_at(at).is_some_and(|other| other.harm.kind != self.events[index].harm.kind) {
                return;
            }
            if sentence.has(at, class::PART_START)
                && let Some((end, ())) = self.lexicon.parts.longest(sentence, at)
            {
                let Some(first) = self.party_at(end).or_else(|| self.party_at(end + 1)) else { return };
                for party in self.chain_after(first) {
                    self.push(index, party, Some(whole));
                }
                return;
            }
            at += 1;
        }
    }

    /// Victims before the event.
    fn subject(&mut self, index: usize) {
        let event = &self.events[index];
        let bare = !event.passive && event.harm.frame != Frame::Subject;
        let Some(party) = self.subject_party(event, bare) else {
            self.carry(index);
            return;
        };
        // "Inflation hurt growth": a lone name before a past form is as likely its doer.
        if bare && self.parties[party].reference == Reference::Name && self.parties[party].bare {
            return;
        }
        let chain = self.chain_before(party);
        let mut last = None;
        for party in chain {
            last = Some(self.push(index, party, None));
        }
        if let Some(last) = last {
            let end = self.parties[party].tokens.end;
            // Before the event ("20, including 3 bombers, were killed") or after it.
            let before = self.links.len();
            self.parts(index, last, end);
            if self.links.len() == before {
                self.parts(index, last, self.events[index].tokens.end);
            }
        }
    }

    /// The party that the verb group of `event` is said of. `adjacent`: it must stand right before.
    fn subject_party(&self, event: &Event, adjacent: bool) -> Option<usize> {
        let sentence = self.sentence;
        let mut end = event.group;
        if end > 0 && sentence.is(end - 1, ",") {
            end -= 1;
        }
        if sentence.before_has(end, class::RELATIVE) {
            end -= 1;
            if end > 0 && sentence.is(end - 1, ",") {
                end -= 1;
            }
            if let Some(party) = self.party_ending(end) {
                return Some(party);
            }
        }
        let mut fallback = None;
        // The group may hold adverbs that the party ends with ("others", "both").
        for end in end..=event.tokens.start {
            if let Some(party) = self.party_ending(end)
                && !self.after_preposition(party)
                && !self.is_part(party)
            {
                if self.is_sure(party) {
                    return Some(party);
                }
                fallback = Some(party);
                break;
            }
        }
        let limit = if adjacent && fallback.is_none() { 8 } else { SUBJECT_REACH };
        let mut at = end;
        while at > 0 && end - at < limit {
            at -= 1;
            if let Some(party) = self.party_ending(at + 1) {
                if !self.after_preposition(party) && !self.is_part(party) {
                    let after = self.parties[party].tokens.end;
                    if fallback.is_some() {
                        // "Two cadres of the United Front were killed": the name is a detail of the two.
                        if self.is_sure(party) && self.opens_detail(after) {
                            return Some(party);
                        }
                    } else if adjacent {
                        return self.only_detail(after, end).then_some(party);
                    } else if self.is_sure(party) {
                        return Some(party);
                    } else {
                        fallback = Some(party);
                    }
                }
                at = self.parties[party].tokens.start;
                continue;
            }
            if self.blocks(at, end) {
                break;
            }
        }
        if fallback.is_some() {
            return fallback;
        }
        // "in a clash with 12 killed": nothing better than the nearest.
        self.party_ending(end).filter(|&party| adjacent && self.parties[party].quantity.is_some())
    }

    /// Whether the party is surely people: no mere name.
    fn is_sure(&self, party: usize) -> bool {
        self.parties[party].reference != Reference::Name
    }

    /// Whether what follows a party at `at` says more of it, instead of what it does.
    fn opens_detail(&self, at: usize) -> bool {
        self.sentence.has(at, class::PREPOSITION | class::RELATIVE)
            || self.sentence.is_any(at, &[",", "(", "including", "--", "\u{2013}", "\u{2014}"])
            || self.sentence.word(at).ends_with("ing")
    }

    /// Whether only a phrase after the party stands between it and its participle: "Man, 22, killed",
    /// "A boy in Orlando shot".
    fn only_detail(&self, from: usize, to: usize) -> bool {
        self.sentence.is(from, ",") && self.sentence.is(to, ",")
            || self.sentence.has(from, class::PREPOSITION | class::RELATIVE)
            || self.sentence.is_any(from, &["(", ","]) && to - from <= 6
    }

    fn blocks(&self, at: usize, end: usize) -> bool {
        let sentence = self.sentence;
        if sentence.is_any(at, &[";", ":"]) {
            return true;
        }
        if sentence.has(at, class::SUBORDINATOR) && !sentence.has(at, class::RELATIVE) {
            return true;
        }
        let verb = sentence.has(at, class::BE | class::HAVE | class::REPORT)
            || self.event_at(at).is_some_and(|event| event.tokens.start < end);
        if !verb {
            return false;
        }
        // "12 people who were travelling in a bus were killed": inside a relative clause.
        !(at.saturating_sub(5)..at).any(|before| sentence.has(before, class::RELATIVE) && !sentence.is(before, "that"))
    }

    fn after_preposition(&self, party: usize) -> bool {
        let start = self.parties[party].tokens.start;
        self.sentence.before_has(start, class::PREPOSITION)
            && !self
                .sentence
                .is_any(start - 1, &["following", "after", "before", "since", "like", "than", "out", "up", "down"])
            || start > 0 && self.sentence.is(start - 1, "than")
    }

    fn is_part(&self, party: usize) -> bool {
        let start = self.parties[party].tokens.start;
        (start.saturating_sub(3)..start).any(|at| {
            self.sentence.has(at, class::PART_START)
                && self.lexicon.parts.longest(self.sentence, at).is_some_and(|(end, ())| end == start)
        })
    }

    /// The coordinated parties up to `last`, in order.
    fn chain_before(&self, last: usize) -> Vec<usize> {
        let sentence = self.sentence;
        let mut chain = vec![last];
        let mut start = self.parties[last].tokens.start;
        let mut joined = false;
        loop {
            let mut end = start;
            let and = sentence.before_has(end, class::CONJUNCTION);
            end -= usize::from(and);
            let comma = end > 0 && sentence.is(end - 1, ",");
            end -= usize::from(comma);
            // Commas alone are an apposition unless an "and" closes the list.
            if !(and || comma && joined) {
                break;
            }
            let Some(previous) = self.party_ending(end).or_else(|| self.party_of_phrase(end)) else { break };
            if self.after_preposition(previous) && !self.parties[previous].quantity.is_some() {
                break;
            }
            joined = true;
            chain.push(previous);
            start = self.parties[previous].tokens.start;
        }
        chain.reverse();
        chain
    }

    /// The party whose phrase, with what hangs on it ("an activist of the UPDF"), ends before `end`.
    fn party_of_phrase(&self, end: usize) -> Option<usize> {
        let mut at = end;
        while at > 0 && end - at < 8 {
            at -= 1;
            if let Some(party) = self.party_ending(at) {
                let detail = self.sentence.has(at, class::PREPOSITION | class::RELATIVE) || self.sentence.is(at, "(");
                if !self.after_preposition(party) {
                    return detail.then_some(party);
                }
            }
            if self.sentence.has(at, class::BE | class::HAVE | class::VERB | class::HARM_START)
                || self.sentence.is(at, ",")
            {
                break;
            }
        }
        None
    }

    /// "was shot and later died": the victims of the event before.
    fn carry(&mut self, index: usize) {
        let Some(before) = index.checked_sub(1) else { return };
        let (event, earlier) = (&self.events[index], &self.events[before]);
        if event.group.saturating_sub(earlier.tokens.end) > 20 {
            return;
        }
        let joined = (earlier.tokens.end..event.group.max(earlier.tokens.end))
            .any(|at| self.sentence.has(at, class::CONJUNCTION))
            || event.group <= earlier.tokens.end + 1;
        if !joined || event.harm.kind == earlier.harm.kind && event.harm.hit == earlier.harm.hit {
            return;
        }
        let carried: Vec<Link> = self
            .links
            .iter()
            .rev()
            .take_while(|link| link.event == before)
            .filter(|link| link.part_of.is_none())
            .cloned()
            .collect();
        self.links.extend(carried.into_iter().rev().map(|link| Link { event: index, carried: true, ..link }));
    }

    /// "12 deaths", "no casualties", "no reports of injuries".
    fn counted(&mut self, index: usize) {
        let event = &self.events[index];
        let (start, sentence) = (event.tokens.start, self.sentence);
        for from in (start.saturating_sub(COUNT_REACH + 4)..start).filter(|&at| !sentence.is_punctuation(at)) {
            let Some(quantity) = numbers::quantity(self.lexicon, sentence, from) else { continue };
            let end = quantity.tokens.end;
            if end > start || start - end > COUNT_REACH {
                continue;
            }
            let reports = quantity.low == 0 && sentence.is(start - 1, "of");
            if !reports
                && (end..start).any(|at| {
                    sentence.is_punctuation(at) || sentence.has(at, class::FUNCTION | class::VERB | class::HARM_START)
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
        if event.harm.kind != super::Kind::Unspecified {
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

    /// "the death toll rose from 12 to 19".
    fn toll(&mut self, index: usize) {
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
