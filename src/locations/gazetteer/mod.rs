//! The gazetteer artifact: names to places, read in place from mapped memory.
//!
//! Opening parses the header and nothing else; every lookup reads the bytes where they lie. What the bytes
//! are is in `format`; how an artifact is built from its sources is in [`crate::data`].

mod format;
mod names;

use std::ops::Range;
use std::sync::Arc;

pub use format::NameKind;
#[cfg(test)]
pub(crate) use format::seal;
pub(crate) use format::{ListEntry, PlaceRecord, RegionRecord, SECTIONS, Section, assemble};
pub(crate) use names::MAX_KEY_BYTES;
pub use names::normalise;

use super::Coordinates;
use format::Layout;

/// Why bytes are no gazetteer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArtifactError {
    /// Too short, or another kind of file.
    #[error("not a dateline gazetteer (bad magic)")]
    BadMagic,
    /// Built by an older or a newer dateline.
    #[error("gazetteer of format {found}, this version of dateline reads format {expected}")]
    Version {
        /// The format that this reader knows.
        expected: u32,
        /// The format of the bytes.
        found: u32,
    },
    /// Fewer bytes, or more, than the header says.
    #[error("gazetteer of {found} bytes where {expected} are expected")]
    Truncated {
        /// What the header says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The bytes are not those that were written.
    #[error("gazetteer damaged (its checksum does not match)")]
    Checksum,
    /// The checksum matches, and still the parts do not fit: written by something else.
    #[error("gazetteer malformed ({0})")]
    Malformed(&'static str),
}

/// A place of the gazetteer, by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceIndex(pub u32);

/// One row of the gazetteer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place<'a> {
    /// GeoNames' id; `None` for regions that GeoNames' packages lack.
    pub geonames_id: Option<u32>,
    /// The English name.
    pub name: &'a str,
    /// A representative point.
    pub coordinates: Coordinates,
    /// ISO 3166-1 alpha-2; `None` for regions across countries.
    pub country_code: Option<&'a str>,
    /// The first-level subdivision that it lies in.
    pub admin1: Option<PlaceIndex>,
    /// The second-level subdivision that it lies in.
    pub admin2: Option<PlaceIndex>,
    /// GeoNames' feature code ("PCLI", "ADM1", "ADM2", "PPLC", "PPLA", "PPL", "RGN", "SEA", "CONT").
    pub feature_code: &'a str,
    /// Inhabitants; 0 where unknown.
    pub population: u64,
    /// The decimal logarithm of its inhabitants or, for a subdivision, of those of all its settlements: ranks
    /// places of one name, too rough to publish.
    pub magnitude: f64,
}

/// A place that bears a name, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The place.
    pub place: PlaceIndex,
    /// How it bears the name.
    pub kind: NameKind,
}

/// A region across or within countries that is no subdivision ("the Sahel", "the Black Sea").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region<'a> {
    /// Our own id of it ("middle-east"), for GeoNames' packages have none.
    pub id: &'a str,
    codes: &'a str,
}

impl<'a> Region<'a> {
    /// The countries that it lies in or touches, ISO 3166-1 alpha-2.
    pub fn country_codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let codes = self.codes;
        (0..codes.len() / 2).filter_map(move |index| codes.get(2 * index..2 * index + 2))
    }
}

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A part of the bytes that an `fst` map can own.
struct Part {
    bytes: Bytes,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        (*self.bytes).as_ref().get(self.range.clone()).unwrap_or_default()
    }
}

/// Names and places, in bytes that somebody else holds (mapped memory).
pub struct Gazetteer {
    bytes: Bytes,
    layout: Layout,
    names: fst::Map<Part>,
    countries: fst::Map<Part>,
    demonyms: fst::Map<Part>,
    version: String,
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gazetteer").field("version", &self.version).finish_non_exhaustive()
    }
}

/// The line of the manifest that the reader needs; the rest is for people.
#[derive(serde::Deserialize)]
struct ManifestVersion {
    version: String,
}

