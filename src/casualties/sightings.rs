//! Sightings: the figures of one kind in one sentence, added up.

use super::figures::Finding;
use super::lexicon::Side;
use super::totals::{LEAD, is_late};
use super::{Category, Qualifier, Status};
use crate::text::Field;

/// The figures of one kind in one sentence, added up.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    pub best: u64,
    pub low: u64,
    pub high: Option<u64>,
    pub weak: bool,
    pub more: bool,
    pub also: bool,
    pub late: bool,
    pub lead: bool,
    pub toll: bool,
    /// Another's count beside the one told.
    pub rival: bool,
    pub feared: bool,
    pub claimed: bool,
    /// Nothing but what somebody did to others.
    pub acted: bool,
    /// Holds the death of who did it.
    pub ended: bool,
    /// Holds nothing else.
    pub only_ended: bool,
    /// Nobody but who did it.
    pub perpetrators: bool,
    /// The sides of its figures.
    pub sides: Sides,
}

/// Adds up one sentence's figures; `None` where none has a number.
pub(super) fn sighting(sentence: &[&Finding]) -> Option<Sighting> {
    let told = |claimed: bool, rival: bool| {
        let of = |f: &Finding| (f.figure.status == Status::Claimed) == claimed && f.trace.rival == rival;
        sum(sentence, of)
    };
    let (reported, claimed, rival) = (told(false, false), told(true, false), sum(sentence, |f| f.trace.rival));
    let mut all = match (reported, claimed) {
        (Some(mut reported), Some(claimed)) if !reported.weak && reported.best > 0 => {
            reported.hear(claimed);
            reported
        }
        (Some(reported), Some(claimed)) => {
            if claimed.best > reported.best {
                claimed
            } else {
                reported
            }
        }
        (reported, claimed) => match reported.or(claimed) {
            Some(all) => all,
            None => return rival,
        },
    };
    match rival {
        // "The rebels claimed 80; the army put the number at 12".
        Some(rival) if all.claimed && !rival.claimed => {
            let high = all.high;
            all = rival;
            all.high = all.high.zip(high).map(|(a, b)| a.max(b));
        }
        Some(rival) if rival.best > 0 => all.differ(&rival),
        _ => {}
    }
    Some(all)
}

/// Adds up those of one sentence's figures that `of` takes.
fn sum(sentence: &[&Finding], of: impl Fn(&Finding) -> bool) -> Option<Sighting> {
    let toll = sentence.iter().rev().find(|f| f.trace.toll && of(f)).copied();
    let strong = sentence.iter().any(|f| !f.trace.weak);
    let mut sum: Option<Sighting> = None;
    let own = own_deaths(sentence);
    for (at, finding) in sentence.iter().enumerate() {
        if !of(finding)
            || toll.is_some_and(|toll| !std::ptr::eq(toll, *finding))
            || finding.trace.weak == strong
            || is_repeated(sentence, at)
        {
            continue;
        }
        let Some(count) = &finding.figure.count else { continue };
        let best = if count.qualifier == Qualifier::AtMost { count.high.unwrap_or(count.low) } else { count.low };
        let sum = sum.get_or_insert(Sighting {
            best: 0,
            low: 0,
            high: Some(0),
            weak: !strong || finding.trace.aside,
            more: true,
            also: true,
            late: is_late(finding),
            lead: finding.figure.mention.field == Field::Title || finding.figure.sentence < LEAD,
            toll: toll.is_some() && !finding.trace.rival,
            rival: finding.trace.rival,
            feared: true,
            claimed: true,
            acted: true,
            ended: false,
            only_ended: true,
            perpetrators: true,
            sides: Sides::default(),
        });
        sum.best = sum.best.saturating_add(best);
        sum.low = sum.low.saturating_add(count.low);
        sum.high = sum.high.zip(count.high).map(|(a, b)| a.saturating_add(b));
        sum.more &= finding.trace.more || finding.trace.moved;
        sum.also &= finding.trace.also;
        sum.claimed &= finding.figure.status == Status::Claimed;
        sum.feared &= finding.figure.status == Status::Feared;
        sum.acted &= finding.trace.acted;
        sum.ended |= finding.trace.ended;
        sum.only_ended &= finding.trace.ended;
        sum.perpetrators &= finding.figure.victims.category == Category::Perpetrator;
        // Both in one sentence: the bomber's own death may be in the number or not.
        if !finding.trace.own {
            sum.high = sum.high.map(|high| high.max(sum.best.saturating_add(own)));
        }
        if best > 0 {
            sum.sides.insert(finding.trace.side);
        }
    }
    sum
}

