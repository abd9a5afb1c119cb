//! Which of the places of a name is meant, and how sure that is.
//!
//! A sum of few features a candidate, weights set by hand: what the text states ("X, Texas") before all else,
//! then coherence with the countries and subdivisions of the article's other places, then kind and population
//! as prior. Two passes: the first chooses each name by itself, the second lets the choices vote. The features
//! are those of Leidner (2007) and Lieberman and Samet (2012).

use rustc_hash::FxHashMap;

use super::gazetteer::PlaceIndex;
use super::toponyms::{Candidate, Kind, Toponym};

/// A town of so many people is known by its name alone.
const KNOWN_POPULATION: u64 = 100_000;
/// A smaller one needs so many to be believed for lying in a country that the article names.
const COHERENT_POPULATION: u64 = 5_000;

/// What a candidate gains by lying in what the text says it lies in.
const STATED: f64 = 12.0;
/// What it gains if all other places of the article lie in its country.
const SAME_COUNTRY: f64 = 4.0;
/// What it gains if they lie in its subdivision.
const SAME_SUBDIVISION: f64 = 2.0;
/// How much one name may vote, however often it is named.
const MAX_VOTES: usize = 3;

/// Why a place is believed to be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grounds {
    /// Small, but in a country that the article names.
    Coherent,
    /// Small, but after a preposition of place.
    Placed,
    /// A large town, a capital, a subdivision, a sea.
    Known,
    /// A country, the dateline, or what the text states.
    Stated,
}

impl Grounds {
    /// The most that a choice on these grounds can be sure of.
    fn cap(self) -> f64 {
        match self {
            Grounds::Coherent => 0.6,
            Grounds::Placed => 0.75,
            Grounds::Known => 0.92,
            Grounds::Stated => 0.98,
        }
    }
}

/// A choice for one toponym.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) candidate: Candidate,
    /// The candidate's share in a softmax over the scores of all candidates, times the cap of its grounds.
    pub(super) confidence: f32,
}

/// The place of each toponym; `None` where none is believed.
pub(super) fn choose(toponyms: &[Toponym<'_>]) -> Vec<Option<Choice>> {
    let first: Vec<Option<Scored>> = toponyms.iter().map(|t| best(t, toponyms, None)).collect();
    let mut votes = Votes::default();
    for (toponym, scored) in toponyms.iter().zip(&first) {
        if let Some(scored) = scored {
            votes.add(&scored.candidate, weight(toponym, scored));
        }
    }
    toponyms
        .iter()
        .zip(&first)
        .map(|(toponym, first)| {
            let first = first.as_ref()?;
            let others = Others { votes: &votes, own: first.candidate, own_weight: weight(toponym, first) };
            let scored = best(toponym, toponyms, Some(&others))?;
            let grounds = grounds(toponym, &scored, &others)?;
            Some(Choice { candidate: scored.candidate, confidence: (scored.share * grounds.cap()) as f32 })
        })
        .collect()
}

/// The best candidate of a name.
#[derive(Debug, Clone, Copy)]
struct Scored {
    candidate: Candidate,
    /// Its share in the softmax.
    share: f64,
    /// Whether it lies in what the text says it lies in.
    stated: bool,
}

fn best(toponym: &Toponym<'_>, toponyms: &[Toponym<'_>], others: Option<&Others<'_>>) -> Option<Scored> {
    let container = toponym.container.map(|index| &toponyms[index]);
    let score = |candidate: &Candidate| {
        let stated = container.is_some_and(|container| lies_in(candidate, container));
        let coherence = others.map_or(0.0, |others| others.coherence(candidate));
        (prior(candidate) + coherence + if stated { STATED } else { 0.0 }, stated)
    };
    let mut best: Option<(f64, Scored)> = None;
    let mut sum = 0.0;
    for candidate in &toponym.candidates {
        let (score, stated) = score(candidate);
        // e^-40 is nothing; the shift keeps the sum in range.
        sum += (score - SHIFT).exp();
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, Scored { candidate: *candidate, share: 1.0, stated }));
        }
    }
    let (score, mut scored) = best?;
    scored.share = (score - SHIFT).exp() / sum;
    Some(scored)
}

/// Near the highest score that there can be.
const SHIFT: f64 = 20.0;

/// How likely a place is meant by its name alone: the order of magnitude of its population, and its kind.
fn prior(candidate: &Candidate) -> f64 {
    let kind = match candidate.kind {
        Kind::Country => 4.0,
        Kind::Region => 3.0,
        Kind::Capital => 2.0,
        Kind::Subdivision => 0.5,
        Kind::Town => 0.0,
        Kind::District => -1.0,
    };
    (candidate.population as f64 + 10.0).log10() + kind + if candidate.main_name { 0.5 } else { 0.0 }
}

