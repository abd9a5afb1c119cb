//! Which of the places of a name is meant, and how sure that is.
//!
//! A log-linear model of context. Each candidate has a score, the sum of its features ([`super::features::FEATURES`]) times their
//! weights (`config/location_model.toml`); its probability is its share in the softmax over the candidates of the
//! name and over "none of them". Features of two kinds: what the candidate is (inhabitants, kind, how it bears the
//! name, what the text states of it), and how it goes with the article's other names, each of which votes for its
//! own likeliest candidates by their probabilities. As those depend on each other the whole is repeated a few times
//! (mean field). The features are those of Leidner (2007) and of Lieberman and Samet (2012); the weights are learned
//! by `training/locations/`.

use super::candidates::{Bears, Candidate, Kind};
use super::cues::Told;
use super::features::*;
use super::gazetteer::PlaceIndex;
use super::model::Model;
use super::toponyms::{Generic, Toponym};

/// How often the names vote. The second round mends what the first took for granted; a fourth changes nothing.
const ROUNDS: usize = 3;
/// How many candidates of a name vote for their points, and the least probability with which one does.
const VOTES_A_NAME: usize = 3;
const MIN_VOTE: f32 = 0.08;
/// How many names vote and how many candidates of one are looked at, so that time stays linear in the article's length.
const MAX_VOTERS: usize = 32;
const MAX_NEIGHBOURS: usize = 16;
/// The squares of the distances, in earth radii, at which a vote counts half: the next town, the same region.
const NEAR2: f32 = (60.0 / 6371.0) * (60.0 / 6371.0);
const REGIONAL2: f32 = (300.0 / 6371.0) * (300.0 / 6371.0);

/// Farther apart are no neighbours.
const ABROAD2: f32 = (3000.0 / 6371.0) * (3000.0 / 6371.0);
/// How many names of a country's subdivisions one of another country outweighs.
const FOREIGN: f32 = 2.0;

/// The probabilities of one toponym's candidates.
#[derive(Debug, Clone, Default)]
pub(super) struct Belief {
    /// One for each candidate, in order; with that of "none" they sum to 1.
    pub(super) shares: Vec<f32>,
    /// The features of the likeliest candidate in the last round.
    best: Option<Features>,
    /// The features of each candidate in the last round; empty unless asked for.
    pub(super) features: Vec<Features>,
}

impl Belief {
    /// The likeliest candidate and its probability; `None` where there is none or "none" is likelier than all of them.
    pub(super) fn best(&self) -> Option<(usize, f32)> {
        let (index, &share) = self.shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
        (self.any() >= 0.5).then_some((index, share))
    }

    /// The probability that any of the candidates is meant.
    fn any(&self) -> f32 {
        self.shares.iter().sum()
    }

    /// How sure the likeliest candidate lies in what the text says it lies in.
    pub(super) fn stated(&self) -> f32 {
        self.best.map_or(0.0, |f| f[STATED])
    }

    /// The share of the other names' votes for its country.
    pub(super) fn same_country(&self) -> f32 {
        self.best.map_or(0.0, |f| f[SAME_COUNTRY])
    }

    /// How sure its country is named.
    pub(super) fn country_named(&self) -> f32 {
        self.best.map_or(0.0, |f| f[COUNTRY_NAMED])
    }

    /// Whether the text tells that the likeliest candidate has others in it, or lists it with its like.
    pub(super) fn is_told_wide(&self) -> bool {
        self.best.is_some_and(|f| f[STATES_OTHER] > 0.0 || f[LISTED_ALIKE] > 0.5)
    }

    /// The share of the other local names' votes for its subdivision.
    pub(super) fn coherence(&self) -> f32 {
        self.best.map_or(0.0, |f| f[SAME_SUBDIVISION])
    }
}

/// What one name votes for: the likeliest countries, subdivisions and places, each by its probability.
#[derive(Debug, Clone, Copy)]
struct Voter {
    toponym: usize,
    weight: f32,
    /// Whether any of its candidates is a place in a subdivision: a country says nothing of those.
    local: bool,
    countries: [Option<([u8; 2], f32)>; VOTES_A_NAME],
    /// How likely it is that country itself.
    country_itself: Option<([u8; 2], f32)>,
    subdivisions: [Option<(PlaceIndex, f32)>; VOTES_A_NAME],
    /// How likely it is that subdivision itself.
    subdivision_itself: Option<(PlaceIndex, f32)>,
    places: [Option<(Candidate, f32)>; VOTES_A_NAME],
}

