//! What every source is turned into before anything is compiled: rows of places with their names.

use std::collections::HashMap;

use crate::locations::gazetteer::NameKind;

/// The country of a place, ISO 3166-1 alpha-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct CountryCode(pub(super) [u8; 2]);

impl CountryCode {
    /// Two capital letters, or nothing.
    pub(super) fn parse(code: &str) -> Option<CountryCode> {
        let code: [u8; 2] = code.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then_some(CountryCode(code))
    }
}

/// What a place is, as GeoNames codes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Feature {
    /// An independent political entity, or a dependent one with a code of its own.
    Country,
    /// A subdivision of the given level, 1 or 2.
    Subdivision(u8),
    /// The capital of a country.
    Capital,
    /// A populated place.
    Settlement,
    /// A region, sea, range or continent, by its feature code.
    Region(String),
}

impl Feature {
    pub(super) fn code(&self) -> &str {
        match self {
            Feature::Country => "PCLI",
            Feature::Subdivision(1) => "ADM1",
            Feature::Subdivision(_) => "ADM2",
            Feature::Capital => "PPLC",
            Feature::Settlement => "PPL",
            Feature::Region(code) => code,
        }
    }
}

/// A point in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

/// A name of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) kind: NameKind,
    /// Given by our own table: the place comes before all others of this name.
    pub(super) preferred: bool,
}

/// What our own table says of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RegionFacts {
    pub(super) id: String,
    pub(super) countries: Vec<CountryCode>,
}

/// A place with all its names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) geonames_id: Option<u32>,
    /// The English name, which is also a plain name of it.
    pub(super) name: String,
    pub(super) feature: Feature,
    pub(super) country: Option<CountryCode>,
    /// `None` where no source gives one and none of its places does.
    pub(super) point: Option<Point>,
    /// 0 where no source gives it.
    pub(super) population: u32,
    /// The inhabitants of all its settlements, for a subdivision: too many where a source lists a town and
    /// its quarters, so it ranks places and is not published.
    pub(super) settlers: u64,
    pub(super) admin1: Option<usize>,
    pub(super) admin2: Option<usize>,
    /// Its names, the English one not repeated.
    pub(super) names: Vec<Name>,
    pub(super) region: Option<RegionFacts>,
}

impl Row {
    pub(super) fn new(name: &str, feature: Feature) -> Row {
        Row {
            geonames_id: None,
            name: name.to_owned(),
            feature,
            country: None,
            point: None,
            population: 0,
            settlers: 0,
            admin1: None,
            admin2: None,
            names: Vec::new(),
            region: None,
        }
    }

    pub(super) fn add(&mut self, text: &str, kind: NameKind) {
        self.names.push(Name { text: text.to_owned(), kind, preferred: false });
    }
}

/// All places; a row's index is its number in the artifact.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) places: Vec<Row>,
    pub(super) by_country: HashMap<CountryCode, usize>,
    pub(super) by_geonames_id: HashMap<u32, usize>,
    /// By GeoNames' code of a subdivision ("US.CA", "US.CA.037").
    pub(super) by_subdivision: HashMap<String, usize>,
    /// Demonym → row, as written ("Frenchman").
    pub(super) demonyms: Vec<(String, usize)>,
}

impl Rows {
    pub(super) fn push(&mut self, row: Row) -> usize {
        let index = self.places.len();
        if let Some(id) = row.geonames_id {
            self.by_geonames_id.entry(id).or_insert(index);
        }
        if let (Feature::Country, Some(country)) = (&row.feature, row.country) {
            self.by_country.entry(country).or_insert(index);
        }
        self.places.push(row);
        index
    }
}
