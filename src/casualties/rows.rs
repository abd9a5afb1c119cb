//! Rows: parties that are told together, "a man, two women and a child".

use super::frames::Linker;
use super::lexicon::class;
use super::victims::{Party, Reference};
use crate::text::TokenKind;

/// What opens a detail of a number: "seven militants of", "eight worshippers in".
const DETAILS: [&str; 9] = ["of", "from", "belonging", "(", "in", "at", "near", "on", "outside"];

/// The words that may hang on a number before its row goes on, at most.
pub(super) const DETAIL: usize = 14;

impl Linker<'_> {
    /// The coordinated parties from `first` on: "a man, two women and a child".
    /// `closed`: a relative clause or a noun, so that the verb after the row is not the row's.
    pub(super) fn chain_after(&self, first: usize, closed: bool) -> Vec<usize> {
        let mut chain = vec![first];
        let mut pending = Vec::new();
        let mut current = first;
        while let Some((next, and)) =
            self.coordinate(self.end_of(current)).or_else(|| self.coordinate_past_detail(current))
        {
            // "kills commissioner, six others".
            let and = and || self.parties[next].is_more();
            if !closed && self.opens_clause(next) {
                break;
            }
            // "Abu Fatima, a commander, and four men": the commander is Abu Fatima.
            if and || !self.in_apposition(current, next) {
                pending.push(next);
            }
            current = next;
            if and {
                chain.append(&mut pending);
            }
        }
        self.without_breakdown(chain)
    }

    /// The party joined on at token `end`, and whether by "and".
    pub(super) fn coordinate(&self, end: usize) -> Option<(usize, bool)> {
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

    /// The token after a party, and after the name that follows a role: "Sheikh Ibrahim Omar".
    pub(super) fn end_of(&self, party: usize) -> usize {
        let party = &self.parties[party];
        let name = self.party_at(party.tokens.end).map(|next| &self.parties[next]);
        let named = party.number == Some(1) && party.quantity.is_none();
        name.filter(|name| named && name.reference == Reference::Name).map_or(party.tokens.end, |name| name.tokens.end)
    }

    /// Whether the second of two parties parted by a comma says who the first is: a name and a role.
    pub(super) fn in_apposition(&self, first: usize, second: usize) -> bool {
        let (first, second) = (&self.parties[first], &self.parties[second]);
        let role = |party: &Party| party.reference == Reference::Indefinite && party.number == Some(1);
        first.reference == Reference::Name && role(second) || role(first) && second.reference == Reference::Name
    }

    /// The number joined on by "and" past what hangs on a number: "killed seven militants of the Front (FLN) and two
    /// civilians".
    pub(super) fn coordinate_past_detail(&self, party: usize) -> Option<(usize, bool)> {
        let sentence = self.sentence;
        let end = self.parties[party].tokens.end;
        if !sentence.is_any(end, &DETAILS) {
            return None;
        }
        // "killed the chief of Boni and his brother".
        let numbered = self.parties[party].quantity.is_some();
        let his = |at: usize| sentence.has(at, class::POSSESSIVE);
        let detail = |at: usize| {
            let comma = sentence.is(at, ",") && sentence.has(at + 1, class::CONJUNCTION);
            (sentence.is_word(at) || comma || sentence.is_any(at, &["(", ")", "-", "\u{2013}", "'", "\"", "\u{2019}"]))
                && !sentence.has(at, class::SUBORDINATOR | class::BE | class::HAVE | class::MODAL | class::VERB)
                && self.event_at(at).is_none()
        };
        let mut open = 0_i32;
        let and = (end..end + DETAIL).take_while(|&at| detail(at)).find(|&at| {
            open += i32::from(sentence.is(at, "(")) - i32::from(sentence.is(at, ")"));
            let plus = sentence.is(at, "plus");
            open == 0
                && sentence.has(at, class::CONJUNCTION)
                && self.party_at(at + 1).is_some_and(|next| {
                    let next = &self.parties[next];
                    numbered && (next.quantity.is_some() || plus && next.number.is_some())
                        || his(at + 1) && next.number.is_some()
                })
        })?;
        Some((self.party_at(and + 1)?, true))
    }

    /// The coordinated parties up to `last`, in order.
    pub(super) fn chain_before(&self, last: usize) -> Vec<usize> {
        let sentence = self.sentence;
        let mut chain = vec![last];
        let mut start = self.start_of(last);
        let mut joined = false;
        loop {
            let mut end = start;
            let and = sentence.before_has(end, class::CONJUNCTION);
            end -= usize::from(and);
            let comma = end > 0 && sentence.is(end - 1, ",");
            end -= usize::from(comma);
            // Commas alone are an apposition unless an "and" closes the list, or numbers of kinds stand in a row: "two
            // soldiers, one assailant killed".
            let row = comma
                && self.is_numbered(last)
                && self.party_ending(end).is_some_and(|previous| self.is_numbered(previous));
            if !(and || comma && joined || row) {
                break;
            }
            // "a commander of the Front (FLN) and his companion".
            if end > 2 && sentence.is(end - 1, ")") {
                end = (end.saturating_sub(5)..end).rev().find(|&at| sentence.is(at, "(")).unwrap_or(end);
            }
            // "Omar Said, 32, and his son, 5, were killed".
            if end > 2 && sentence.kind(end - 1) == Some(TokenKind::Number) && sentence.is(end - 2, ",") {
                end -= 2;
            }
            let own = |&party: &usize| !self.after_preposition(party) || self.parties[party].quantity.is_some();
            let ending = self.party_ending(end).filter(own);
            let Some(previous) = ending.or_else(|| self.party_of_phrase(end)) else { break };
            let previous = self.described(previous);
            if self.after_preposition(previous) && self.parties[previous].quantity.is_none() {
                break;
            }
            joined = true;
            chain.push(previous);
            start = self.start_of(previous);
        }
        chain.reverse();
        self.without_breakdown(chain)
    }

    /// Whether the party is a number of a certain kind of people: no "people".
    pub(super) fn is_numbered(&self, party: usize) -> bool {
        let party = &self.parties[party];
        party.quantity.is_some()
            && party.reference == Reference::Counted
            && !party.words.is_empty()
            && !self.sentence.has(party.words.end - 1, class::GENERIC)
    }

    /// The first token of a party, of the role before it if it is a name: "son Sami".
    pub(super) fn start_of(&self, party: usize) -> usize {
        let start = self.parties[party].tokens.start;
        let role = self.party_ending(start).filter(|&role| {
            self.parties[party].reference == Reference::Name
                && self.parties[role].number == Some(1)
                && self.parties[role].quantity.is_none()
                && self.is_sure(role)
        });
        role.map_or(start, |role| self.parties[role].tokens.start)
    }

    /// The person whose name stands in apposition: "a driver, Omar Said".
    pub(super) fn described(&self, name: usize) -> usize {
        let start = self.parties[name].tokens.start;
        if self.parties[name].reference != Reference::Name || start == 0 || !self.sentence.is(start - 1, ",") {
            return name;
        }
        self.party_ending(start - 1)
            .filter(|&party| self.is_sure(party) && self.parties[party].number == Some(1))
            .unwrap_or(name)
    }

    /// The party whose phrase, with what hangs on it ("an activist of the UPDF"), ends before `end`.
    pub(super) fn party_of_phrase(&self, end: usize) -> Option<usize> {
        let mut at = end;
        while at > 0 && end - at < 12 {
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

    /// "Two people, a boy and a girl": the two alone.
    pub(super) fn without_breakdown(&self, mut chain: Vec<usize>) -> Vec<usize> {
        if let [whole, rest @ ..] = chain.as_slice()
            && rest.len() > 1
        {
            let sum: Option<u64> =
                rest.iter().try_fold(0_u64, |sum, &party| sum.checked_add(self.parties[party].number?));
            let whole = &self.parties[*whole];
            let generic = whole.words.is_empty() || self.sentence.has(whole.words.end - 1, class::GENERIC);
            if generic && whole.number.is_some() && whole.number == sum {
                chain.truncate(1);
            }
        }
        chain
    }
}