/// The beliefs of all toponyms. `explain` keeps their features.
pub(super) fn resolve(
    toponyms: &[Toponym<'_>],
    model: &Model,
    home: Option<&Candidate>,
    cues: &Told,
    explain: bool,
) -> Vec<Belief> {
    let mut beliefs: Vec<Belief> = toponyms.iter().map(|_| Belief::default()).collect();
    let mut votes: Vec<Voter> = Vec::new();
    let outside = Outside { home, cues, local: locality(toponyms) };
    let fixed: Vec<Vec<Features>> = (0..toponyms.len()).map(|index| own_features(index, toponyms, &outside)).collect();
    for round in 0..ROUNDS {
        let last = round + 1 == ROUNDS;
        votes.clear();
        if round > 0 {
            collect_votes(toponyms, &beliefs, &mut votes);
        }
        for (index, toponym) in toponyms.iter().enumerate() {
            let mut scores: Vec<f32> = Vec::with_capacity(toponym.candidates.len());
            let mut kept = Vec::new();
            let mut best: Option<(f32, Features)> = None;
            for (candidate, own) in toponym.candidates.iter().zip(&fixed[index]) {
                let mut features = *own;
                if let Some(container) = toponym.container.filter(|_| round > 0) {
                    features[STATED] = stated(candidate, &toponyms[container], &beliefs[container], toponyms, &beliefs);
                    features[LIST] *= features[STATED];
                    features[STATED_AGAINST] =
                        stated_against(candidate, toponym, container, toponyms, &beliefs) * (1.0 - features[STATED]);
                }
                context(index, candidate, &votes, &mut features);
                features[AMONG_ITS_LIKE] = among_its_like(index, candidate, toponym, &votes);
                if round > 0 {
                    features[LISTED_ALIKE] = alike(candidate, toponym, toponyms, &beliefs);
                }
                let score = model.score(&features);
                if best.is_none_or(|(known, _)| score > known) {
                    best = Some((score, features));
                }
                scores.push(score);
                if last && explain {
                    kept.push(features);
                }
            }
            softmax(&mut scores, model.none);
            beliefs[index] = Belief { shares: scores, best: best.map(|(_, features)| features), features: kept };
        }
    }
    beliefs
}

/// Turns scores into probabilities, with one more alternative of the score `none`.
fn softmax(scores: &mut [f32], none: f32) {
    let highest = scores.iter().copied().fold(none, f32::max);
    let mut sum = (none - highest).exp();
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        sum += *score;
    }
    for score in scores {
        *score /= sum;
    }
}

/// What is known of the article as a whole.
struct Outside<'a> {
    home: Option<&'a Candidate>,
    cues: &'a Told,
    /// How local its news is, 0..1.
    local: f32,
}

