//! From rows to the bytes of an artifact: names in normal form, places of a name by likeliness, sections.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;

use crate::locations::gazetteer::{
    ListEntry, NameKind, PlaceRecord, RegionRecord, SECTIONS, Section, assemble, normalise,
};

use super::curated::Refused;
use super::names::keeps_plain;
use super::rows::{Feature, Row, Rows};

/// What the artifact holds, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Counts {
    pub(crate) places: usize,
    pub(crate) countries: usize,
    pub(crate) subdivisions: usize,
    pub(crate) settlements: usize,
    pub(crate) regions: usize,
    /// Distinct normalised names.
    pub(crate) names: usize,
    /// Pairs of a name and a place.
    pub(crate) entries: usize,
    pub(crate) demonyms: usize,
}

/// One place under one name, before sorting.
struct Entry {
    key: String,
    row: u32,
    kind: NameKind,
    likeliness: f64,
}

/// Compiles `rows`; `manifest` writes the artifact's own description from its counts.
pub(super) fn compile(
    rows: &Rows,
    refused: &Refused,
    manifest: impl FnOnce(Counts) -> anyhow::Result<String>,
) -> anyhow::Result<(Vec<u8>, Counts)> {
    anyhow::ensure!(rows.places.len() < ListEntry::MAX_ROW as usize, "too many places for the format");
    let entries = entries(rows, refused);
    let (names, lists, distinct) = index_names(&entries)?;
    let mut strings = Strings::default();
    let mut features = Features::default();
    let mut places = Vec::with_capacity(rows.places.len() * PlaceRecord::BYTES);
    let mut regions = Vec::new();
    for (index, row) in rows.places.iter().enumerate() {
        record(row, &mut strings, &mut features)?.encode(&mut places);
        if let Some(facts) = &row.region {
            let codes = facts.countries.iter().flat_map(|code| code.0.map(char::from));
            let text: String = facts.id.chars().chain(codes).collect();
            let region = RegionRecord {
                row: u32::try_from(index)?,
                offset: strings.add(&text)?,
                id_bytes: u16::try_from(facts.id.len())?,
                countries: u16::try_from(facts.countries.len())?,
            };
            region.encode(&mut regions);
        }
    }
    let countries: BTreeMap<String, u64> =
        rows.by_country.iter().map(|(code, &row)| (code.0.map(char::from).iter().collect(), row as u64)).collect();
    let demonyms = demonyms(rows);
    let count = |of: fn(&Feature) -> bool| rows.places.iter().filter(|row| of(&row.feature)).count();
    let counts = Counts {
        places: rows.places.len(),
        countries: count(|feature| *feature == Feature::Country),
        subdivisions: count(|feature| matches!(feature, Feature::Subdivision(_))),
        settlements: count(|feature| matches!(feature, Feature::Settlement | Feature::Capital)),
        regions: count(|feature| matches!(feature, Feature::Region(_))),
        names: distinct,
        entries: lists.len() / ListEntry::BYTES,
        demonyms: demonyms.len(),
    };
    let mut sections = [const { Vec::new() }; SECTIONS.len()];
    sections[Section::Manifest as usize] = manifest(counts)?.into_bytes();
    sections[Section::Names as usize] = names;
    sections[Section::Lists as usize] = lists;
    sections[Section::Places as usize] = places;
    sections[Section::Strings as usize] = strings.bytes;
    sections[Section::Features as usize] = features.bytes;
    sections[Section::Countries as usize] = fst_map(countries.iter().map(|(code, &row)| (code.as_str(), row)))?;
    sections[Section::Demonyms as usize] = fst_map(demonyms.iter().map(|(word, &row)| (word.as_str(), row)))?;
    sections[Section::Regions as usize] = regions;
    Ok((assemble(&sections), counts))
}