/// Whether `candidate` lies in a country or subdivision that bears the name of `container`.
fn lies_in(candidate: &Candidate, container: &Toponym<'_>) -> bool {
    container.candidates.iter().filter(|c| c.place != candidate.place).any(|c| match c.kind {
        Kind::Country => c.country.is_some() && c.country == candidate.country && candidate.kind != Kind::Country,
        Kind::Subdivision => candidate.admin1 == Some(c.place) && candidate.kind != Kind::Subdivision,
        _ => false,
    })
}

/// How much the first choice for a name counts with the others: half where it is unsure.
fn weight(toponym: &Toponym<'_>, scored: &Scored) -> f64 {
    let sure = scored.stated || toponym.in_dateline || scored.share > 0.8;
    toponym.mentions.len().min(MAX_VOTES) as f64 * if sure { 1.0 } else { 0.5 }
}

/// Where the article's places lie, by their first choices.
#[derive(Debug, Default)]
struct Votes {
    countries: FxHashMap<[u8; 2], f64>,
    subdivisions: FxHashMap<PlaceIndex, f64>,
    total: f64,
}

impl Votes {
    fn add(&mut self, candidate: &Candidate, weight: f64) {
        self.total += weight;
        if let Some(country) = candidate.country {
            *self.countries.entry(country).or_default() += weight;
        }
        if let Some(admin1) = candidate.admin1 {
            *self.subdivisions.entry(admin1).or_default() += weight;
        }
    }
}

/// The votes of all names but one.
struct Others<'v> {
    votes: &'v Votes,
    own: Candidate,
    own_weight: f64,
}

impl Others<'_> {
    fn in_country(&self, country: Option<[u8; 2]>) -> f64 {
        let Some(country) = country else { return 0.0 };
        let own = if self.own.country == Some(country) { self.own_weight } else { 0.0 };
        self.votes.countries.get(&country).copied().unwrap_or(0.0) - own
    }

    fn in_subdivision(&self, admin1: Option<PlaceIndex>) -> f64 {
        let Some(admin1) = admin1 else { return 0.0 };
        let own = if self.own.admin1 == Some(admin1) { self.own_weight } else { 0.0 };
        self.votes.subdivisions.get(&admin1).copied().unwrap_or(0.0) - own
    }

    fn coherence(&self, candidate: &Candidate) -> f64 {
        // One vote against: a single other place proves little.
        let all = self.votes.total - self.own_weight + 1.0;
        SAME_COUNTRY * self.in_country(candidate.country) / all
            + SAME_SUBDIVISION * self.in_subdivision(candidate.admin1) / all
    }
}

/// Why the choice is believed; `None` where it is not: a small place needs more than its name.
fn grounds(toponym: &Toponym<'_>, scored: &Scored, others: &Others<'_>) -> Option<Grounds> {
    let candidate = &scored.candidate;
    if candidate.kind == Kind::Country || scored.stated || toponym.in_dateline {
        return Some(Grounds::Stated);
    }
    let large = matches!(candidate.kind, Kind::Capital | Kind::Region | Kind::Subdivision)
        || candidate.population >= KNOWN_POPULATION;
    let capital = candidate.kind == Kind::Capital && candidate.population >= KNOWN_POPULATION;
    if large && (candidate.main_name || toponym.placed) && (capital || toponym.placed || !toponym.speaks) {
        return Some(Grounds::Known);
    }
    if toponym.placed && (candidate.main_name || candidate.population >= COHERENT_POPULATION) {
        return Some(Grounds::Placed);
    }
    let coherent = others.in_country(candidate.country) >= 1.0
        && candidate.population >= COHERENT_POPULATION
        && candidate.main_name
        && toponym.inside_sentence
        && !toponym.speaks;
    coherent.then_some(Grounds::Coherent)
}

/// Whether a name that no place bears is believed to be one: a preposition or dateline says that it is a place,
/// and the text in which country or subdivision.
pub(super) fn is_unlisted(toponym: &Toponym<'_>, choices: &[Option<Choice>]) -> bool {
    toponym.candidates.is_empty()
        && toponym.entity.is_none()
        && (toponym.placed || toponym.in_dateline)
        && !toponym.text.chars().all(char::is_uppercase)
        && toponym
            .container
            .and_then(|index| choices[index])
            .is_some_and(|choice| matches!(choice.candidate.kind, Kind::Country | Kind::Subdivision))
}