/// The share of the names that are no country's and no region's before anything else's. Local news names few of those;
/// news of the world names many, and that two small towns of it could be neighbours is chance.
fn locality(toponyms: &[Toponym<'_>]) -> f32 {
    let firsts = toponyms.iter().filter_map(|toponym| toponym.candidates.first());
    let wide = firsts.clone().filter(|first| matches!(first.kind, Kind::Country | Kind::Region)).count();
    1.0 - wide as f32 / (firsts.count() as f32 + 1.0)
}

/// The features that do not depend on the other names' places.
fn own_features(index: usize, toponyms: &[Toponym<'_>], outside: &Outside<'_>) -> Vec<Features> {
    let toponym = &toponyms[index];
    let container = toponym.container.map(|index| &toponyms[index]);
    let children: Vec<&Toponym<'_>> = toponym.contained.iter().map(|&index| &toponyms[index]).collect();
    // "Georgia, Oklahoma and Texas" is a list, for no state lies in another.
    let lists = toponym.candidates.first().is_some_and(|c| matches!(c.kind, Kind::Country | Kind::Subdivision));
    let features = |(rank, candidate): (usize, &Candidate)| {
        let mut f = [0.0; FEATURES.len()];
        let is = |kind: Kind| if candidate.kind == kind { 1.0 } else { 0.0 };
        let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
        // The inhabitants of what is no settlement tell less.
        let settlement = matches!(candidate.kind, Kind::Town | Kind::Capital);
        f[MAGNITUDE] = if settlement { candidate.magnitude } else { 0.0 };
        f[COUNTRY] = is(Kind::Country);
        f[REGION] = is(Kind::Region);
        f[SUBDIVISION] = is(Kind::Subdivision);
        f[DISTRICT] = is(Kind::District);
        f[CAPITAL] = is(Kind::Capital);
        f[MAGNITUDE_OF_SUBDIVISION] = candidate.magnitude * f[SUBDIVISION];
        f[MAGNITUDE_OF_DISTRICT] = candidate.magnitude * f[DISTRICT];
        f[FIRST_OF_NAME] = truth(rank == 0);
        f[RANK] = (rank as f32 + 1.0).ln();
        // "Washington" is the city before it is the state, as the gazetteer orders them.
        let after_town =
            toponym.candidates.first().is_some_and(|first| matches!(first.kind, Kind::Town | Kind::Capital));
        f[SECOND_SUBDIVISION] = f[SUBDIVISION] * truth(after_town && toponym.generic != Some(Generic::Subdivision));
        f[SHORT] = truth(candidate.bears == Bears::Short);
        f[ALTERNATE] = truth(candidate.bears == Bears::Alternate);
        f[ALTERNATE_OF_TOWN] = f[ALTERNATE] * truth(candidate.kind == Kind::Town);
        let may_lie_in = |container: &Toponym<'_>| container.candidates.iter().any(|c| candidate.lies_in(c));
        f[STATED] = truth(container.is_some_and(may_lie_in));
        f[LIST] = f[STATED] * truth(lists);
        f[STATES_OTHER] = truth(children.iter().any(|child| child.candidates.iter().any(|c| c.lies_in(candidate))));
        // A dispatch is filed from a town.
        let generic = toponym.generic.or(if toponym.in_dateline { Some(Generic::Town) } else { None });
        if let Some(generic) = generic.filter(|&generic| generic != Generic::Other) {
            f[GENERIC] = generic.fit(candidate.kind);
        }
        // "A Lebanon woman" is not Lebanese.
        f[NO_DEMONYM] = f[COUNTRY] * truth(toponym.before_person);
        f[CUE] = candidate.country.map_or(0.0, |country| outside.cues.share(country));
        f[HOME] = outside.home.map_or(0.0, |home| at_home(candidate, home));
        f[ONLY] = truth(toponym.candidates.len() == 1);
        possibilities(index, candidate, toponyms, &mut f);
        for may in [MAY_SHARE_SUBDIVISION, MAY_SHARE_DISTRICT, MAY_BE_NEAR] {
            f[may] *= outside.local;
        }
        f
    };
    toponym.candidates.iter().enumerate().map(features).collect()
}

/// How much `candidate` is of where the source is at home: in its country, in its subdivision, near it.
fn at_home(candidate: &Candidate, home: &Candidate) -> f32 {
    let same = |holds: bool| if holds { 1.0 / 3.0 } else { 0.0 };
    let near = if candidate.kind.is_local() { 1.0 / (1.0 + candidate.chord2(&home.point) / NEAR2) } else { 0.0 };
    same(home.country.is_some() && home.country == candidate.country)
        + same(home.admin1.is_some() && home.admin1 == candidate.admin1)
        + near / 3.0
}

/// How likely `candidate` lies in what the text says it lies in, given what that is believed to be; and in what that
/// in turn lies in ("Newark, in Licking County, Ohio").
fn stated(
    candidate: &Candidate,
    container: &Toponym<'_>,
    belief: &Belief,
    toponyms: &[Toponym<'_>],
    beliefs: &[Belief],
) -> f32 {
    let share = |toponym: &Toponym<'_>, belief: &Belief| -> f32 {
        let inside = toponym.candidates.iter().zip(&belief.shares).filter(|(c, _)| candidate.lies_in(c));
        inside.map(|(_, share)| share).sum()
    };
    let direct = share(container, belief);
    match container.container {
        Some(outer) => direct.max(share(&toponyms[outer], &beliefs[outer])),
        None => direct,
    }
}

/// How likely what the text says the name lies in is a country or subdivision, where it can be no list: no other name
/// follows, and the name itself is not of their kind. Then a candidate elsewhere is not meant.
fn stated_against(
    candidate: &Candidate,
    toponym: &Toponym<'_>,
    container: usize,
    toponyms: &[Toponym<'_>],
    beliefs: &[Belief],
) -> f32 {
    let wide = |c: &Candidate| matches!(c.kind, Kind::Country | Kind::Subdivision);
    let outer = &toponyms[container];
    let list = outer.beside[1].is_some() || toponym.candidates.first().is_some_and(wide);
    if list || !toponym.within || !candidate.kind.is_local() || candidate.kind == Kind::Subdivision {
        return 0.0;
    }
    outer.candidates.iter().zip(&beliefs[container].shares).filter(|(c, _)| wide(c)).map(|(_, share)| share).sum()
}

/// How likely the names beside it in a list are places of the candidate's kind: countries beside a country, states of
/// one country beside one of its states.
fn alike(candidate: &Candidate, toponym: &Toponym<'_>, toponyms: &[Toponym<'_>], beliefs: &[Belief]) -> f32 {
    if !matches!(candidate.kind, Kind::Country | Kind::Subdivision | Kind::District) {
        return 0.0;
    }
    let beside = toponym.beside.iter().flatten().map(|&other| {
        let same =
            toponyms[other].candidates.iter().zip(&beliefs[other].shares).filter(|(c, _)| {
                c.kind == candidate.kind && (c.kind == Kind::Country || c.country == candidate.country)
            });
        same.map(|(_, share)| share).sum::<f32>()
    });
    beside.fold(0.0, f32::max)
}

/// The votes of each name, by what its candidates are believed to be.
fn collect_votes(toponyms: &[Toponym<'_>], beliefs: &[Belief], votes: &mut Vec<Voter>) {
    let mut countries: Vec<([u8; 2], f32)> = Vec::new();
    let mut subdivisions: Vec<(PlaceIndex, f32)> = Vec::new();
    let voters = toponyms.iter().zip(beliefs).enumerate().filter(|(_, (t, _))| !t.candidates.is_empty());
    for (index, (toponym, belief)) in voters.take(MAX_VOTERS) {
        countries.clear();
        subdivisions.clear();
        let mut voter = Voter {
            toponym: index,
            weight: toponym.weight,
            local: false,
            countries: [None; VOTES_A_NAME],
            country_itself: None,
            subdivisions: [None; VOTES_A_NAME],
            subdivision_itself: None,
            places: [None; VOTES_A_NAME],
        };
        for (candidate, &share) in toponym.candidates.iter().zip(&belief.shares) {
            if let Some(country) = candidate.country {
                add(&mut countries, country, share);
                if candidate.kind == Kind::Country {
                    voter.country_itself = Some((country, share));
                }
            }
            if let Some(admin1) = candidate.admin1 {
                add(&mut subdivisions, admin1, share);
                voter.local = true;
                if candidate.kind == Kind::Subdivision && voter.subdivision_itself.is_none_or(|(_, s)| s < share) {
                    voter.subdivision_itself = Some((admin1, share));
                }
            }
            // A country or a subdivision is no point.
            if share > MIN_VOTE && candidate.kind.is_local() && candidate.kind != Kind::Subdivision {
                insert(&mut voter.places, *candidate, share);
            }
        }
        countries.iter().for_each(|&(country, share)| insert(&mut voter.countries, country, share));
        subdivisions.iter().for_each(|&(admin1, share)| insert(&mut voter.subdivisions, admin1, share));
        votes.push(voter);
    }
}

fn add<T: PartialEq>(sums: &mut Vec<(T, f32)>, key: T, share: f32) {
    match sums.iter_mut().find(|(known, _)| *known == key) {
        Some((_, sum)) => *sum += share,
        None => sums.push((key, share)),
    }
}

/// Keeps the likeliest, in order.
fn insert<T: Copy>(best: &mut [Option<(T, f32)>; VOTES_A_NAME], item: T, share: f32) {
    if let Some(at) = best.iter().position(|known| known.is_none_or(|(_, s)| share > s)) {
        best[at..].rotate_right(1);
        best[at] = Some((item, share));
    }
}

/// Adds to `features` how `candidate` goes with the votes of the other names.
fn context(own: usize, candidate: &Candidate, votes: &[Voter], features: &mut Features) {
    // One vote against: a single other place proves little.
    let (mut all, mut all_local) = (1.0, 1.0);
    let (mut country, mut admin1, mut near, mut regional) = (0.0, 0.0, 0.0, 0.0);
    let (mut country_named, mut admin1_named) = (0.0f32, 0.0f32);
    let local = candidate.kind.is_local();
    let point = local && candidate.kind != Kind::Subdivision;
    for vote in votes.iter().filter(|vote| vote.toponym != own) {
        all += vote.weight;
        if let Some(code) = candidate.country {
            let of = |(known, share): (_, f32)| if known == code { share } else { 0.0 };
            country += vote.weight * vote.countries.iter().flatten().map(|&pair| of(pair)).sum::<f32>();
            if candidate.kind != Kind::Country {
                country_named = country_named.max(vote.country_itself.map_or(0.0, of));
            }
        }
        if !local || !vote.local {
            continue;
        }
        all_local += vote.weight;
        if let Some(place) = candidate.admin1 {
            let of = |(known, share): (_, f32)| if known == place { share } else { 0.0 };
            let share = vote.subdivisions.iter().flatten().map(|&pair| of(pair)).sum::<f32>();
            admin1 += vote.weight * share;
            if candidate.kind != Kind::Subdivision {
                admin1_named = admin1_named.max(vote.subdivision_itself.map_or(0.0, of));
            }
        }
        for (other, share) in vote.places.iter().flatten().filter(|_| point) {
            let chord2 = candidate.chord2(&other.point);
            near += vote.weight * share / (1.0 + chord2 / NEAR2);
            regional += vote.weight * share / (1.0 + chord2 / REGIONAL2);
        }
    }
    features[SAME_COUNTRY] = country / all;
    // A town far from all that the article tells of.
    let strange = matches!(candidate.kind, Kind::Town | Kind::District) && country < 0.1;
    features[STRANGER] = if strange { (all - 1.0) / all } else { 0.0 };
    features[SAME_SUBDIVISION] = admin1 / all_local;
    features[NEAR] = near / all_local;
    features[REGIONAL] = regional / all_local;
    features[COUNTRY_NAMED] = country_named;
    features[SUBDIVISION_NAMED] = admin1_named;
}

/// How much more the article tells of other subdivisions of the candidate's country than of other countries, where the name
/// is a far country's first: the Georgia of a story of Texas is the state, unless Russia or Tbilisi is named as well. Of
/// neighbours, Niger and Nigeria, that says nothing: stories cross borders.
fn among_its_like(own: usize, candidate: &Candidate, toponym: &Toponym<'_>, votes: &[Voter]) -> f32 {
    let rival = toponym.candidates.first().filter(|first| first.kind == Kind::Country);
    let far = rival.is_some_and(|rival| candidate.chord2(&rival.point) > ABROAD2);
    let Some(code) = candidate.country.filter(|_| far && candidate.kind == Kind::Subdivision) else { return 0.0 };
    let (mut alike, mut foreign) = (0.0, 0.0);
    for vote in votes.iter().filter(|vote| vote.toponym != own) {
        let at_home: f32 = vote.countries.iter().flatten().filter(|(known, _)| *known == code).map(|(_, s)| s).sum();
        let abroad: f32 = vote.countries.iter().flatten().filter(|(known, _)| *known != code).map(|(_, s)| s).sum();
        alike += vote.weight * vote.subdivision_itself.map_or(0.0, |(_, share)| share.min(at_home));
        foreign += vote.weight * abroad;
    }
    if alike > 0.0 { alike.min(1.0) * (1.0 - FOREIGN * foreign / alike).max(0.0) } else { 0.0 }
}

/// Adds to `features` which share of the other local names could lie where `candidate` does, whatever they are
/// believed to be: two small places of one county speak for each other before anything speaks for either.
fn possibilities(own: usize, candidate: &Candidate, toponyms: &[Toponym<'_>], features: &mut Features) {
    if !candidate.kind.is_local() {
        return;
    }
    let (mut all, mut admin1, mut admin2, mut near) = (1.0, 0.0, 0.0, 0.0);
    let point = candidate.kind != Kind::Subdivision;
    for (index, other) in toponyms.iter().enumerate().take(MAX_VOTERS) {
        if index == own || !other.candidates.iter().any(|c| c.kind.is_local()) {
            continue;
        }
        all += other.weight;
        let (mut same1, mut same2, mut nearest) = (false, false, f32::MAX);
        for c in other.candidates.iter().take(MAX_NEIGHBOURS).filter(|c| c.kind.is_local()) {
            same1 |= c.admin1.is_some() && c.admin1 == candidate.admin1;
            same2 |= c.admin2.is_some() && c.admin2 == candidate.admin2;
            if point && c.kind != Kind::Subdivision {
                nearest = nearest.min(candidate.chord2(&c.point));
            }
        }
        admin1 += if same1 { other.weight } else { 0.0 };
        admin2 += if same2 { other.weight } else { 0.0 };
        near += other.weight / (1.0 + nearest / NEAR2);
    }
    features[MAY_SHARE_SUBDIVISION] = admin1 / all;
    features[MAY_SHARE_DISTRICT] = admin2 / all;
    features[MAY_BE_NEAR] = near / all;
}

impl Generic {
    /// How well a place of `kind` is called so: provinces are mostly first-level subdivisions, in some countries second.
    fn fit(self, kind: Kind) -> f32 {
        match (self, kind) {
            (Generic::Town, Kind::Town | Kind::Capital)
            | (Generic::Subdivision, Kind::Subdivision)
            | (Generic::District, Kind::District)
            | (Generic::Country, Kind::Country)
            | (Generic::Other, _) => 1.0,
            (Generic::Subdivision, Kind::District) => 0.5,
            _ => 0.0,
        }
    }
}
