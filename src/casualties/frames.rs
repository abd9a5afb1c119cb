//! Frames: which parties of a sentence each event of harm befell.

use super::events::{Event, Mood};
use super::lexicon::{Frame, Lexicon, class};
use super::sentence::Sentence;
use super::victims::{Party, Reference};
use super::{Category, Kind};
use crate::text::TokenKind;

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

/// How far past a party its parts are looked for.
const PARTS_REACH: usize = 14;

/// How far past an event the rest of its victims are looked for, in tokens.
const ELLIPSIS: usize = 10;

/// The words between a word of harm at the head of a sentence and its verb, at most.
const INVERTED: usize = 10;

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
            if self.is_label(event) {
                self.toll(index);
                continue;
            }
            if let Some(first) = self.inverted(event) {
                for party in self.chain_after(first, true) {
                    self.push(index, party, None);
                }
                continue;
            }
            match event.harm.frame {
                Frame::Participle => self.participle(index),
                // "17 arrests".
                Frame::Active if self.number_before(event.tokens.start) => self.counted(index),
                Frame::Active => self.object(index, event.tokens.end),
                // "13 bodies of the armed group": the number before counts.
                Frame::Of if self.number_before(event.tokens.start) => self.counted(index),
                Frame::Of => self.object(index, event.tokens.end),
                Frame::Subject | Frame::State | Frame::Unharmed => self.subject(index),
                Frame::Count => self.counted(index),
                Frame::Toll => self.toll(index),
                Frame::Around => {
                    let (links, end) = (self.links.len(), event.tokens.end);
                    self.object(index, event.tokens.start + 1);
                    // "hacked and burned to death 60 civilians".
                    if self.links.len() == links {
                        self.object(index, end);
                    }
                    // "were hacked or burned to death".
                    if self.links.len() == links {
                        self.subject(index);
                    }
                }
                Frame::Lost => self.lost(index),
                Frame::Own => self.push_reflexive(index, event.tokens.end - 1),
                Frame::Idiom => {}
            }
        }
        for index in 0..self.events.len() {
            self.ellipsis(index);
        }
        self.links
    }

    /// "Nine rebels died as well as six soldiers", "five died at once and two others later in hospital": the verb is told
    /// once for both.
    fn ellipsis(&mut self, index: usize) {
        let (event, sentence) = (&self.events[index], self.sentence);
        let Some(link) = self.links.iter().find(|link| link.event == index && link.part_of.is_none()) else { return };
        if event.harm.kind != Kind::Killed || link.carried || link.toll {
            return;
        }
        let links = self.links.iter().filter(|link| link.event == index && !link.carried && !link.toll);
        let last = links.map(|link| link.party.tokens.end).max().unwrap_or(0);
        let from = event.tokens.end.max(last);
        let reach = (from..from + ELLIPSIS).take_while(|&at| {
            at < sentence.len()
                && !sentence.is_any(at, &[";", ":", "(", "\""])
                && (!sentence.has(at, class::SUBORDINATOR | class::BE | class::HAVE | class::MODAL | class::VERB)
                    || sentence.is_any(at + 1, &["well"]))
                && self.event_at(at).is_none()
        });
        for at in reach {
            let beside = [
                ["as", "well", "as"],
                ["along", "with", ""],
                ["together", "with", ""],
                ["alongside", "", ""],
                ["besides", "", ""],
                ["plus", "", ""],
                ["in", "addition", "to"],
                ["not", "counting", ""],
                ["not", "including", ""],
                ["excluding", "", ""],
            ];
            let words = beside
                .iter()
                .find(|words| words.iter().zip(at..).all(|(word, at)| word.is_empty() || sentence.is(at, word)));
            let (next, others) = match words {
                Some(words) => (at + words.iter().filter(|word| !word.is_empty()).count(), false),
                None if sentence.has(at, class::CONJUNCTION) => (at + 1, true),
                None => continue,
            };
            let Some(party) = self.party_at(next) else { continue };
            let told = self.links.iter().any(|link| link.party.tokens.start == next);
            let after = self.parties[party].tokens.end;
            // "One was killed in Kibera and another in Kisumu".
            let elsewhere = sentence.is_any(after, &["in", "at", "near"])
                && sentence.is_capitalised(after + 1)
                && !(from..at).any(|at| sentence.is(at, ","))
                && (self.parties[party].bare || self.parties[party].is_more());
            // "Seven soldiers perished and an unknown number of rebels."
            let last = sentence.is_any(after, &[".", ";"])
                && !self.parties[party].bare
                && !(from..at).any(|at| sentence.is_any(at, &["by", "between", "with", "against", ","]));
            let fits = if others {
                (elsewhere || last) && self.parties[party].quantity.is_some()
                    || self.parties[party].is_more() && sentence.is_any(after, &["later", "subsequently", "afterwards"])
            } else {
                self.parties[party].number.is_some()
            };
            let alone = self.parties[party].reference != Reference::Pronoun && !self.opens_clause(party);
            let another = self.events[index + 1..]
                .first()
                .is_some_and(|next| next.group <= self.parties[party].tokens.end + ELLIPSIS / 2);
            if !told && fits && alone && !another {
                for party in self.chain_after(party, false) {
                    self.push(index, party, None);
                }
                return;
            }
        }
    }

    fn participle(&mut self, index: usize) {
        let event = &self.events[index];
        let object = self.party_at(self.object_start(event.tokens.end));
        // "1 soldier killed 5 injured": the five are told of next.
        let active = !event.passive
            && object.is_some_and(|object| !self.opens_clause(object) || self.party_ending(event.group).is_none());
        if active || self.reflexive_at(event.tokens.end) && !event.passive {
            self.object(index, event.tokens.end);
        } else {
            self.subject(index);
        }
    }

    pub(super) fn number_before(&self, start: usize) -> bool {
        start > 0
            && (self.sentence.has(start - 1, class::CARDINAL)
                || self.sentence.kind(start - 1) == Some(TokenKind::Number))
    }

    /// The index of the party that starts at token `at`.
    pub(super) fn party_at(&self, at: usize) -> Option<usize> {
        let found = self.parties.partition_point(|party| party.tokens.start < at);
        self.parties.get(found).filter(|party| party.tokens.start == at).map(|_| found)
    }

    /// The index of the party that ends before token `end`.
    pub(super) fn party_ending(&self, end: usize) -> Option<usize> {
        let found = self.parties.partition_point(|party| party.tokens.end < end);
        self.parties.get(found).filter(|party| party.tokens.end == end).map(|_| found)
    }

    /// The event that covers token `at`.
    pub(super) fn event_at(&self, at: usize) -> Option<&Event> {
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

    pub(super) fn push(&mut self, event: usize, party: usize, part_of: Option<usize>) -> usize {
        let party = self.parties[party].clone();
        self.links.push(Link { event, party, part_of, toll: false, carried: false });
        self.links.len() - 1
    }

    /// Victims after the event.
    fn object(&mut self, index: usize, after: usize) {
        let sentence = self.sentence;
        if self.reflexive_at(after) {
            self.push_reflexive(index, after);
            // "killing herself and seven others".
            if let Some((next, true)) = self.coordinate(after + 1)
                && !self.opens_clause(next)
            {
                for party in self.chain_after(next, false) {
                    self.push(index, party, None);
                }
            }
            return;
        }
        // "The bodies of two hikers were found", "the blast that killed 12 people damaged": the verb is the noun's.
        let event = &self.events[index];
        let noun =
            matches!(event.harm.frame, Frame::Of | Frame::Around) || sentence.before_has(event.group, class::RELATIVE);
        let Some(first) = self.party_at(self.object_start(after)).filter(|&first| noun || !self.opens_clause(first))
        else {
            return;
        };
        // "kidnapped two rangers and killed them".
        if sentence.is(self.parties[first].tokens.start, "them") && self.events[index].harm.kind == Kind::Killed {
            let told = self.links.iter().rev().find(|link| link.event < index && link.part_of.is_none());
            if let Some(link) = told.filter(|link| link.party.number.is_some_and(|number| number > 1)).cloned() {
                self.links.push(Link { event: index, carried: true, ..link });
                return;
            }
        }
        // "a murder suspect": a noun.
        let determined = self.parties[first].quantity.is_some()
            || sentence.has(after, class::INDEFINITE | class::DEFINITE | class::POSSESSIVE);
        if sentence.is(after - 1, "murder") && !determined {
            return;
        }
        let chain = self.chain_after(first, noun);
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

    /// "Fatalities: 3", "Dead: 3".
    fn is_label(&self, event: &Event) -> bool {
        let (sentence, end) = (self.sentence, event.tokens.end);
        let number = sentence.kind(end + 1) == Some(TokenKind::Number) || sentence.has(end + 1, class::CARDINAL);
        let opens = event.tokens.start == 0 || sentence.is_punctuation(event.tokens.start - 1);
        // "Bandits killed: 5."
        let named = event.tokens.start > 0
            && self.party_ending(event.tokens.start).is_some_and(|party| self.parties[party].quantity.is_none())
            && sentence.is_edge(end + 2);
        (opens || named)
            && number
            && sentence.is(end, ":")
            && matches!(event.harm.frame, Frame::Count | Frame::State | Frame::Participle)
    }

    /// "Killed in the crash were two women and a child": the first of them.
    fn inverted(&self, event: &Event) -> Option<usize> {
        let sentence = self.sentence;
        let opens = event.tokens.start == 0 || event.tokens.start == 1 && sentence.is_any(0, &["also", "among"]);
        if !opens || !matches!(event.harm.frame, Frame::State | Frame::Participle) {
            return None;
        }
        let end = event.tokens.end;
        let be = (end..end + INVERTED).find(|&at| sentence.is_any(at, &["was", "were", "are", "is"]))?;
        let plain = be == end || sentence.has(end, class::PREPOSITION);
        let clear = !(end..be).any(|at| sentence.is_edge(at) || self.event_at(at).is_some());
        (plain && clear).then(|| self.party_at(be + 1)).flatten()
    }

    /// "lost nine soldiers": an army's loss, and no team's or party's.
    fn lost(&mut self, index: usize) {
        let after = self.object_start(self.events[index].tokens.end);
        let Some(first) = self.party_at(after).filter(|&first| self.parties[first].quantity.is_some()) else { return };
        let party = &self.parties[first];
        // "The rebels lost ten men", "lost only two": only beside another's dead.
        let beside = self.events.iter().any(|event| event.harm.kind == Kind::Killed && event.harm.frame != Frame::Lost);
        let armed = matches!(party.category, Category::Combatant | Category::Police);
        let own =
            party.words.is_empty() || self.sentence.has(party.words.end - 1, class::PERSON_ONE | class::PERSON_MANY);
        if armed || beside && own {
            for party in self.chain_after(first, false) {
                self.push(index, party, None);
            }
        }
    }

    /// "killed himself".
    fn push_reflexive(&mut self, index: usize, at: usize) {
        // "Two bombers killed themselves and three others".
        let many = || {
            let before = self.parties.partition_point(|party| party.tokens.end <= at);
            self.parties[..before].iter().rev().take(8).find(|party| party.quantity.is_some())?.number
        };
        let number = if self.sentence.is(at, "themselves") { many() } else { Some(1) };
        let party = Party {
            tokens: at..at + 1,
            words: at..at + 1,
            quantity: None,
            number,
            reference: Reference::Pronoun,
            category: Category::Perpetrator,
            bare: false,
        };
        self.links.push(Link { event: index, party, part_of: None, toll: false, carried: false });
    }

    /// Whether the party is the subject of what follows: "killed two and [three] were wounded".
    pub(super) fn opens_clause(&self, party: usize) -> bool {
        let mut at = self.parties[party].tokens.end;
        while self.sentence.has(at, class::ADVERB) {
            at += 1;
        }
        let reduced = self.sentence.has(at, class::REDUCED);
        !reduced && self.sentence.has(at, class::BE | class::HAVE | class::MODAL | class::VERB)
            || self.event_at(at).is_some_and(|event| {
                // "SHOOTING Gunman kills four".
                let finite = event.harm.frame == Frame::Active && self.sentence.word(at).ends_with('s');
                event.tokens.start == at
                    && (finite || matches!(event.harm.frame, Frame::Participle | Frame::Subject | Frame::State))
            })
    }

    /// Parts of the link `whole`, told within reach of token `from`: "including two children".
    pub(super) fn parts(&mut self, index: usize, whole: usize, from: usize) {
        let sentence = self.sentence;
        let mut at = from;
        while at < from + PARTS_REACH && at < sentence.len() {
            if at > from && self.event_at(at).is_some_and(|other| other.harm.kind != self.events[index].harm.kind) {
                return;
            }
            if sentence.has(at, class::PART_START)
                && let Some((end, ())) = self.lexicon.parts.longest(sentence, at)
            {
                // "four of whom were children".
                let of = self.parties.partition_point(|party| party.tokens.end <= at);
                if self.parties.get(of).is_some_and(|p| p.tokens.start < at && p.reference == Reference::Partitive) {
                    self.push(index, of, Some(whole));
                    return;
                }
                let Some(first) = self.party_at(end).or_else(|| self.party_at(end + 1)) else { return };
                for party in self.chain_after(first, false) {
                    self.push(index, party, Some(whole));
                }
                return;
            }
            at += 1;
        }
    }
}
