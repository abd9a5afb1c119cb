//! GeoNames' own dump files, for those who have them: `allCountries.txt`, and where they are there
//! `admin1CodesASCII.txt`, `admin2Codes.txt` and `alternateNamesV2.txt`, tab-separated, as documented at geonames.org
//! ("readme.txt" beside them). They add quarters and villages, rivers, lakes, mountains, islands and airports, GeoNames'
//! own points of subdivisions, and names that are told to be English.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::gather::Gatherer;
use super::rows::{CountryCode, Feature, Point};

const PLACES: &str = "allCountries.txt";
const FIRST_LEVEL: &str = "admin1CodesASCII.txt";
const SECOND_LEVEL: &str = "admin2Codes.txt";
const NAMES: &str = "alternateNamesV2.txt";

/// What is neither settlement nor subdivision is taken if so many other names show that it is known.
const KNOWN_NAMES: usize = 5;
/// The codes of it that news names: waters, heights, islands, regions, airports.
const KNOWN_FEATURES: [&str; 28] = [
    "STM", "STMS", "LK", "LKS", "SEA", "OCN", "GULF", "BAY", "STRT", "CHN", "CNL", "RSV", "FLLS", "MT", "MTS", "PK",
    "VLC", "ISL", "ISLS", "PEN", "CAPE", "DSRT", "PLN", "VAL", "RGN", "PRK", "AIRP", "DAM",
];

/// A folder with dump files.
#[derive(Debug, Clone)]
pub(crate) struct Dump(PathBuf);

/// A place of `allCountries.txt`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DumpPlace<'a> {
    pub(super) geonames_id: u32,
    pub(super) name: &'a str,
    pub(super) alternate_names: Vec<&'a str>,
    pub(super) point: Point,
    pub(super) feature: Feature,
    pub(super) country: Option<CountryCode>,
    /// "US.OH".
    pub(super) admin1: String,
    /// "US.OH.089".
    pub(super) admin2: String,
    pub(super) population: u32,
}

/// A name of `alternateNamesV2.txt` that is English or an abbreviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DumpName<'a> {
    pub(super) geonames_id: u32,
    pub(super) text: &'a str,
    /// The English name, rather than one of several.
    pub(super) preferred: bool,
    pub(super) abbreviation: bool,
}

impl Dump {
    /// The folder `dir`, which must hold the places.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<Dump> {
        let places = dir.join(PLACES);
        anyhow::ensure!(places.is_file(), "{} is not there", places.display());
        Ok(Dump(dir.to_owned()))
    }

    /// Adds what the files hold that the packages do not.
    pub(super) fn gather(&self, gatherer: &mut Gatherer<'_>) -> anyhow::Result<()> {
        for (file, level) in [(FIRST_LEVEL, 1), (SECOND_LEVEL, 2)] {
            self.each_line(file, |columns| {
                let (code, name, id) = parse_subdivision(columns)?;
                gatherer.dump_subdivision(code, name, id, level);
                Some(())
            })?;
        }
        self.each_line(PLACES, |columns| {
            if let Some(place) = parse_place(columns)? {
                gatherer.dump_place(&place);
            }
            Some(())
        })
    }

    /// Adds the names, once all places are there.
    pub(super) fn gather_names(&self, gatherer: &mut Gatherer<'_>) -> anyhow::Result<()> {
        self.each_line(NAMES, |columns| {
            if let Some(name) = parse_name(columns)? {
                gatherer.dump_name(&name);
            }
            Some(())
        })
    }

    /// A digest of the files.
    pub(super) fn digest(&self) -> anyhow::Result<Vec<u8>> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        for file in [PLACES, FIRST_LEVEL, SECOND_LEVEL, NAMES] {
            let path = self.0.join(file);
            if !path.is_file() {
                continue;
            }
            hasher.update(file);
            let mut file = File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
            loop {
                match file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))? {
                    0 => break,
                    read => hasher.update(&buffer[..read]),
                }
            }
        }
        Ok(hasher.finalize().to_vec())
    }

    /// Hands each line's columns to `each`; a file that is not there has none. A line that is not as expected is an
    /// error that names it.
    fn each_line(&self, file: &str, mut each: impl FnMut(&[&str]) -> Option<()>) -> anyhow::Result<()> {
        let path = self.0.join(file);
        if !path.is_file() {
            return Ok(());
        }
        let lines =
            BufReader::new(File::open(&path).with_context(|| format!("cannot read {}", path.display()))?).lines();
        for (index, line) in lines.enumerate() {
            let line = line.with_context(|| format!("cannot read {}", path.display()))?;
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            each(&columns).with_context(|| format!("{}: line {} is not as expected", path.display(), index + 1))?;
        }
        Ok(())
    }
}

