//! Our own tables: the names and places that the packages lack, the names that are refused, the demonyms.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context as _;

use crate::locations::gazetteer::normalise;

/// The texts of the tables, as they were when the program was built.
pub(super) const PLACES_TOML: &str = include_str!("../../../config/places.toml");
pub(super) const REFUSED_TOML: &str = include_str!("../../../config/refused_names.toml");
pub(super) const DEMONYMS_TOML: &str = include_str!("../../../config/demonyms.toml");

/// A region that the packages lack.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Region {
    /// Our own id of it.
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) names: Vec<String>,
    /// GeoNames' feature code: RGN, SEA, GULF, STRT, MTS, STM, ISL, DSRT, …
    pub(super) feature: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// ISO 3166-1 alpha-2 of the countries that it lies in or touches.
    #[serde(default)]
    pub(super) countries: Vec<String>,
}

/// `config/places.toml`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Places {
    /// Countries (ISO 3166-1 alpha-2) whose places the packages write in scholarly transliteration.
    #[serde(default)]
    pub(super) transliterated: Vec<String>,
    /// By ISO 3166-1 alpha-2.
    pub(super) countries: BTreeMap<String, Vec<String>>,
    /// Latitude and longitude by ISO 3166-1 alpha-2, where no package has them.
    #[serde(default)]
    pub(super) coordinates: BTreeMap<String, [f64; 2]>,
    /// The English name by GeoNames' code of a subdivision, or by GeoNames' id.
    #[serde(default)]
    pub(super) english: BTreeMap<String, String>,
    /// By GeoNames' code of a subdivision.
    pub(super) subdivisions: BTreeMap<String, Vec<String>>,
    /// By GeoNames' id.
    pub(super) places: BTreeMap<String, Vec<String>>,
    #[serde(rename = "region", default)]
    pub(super) regions: Vec<Region>,
}

impl Places {
    pub(super) fn parse(text: &str) -> anyhow::Result<Places> {
        toml::from_str(text).context("config/places.toml cannot be read")
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedToml {
    always: Vec<String>,
    as_alternate: Vec<String>,
}

/// `config/refused_names.toml`, in normal form.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused {
    always: HashSet<String>,
    as_alternate: HashSet<String>,
}

impl Refused {
    pub(super) fn parse(text: &str) -> anyhow::Result<Refused> {
        let lists: RefusedToml = toml::from_str(text).context("config/refused_names.toml cannot be read")?;
        Ok(Refused { always: normal_forms(&lists.always), as_alternate: normal_forms(&lists.as_alternate) })
    }

    /// Whether no place at all may have the name of this normal form.
    pub(super) fn refuses(&self, key: &str) -> bool {
        self.always.contains(key)
    }

    /// Whether no place may have it as its other name.
    pub(super) fn refuses_alternate(&self, key: &str) -> bool {
        self.always.contains(key) || self.as_alternate.contains(key)
    }
}

fn normal_forms(names: &[String]) -> HashSet<String> {
    names
        .iter()
        .map(|name| {
            let mut key = String::new();
            normalise(name, &mut key);
            key
        })
        .collect()
}

/// `config/demonyms.toml`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Demonyms {
    /// By ISO 3166-1 alpha-2.
    pub(super) countries: BTreeMap<String, Vec<String>>,
    /// By GeoNames' code of a subdivision.
    pub(super) subdivisions: BTreeMap<String, Vec<String>>,
    /// By our own id of a region.
    pub(super) regions: BTreeMap<String, Vec<String>>,
}

impl Demonyms {
    pub(super) fn parse(text: &str) -> anyhow::Result<Demonyms> {
        toml::from_str(text).context("config/demonyms.toml cannot be read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::gazetteer::rows::CountryCode;

    #[test]
    fn the_embedded_tables_can_be_read_and_are_consistent() {
        let places = Places::parse(PLACES_TOML).expect("places");
        let mut ids = HashSet::new();
        for region in &places.regions {
            assert!(ids.insert(&region.id), "two regions are called {}", region.id);
            assert!(region.latitude.abs() <= 90.0 && region.longitude.abs() <= 180.0, "{} is off the map", region.id);
            for code in &region.countries {
                assert!(CountryCode::parse(code).is_some(), "{code} of {} is no country code", region.id);
            }
        }
        let demonyms = Demonyms::parse(DEMONYMS_TOML).expect("demonyms");
        for id in demonyms.regions.keys() {
            assert!(ids.contains(id), "the demonyms' region {id} is not among the places");
        }
        for code in places.countries.keys().chain(demonyms.countries.keys()) {
            assert!(CountryCode::parse(code).is_some(), "{code} is no country code");
        }
        Refused::parse(REFUSED_TOML).expect("refused names");
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        assert!(Places::parse("[countries]\n[subdivisions]\n[places]\n[region_]\n").is_err());
    }
}
