//! Where: the places that an article names, each with its coordinates, and the one it is about.

mod accept;
mod candidates;
mod cues;
mod disambiguate;
mod explain;
mod features;
mod focus;
pub mod gazetteer;
mod homes;
mod model;
mod parts;
mod recognise;
mod shape;
mod toponym;
mod toponyms;
mod unite;
mod words;

pub use explain::{Explained, ExplainedCandidate};
pub use gazetteer::Gazetteer;

use rustc_hash::FxHashMap;

use self::candidates::{Candidate, Kind};
use self::cues::Cues;
use self::homes::Homes;
use self::model::Model;
use self::recognise::Name;
use self::toponyms::Toponym;
use self::words::Words;
use crate::entities::Entities;
use crate::text::{Document, LexiconError, Lexicons, Mention};

/// WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinates {
    /// -90..90, north positive.
    pub latitude: f64,
    /// -180..180, east positive.
    pub longitude: f64,
}

/// What part a place plays in the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Named at the head of the dispatch.
    Dateline,
    /// Where what is told happened.
    Event,
    /// Where somebody spoke or reported from, and named for nothing else.
    Origin,
    /// Named otherwise.
    Mentioned,
}

/// How a mention names its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentionKind {
    /// By a name of it ("France").
    Name,
    /// By the name of its people ("French").
    Demonym,
    /// Within the name of something that is there or of there ("Licking County" in "Licking County Library").
    Part,
}

impl MentionKind {
    /// What such a mention counts when places are weighed: a people's name, or one within another, says half as much.
    fn weight(self) -> f32 {
        if self == MentionKind::Name { 1.0 } else { 0.5 }
    }
}

/// A place that the article names.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Its English name in the gazetteer; the article's form where the gazetteer lacks it.
    pub name: String,
    /// GeoNames' id.
    pub geonames_id: Option<u32>,
    /// Its representative point; `None` where it is not in the gazetteer.
    pub coordinates: Option<Coordinates>,
    /// ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
    /// The name of the first-level subdivision that it lies in.
    pub admin1: Option<String>,
    /// GeoNames' feature code ("PPLC", "ADM1", "PCLI").
    pub feature_code: Option<String>,
    /// Inhabitants, where known.
    pub population: Option<u64>,
    /// The part it plays.
    pub role: Role,
    /// How sure the choice of this place is, 0..1.
    pub confidence: f32,
    /// Every mention, in order of field and position.
    pub mentions: Vec<(Mention, MentionKind)>,
    /// The index in [`Entities::entities`] of the entity that it is; `None` where the entity stage has none.
    pub entity: Option<usize>,
    /// How much the article is about it, 0..1, by the names that no entity claims; with the entities' saliences
    /// an article's sum to at most 1.
    pub salience: f32,
}

/// What the location stage hands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Locations {
    /// The places, in order of first mention.
    pub locations: Vec<Location>,
    /// The index of the place that the article is about.
    pub primary: Option<usize>,
}

/// Finds places.
#[derive(Debug)]
pub struct LocationFinder {
    gazetteer: Gazetteer,
    words: Words,
    model: Model,
    cues: Cues,
    homes: Homes,
}