fn parse_subdivision<'a>(columns: &[&'a str]) -> Option<(&'a str, &'a str, u32)> {
    let &[code, name, _ascii, id, ..] = columns else { return None };
    Some((code, name, id.parse().ok()?))
}

/// Outer `None`: not a place's line. Inner `None`: a place that is not taken.
fn parse_place<'a>(columns: &[&'a str]) -> Option<Option<DumpPlace<'a>>> {
    let &[
        id,
        name,
        _ascii,
        alternate,
        latitude,
        longitude,
        class,
        code,
        country,
        _cc2,
        admin1,
        admin2,
        _,
        _,
        population,
        ..,
    ] = columns
    else {
        return None;
    };
    let alternate_names: Vec<&str> = alternate.split(',').filter(|name| !name.is_empty()).collect();
    let population: u64 = if population.is_empty() { 0 } else { population.parse().ok()? };
    let feature = match (class, code) {
        // Of places that are no more, and of farms, news does not tell.
        ("P", "PPLH" | "PPLQ" | "PPLW" | "PPLF") => return Some(None),
        ("P", "PPLC") => Feature::Capital,
        ("P", "PPLX") => Feature::Settlement,
        ("P", _) if population > 0 => Feature::Settlement,
        // They refine what the packages have; new ones are in the files of codes.
        ("A", "ADM1") => Feature::Subdivision(1),
        ("A", "ADM2") => Feature::Subdivision(2),
        (_, code) if KNOWN_FEATURES.contains(&code) && known(&alternate_names) => Feature::Region(code.to_owned()),
        _ => return Some(None),
    };
    Some(Some(DumpPlace {
        geonames_id: id.parse().ok()?,
        name,
        alternate_names,
        point: Point { latitude: latitude.parse().ok()?, longitude: longitude.parse().ok()? },
        feature,
        country: CountryCode::parse(country),
        admin1: format!("{country}.{admin1}"),
        admin2: format!("{country}.{admin1}.{admin2}"),
        population: u32::try_from(population).unwrap_or(u32::MAX),
    }))
}

fn known(names: &[&str]) -> bool {
    names.iter().collect::<BTreeSet<_>>().len() >= KNOWN_NAMES
}

