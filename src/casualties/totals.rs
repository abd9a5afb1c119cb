//! Totals: one story, one count for each kind. The rules and their reasons are in `docs/casualties.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Finding;
use super::lexicon::Side;
use super::{Kind, Qualifier, Status, Total};
use crate::text::Field;

/// The total of every kind that a current figure with a number reports.
pub(super) fn totals(findings: &[Finding]) -> BTreeMap<Kind, Total> {
    let mut totals = BTreeMap::new();
    let dead = reconcile(findings, None, |f| f.figure.kind == Kind::Killed);
    if let Some(total) = dead {
        totals.insert(Kind::Killed, total);
    }
    if let Some(total) = injured(findings, dead.map_or(0, |total| total.best)) {
        totals.insert(Kind::Injured, total);
    }
    for kind in [Kind::Missing, Kind::Displaced, Kind::Detained, Kind::Abducted, Kind::Unspecified] {
        if let Some(total) = reconcile(findings, None, |f| f.figure.kind == kind) {
            totals.insert(kind, total);
        }
    }
    totals
}

/// The wounded, and those struck who did not die.
fn injured(findings: &[Finding], dead: u64) -> Option<Total> {
    // With somebody dead, "he" and "the boy" who were wounded are likely the ones who died.
    let wounded = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && !f.trace.hit && !(f.trace.weak && dead > 0)
    });
    let beside = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && f.trace.hit && (f.trace.apart || f.trace.more)
    });
    let struck = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && f.trace.hit && !f.trace.apart && !f.trace.more
    });
    let struck = struck.map(|total| Total {
        best: total.best.saturating_sub(dead),
        low: total.low.saturating_sub(dead),
        high: total.high.map(|high| high.saturating_sub(dead)),
    });
    let struck = struck.filter(|total| total.best > 0 || wounded.is_none() && beside.is_none() && dead == 0);
    [wounded, beside, struck].into_iter().flatten().max_by_key(|total| total.best)
}

/// The figures of one kind in one sentence, added up.
#[derive(Debug, Clone)]
struct Sighting {
    best: u64,
    low: u64,
    high: Option<u64>,
    weak: bool,
    more: bool,
    toll: bool,
    feared: bool,
    claimed: bool,
    /// The sides of its figures.
    sides: Sides,
}

/// One event's total as far as the article has been read.
#[derive(Debug)]
struct Group {
    sighting: Sighting,
    /// Numbers that were added as "another" or "others": told again, they do not add again.
    added: BTreeSet<u64>,
}

/// `dead`: for the injured, how many died, whom "others" may set apart.
fn reconcile(findings: &[Finding], dead: Option<u64>, of_kind: impl Fn(&Finding) -> bool) -> Option<Total> {
    let current: Vec<&Finding> = findings
        .iter()
        .filter(|f| of_kind(f) && f.figure.part_of.is_none())
        .filter(|f| !matches!(f.figure.status, Status::Past | Status::Denied))
        .collect();
    let mut title: Option<Group> = None;
    let mut body: Option<Group> = None;
    let place = |f: &Finding| (f.figure.mention.field, f.figure.sentence);
    for sentence in current.chunk_by(|a, b| place(a) == place(b)) {
        let Some(sighting) = sighting(sentence) else { continue };
        let group = if place(sentence[0]).0 == Field::Title { &mut title } else { &mut body };
        match group {
            None => {
                *group = Some(Group {
                    added: if sighting.more { BTreeSet::from([sighting.best]) } else { BTreeSet::new() },
                    sighting,
                })
            }
            Some(group) => group.see(sighting, dead),
        }
    }
    let best = match (title, body) {
        (Some(title), Some(body)) => title.or_better(body),
        (title, body) => title.or(body)?,
    };
    Some(best.total())
}

/// Adds up one sentence's figures; `None` where none has a number.
fn sighting(sentence: &[&Finding]) -> Option<Sighting> {
    let toll = sentence.iter().rev().find(|f| f.trace.toll).copied();
    let strong = sentence.iter().any(|f| !f.trace.weak);
    let mut sum: Option<Sighting> = None;
    for finding in sentence {
        if toll.is_some_and(|toll| !std::ptr::eq(toll, *finding)) || finding.trace.weak == strong {
            continue;
        }
        let Some(count) = &finding.figure.count else { continue };
        let best = if count.qualifier == Qualifier::AtMost { count.high.unwrap_or(count.low) } else { count.low };
        let sum = sum.get_or_insert(Sighting {
            best: 0,
            low: 0,
            high: Some(0),
            weak: !strong,
            more: true,
            toll: toll.is_some(),
            feared: true,
            claimed: true,
            sides: Sides::default(),
        });
        sum.best = sum.best.saturating_add(best);
        sum.low = sum.low.saturating_add(count.low);
        sum.high = sum.high.zip(count.high).map(|(a, b)| a.saturating_add(b));
        sum.more &= finding.trace.more;
        sum.claimed &= finding.figure.status == Status::Claimed;
        sum.feared &= finding.figure.status == Status::Feared;
        if best > 0 {
            sum.sides.insert(finding.trace.side);
        }
    }
    sum
}

impl Group {
    /// Takes in what a later sentence says.
    fn see(&mut self, later: Sighting, among_many: Option<u64>) {
        let now = &mut self.sighting;
        if later.toll || (now.weak && !later.weak) {
            *now = later;
        } else if later.claimed && !now.claimed {
            now.high = now.high.zip(later.high).map(|(a, b)| a.max(b));
        } else if later.weak || later.best == 0 || now.toll {
            // Seen again.
        } else if now.best == 0 {
            *now = later;
        } else if later.more {
            // "six were shot ... four others": beside the dead, or among the six.
            let beside = among_many.is_none_or(|dead| dead == 0 && (now.best == 1 || now.best <= later.best));
            if beside && !self.added.contains(&later.best) {
                self.added.insert(later.best);
                now.add(later);
            }
        } else if now.is_apart_from(&later) {
            now.add(later);
        } else if later.best > now.best && (!later.claimed || now.claimed) {
            *now = later;
        }
    }

    /// The headline or the text, whichever says more.
    fn or_better(self, body: Group) -> Group {
        let (title, text) = (&self.sighting, &body.sighting);
        if text.weak && !title.weak || title.best > text.best && title.weak == text.weak { self } else { body }
    }

    fn total(&self) -> Total {
        let seen = &self.sighting;
        let low = if seen.feared { 0 } else { seen.low.min(seen.best) };
        Total { best: seen.best, low, high: seen.high.map(|high| high.max(seen.best)) }
    }
}

impl Sighting {
    fn add(&mut self, other: Sighting) {
        self.best = self.best.saturating_add(other.best);
        self.low = self.low.saturating_add(other.low);
        self.high = self.high.zip(other.high).map(|(a, b)| a.saturating_add(b));
        self.feared &= other.feared;
        self.sides = self.sides.union(other.sides);
    }

    /// Whether the two cannot be the same people: soldiers here, villagers there.
    fn is_apart_from(&self, other: &Sighting) -> bool {
        self.sides.are_apart_from(other.sides)
    }
}

/// A set of sides, and whether anybody of no known side is among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sides(u8);

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