/// Every name of every place that is worth an entry, sorted by name and then by likeliness; a place stands
/// once under a name.
fn entries(rows: &Rows, refused: &Refused) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(rows.places.len() * 3);
    let mut key = String::new();
    for (index, row) in rows.places.iter().enumerate() {
        let mut add = |key: &str, kind: NameKind, likeliness: f64| {
            entries.push(Entry { key: key.to_owned(), row: index as u32, kind, likeliness });
        };
        if keeps_plain(&row.name, refused, &mut key) {
            add(&key, NameKind::Plain, likeliness(row, &key, NameKind::Plain, false));
        }
        for name in &row.names {
            normalise(&name.text, &mut key);
            if !key.is_empty() {
                add(&key, name.kind, likeliness(row, &key, name.kind, name.preferred));
            }
        }
    }
    demote_namesakes(rows, &mut entries);
    let order =
        |a: &Entry, b: &Entry| a.key.cmp(&b.key).then(b.likeliness.total_cmp(&a.likeliness)).then(a.row.cmp(&b.row));
    // A place that has a name twice keeps it once, as the likelier.
    entries.sort_unstable_by(|a, b| {
        a.key.cmp(&b.key).then(a.row.cmp(&b.row)).then(b.likeliness.total_cmp(&a.likeliness)).then(a.kind.cmp(&b.kind))
    });
    entries.dedup_by(|next, kept| next.key == kept.key && next.row == kept.row);
    entries.sort_unstable_by(order);
    entries
}

/// How likely a news text means `row` by the name `key`: the logarithm of its inhabitants, raised for what
/// news names often (countries, regions, capitals, first-level subdivisions), lowered for a name that is not
/// the one it goes by, and more so if the two do not even resemble each other.
fn likeliness(row: &Row, key: &str, kind: NameKind, preferred: bool) -> f64 {
    let rank = match &row.feature {
        Feature::Country => 30.0,
        // Our own table's regions and the continents; what GeoNames' dump adds is no better known than a town.
        Feature::Region(code) if row.region.is_some() || code == "CONT" => 15.0,
        Feature::Region(_) => 0.5,
        Feature::Capital => 4.0,
        Feature::Subdivision(1) => 1.0,
        Feature::Subdivision(_) => -2.0,
        Feature::Settlement => 0.0,
    };
    let by_name = match kind {
        NameKind::Plain | NameKind::Capitals => 0.0,
        NameKind::Alternate => {
            let mut plain = String::new();
            normalise(&row.name, &mut plain);
            // A country is known by its other names as well ("Burma").
            if row.feature == Feature::Country {
                -10.0
            } else if strsim::jaro_winkler(&plain, key) >= 0.85 {
                -1.5
            } else {
                -5.0
            }
        }
    };
    let inhabitants = f64::from(row.population).max(row.settlers as f64);
    let ours = if preferred { 100.0 } else { 0.0 };
    (inhabitants + 1000.0).ln() + rank + by_name + ours
}

/// A subdivision that is called like a town in it comes after the town: "in Lagos" means the city, though
/// the state has more inhabitants.
fn demote_namesakes(rows: &Rows, entries: &mut [Entry]) {
    let mut towns: HashMap<(u32, &str), f64> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == NameKind::Plain) {
        let row = &rows.places[entry.row as usize];
        if matches!(row.feature, Feature::Settlement | Feature::Capital) {
            for subdivision in [row.admin1, row.admin2].into_iter().flatten() {
                let best = towns.entry((subdivision as u32, entry.key.as_str())).or_insert(f64::MIN);
                *best = best.max(entry.likeliness);
            }
        }
    }
    let lowered: Vec<Option<f64>> = entries
        .iter()
        .map(|entry| {
            // A hamlet does not take its province's name away.
            let of_town = towns.get(&(entry.row, entry.key.as_str())).copied()?;
            (of_town < entry.likeliness && of_town + 4.0 > entry.likeliness).then_some(of_town - 0.1)
        })
        .collect();
    drop(towns);
    for (entry, lowered) in entries.iter_mut().zip(lowered) {
        entry.likeliness = lowered.unwrap_or(entry.likeliness);
    }
}

