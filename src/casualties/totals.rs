//! Totals: one story, one count for each kind. The rules and their reasons are in `docs/casualties.md`.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Finding;
use super::groups::Group;
use super::sightings::sighting;
use super::{CauseClass, Kind, Status, Total};
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
    let violent = findings.iter().filter(|f| f.figure.status == Status::Reported).any(|f| match f.figure.kind {
        Kind::Killed => f.trace.violent || f.figure.cause_class.is_some_and(|class| class != CauseClass::Disease),
        Kind::Injured => f.trace.hit,
        _ => false,
    });
    if !violent {
        return 1;
    }
    // "Lotts died", of whom "Daneka Lotts was shot" is told: by the full name's last word.
    let full: Vec<[u64; 2]> =
        findings.iter().filter_map(|f| f.trace.name).filter(|[first, last]| first != last).collect();
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
            None => *group = Some(Group::new(sighting)),
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

pub(super) fn is_late(finding: &Finding) -> bool {
    finding.figure.mention.field == Field::Body && finding.figure.sentence >= LATE
}