impl LocationFinder {
    /// Takes the gazetteer and reads the stage's lexicons.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(gazetteer: Gazetteer, lexicons: &Lexicons) -> Result<LocationFinder, LexiconError> {
        let homes = Homes::read(lexicons, &gazetteer)?;
        Ok(LocationFinder {
            words: Words::read(lexicons)?,
            model: Model::read(lexicons)?,
            cues: Cues::read(lexicons)?,
            homes,
            gazetteer,
        })
    }

    /// The gazetteer.
    #[must_use]
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The places of `document`, in time linear in its length.
    ///
    /// Each step has its file: `recognise` collects the spans that may name a place, `toponyms` joins them to names,
    /// `disambiguate` weighs the places of each, `accept` tells whether one is believed, `focus` the part it plays.
    #[must_use]
    pub fn find(&self, document: &Document<'_>, entities: &Entities) -> Locations {
        self.find_from(document, entities, None)
    }

    /// The same for an article of `source`, by its name or its host: its home counts where it is known.
    #[must_use]
    pub fn find_from(&self, document: &Document<'_>, entities: &Entities, source: Option<&str>) -> Locations {
        let home = source.and_then(|source| self.homes.of(source));
        let names = recognise::names(document, entities, &self.gazetteer, &self.words);
        let found = self.resolve(document, entities, &names, home);
        if found.locations.is_empty() {
            let names = recognise::national_bodies(document, entities, &self.gazetteer);
            return self.resolve(document, entities, &names, home);
        }
        found
    }

    fn resolve(
        &self,
        document: &Document<'_>,
        entities: &Entities,
        names: &[Name],
        home: Option<&Candidate>,
    ) -> Locations {
        let toponyms = toponyms::collect(document, names, entities, &self.gazetteer, &self.words);
        let beliefs = disambiguate::resolve(&toponyms, &self.model, home, &self.cues.of(document), false);
        let mut choices: Vec<Option<(usize, f32)>> =
            toponyms.iter().zip(&beliefs).map(|(toponym, belief)| accept::choice(toponym, belief)).collect();
        accept::doubt_strays(&toponyms, &beliefs, &mut choices);
        let chosen = |index: usize| choices[index].map(|(at, share)| (toponyms[index].candidates[at], share));
        let mut locations: Vec<Location> = Vec::new();
        let mut by_place = FxHashMap::default();
        let mut in_dateline = Vec::new();
        for (index, toponym) in toponyms.iter().enumerate() {
            let container = toponym.container.and_then(chosen);
            let container =
                container.filter(|(c, _)| matches!(c.kind, Kind::Country | Kind::Subdivision | Kind::District));
            let choice = chosen(index);
            let at = match choice {
                Some((candidate, _)) => *by_place.entry(candidate.place).or_insert(locations.len()),
                None if accept::is_unlisted(toponym, container.is_some(), &self.words) => locations.len(),
                None => continue,
            };
            if at == locations.len() {
                locations.push(match choice {
                    Some((candidate, _)) => self.known(&candidate),
                    None => self.unlisted(toponym, container),
                });
                in_dateline.push(false);
            }
            let location = &mut locations[at];
            location.mentions.extend(&toponym.mentions);
            location.entity = location.entity.or(toponym.entity);
            if let Some((_, share)) = choice {
                location.confidence = location.confidence.max(self.model.calibrate(share));
            }
            in_dateline[at] |= toponym.in_dateline;
        }
        imply_country(&mut locations);
        for (location, in_dateline) in locations.iter_mut().zip(in_dateline) {
            location.mentions.sort_unstable_by_key(|(m, _)| (m.field, m.span.start));
            location.role = focus::role(document, in_dateline, &location.mentions, &self.words);
            location.salience = salience(&location.mentions, entities);
        }
        locations.sort_by_key(|l| l.mentions.first().map(|(m, _)| (m.field, m.span.start)));
        let primary = focus::primary(document, &locations);
        Locations { locations, primary }
    }

    fn known(&self, candidate: &Candidate) -> Location {
        let place = self.gazetteer.place(candidate.place);
        let admin1 = place.admin1.map(|admin1| self.gazetteer.place(admin1).name.to_owned());
        Location {
            name: place.name.to_owned(),
            geonames_id: place.geonames_id,
            coordinates: Some(place.coordinates),
            country_code: place.country_code.map(str::to_owned),
            admin1,
            feature_code: Some(place.feature_code.to_owned()),
            population: Some(place.population).filter(|&population| population > 0),
            role: Role::Mentioned,
            confidence: 0.0,
            mentions: Vec::new(),
            entity: None,
            salience: 0.0,
        }
    }

    /// A place that the gazetteer lacks, in one that it has ("Nowheretown, Texas"): no point, the container's country.
    fn unlisted(&self, toponym: &Toponym<'_>, container: Option<(Candidate, f32)>) -> Location {
        let place = container.map(|(candidate, _)| self.gazetteer.place(candidate.place));
        let admin1 = container.and_then(|(candidate, _)| candidate.admin1).map(|index| self.gazetteer.place(index));
        Location {
            name: toponym.text.to_owned(),
            geonames_id: None,
            coordinates: None,
            country_code: place.and_then(|place| place.country_code).map(str::to_owned),
            admin1: admin1.map(|place| place.name.to_owned()),
            feature_code: None,
            population: None,
            role: Role::Mentioned,
            // That it lies in the container is as sure as the container; that it is a place is a guess.
            confidence: container.map_or(0.0, |(_, share)| self.model.calibrate(share) / 2.0),
            mentions: Vec::new(),
            entity: None,
            salience: 0.0,
        }
    }
}

/// The share of an article's places that one country needs to be that of a place of which nothing is told.
const IMPLIED: f32 = 0.75;

/// Gives the places that the gazetteer lacks, and that the text puts nowhere, the country of nearly all other places.
/// Their confidence is a quarter of its share, for the text does not say so.
fn imply_country(locations: &mut [Location]) {
    let mut countries: FxHashMap<String, f32> = FxHashMap::default();
    let mut total = 0.0;
    for location in locations.iter().filter(|location| location.geonames_id.is_some()) {
        let Some(country) = &location.country_code else { continue };
        let weight = location.confidence * location.mentions.iter().map(|(_, kind)| kind.weight()).sum::<f32>();
        *countries.entry(country.clone()).or_default() += weight;
        total += weight;
    }
    let Some((country, weight)) = countries.into_iter().find(|(_, weight)| total > 0.0 && *weight >= IMPLIED * total)
    else {
        return;
    };
    for location in locations.iter_mut() {
        let is_nowhere =
            location.coordinates.is_none() && location.feature_code.is_none() && location.country_code.is_none();
        if is_nowhere {
            location.country_code = Some(country.clone());
            location.confidence = weight / total / 4.0;
        }
    }
}

/// The share of the article's names that `mentions` are. A mention that is part of a name ("Charleston" in
/// "Charleston W.Va.") has that part of the name's share.
fn salience(mentions: &[(Mention, MentionKind)], entities: &Entities) -> f32 {
    let untyped = &entities.untyped;
    let overlapping = |mention: Mention| {
        let first = untyped
            .partition_point(|name| (name.mention.field, name.mention.span.end) <= (mention.field, mention.span.start));
        untyped.get(first).filter(|n| n.mention.field == mention.field && n.mention.span.overlaps(mention.span))
    };
    let named = mentions.iter().filter(|(_, kind)| *kind == MentionKind::Name);
    named
        .filter_map(|&(mention, _)| {
            let name = overlapping(mention)?;
            Some(name.salience * (mention.span.len() as f32 / name.mention.span.len() as f32).min(1.0))
        })
        .sum()
}