/// The map from names to lists, the lists, and the number of names.
fn index_names(entries: &[Entry]) -> anyhow::Result<(Vec<u8>, Vec<u8>, usize)> {
    let mut lists = Vec::with_capacity(entries.len() * ListEntry::BYTES);
    let mut names = fst::MapBuilder::memory();
    let mut distinct = 0;
    for group in entries.chunk_by(|a, b| a.key == b.key) {
        names.insert(&group[0].key, (lists.len() / ListEntry::BYTES) as u64)?;
        distinct += 1;
        for (index, entry) in group.iter().enumerate() {
            ListEntry { row: entry.row, kind: entry.kind, last: index + 1 == group.len() }.encode(&mut lists);
        }
    }
    Ok((names.into_inner()?, lists, distinct))
}

fn fst_map<'a>(pairs: impl Iterator<Item = (&'a str, u64)>) -> anyhow::Result<Vec<u8>> {
    let mut map = fst::MapBuilder::memory();
    map.extend_iter(pairs)?;
    Ok(map.into_inner()?)
}

/// Demonyms in normal form, with the plural that English makes of them; the first that claims a word has it.
fn demonyms(rows: &Rows) -> BTreeMap<String, u64> {
    let mut words = BTreeMap::new();
    let mut key = String::new();
    for (word, row) in &rows.demonyms {
        normalise(word, &mut key);
        words.entry(key.clone()).or_insert(*row as u64);
    }
    let plurals: Vec<(String, u64)> = words
        .iter()
        .filter(|(word, _)| !["s", "sh", "ch", "ese", "x", "z", "men"].iter().any(|end| word.ends_with(end)))
        .map(|(word, &row)| (format!("{word}s"), row))
        .collect();
    for (plural, row) in plurals {
        words.entry(plural).or_insert(row);
    }
    words
}

fn record(row: &Row, strings: &mut Strings, features: &mut Features) -> anyhow::Result<PlaceRecord> {
    let point = row.point.with_context(|| format!("no source says where {} is", row.name))?;
    let on_earth = point.latitude.abs() <= 90.0 && point.longitude.abs() <= 180.0;
    anyhow::ensure!(on_earth, "{} is at latitude {}, longitude {}", row.name, point.latitude, point.longitude);
    Ok(PlaceRecord {
        geonames_id: row.geonames_id.unwrap_or(0),
        latitude_udeg: (point.latitude * 1e6).round() as i32,
        longitude_udeg: (point.longitude * 1e6).round() as i32,
        population: row.population,
        admin1: row.admin1.map(u32::try_from).transpose()?,
        admin2: row.admin2.map(u32::try_from).transpose()?,
        name_offset: strings.add(&row.name)?,
        name_bytes: u16::try_from(row.name.len())?,
        country: row.country.map_or([0, 0], |code| code.0),
        feature: features.add(row.feature.code())?,
        magnitude: magnitude(row),
    })
}

/// The order of magnitude of `row`'s inhabitants, or of those of its settlements, in steps of the format.
fn magnitude(row: &Row) -> u8 {
    let inhabitants = f64::from(row.population).max(row.settlers as f64);
    ((inhabitants + 1.0).log10() / PlaceRecord::MAGNITUDE_STEP).round().min(255.0) as u8
}

/// The string table; a string that is there already is not added again.
#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    offsets: HashMap<String, u32>,
}

impl Strings {
    fn add(&mut self, text: &str) -> anyhow::Result<u32> {
        if let Some(&offset) = self.offsets.get(text) {
            return Ok(offset);
        }
        let offset = u32::try_from(self.bytes.len()).context("the string table is too long for the format")?;
        self.bytes.extend_from_slice(text.as_bytes());
        self.offsets.insert(text.to_owned(), offset);
        Ok(offset)
    }
}

/// The table of feature codes.
#[derive(Default)]
struct Features {
    bytes: Vec<u8>,
    codes: Vec<String>,
}

