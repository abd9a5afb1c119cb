//! The gazetteer as it is built from the real packages, and what is said where there is none.

use std::time::Instant;

use dateline::data;
use dateline::locations::Gazetteer;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    name: Vec<NameCase>,
    nothing: Vec<NothingCase>,
    demonym: Vec<DemonymCase>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NameCase {
    text: String,
    geonames_id: Option<u32>,
    region: Option<String>,
    feature_code: Option<String>,
    country_code: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NothingCase {
    text: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemonymCase {
    word: String,
    country_code: String,
}

fn cases() -> Cases {
    toml::from_str(include_str!("../cases/gazetteer.toml")).expect("the cases can be read")
}

/// The artifact that `make data` builds; its absence fails the test with the remedy.
fn gazetteer() -> Gazetteer {
    data::open_gazetteer(&data::default_dir(None)).unwrap_or_else(|error| panic!("{error:#}"))
}

#[test]
fn names_lead_to_the_places_that_news_means() {
    let gazetteer = gazetteer();
    let mut wrong = Vec::new();
    for case in cases().name {
        let Some(index) = gazetteer.lookup(&case.text).next() else {
            wrong.push(format!("{}: nothing found", case.text));
            continue;
        };
        let place = gazetteer.place(index);
        let region = gazetteer.region(index).map(|region| region.id);
        let is_right = place.geonames_id == case.geonames_id
            && region == case.region.as_deref()
            && case.feature_code.as_deref().is_none_or(|code| code == place.feature_code)
            && case.country_code.as_deref().is_none_or(|code| Some(code) == place.country_code);
        if !is_right {
            wrong.push(format!("{}: {place:?}, region {region:?}", case.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_name_leads_nowhere() {
    let gazetteer = gazetteer();
    for case in cases().nothing {
        let found: Vec<_> = gazetteer.lookup(&case.text).map(|place| gazetteer.place(place).name).collect();
        assert!(found.is_empty(), "{}: {found:?}", case.text);
    }
}

#[test]
fn demonyms_lead_to_countries() {
    let gazetteer = gazetteer();
    for case in cases().demonym {
        let place = gazetteer.demonym(&case.word).map(|place| gazetteer.place(place));
        assert_eq!(place.and_then(|place| place.country_code), Some(case.country_code.as_str()), "{}", case.word);
    }
}

#[test]
fn every_row_is_whole() {
    let gazetteer = gazetteer();
    assert!(gazetteer.len() > 280_000, "only {} places", gazetteer.len());
    for row in 0..gazetteer.len() {
        let place = gazetteer.place(dateline::locations::gazetteer::PlaceIndex(row));
        let is_on_earth = place.coordinates.latitude.abs() <= 90.0 && place.coordinates.longitude.abs() <= 180.0;
        assert!(!place.name.is_empty() && !place.feature_code.is_empty() && is_on_earth, "row {row}: {place:?}");
        for above in [place.admin1, place.admin2].into_iter().flatten() {
            let above = gazetteer.place(above);
            assert!(above.feature_code.starts_with("ADM"), "row {row}: {place:?} lies in {above:?}");
            assert_eq!(above.country_code, place.country_code, "row {row}: {place:?} lies in {above:?}");
        }
    }
}

/// Far above what it takes (README), so that only a change of order fails: parsing at start, or a scan.
#[test]
fn opening_and_looking_up_stay_quick() {
    let dir = data::default_dir(None);
    drop(gazetteer());
    let started = Instant::now();
    let gazetteer = data::open_gazetteer(&dir).unwrap_or_else(|error| panic!("{error:#}"));
    let opened = started.elapsed();
    let mut key = String::new();
    let started = Instant::now();
    let mut places = 0;
    for _ in 0..10_000 {
        places += gazetteer.candidates("San Francisco", &mut key).count();
    }
    let looked_up = started.elapsed() / 10_000;
    assert!(places >= 10_000, "San Francisco is not found");
    assert!(opened.as_millis() < 1_000, "opening took {opened:?}");
    assert!(looked_up.as_micros() < 200, "a lookup took {looked_up:?}");
    println!("opened in {opened:?}, a lookup took {looked_up:?}");
}

#[test]
fn a_missing_or_foreign_artifact_names_the_remedy() {
    let dir = tempfile::tempdir().expect("a directory");
    let missing = data::open_gazetteer(dir.path()).expect_err("there is none");
    assert!(format!("{missing:#}").contains("dateline data build"), "{missing:#}");
    std::fs::write(dir.path().join(data::GAZETTEER_FILE), "something else").expect("written");
    let foreign = data::open_gazetteer(dir.path()).expect_err("it is none");
    assert!(format!("{foreign:#}").contains("bad magic"), "{foreign:#}");
    assert!(format!("{foreign:#}").contains("dateline data build"), "{foreign:#}");
}