impl Gazetteer {
    /// Checks the header, the lengths and the checksum of `bytes`; copies nothing.
    ///
    /// # Errors
    /// Where the bytes are no gazetteer of this version, or are damaged.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Gazetteer, ArtifactError> {
        let bytes: Bytes = Arc::new(bytes);
        let layout = Layout::read((*bytes).as_ref())?;
        let map = |section: Section, message: &'static str| {
            let part = Part { bytes: Arc::clone(&bytes), range: layout.range(section) };
            fst::Map::new(part).map_err(|_| ArtifactError::Malformed(message))
        };
        let manifest = (*bytes)
            .as_ref()
            .get(layout.range(Section::Manifest))
            .and_then(|manifest| std::str::from_utf8(manifest).ok())
            .and_then(|manifest| toml::from_str::<ManifestVersion>(manifest).ok())
            .ok_or(ArtifactError::Malformed("the manifest cannot be read"))?;
        Ok(Gazetteer {
            names: map(Section::Names, "the index of names cannot be read")?,
            countries: map(Section::Countries, "the index of countries cannot be read")?,
            demonyms: map(Section::Demonyms, "the index of demonyms cannot be read")?,
            version: manifest.version,
            bytes,
            layout,
        })
    }

    /// The version that is published with each article: which sources it was built from.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What the artifact says of itself, in TOML: version, sources with their licences, counts.
    #[must_use]
    pub fn manifest(&self) -> &str {
        std::str::from_utf8(self.section(Section::Manifest)).unwrap_or_default()
    }

    /// How many places there are; their rows are `0..len`.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.section(Section::Places).len() / PlaceRecord::BYTES).unwrap_or(u32::MAX)
    }

    /// Whether there is no place at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places that bear `name`, likeliest first. The name is normalised as the builder normalises.
    pub fn lookup(&self, name: &str) -> impl Iterator<Item = PlaceIndex> + '_ {
        self.candidates(name, &mut String::new()).map(|candidate| candidate.place)
    }

    /// The places that bear `name`, likeliest first, and how each bears it. `key` is scratch space that a
    /// caller with many names reuses.
    ///
    /// A name that nobody bears is tried without a leading "the", then with or without the Arabic article.
    /// Abbreviations ("US") are found only where all letters of `name` are capitals.
    pub fn candidates(&self, name: &str, key: &mut String) -> Candidates<'_> {
        normalise(name, key);
        let first = self.first_entry(key);
        let capitals = !name.chars().any(char::is_lowercase);
        Candidates { lists: self.section(Section::Lists), next: first, capitals }
    }

    /// Where the list of the places of `key` begins.
    fn first_entry(&self, key: &mut String) -> Option<usize> {
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return None;
        }
        let get = |key: &str| self.names.get(key).and_then(|first| usize::try_from(first).ok());
        if let Some(first) = get(key) {
            return Some(first);
        }
        if key.starts_with("the ") {
            key.drain(.."the ".len());
            if let Some(first) = get(key) {
                return Some(first);
            }
        }
        if let Some(bare) = key.strip_prefix("al ") {
            return get(bare);
        }
        key.insert_str(0, "al ");
        get(key)
    }

    /// The country, or the part of one ("Scottish"), whose people or adjective is `word` ("French",
    /// "Nigerians"). A word in small letters is none: "polish" is not Polish.
    #[must_use]
    pub fn demonym(&self, word: &str) -> Option<PlaceIndex> {
        if !word.chars().next().is_some_and(char::is_uppercase) {
            return None;
        }
        let mut key = String::with_capacity(word.len());
        normalise(word, &mut key);
        self.row(self.demonyms.get(&key)?)
    }

    /// The country of an ISO 3166-1 alpha-2 `code`, in capitals.
    #[must_use]
    pub fn country(&self, code: &str) -> Option<PlaceIndex> {
        self.row(self.countries.get(code)?)
    }

    fn row(&self, row: u64) -> Option<PlaceIndex> {
        u32::try_from(row).ok().filter(|&row| row < self.len()).map(PlaceIndex)
    }

    /// The row of `place`, which came from this gazetteer; an empty place where it did not.
    #[must_use]
    pub fn place(&self, place: PlaceIndex) -> Place<'_> {
        let places = self.section(Section::Places);
        let Some(record) = PlaceRecord::decode(places, place.0) else { return NOWHERE };
        let name = text(self.section(Section::Strings), record.name_offset as usize, usize::from(record.name_bytes));
        let feature = text(self.section(Section::Features), usize::from(record.feature) * 8, 8);
        Place {
            geonames_id: Some(record.geonames_id).filter(|&id| id != 0),
            name: name.unwrap_or_default(),
            coordinates: Coordinates {
                latitude: f64::from(record.latitude_udeg) / 1e6,
                longitude: f64::from(record.longitude_udeg) / 1e6,
            },
            country_code: text(places, PlaceRecord::country_offset(place.0), 2).filter(|code| *code != "\0\0"),
            admin1: record.admin1.map(PlaceIndex),
            admin2: record.admin2.map(PlaceIndex),
            feature_code: feature.unwrap_or_default().trim_end_matches('\0'),
            population: u64::from(record.population),
            magnitude: f64::from(record.magnitude) * PlaceRecord::MAGNITUDE_STEP,
        }
    }

    /// What is known of `place` as a region; `None` where it is a country, a subdivision or a town.
    #[must_use]
    pub fn region(&self, place: PlaceIndex) -> Option<Region<'_>> {
        let record = RegionRecord::find(self.section(Section::Regions), place.0)?;
        let strings = self.section(Section::Strings);
        let (start, id_bytes) = (record.offset as usize, usize::from(record.id_bytes));
        let id = text(strings, start, id_bytes)?;
        let codes = text(strings, start.checked_add(id_bytes)?, usize::from(record.countries) * 2)?;
        Some(Region { id, codes })
    }

    /// Where a section lies in the file, for tests that damage it.
    #[cfg(test)]
    pub(crate) fn section_range(&self, section: Section) -> Range<usize> {
        self.layout.range(section)
    }

    fn section(&self, section: Section) -> &[u8] {
        (*self.bytes).as_ref().get(self.layout.range(section)).unwrap_or_default()
    }
}

fn text(strings: &[u8], start: usize, bytes: usize) -> Option<&str> {
    std::str::from_utf8(strings.get(start..start.checked_add(bytes)?)?).ok()
}

/// What stands for a row that does not exist: a caller that mixes up two gazetteers gets no panic.
const NOWHERE: Place<'static> = Place {
    geonames_id: None,
    name: "",
    coordinates: Coordinates { latitude: 0.0, longitude: 0.0 },
    country_code: None,
    admin1: None,
    admin2: None,
    feature_code: "",
    population: 0,
    magnitude: 0.0,
};

/// The places of one name, likeliest first.
#[derive(Debug, Clone)]
pub struct Candidates<'a> {
    lists: &'a [u8],
    next: Option<usize>,
    capitals: bool,
}

impl Iterator for Candidates<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        loop {
            let index = self.next?;
            let entry = ListEntry::decode(self.lists, index)?;
            self.next = if entry.last { None } else { index.checked_add(1) };
            if entry.kind != NameKind::Capitals || self.capitals {
                return Some(Candidate { place: PlaceIndex(entry.row), kind: entry.kind });
            }
        }
    }
}