/// Outer `None`: not a name's line. Inner `None`: a name of another language, or one of the past.
fn parse_name<'a>(columns: &[&'a str]) -> Option<Option<DumpName<'a>>> {
    let &[_, id, language, text, ref flags @ ..] = columns else { return None };
    let flag = |index: usize| flags.get(index).is_some_and(|flag| *flag == "1");
    let (preferred, colloquial, historic) = (flag(0), flag(2), flag(3));
    if historic || colloquial || !matches!(language, "en" | "abbr") {
        return Some(None);
    }
    let abbreviation = language == "abbr";
    Some(Some(DumpName { geonames_id: id.parse().ok()?, text, preferred: preferred && !abbreviation, abbreviation }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::gazetteer::curated::Refused;

    /// Of no real place. Written for the project in the form of the dump's readme.
    const TOWN: &str =
        "900\tVikby\tVikby\tWikby,Vikbi\t60.5\t5.25\tP\tPPL\tXX\t\t01\t007\t\t\t120\t\t4\tEurope/Oslo\t2020-01-01";
    const RIVER: &str = "901\tElv\tElv\tA River,Elva,Elven,Elwa,The Elv\t61\t6\tH\tSTM\tXX\t\t01\t\t\t\t0\t\t4\tEurope/Oslo\t2020-01-01";
    const BROOK: &str = "902\tBekk\tBekk\tBekken\t61\t6\tH\tSTM\tXX\t\t01\t\t\t\t0\t\t4\tEurope/Oslo\t2020-01-01";

    fn columns(line: &str) -> Vec<&str> {
        line.split('\t').collect()
    }

    #[test]
    fn a_town_is_taken_and_a_brook_is_not() {
        let town = parse_place(&columns(TOWN)).expect("a line").expect("a town");
        assert_eq!((town.name, town.population, town.admin2.as_str()), ("Vikby", 120, "XX.01.007"));
        let river = parse_place(&columns(RIVER)).expect("a line").expect("a river");
        assert_eq!(river.feature, Feature::Region("STM".to_owned()));
        assert_eq!(parse_place(&columns(BROOK)), Some(None));
        assert_eq!(parse_place(&columns("900\tVikby")), None);
    }

    #[test]
    fn english_names_and_abbreviations_are_taken() {
        let name =
            |line: &str| parse_name(&columns(line)).expect("a line").map(|name| (name.preferred, name.abbreviation));
        assert_eq!(name("1\t900\ten\tWick\t1\t\t\t\t\t"), Some((true, false)));
        assert_eq!(name("1\t900\tabbr\tVKB\t\t\t\t\t\t"), Some((false, true)));
        assert_eq!(name("1\t900\tno\tVik\t1\t\t\t\t\t"), None);
        assert_eq!(name("1\t900\ten\tOld Wick\t\t\t\t1\t\t"), None);
    }

    #[test]
    fn a_folder_of_dump_files_adds_places_points_and_names() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |file: &str, text: &str| std::fs::write(dir.path().join(file), text).expect("a file");
        assert!(Dump::open(dir.path()).is_err());
        let province = "903\tNordland\tNordland\t\t67\t15\tA\tADM1\tXX\t\t01\t\t\t\t9000\t\t4\tEurope/Oslo\t2020-01-01";
        write(PLACES, &[TOWN, RIVER, BROOK, province].join("\n"));
        write(FIRST_LEVEL, "XX.01\tNordland\tNordland\t903\n");
        write(SECOND_LEVEL, "XX.01.007\tVik District\tVik District\t904\n");
        write(NAMES, "1\t900\ten\tWick\t1\t\t\t\t\t\n2\t901\ten\tElv River\t\t\t\t\t\t\n");
        let dump = Dump::open(dir.path()).expect("a dump");
        let refused = Refused::default();
        let mut gatherer = Gatherer::new(&refused);
        dump.gather(&mut gatherer).expect("lines as expected");
        gatherer.complete();
        dump.gather_names(&mut gatherer).expect("names as expected");
        let rows = &gatherer.rows;
        let row = |id: u32| &rows.places[rows.by_geonames_id[&id]];
        assert_eq!((row(900).name.as_str(), row(900).names.iter().any(|n| n.text == "Vikby")), ("Wick", true));
        assert_eq!(row(900).admin2.map(|row| rows.places[row].name.as_str()), Some("Vik District"));
        assert_eq!(row(903).point, Some(Point { latitude: 67.0, longitude: 15.0 }));
        assert!(row(901).names.iter().any(|name| name.text == "Elv River"));
        assert!(!rows.by_geonames_id.contains_key(&902));
        let before = dump.digest().expect("a digest");
        write(SECOND_LEVEL, "");
        assert_ne!(dump.digest().expect("a digest"), before);
        write(PLACES, "not a place\n");
        let error = dump.gather(&mut gatherer).expect_err("not a place");
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
