//! Totals: one story, one count for each kind. The rules and their reasons are in `docs/casualties.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Finding;
use super::lexicon::Side;
use super::{Category, CauseClass, Kind, Qualifier, Status, Total};
use crate::text::Field;

/// The total of every kind that a current figure with a number reports.
pub(super) fn totals(findings: &[Finding]) -> BTreeMap<Kind, Total> {
    let mut totals = BTreeMap::new();
    let dead = reconcile(findings, None, |f| f.figure.kind == Kind::Killed)
        .map(|total| total.at_least(named(findings)))
        .filter(|_| !is_obituary(findings));
    if let Some(total) = dead {
        totals.insert(Kind::Killed, total);
    }
    let moved = moved(findings);
    let injured = injured(findings, dead.map_or(0, |total| total.best));
    if let Some(total) = injured.map(|total| if total.best > moved { total.less(moved) } else { total }) {
        totals.insert(Kind::Injured, total);
    }
    for kind in [Kind::Missing, Kind::Displaced, Kind::Detained, Kind::Abducted, Kind::Unspecified] {
        if let Some(total) = reconcile(findings, None, |f| f.figure.kind == kind) {
            totals.insert(kind, total);
        }
    }
    totals
}

/// How many people of different names are told of as dead, one after the other.
fn named(findings: &[Finding]) -> u64 {
    let current = findings.iter().filter(|f| f.figure.kind == Kind::Killed && f.figure.status == Status::Reported);
    let told = |f: &&Finding| f.figure.kind == Kind::Killed && f.figure.status == Status::Reported;
    let violent = findings
        .iter()
        .filter(told)
        .any(|f| f.trace.violent || f.figure.cause_class.is_some_and(|class| class != CauseClass::Disease));
    if !violent {
        return 1;
    }
    // "Lotts died", of whom "Daneka Lotts was shot" is told: by the full name's last word.
    let full: Vec<[u64; 2]> = findings.iter().filter_map(|f| f.trace.name).filter(|[first, last]| first != last).collect();
    let surname = |[first, last]: [u64; 2]| {
        if first != last { Some(last) } else { full.iter().find(|name| name.contains(&last)).map(|name| name[1]) }
    };
    current.filter_map(|f| surname(f.trace.name?)).collect::<BTreeSet<u64>>().len() as u64
}

/// Whether the only deaths told are one person's at a time, of nothing that happened to them: "dies aged 91", "passed
/// away after a long illness".
fn is_obituary(findings: &[Finding]) -> bool {
    let mut dead = findings
        .iter()
        .filter(|f| f.figure.kind == Kind::Killed && f.figure.status == Status::Reported)
        .filter(|f| f.figure.count.is_some());
    let natural = |f: &Finding| f.trace.natural && f.figure.count.as_ref().is_some_and(|count| count.low == 1);
    let quiet = |f: &Finding| {
        !f.trace.violent
            && f.figure.count.as_ref().is_some_and(|count| count.high == Some(1))
            && f.figure.cause_class.is_none_or(|class| class == CauseClass::Disease)
    };
    let hurt = findings.iter().any(|f| f.figure.kind == Kind::Injured && f.trace.violent);
    !hurt && dead.clone().any(natural) && dead.all(quiet)
}

/// How many of the injured died: "one of them later died".
fn moved(findings: &[Finding]) -> u64 {
    let moved = findings.iter().filter(|f| f.trace.moved && f.figure.status == Status::Reported);
    moved.filter_map(|f| f.figure.count.as_ref()).map(|count| count.low).max().unwrap_or(0)
}

impl Total {
    fn less(self, number: u64) -> Total {
        Total {
            best: self.best.saturating_sub(number),
            low: self.low.saturating_sub(number),
            high: self.high.map(|high| high.saturating_sub(number)),
        }
    }

    /// Of persons told of one by one; a number of two or more stands.
    fn at_least(self, number: u64) -> Total {
        if self.best != 1 || number < 2 {
            return self;
        }
        Total { best: number, low: self.low, high: self.high.map(|high| high.max(number)) }
    }
}

/// The wounded, and those struck who did not die.
fn injured(findings: &[Finding], dead: u64) -> Option<Total> {
    // With somebody dead, "he" and "the boy" who were wounded are likely the ones who died.
    let wounded = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && !f.trace.hit && !(f.trace.weak && dead > 0)
    });
    // With several dead, "another was shot" is as likely one of them.
    let one = |f: &Finding| f.figure.count.as_ref().is_some_and(|count| count.low == 1);
    let beside = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && f.trace.hit && (f.trace.apart || f.trace.more && !(dead > 1 && one(f)))
    });
    let struck = reconcile(findings, Some(dead), |f| {
        f.figure.kind == Kind::Injured && f.trace.hit && !f.trace.apart && !f.trace.more
    });
    let struck = struck.map(|total| total.less(dead));
    let struck = struck.filter(|total| total.best > 0 || wounded.is_none() && beside.is_none() && dead == 0);
    let most = [wounded, beside, struck].into_iter().flatten().max_by_key(|total| total.best);
    // "six wounded ... two dead, four wounded": the six hold the dead.
    let apart = reconcile(findings, Some(dead), |f| f.figure.kind == Kind::Injured && f.trace.apart);
    match (most, apart) {
        (Some(most), Some(apart)) if dead > 0 && apart.best > 0 && most.best == apart.best + dead => Some(apart),
        _ => most,
    }
}