impl Features {
    fn add(&mut self, code: &str) -> anyhow::Result<u8> {
        let index = self.codes.iter().position(|known| known == code).unwrap_or(self.codes.len());
        if index == self.codes.len() {
            anyhow::ensure!(code.len() <= 8, "the feature code {code} is longer than 8 bytes");
            self.codes.push(code.to_owned());
            let mut padded = [0; 8];
            padded[..code.len()].copy_from_slice(code.as_bytes());
            self.bytes.extend_from_slice(&padded);
        }
        u8::try_from(index).context("too many feature codes for the format")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::gazetteer::rows::{CountryCode, Name, Point, RegionFacts};
    use crate::locations::Gazetteer;
    use crate::locations::gazetteer::{ArtifactError, PlaceIndex, seal};

    fn place(name: &str, feature: Feature, country: &str, population: u32) -> Row {
        let mut row = Row::new(name, feature);
        row.country = CountryCode::parse(country);
        row.population = population;
        row.point = Some(Point { latitude: -12.345678, longitude: 123.456789 });
        row
    }

    /// A world of a country, its capital of the same name, a province, two towns and a sea.
    fn world() -> Rows {
        let mut rows = Rows::default();
        let mut norland = place("Norland", Feature::Country, "NO", 5_000_000);
        norland.geonames_id = Some(7);
        norland.names.push(Name { text: "NLD".to_owned(), kind: NameKind::Capitals, preferred: true });
        let norland = rows.push(norland);
        let province = rows.push(place("Vik", Feature::Subdivision(1), "NO", 0));
        rows.places[province].settlers = 60_000;
        let mut vik = place("Vik", Feature::Settlement, "NO", 50_000);
        vik.admin1 = Some(province);
        vik.add("Wick", NameKind::Alternate);
        rows.push(vik);
        rows.push(place("Norland", Feature::Capital, "NO", 900_000));
        rows.push(place("Wick", Feature::Settlement, "GB", 7_000));
        let mut sea = place("Cold Sea", Feature::Region("SEA".to_owned()), "", 0);
        sea.region = Some(RegionFacts {
            id: "cold-sea".to_owned(),
            countries: ["NO", "GB"].into_iter().filter_map(CountryCode::parse).collect(),
        });
        rows.push(sea);
        rows.demonyms.extend([("Norlander".to_owned(), norland), ("Norlandese".to_owned(), norland)]);
        rows
    }

    fn artifact(rows: &Rows) -> Vec<u8> {
        let manifest = |_| Ok("version = 'test-1'\n".to_owned());
        compile(rows, &Refused::default(), manifest).expect("it compiles").0
    }

    fn found(gazetteer: &Gazetteer, name: &str) -> Vec<u32> {
        gazetteer.lookup(name).map(|place| place.0).collect()
    }

    #[test]
    fn what_is_compiled_can_be_read() {
        let gazetteer = Gazetteer::open(artifact(&world())).expect("an artifact");
        assert_eq!((gazetteer.version(), gazetteer.len()), ("test-1", 6));
        let vik = gazetteer.place(PlaceIndex(2));
        assert_eq!((vik.name, vik.country_code, vik.feature_code), ("Vik", Some("NO"), "PPL"));
        assert_eq!((vik.population, vik.admin1, vik.admin2), (50_000, Some(PlaceIndex(1)), None));
        assert!((vik.coordinates.latitude - -12.345678).abs() < 1e-9);
        assert!((vik.coordinates.longitude - 123.456789).abs() < 1e-9);
        assert_eq!(gazetteer.place(PlaceIndex(0)).geonames_id, Some(7));
        assert_eq!(gazetteer.country("NO"), Some(PlaceIndex(0)));
        assert_eq!(gazetteer.country("XX"), None);
    }

    #[test]
    fn a_country_comes_before_its_capital_and_a_town_before_its_province() {
        let gazetteer = Gazetteer::open(artifact(&world())).expect("an artifact");
        assert_eq!(found(&gazetteer, "Norland"), [0, 3]);
        assert_eq!(found(&gazetteer, "vik"), [2, 1]);
        // The larger town, but Wick is not what it goes by.
        assert_eq!(found(&gazetteer, "Wick"), [4, 2]);
        assert_eq!(found(&gazetteer, "the Cold Sea"), [5]);
        assert!(found(&gazetteer, "Nowhere").is_empty());
        assert!(found(&gazetteer, &"x".repeat(100_000)).is_empty());
    }

    #[test]
    fn an_abbreviation_is_found_in_capitals_only() {
        let gazetteer = Gazetteer::open(artifact(&world())).expect("an artifact");
        assert_eq!(found(&gazetteer, "NLD"), [0]);
        assert_eq!(found(&gazetteer, "N.L.D."), [0]);
        assert!(found(&gazetteer, "nld").is_empty());
    }

    #[test]
    fn a_demonym_has_a_plural_and_a_capital() {
        let gazetteer = Gazetteer::open(artifact(&world())).expect("an artifact");
        for word in ["Norlander", "Norlanders", "Norlandese"] {
            assert_eq!(gazetteer.demonym(word), Some(PlaceIndex(0)), "{word}");
        }
        for word in ["norlander", "Norlandeses", "Norland", ""] {
            assert_eq!(gazetteer.demonym(word), None, "{word}");
        }
    }

    #[test]
    fn a_region_knows_its_countries() {
        let gazetteer = Gazetteer::open(artifact(&world())).expect("an artifact");
        let region = gazetteer.region(PlaceIndex(5)).expect("a region");
        assert_eq!((region.id, region.country_codes().collect::<Vec<_>>()), ("cold-sea", vec!["NO", "GB"]));
        assert_eq!(gazetteer.place(PlaceIndex(5)).country_code, None);
        assert_eq!(gazetteer.region(PlaceIndex(0)), None);
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        assert_eq!(artifact(&world()), artifact(&world()));
    }

    #[test]
    fn a_place_without_a_point_is_an_error() {
        let mut rows = world();
        rows.places[2].point = None;
        let error = compile(&rows, &Refused::default(), |_| Ok(String::new())).expect_err("no point");
        assert!(error.to_string().contains("where Vik is"), "{error}");
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = artifact(&world());
        for length in 0..bytes.len() {
            assert!(Gazetteer::open(bytes[..length].to_vec()).is_err(), "{length} of {} bytes", bytes.len());
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(matches!(Gazetteer::open(longer), Err(ArtifactError::Truncated { .. })));
        assert!(matches!(Gazetteer::open(Vec::new()), Err(ArtifactError::BadMagic)));
    }

    #[test]
    fn every_flipped_bit_is_an_error() {
        let bytes = artifact(&world());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Gazetteer::open(flipped).is_err(), "bit {bit}");
        }
    }

