//! Subjects: the victims that stand before their word of harm, and those who are carried on to it.
//!
//! Only the search for them; what a frame does with what is found is said in `frames`.

use super::events::{Event, Mood};
use super::frames::{Link, Linker};
use super::lexicon::{Frame, class};
use super::rows::DETAIL;
use super::victims::{Party, Reference};
use super::{Category, Kind};
use crate::text::TokenKind;

/// How far back a subject is looked for, in tokens.
const SUBJECT_REACH: usize = 40;

impl Linker<'_> {
    /// Victims before the event.
    pub(super) fn subject(&mut self, index: usize) {
        let event = &self.events[index];
        let bare = !event.passive && event.joined.is_none() && event.harm.frame != Frame::Subject;
        // "after a jackal died": who the sentence names before did not.
        if self.is_of_thing(event.group) {
            return;
        }
        let Some(party) = self.subject_party(event, bare) else {
            if !self.carry(index) {
                self.who(index);
            }
            return;
        };
        // "One was taken to hospital, where she died": the one.
        let start = self.parties[party].tokens.start;
        let where_she =
            self.parties[party].reference == Reference::Pronoun && self.sentence.is(start.wrapping_sub(1), "where");
        if where_she && event.harm.kind == Kind::Killed && self.carry_where(index) {
            return;
        }
        // "The dead included two bombers who blew themselves up": counted already.
        if event.harm.kind == Kind::Killed && self.follows_dead(party) {
            return;
        }
        // "Inflation hurt growth": a lone name before a past form is as likely its doer.
        if bare && self.parties[party].reference == Reference::Name && self.parties[party].bare {
            return;
        }
        if bare && self.has_thing_object(event, party) {
            return;
        }
        let mut chain = self.chain_before(party);
        // "Four people including an elder and his son were killed": the four.
        if chain.len() > 1
            && self.is_part(chain[0])
            && let Some(whole) = self.whole_of(chain[0])
        {
            chain = vec![whole];
        }
        // "Ten people, six of them women, were killed": the ten.
        let start = self.parties[chain[0]].tokens.start;
        if self.parties[chain[0]].reference == Reference::Partitive
            && start > 0
            && self.sentence.is(start - 1, ",")
            && let Some(whole) = self.party_ending(start - 1).filter(|&whole| self.parties[whole].quantity.is_some())
        {
            chain = vec![whole];
        }
        // "Omar Said, a commander and son of the founder, was killed": one.
        let group = self.events[index].group;
        let one = |&party: &usize| self.parties[party].number == Some(1) && self.parties[party].quantity.is_none();
        let singular =
            (group..self.events[index].tokens.start).any(|at| self.sentence.is_any(at, &["was", "is", "has"]));
        if singular && group > 0 && self.sentence.is(group - 1, ",") && chain.iter().all(one) {
            chain.truncate(1);
        }
        let party = if chain.len() == 1 { chain[0] } else { party };
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
        let mut end = event.joined.unwrap_or(event.group);
        if end > 0 && sentence.is(end - 1, ",") {
            end -= 1;
            if let Some(party) = self.before_insertion(end) {
                return Some(party);
            }
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
        for end in end..=event.joined.unwrap_or(event.tokens.start) {
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
        // "A girl is recovering after being shot": the subject of the clause before.
        let shared = sentence.is_any(event.group, &["being", "having"])
            && sentence.is_any(event.group.wrapping_sub(1), &["after", "before", "since", "despite"])
            // "was set on fire and died".
            || event.harm.frame == Frame::Subject
                && !event.passive
                && sentence.before_has(event.group, class::CONJUNCTION);
        // "with 40 injured", "with three of the latter being killed".
        if (adjacent || sentence.is(event.group, "being"))
            && fallback.is_none()
            && let Some(party) = self.party_ending(end)
            && self.parties[party].quantity.is_some()
            && sentence.is(self.parties[party].tokens.start.wrapping_sub(1), "with")
        {
            return Some(party);
        }
        let limit = if adjacent && fallback.is_none() { 8 } else { SUBJECT_REACH };
        let mut at = end;
        while at > 0 && end - at < limit {
            at -= 1;
            if let Some(party) = self.party_ending(at + 1) {
                // "wounding nine, before being lynched": not the nine.
                let start = self.parties[party].tokens.start;
                let object = shared && start > 0 && self.event_at(start - 1).is_some();
                if !object && !self.after_preposition(party) && !self.is_part(party) {
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
            if !shared && self.blocks(at, end) {
                break;
            }
        }
        if fallback.is_some() {
            return fallback;
        }
        // "in a clash with 12 killed": nothing better than the nearest.
        self.party_ending(end).filter(|&party| adjacent && self.parties[party].quantity.is_some())
    }

    /// "Five women, suspected of being witches, were killed": the five before the insertion that ends at `close`.
    fn before_insertion(&self, close: usize) -> Option<usize> {
        let sentence = self.sentence;
        let open = (close.saturating_sub(DETAIL)..close).rev().find(|&at| sentence.is_edge(at))?;
        let reduced = sentence.has(open + 1, class::REDUCED) && !sentence.has(open + 1, class::PART_START);
        let party = self.party_ending(open).filter(|_| sentence.is(open, ",") && reduced)?;
        (self.is_sure(party) && self.parties[party].number.is_some()).then_some(party)
    }

    /// Whether the party is surely people: no mere name.
    pub(super) fn is_sure(&self, party: usize) -> bool {
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
            || self.sentence.is(from, "(") && to > from && self.sentence.is(to - 1, ")")
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
        // "militants believed to be", "men suspected of": nor does a reduced one part the subject from its verb.
        let reduced = |at: usize| {
            sentence.has(at, class::REDUCED)
                && sentence.before_has(at, class::PERSON_ONE | class::PERSON_MANY)
                && sentence.has(at + 1, class::PREPOSITION | class::MODAL)
        };
        !(at.saturating_sub(5)..at)
            .any(|before| sentence.has(before, class::RELATIVE) && !sentence.is(before, "that") || reduced(before))
            && !reduced(at)
    }

    pub(super) fn after_preposition(&self, party: usize) -> bool {
        let start = self.parties[party].tokens.start;
        self.sentence.before_has(start, class::PREPOSITION)
            && !self
                .sentence
                .is_any(start - 1, &["following", "after", "before", "since", "like", "than", "out", "up", "down"])
            || start > 0 && self.sentence.is(start - 1, "than")
    }

    pub(super) fn is_part(&self, party: usize) -> bool {
        let start = self.parties[party].tokens.start;
        (start.saturating_sub(3)..start).any(|at| {
            self.sentence.has(at, class::PART_START)
                && self.lexicon.parts.longest(self.sentence, at).is_some_and(|(end, ())| end == start)
        })
    }

    /// Whether a clause opens with a thing as the subject of the verb group at `group`: "after a jackal died".
    fn is_of_thing(&self, group: usize) -> bool {
        let sentence = self.sentence;
        if group == 0 || self.party_ending(group).is_some() || sentence.is_capitalised(group - 1) {
            return false;
        }
        let plain = |at: usize| {
            sentence.kind(at) == Some(TokenKind::Word)
                && !sentence.has(at, class::FUNCTION | class::ADVERB | class::VERB | class::HARM_START | class::REPORT)
        };
        let mut at = group;
        while at > 0 && group - at < 4 && plain(at - 1) {
            at -= 1;
        }
        let noun =
            at < group && at > 0 && sentence.has(at - 1, class::DEFINITE | class::INDEFINITE | class::POSSESSIVE);
        if !noun || self.parties.iter().any(|party| party.tokens.start < group && party.tokens.end > at - 1) {
            return false;
        }
        let opening = at - 1;
        opening == 0
            || sentence.has(opening - 1, class::SUBORDINATOR | class::CONJUNCTION)
            || sentence.is_any(opening - 1, &["after", "before", "since", "until"])
    }

    /// The number right before "including" and the party that it names.
    pub(super) fn whole_of(&self, part: usize) -> Option<usize> {
        let start = self.parties[part].tokens.start;
        let opens = |at: usize| self.lexicon.parts.longest(self.sentence, at).is_some_and(|(end, ())| end == start);
        let end = (start.saturating_sub(4)..start).find(|&at| self.sentence.has(at, class::PART_START) && opens(at))?;
        let marks = [",", "\u{2014}", "\u{2013}", "--", "(", "-"];
        let end = end - usize::from(end > 0 && self.sentence.is_any(end - 1, &marks));
        self.party_ending(end).filter(|&whole| self.parties[whole].quantity.is_some())
    }

    /// "Troops seized 12 rifles", "the president killed the bill": the party did it, to no people.
    fn has_thing_object(&self, event: &Event, party: usize) -> bool {
        let sentence = self.sentence;
        // "killed off the chase".
        let after = event.tokens.end + usize::from(sentence.is(event.tokens.end, "off"));
        let party = &self.parties[party];
        let apart = party.tokens.end < event.group && sentence.has(after, class::DEFINITE);
        event.harm.frame == Frame::Participle
            && (party.quantity.is_none() || apart)
            && party.reference != Reference::Indefinite
            && (sentence.has(after, class::DEFINITE | class::INDEFINITE | class::POSSESSIVE | class::CARDINAL)
                || sentence.kind(after) == Some(TokenKind::Number)
                || sentence.is(after, "down"))
    }

    /// "The dead included": the party is a part of a number told before.
    fn follows_dead(&self, party: usize) -> bool {
        let start = self.parties[party].tokens.start;
        self.is_part(party)
            && start > 1
            && self.sentence.is_any(start - 2, &["dead", "killed", "victims", "deceased", "casualties"])
    }

    /// "an imam, who was taken to hospital and pronounced dead": one who was told of before.
    fn who(&mut self, index: usize) {
        let (event, sentence) = (&self.events[index], self.sentence);
        if event.harm.kind != Kind::Killed || event.mood != Mood::Told {
            return;
        }
        let from = event.group.saturating_sub(SUBJECT_REACH);
        let who = (from..event.group).rev().find(|&at| sentence.is(at, "who"));
        let Some(at) = who.filter(|&at| sentence.is_any(at + 1, &["was", "is", "has"])) else { return };
        let party = Party {
            tokens: at..at + 1,
            words: at..at,
            quantity: None,
            number: Some(1),
            reference: Reference::Pronoun,
            category: Category::Unknown,
            bare: false,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
    }

    /// "One was taken to hospital, where she died": the victims of the event before, if it told of one; false if not.
    fn carry_where(&mut self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let mut told = self.links.iter().filter(|link| link.event == before && link.part_of.is_none());
        let (Some(link), None) = (told.next(), told.next()) else { return false };
        if self.events[before].harm.kind != Kind::Injured || link.party.number != Some(1) {
            return false;
        }
        let link = Link { event: index, carried: true, ..link.clone() };
        self.links.push(link);
        true
    }

    /// "was shot and later died": the victims of the event before; false where there are none.
    fn carry(&mut self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        let (event, earlier) = (&self.events[index], &self.events[before]);
        if event.group.saturating_sub(earlier.tokens.end) > 20 {
            return false;
        }
        let joined = (earlier.tokens.end..event.group.max(earlier.tokens.end))
            .any(|at| self.sentence.has(at, class::CONJUNCTION) || self.sentence.is(at, "or"))
            || event.group <= earlier.tokens.end + 1
            // "Five were shot; all died".
            || self.sentence.is_any(event.group, &["all", "both"]);
        if !joined || event.harm.kind == earlier.harm.kind && event.harm.hit == earlier.harm.hit {
            return false;
        }
        let carried: Vec<Link> = self
            .links
            .iter()
            .rev()
            .take_while(|link| link.event == before)
            .filter(|link| link.part_of.is_none())
            .cloned()
            .collect();
        let any = !carried.is_empty();
        self.links.extend(carried.into_iter().rev().map(|link| Link { event: index, carried: true, ..link }));
        any
    }
}