/// The figures of one kind in one sentence, added up.
#[derive(Debug, Clone)]
struct Sighting {
    best: u64,
    low: u64,
    high: Option<u64>,
    weak: bool,
    more: bool,
    also: bool,
    late: bool,
    lead: bool,
    toll: bool,
    /// Another's count beside the one told.
    rival: bool,
    feared: bool,
    claimed: bool,
    /// Nothing but what somebody did to others.
    acted: bool,
    /// Holds the death of who did it.
    ended: bool,
    /// Holds nothing else.
    only_ended: bool,
    /// Nobody but who did it.
    perpetrators: bool,
    /// The sides of its figures.
    sides: Sides,
}

/// One event's total as far as the article has been read.
#[derive(Debug)]
struct Group {
    sighting: Sighting,
    /// The number before anything was added as "another" or "also".
    base: u64,
    /// Numbers that were added as "another" or "others": told again, they do not add again.
    added: BTreeSet<u64>,
    /// The smaller numbers told after it, which may be parts of it or beside it: their sum and the greatest.
    smaller: (u64, u64),
}

/// `dead`: for the injured, how many died, whom "others" may set apart.
fn reconcile(findings: &[Finding], dead: Option<u64>, of_kind: impl Fn(&Finding) -> bool) -> Option<Total> {
    let current: Vec<&Finding> = findings
        .iter()
        .filter(|f| of_kind(f) && f.figure.part_of.is_none())
        .filter(|f| !matches!(f.figure.status, Status::Past | Status::Denied))
        .collect();
    let current = told_here(findings, current);
    // "the killing of a youth" told as past, and then "the youth, who was killed": past as well.
    let past = findings.iter().filter(|f| of_kind(f) && f.figure.part_of.is_none()).take(1);
    let past = past.filter(|f| f.figure.status == Status::Past && f.trace.named).count() > 0;
    if past && current.iter().all(|f| f.trace.weak) {
        return None;
    }
    let mut title: Option<Group> = None;
    let mut body: Option<Group> = None;
    let place = |f: &Finding| (f.figure.mention.field, f.figure.sentence);
    for sentence in current.chunk_by(|a, b| place(a) == place(b)) {
        let Some(sighting) = sighting(sentence) else { continue };
        let group = if place(sentence[0]).0 == Field::Title { &mut title } else { &mut body };
        match group {
            None => {
                *group = Some(Group {
                    base: sighting.best,
                    smaller: (0, 0),
                    added: if sighting.more { BTreeSet::from([sighting.best]) } else { BTreeSet::new() },
                    sighting,
                })
            }
            Some(group) => group.see(sighting, dead),
        }
    }
    let best = match (title.map(Group::settle), body.map(Group::settle)) {
        (Some(title), Some(body)) => title.or_better(body),
        (title, body) => title.or(body)?,
    };
    let total = best.total();
    let denied = findings.iter().any(|f| of_kind(f) && f.figure.status == Status::Denied);
    Some(if denied { Total { low: 0, ..total } } else { total })
}

/// Without the headlines of other stories, and without deaths that a story which opens with its wounded tells of
/// only near its end: a lead tells the dead.
fn told_here<'f>(findings: &[Finding], current: Vec<&'f Finding>) -> Vec<&'f Finding> {
    let own = findings.iter().any(|f| !f.trace.aside);
    let is_lead = |f: &Finding| f.figure.mention.field == Field::Title || f.figure.sentence < LEAD;
    let counts = |f: &&Finding| {
        f.figure.count.as_ref().is_some_and(|count| count.low > 0) && f.figure.status == Status::Reported
    };
    let lead_has =
        |kind| findings.iter().filter(|f| is_lead(f) && !f.trace.aside).filter(counts).any(|f| f.figure.kind == kind);
    let wounded_only = lead_has(Kind::Injured) && !lead_has(Kind::Killed);
    let dead_only = lead_has(Kind::Killed) && !lead_has(Kind::Injured);
    let number = |f: &Finding| f.figure.count.as_ref().map_or(0, |count| count.low);
    let most = findings.iter().filter(|f| is_lead(f)).filter(counts).map(number).max().unwrap_or(0);
    let of_another = |f: &Finding| {
        is_late(f)
            && !f.trace.moved
            && (wounded_only && f.figure.kind == Kind::Killed
                || dead_only && f.figure.kind == Kind::Injured && number(f) > 1
                // "So far this year 640 people have been killed": a statistic.
                || most > 0 && number(f) >= MANY && number(f) / MANY_TIMES > most)
    };
    current.into_iter().filter(|f| !(own && f.trace.aside || of_another(f))).collect()
}

