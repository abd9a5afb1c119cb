//! Settings: the table of cases, and the commented default file.

use std::collections::BTreeMap;

use dateline::config::{DEFAULTS, Loaded, Origin, Settings, parse_flag};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    file: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    set: Vec<String>,
    error: Option<Vec<String>>,
    effective: Option<BTreeMap<String, String>>,
    #[serde(default)]
    absent: Vec<String>,
}

fn load(text: Option<&str>, case: &Case) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = text.map(|text| {
        let path = folder.path().join("dateline.toml");
        std::fs::write(&path, text).expect("the folder is writable");
        path
    });
    let flags: Vec<_> = case.set.iter().map(|flag| parse_flag(flag).expect("KEY=VALUE")).collect();
    Settings::load(path.as_deref(), case.environment.clone(), &flags).map_err(|error| error.to_string())
}

fn check(case: &Case) -> Result<(), String> {
    let (shown, wanted) = match (load(case.file.as_deref(), case), &case.error, &case.effective) {
        (Err(message), Some(parts), None) => {
            let mut rest = message.as_str();
            for part in parts {
                let Some(at) = rest.find(part.as_str()) else {
                    return Err(format!("no {part:?} (in this order) in: {message}"));
                };
                rest = &rest[at + part.len()..];
            }
            (message, None)
        }
        (Ok(loaded), None, Some(wanted)) => (format!("{loaded:?}"), Some((loaded, wanted))),
        (Err(message), ..) => return Err(format!("refused: {message}")),
        (Ok(_), ..) => return Err("accepted".to_owned()),
    };
    if let Some((loaded, wanted)) = wanted {
        for (key, value) in wanted {
            let found = loaded.effective().iter().find(|shown| shown.key == *key).map(|shown| &shown.value);
            if found != Some(value) {
                return Err(format!("{key}: expected {value:?}, found {found:?}"));
            }
        }
    }
    match case.absent.iter().find(|absent| shown.contains(absent.as_str())) {
        Some(absent) => Err(format!("{absent:?} appears in: {shown}")),
        None => Ok(()),
    }
}

#[test]
fn every_case_of_the_table() {
    let cases: Cases = toml::from_str(include_str!("../cases/config.toml")).unwrap();
    assert!(cases.case.len() >= 40);
    let wrong: Vec<String> = cases
        .case
        .iter()
        .filter_map(|case| check(case).err().map(|reason| format!("{}: {reason}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.case.len(), wrong.join("\n"));
}

#[test]
fn the_commented_default_file_is_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dateline.toml");
    std::fs::write(&path, DEFAULTS).unwrap();
    let from_file = Settings::load(Some(&path), [], &[]).unwrap();
    let built_in = Settings::load(None, [], &[]).unwrap();
    assert_eq!(from_file.settings, built_in.settings);
    assert!(built_in.effective().iter().all(|shown| shown.origin == Origin::Default));
}

#[test]
fn the_examples_in_the_comments_of_the_default_file_are_right() {
    let is_example = |line: &str| {
        line.strip_prefix("# ").and_then(|line| line.split_once(" = ")).is_some_and(|(key, value)| {
            key.chars().all(|c| c.is_ascii_lowercase() || "._".contains(c)) && value.starts_with('"')
        })
    };
    let uncommented: String = DEFAULTS
        .lines()
        .map(|line| if is_example(line) { format!("{}\n", &line[2..]) } else { format!("{line}\n") })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dateline.toml");
    std::fs::write(&path, uncommented).unwrap();
    let settings = Settings::load(Some(&path), [], &[]).unwrap().settings;
    assert_eq!(settings.kafka.transactional_id.as_deref(), Some("dateline-0"));
    assert_eq!(settings.telemetry.listen, Some(([0, 0, 0, 0], 9464).into()));
    assert_eq!(settings.kafka.client["sasl.mechanism"].0, "SCRAM-SHA-512");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Settings::load(Some("no/such/dateline.toml".as_ref()), [], &[]).unwrap_err();
    assert!(error.to_string().contains("no/such/dateline.toml"), "{error}");
}

#[test]
fn the_origin_of_a_value_is_told() {
    let variables = [("DATELINE_BATCH__MAX_AGE".to_owned(), "2s".to_owned())];
    let flags = [("batch.max_articles".to_owned(), "7".to_owned())];
    let loaded = Settings::load(None, variables, &flags).unwrap();
    let origin = |key: &str| loaded.effective().iter().find(|shown| shown.key == key).map(|shown| shown.origin.clone());
    assert_eq!(origin("batch.max_age"), Some(Origin::Environment("DATELINE_BATCH__MAX_AGE".to_owned())));
    assert_eq!(origin("batch.max_articles"), Some(Origin::Flag("batch.max_articles".to_owned())));
    assert_eq!(origin("batch.max_bytes"), Some(Origin::Default));
}
