//! Where: the places that an article names, each with its coordinates, and the one it is about.

pub mod gazetteer;

pub use gazetteer::Gazetteer;

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
}

impl LocationFinder {
    /// Takes the gazetteer and reads the stage's lexicons.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(gazetteer: Gazetteer, lexicons: &Lexicons) -> Result<LocationFinder, LexiconError> {
        let _ = lexicons;
        Ok(LocationFinder { gazetteer })
    }

    /// The gazetteer.
    #[must_use]
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The places of `document`.
    #[must_use]
    pub fn find(&self, document: &Document<'_>, entities: &Entities) -> Locations {
        let _ = (document, entities);
        Locations::default()
    }
}