/// The sentences that open a story.
pub(super) const LEAD: usize = 4;
/// From this sentence on, a story tells of other events rather than more of its own.
const LATE: usize = 9;

/// A late number is of other events from this on, if it is so many times what the lead tells.
const MANY: u64 = 20;
const MANY_TIMES: u64 = 5;

fn is_late(finding: &Finding) -> bool {
    finding.figure.mention.field == Field::Body && finding.figure.sentence >= LATE
}

/// Adds up one sentence's figures; `None` where none has a number.
fn sighting(sentence: &[&Finding]) -> Option<Sighting> {
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

impl Group {
    /// Takes in what a later sentence says.
    fn see(&mut self, later: Sighting, among_many: Option<u64>) {
        let (best, low) = (self.sighting.best, later.best);
        self.take_in(later, among_many);
        if self.sighting.best != best && self.sighting.best != best.saturating_add(low) {
            self.smaller = (0, 0);
            self.base = self.sighting.best;
        }
    }

    fn take_in(&mut self, later: Sighting, among_many: Option<u64>) {
        let now = &mut self.sighting;
        // "A killed a man ... a guard was also killed": one beside one.
        let also = among_many.is_none() && later.also && !later.weak && !now.toll && now.best > 0 && later.best > 0;
        if also && now.best == 1 && later.best == 1 && !self.added.contains(&1) {
            self.added.insert(1);
            now.weak = false;
            now.add(later);
        } else if also && later.lead && !self.added.contains(&later.best) {
            // "Four ratings were killed. Two militants also died."
            self.added.insert(later.best);
            now.add(later);
        } else if later.only_ended && later.lead && now.acted && !now.ended && !now.toll && now.best > 0 && !now.weak {
            // "He killed two men. Then he killed himself."
            now.high = now.high.map(|high| high.max(now.best.saturating_add(later.best)));
            now.ended = true;
        } else if now.claimed && !later.claimed && !later.weak && later.best > 0 {
            // "The rebels claimed 85. The army confirms 25."
            let claimed = std::mem::replace(now, later);
            now.hear(claimed);
        } else if later.rival && now.best > 0 && !now.weak && !now.claimed {
            now.differ(&later);
        } else if later.toll && later.best < now.best && later.best > 0 && !now.weak && !now.feared {
            // "the government put the number at 21": another source.
            now.low = now.low.min(later.low);
        } else if later.toll || (now.weak && !later.weak) {
            *now = later;
        } else if later.claimed && !now.claimed {
            now.hear(later);
        } else if later.perpetrators && !now.perpetrators && !now.is_apart_from(&later) && among_many.is_none() {
            // "The four attackers were killed": beside the number told before, or in it.
            now.high = now.high.map(|high| high.max(now.best.saturating_add(later.best)));
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
        } else if later.best > now.best && (!later.claimed || now.claimed) && !(later.late && now.lead) {
            // "Dozens", "at least ten" and then a greater number agree.
            let agrees = now.feared || now.high.is_none();
            let low = if agrees { later.low } else { now.low.min(later.low) };
            let lead = now.lead;
            *now = Sighting { low, lead, ..later };
        } else if later.also || now.lead && later.lead && later.best < now.best {
            // "a guard was also killed", "one man was killed": beside the others, or one of them.
            let (sum, most) = self.smaller;
            self.smaller = (sum.saturating_add(later.best), most.max(later.best));
        }
    }

    /// Widens the range by the smaller numbers told later, unless they are the whole told one by one: "three died in
    /// two raids ... two were killed ... one was killed".
    fn settle(mut self) -> Group {
        let (sum, most) = self.smaller;
        if sum != self.sighting.best {
            let beside = self.sighting.best.saturating_add(most);
            self.sighting.high = self.sighting.high.map(|high| high.max(beside));
        }
        self
    }

    /// The headline or the text, whichever says more.
    fn or_better(self, body: Group) -> Group {
        let (title, text) = (&self.sighting, &body.sighting);
        // "Kills three ... killed three ... another person died": what the headline tells is whole.
        if !title.weak && title.best == body.base && text.best > body.base {
            let mut whole = self;
            whole.sighting.high = text.high;
            return whole;
        }
        if text.weak && !title.weak || title.best > text.best && title.weak == text.weak { self } else { body }
    }

    fn total(&self) -> Total {
        let seen = &self.sighting;
        let low = if seen.feared { 0 } else { seen.low.min(seen.best) };
        Total { best: seen.best, low, high: seen.high.map(|high| high.max(seen.best)) }
    }
}

impl Sighting {
    /// What a party claims, beside what is reported: it counts only for a side of which nothing else is told.
    fn hear(&mut self, claimed: Sighting) {
        if self.is_apart_from(&claimed) {
            self.add(Sighting { low: 0, ..claimed });
        } else {
            self.high = self.high.zip(claimed.high).map(|(a, b)| a.max(b));
        }
    }

    /// Another's count of the same people: it widens the range.
    fn differ(&mut self, rival: &Sighting) {
        self.low = self.low.min(rival.low);
        self.high = self.high.zip(rival.high).map(|(a, b)| a.max(b));
    }

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