/// How many the sentence tells of who killed themselves beside others.
fn own_deaths(sentence: &[&Finding]) -> u64 {
    let own = sentence.iter().filter(|f| f.trace.own);
    own.filter_map(|f| f.figure.count.as_ref()).map(|count| count.low).fold(0, u64::saturating_add)
}

/// How many figures back a sentence is taken to repeat itself.
const REPEATS: usize = 8;

/// Whether an earlier clause of the sentence told the same number: "Seven hurt in crash A crash hurt seven".
fn is_repeated(sentence: &[&Finding], at: usize) -> bool {
    let finding = sentence[at];
    let number = |f: &Finding| f.figure.count.as_ref().map_or(0, |count| count.low);
    number(finding) > 2
        && !finding.trace.more
        && sentence[at.saturating_sub(REPEATS)..at].iter().any(|earlier| {
            number(earlier) == number(finding)
                && earlier.trace.side == finding.trace.side
                && !earlier.figure.mention.span.overlaps(finding.figure.mention.span)
        })
}

impl Sighting {
    /// What a party claims, beside what is reported: it counts only for a side of which nothing else is told.
    pub(super) fn hear(&mut self, claimed: Sighting) {
        if self.is_apart_from(&claimed) {
            self.add(Sighting { low: 0, ..claimed });
        } else {
            self.high = self.high.zip(claimed.high).map(|(a, b)| a.max(b));
        }
    }

    /// Another's count of the same people: it widens the range.
    pub(super) fn differ(&mut self, rival: &Sighting) {
        self.low = self.low.min(rival.low);
        self.high = self.high.zip(rival.high).map(|(a, b)| a.max(b));
    }

    pub(super) fn add(&mut self, other: Sighting) {
        self.best = self.best.saturating_add(other.best);
        self.low = self.low.saturating_add(other.low);
        self.high = self.high.zip(other.high).map(|(a, b)| a.saturating_add(b));
        self.feared &= other.feared;
        self.sides = self.sides.union(other.sides);
    }

    /// Whether the two cannot be the same people: soldiers here, villagers there.
    pub(super) fn is_apart_from(&self, other: &Sighting) -> bool {
        self.sides.are_apart_from(other.sides)
    }
}

/// A set of sides, and whether anybody of no known side is among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sides(u8);

impl Sides {
    const ANYBODY: u8 = 1 << 7;

    fn insert(&mut self, side: Option<Side>) {
        self.0 |= side.map_or(Sides::ANYBODY, |side| 1 << side as u8);
    }

    fn union(self, other: Sides) -> Sides {
        Sides(self.0 | other.0)
    }

    fn are_apart_from(self, other: Sides) -> bool {
        self.0 != 0 && other.0 != 0 && (self.0 | other.0) & Sides::ANYBODY == 0 && self.0 & other.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_apart_only_where_both_are_known_and_differ() {
        let of = |side| {
            let mut sides = Sides::default();
            sides.insert(side);
            sides
        };
        assert!(of(Some(Side::State)).are_apart_from(of(Some(Side::Opponent))));
        assert!(!of(Some(Side::State)).are_apart_from(of(Some(Side::State))));
        assert!(!of(Some(Side::State)).are_apart_from(of(None)));
        assert!(!Sides::default().are_apart_from(of(Some(Side::Civil))));
    }
}