    /// With a checksum that fits the damage, a reader may find nonsense but must neither panic nor loop. The
    /// `fst` maps are left whole: that crate promises nothing for bytes it did not write.
    #[test]
    fn forged_offsets_are_survived() {
        let bytes = artifact(&world());
        let whole = Gazetteer::open(bytes.clone()).expect("an artifact");
        let maps = [Section::Names, Section::Countries, Section::Demonyms].map(|section| whole.section_range(section));
        let mut random = fastrand::Rng::with_seed(12);
        for _ in 0..2_000 {
            let mut forged = bytes.clone();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(32..forged.len());
                if !maps.iter().any(|map| map.contains(&at)) {
                    forged[at] = random.u8(..);
                }
            }
            seal(&mut forged);
            let table_is_whole = forged[32..32 + SECTIONS.len() * 16] == bytes[32..32 + SECTIONS.len() * 16];
            let Ok(gazetteer) = Gazetteer::open(forged) else { continue };
            if !table_is_whole {
                continue;
            }
            for name in ["Norland", "Vik", "Wick", "NLD", "Cold Sea"] {
                for place in gazetteer.lookup(name) {
                    let row = gazetteer.place(place);
                    std::hint::black_box((row.name.len(), row.feature_code.len()));
                    if let Some(region) = gazetteer.region(place) {
                        std::hint::black_box(region.country_codes().count());
                    }
                }
            }
            assert_eq!(gazetteer.place(PlaceIndex(u32::MAX)).name, "");
        }
    }
}
