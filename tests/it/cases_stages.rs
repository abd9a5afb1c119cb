//! The tables of cases of the entity and the location stage, `tests/cases/entities.toml` and `locations.toml`.
//!
//! A case gives a text and everything that is to be found in it, in order: what is not listed is not to be
//! found. An entity case says itself what the model labels, so that it tries the stage and not the model; the cases
//! with `model = true` and the location cases need the artifacts that `make data` builds.

use std::fmt::Write as _;

use dateline::data;
use dateline::entities::{Entities, Entity, EntityFinder, EntityType, Labeller};
use dateline::locations::{LocationFinder, Locations, MentionKind, Role};
use dateline::text::{Document, Field, Label, Lexicons, Mention, Span};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityTable {
    case: Vec<EntityCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityCase {
    name: String,
    provenance: String,
    #[serde(default)]
    title: Option<String>,
    text: String,
    entities: Vec<ExpectedEntity>,
    /// Names left to the location stage; not compared where absent.
    #[serde(default)]
    untyped: Option<Vec<String>>,
    /// Whether the model reads the text; otherwise the labels stand in it: "{PERSON|Marco Rubio} left".
    #[serde(default)]
    model: bool,
    /// Whether dates and numbers are published too.
    #[serde(default)]
    numbers: bool,
    /// The type that is compared; all where absent.
    #[serde(default)]
    only: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedEntity {
    r#type: String,
    name: String,
    #[serde(default)]
    title: Option<String>,
    /// Not compared where absent.
    #[serde(default)]
    aliases: Option<Vec<String>>,
    /// How many; not compared where absent.
    #[serde(default)]
    mentions: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationTable {
    case: Vec<LocationCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationCase {
    name: String,
    provenance: String,
    #[serde(default)]
    title: Option<String>,
    text: String,
    places: Vec<ExpectedPlace>,
    /// The name of the place that the article is about; not compared where absent.
    #[serde(default)]
    primary: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedPlace {
    name: String,
    /// ISO 3166-1 alpha-2; "" where the place lies in no one country.
    country: String,
    #[serde(default)]
    admin1: Option<String>,
    #[serde(default)]
    feature: Option<String>,
    #[serde(default)]
    role: Option<String>,
    /// Texts of the mentions, a demonym's in brackets; not compared where absent.
    #[serde(default)]
    mentions: Option<Vec<String>>,
    /// False where the gazetteer has no such place.
    #[serde(default = "yes")]
    point: bool,
}

fn yes() -> bool {
    true
}

fn type_name(kind: EntityType) -> &'static str {
    EntityType::NAMES.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}

/// The model that `make data` builds; its absence fails the test with the remedy.
fn labeller() -> Labeller {
    let path = data::model_path(&data::default_dir(None), data::DEFAULT_MODEL);
    Labeller::new(data::open_model(&path).unwrap_or_else(|error| panic!("{error:#}")))
}

/// The text of a table, read anew at each run: a new case needs no build.
fn table<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/cases/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A text whose labels are written into it, and the labels.
fn marked(text: &str) -> (String, Vec<Label>) {
    let mut plain = String::new();
    let mut labels = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (label, after) = after.split_once('}').expect("a label is closed");
        let (kind, name) = label.split_once('|').expect("a label has a type");
        plain.push_str(before);
        let start = plain.len();
        plain.push_str(name);
        let kind = EntityType::named(kind).expect("the type is one of OntoNotes'");
        labels.push(Label { span: Span::new(start, plain.len()), kind });
        rest = after;
    }
    plain.push_str(rest);
    (plain, labels)
}

fn read<'a>(labeller: &Labeller, title: Option<&'a str>, text: &'a str) -> Document<'a> {
    let mut document = Document::parse(title, text);
    labeller.label(&mut document);
    document
}

/// What is wrong with the entities, whatever the case says: overlap, order, form, salience.
fn check_form(document: &Document<'_>, found: &Entities) -> Result<(), String> {
    let mut mentions: Vec<Mention> = found.untyped.iter().map(|name| name.mention).collect();
    for entity in &found.entities {
        if entity.mentions.is_empty() || entity.name.is_empty() {
            return Err(format!("{:?} has no mention or no name", entity.name));
        }
        if !entity.mentions.is_sorted_by_key(|m| (m.field, m.span.start)) {
            return Err(format!("the mentions of {} are out of order", entity.name));
        }
        let opened = entity.name.starts_with(['"', '“', '‘', '«', '(', '[', ' ']);
        if opened || entity.name.ends_with(['”', '’', '»', '[', '(', ',', ' ']) || entity.name.contains('\n') {
            return Err(format!("the name {:?} keeps a quotation mark, a bracket or white space", entity.name));
        }
        if !(0.0..=1.0).contains(&entity.salience) {
            return Err(format!("the salience of {} is {}", entity.name, entity.salience));
        }
        mentions.extend(&entity.mentions);
    }
    mentions.sort_by_key(|m| (m.field, m.span.start));
    for pair in mentions.windows(2) {
        if pair[0].field == pair[1].field && pair[0].span.overlaps(pair[1].span) {
            return Err(format!("{:?} overlaps {:?}", document.text_of(pair[0]), document.text_of(pair[1])));
        }
    }
    for &mention in &mentions {
        let text = document.text_of(mention);
        let lower = text.to_lowercase();
        if text.trim() != text || lower.starts_with("the ") || lower.ends_with("'s") || lower.ends_with("’s") {
            return Err(format!("mention {text:?} keeps an article, a possessive or white space"));
        }
    }
    let sum: f32 = found.entities.iter().map(|e| e.salience).sum();
    if sum > 1.0 + 1e-4 { Err(format!("saliences sum to {sum}")) } else { Ok(()) }
}

fn compare_entities(case: &EntityCase, document: &Document<'_>, found: &Entities) -> Result<(), String> {
    check_form(document, found)?;
    let compared: Vec<&Entity> =
        found.entities.iter().filter(|e| case.only.as_deref().is_none_or(|only| only == type_name(e.kind))).collect();
    let shown: Vec<String> = compared
        .iter()
        .map(|e| format!("{} {} | {}", type_name(e.kind), e.name, e.title.as_deref().unwrap_or("-")))
        .collect();
    let expected: Vec<String> = case
        .entities
        .iter()
        .map(|e| format!("{} {} | {}", e.r#type, e.name, e.title.as_deref().unwrap_or("-")))
        .collect();
    if shown != expected {
        return Err(format!("expected {expected:#?}\nfound {shown:#?}"));
    }
    for (expected, found) in case.entities.iter().zip(compared) {
        if let Some(aliases) = &expected.aliases
            && *aliases != found.aliases
        {
            return Err(format!("{}: expected aliases {aliases:?}, found {:?}", found.name, found.aliases));
        }
        if let Some(mentions) = expected.mentions
            && mentions != found.mentions.len()
        {
            return Err(format!("{}: expected {mentions} mentions, found {}", found.name, found.mentions.len()));
        }
    }
    let untyped: Vec<&str> = found.untyped.iter().map(|name| document.text_of(name.mention)).collect();
    match &case.untyped {
        Some(expected) if *expected != untyped => Err(format!("expected untyped {expected:?}, found {untyped:?}")),
        _ => Ok(()),
    }
}

fn compare_places(case: &LocationCase, document: &Document<'_>, found: &Locations) -> Result<(), String> {
    let expected: Vec<String> = case.places.iter().map(|p| format!("{} {}", p.name, p.country)).collect();
    let shown: Vec<String> =
        found.locations.iter().map(|l| format!("{} {}", l.name, l.country_code.as_deref().unwrap_or(""))).collect();
    if expected != shown {
        return Err(format!("expected {expected:?}, found {shown:?}"));
    }
    for (expected, found) in case.places.iter().zip(&found.locations) {
        let role = match found.role {
            Role::Dateline => "dateline",
            Role::Event => "event",
            Role::Origin => "origin",
            Role::Mentioned => "mentioned",
        };
        let mentions: Vec<String> = found
            .mentions
            .iter()
            .map(|&(mention, kind)| match kind {
                MentionKind::Name => document.text_of(mention).to_owned(),
                MentionKind::Demonym => format!("({})", document.text_of(mention)),
                MentionKind::Part => format!("[{}]", document.text_of(mention)),
            })
            .collect();
        let differs = |expected: &Option<String>, found: Option<&str>| {
            expected.as_deref().is_some_and(|expected| Some(expected) != found)
        };
        if differs(&expected.admin1, found.admin1.as_deref())
            || differs(&expected.feature, found.feature_code.as_deref())
            || differs(&expected.role, Some(role))
            || expected.mentions.as_ref().is_some_and(|expected| *expected != mentions)
            || expected.point != found.coordinates.is_some()
            || !(0.0..=1.0).contains(&found.confidence)
        {
            return Err(format!("{} is not as expected: {found:?}, role {role}, mentions {mentions:?}", expected.name));
        }
    }
    let primary = found.primary.map(|index| found.locations[index].name.as_str());
    match &case.primary {
        Some(expected) if Some(expected.as_str()) != primary => {
            Err(format!("expected primary {expected}, found {primary:?}"))
        }
        _ => Ok(()),
    }
}

fn report(failures: &[(String, String)]) {
    let mut message = String::new();
    for (name, why) in failures {
        let _ = writeln!(message, "{name}: {why}");
    }
    assert!(failures.is_empty(), "{} cases failed\n{message}", failures.len());
}

#[test]
fn entities_are_found_as_the_table_says() {
    let table: EntityTable = table("entities");
    assert!(table.case.len() >= 150, "{} cases", table.case.len());
    let [names, all] = [false, true].map(|numbers| EntityFinder::new(&Lexicons::default(), numbers).unwrap());
    let labeller = labeller();
    let mut failures = Vec::new();
    for case in &table.case {
        assert!(!case.provenance.is_empty(), "{} has no provenance", case.name);
        let (title, title_labels) = marked(case.title.as_deref().unwrap_or_default());
        let (text, labels) = marked(&case.text);
        let mut document = Document::parse(Some(&title), &text);
        if case.model {
            labeller.label(&mut document);
        } else {
            document.title.labels = title_labels;
            document.body.labels = labels;
        }
        if let Err(why) = compare_entities(case, &document, &(if case.numbers { &all } else { &names }).find(&document))
        {
            failures.push((case.name.clone(), why));
        }
    }
    report(&failures);
}

#[test]
fn places_are_found_as_the_table_says() {
    let table: LocationTable = table("locations");
    assert!(table.case.len() >= 40);
    let gazetteer = data::open_gazetteer(&data::default_dir(None)).expect("the gazetteer; `make data` builds it");
    let lexicons = Lexicons::default();
    let entities = EntityFinder::new(&lexicons, false).unwrap();
    let places = LocationFinder::new(gazetteer, &lexicons).unwrap();
    let labeller = labeller();
    let mut failures = Vec::new();
    for case in &table.case {
        assert!(!case.provenance.is_empty(), "{} has no provenance", case.name);
        let document = read(&labeller, case.title.as_deref(), &case.text);
        let found = places.find(&document, &entities.find(&document));
        if let Err(why) = compare_places(case, &document, &found) {
            failures.push((case.name.clone(), why));
        }
    }
    report(&failures);
}

#[test]
fn hostile_texts_give_neither_a_panic_nor_an_overlap() {
    let finder = EntityFinder::new(&Lexicons::default(), false).unwrap();
    let labeller = labeller();
    for text in [
        "",
        " ",
        "A",
        "of of of of Of",
        "The The The",
        "President",
        "President of",
        "President of the",
        "Mr. Mr. Mr.",
        "Bank of the of Bank",
        "’s's 's",
        "(A) (AB) Alpha Beta (AB) (AB)",
        "X, 5, Y, 6,",
        "U.S.-U.S.-U.S.",
        "al-al-Al-",
        "\u{feff}RIYADH\u{200b}: İstanbul ǅ ﬁ",
        "RIYADH, , , , : x",
        "Minister for for Minister of of State",
        "John, of, head of, head of",
        "-A -B- C-d E-f-g pro-X anti-",
    ] {
        for title in [None, Some(text)] {
            let document = read(&labeller, title, text);
            let found = finder.find(&document);
            assert_eq!(check_form(&document, &found), Ok(()), "{text:?}");
            assert!(found.untyped.iter().all(|name| name.mention.field == Field::Body || title.is_some()));
        }
    }
}

/// A text of `count` sentences that each name something new, and the labels of every run of capitalised words in it.
fn crowd(count: usize, sentence: impl Fn(&str, &str) -> String) -> (String, Vec<Label>) {
    let name = |number: usize| {
        let mut name = String::from("K");
        let mut rest = number;
        while rest > 0 {
            name.push(char::from(b'a' + (rest % 26) as u8));
            rest /= 26;
        }
        name + "o"
    };
    let text: Vec<String> = (1..=count).map(|number| sentence(&name(number), &name(number * 7 + 3))).collect();
    let text = text.join(" ");
    let mut labels = Vec::new();
    let mut start = None;
    for (at, word) in text.split(' ').scan(0, |at, word| Some((std::mem::replace(at, *at + word.len() + 1), word))) {
        let end = at + word.trim_end_matches(['.', ',']).len();
        if word.starts_with(char::is_uppercase) {
            start.get_or_insert(at);
        }
        if let Some(from) = start.filter(|_| end < at + word.len() || !word.starts_with(char::is_uppercase)) {
            let to = if word.starts_with(char::is_uppercase) { end } else { at - 1 };
            let kind = if text[from..to].contains("Board") { EntityType::Org } else { EntityType::Person };
            labels.push(Label { span: Span::new(from, to), kind });
            start = None;
        }
    }
    (text, labels)
}

#[test]
fn the_time_is_linear_in_the_text() {
    let finder = EntityFinder::new(&Lexicons::default(), false).unwrap();
    let time = |text: &str, labels: &[Label]| {
        let mut document = Document::parse(None, text);
        document.body.labels = labels.to_vec();
        let once = || {
            let start = std::time::Instant::now();
            assert!(!finder.find(&document).entities.is_empty());
            start.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    type Sentence = fn(&str, &str) -> String;
    let crowds: [(&str, Sentence); 5] = [
        ("names", |a, b| format!("{a} {b} met {b} {a}.")),
        ("one surname", |a, _| format!("{a} Castor ran, then Castor won.")),
        ("acronyms", |a, b| format!("The {a} {b} Board or {}B met.", &b[..2].to_uppercase())),
        ("titles", |a, b| {
            format!("President of the Board for {a} and Minister {b}, head of the fund of the bank, left.")
        }),
        ("one body", |a, b| format!("The US {a} {b} Board met the {a} {b} Board.")),
    ];
    for (what, sentence) in crowds {
        let (small, large) = (crowd(250, sentence), crowd(4000, sentence));
        let (small, large) = (time(&small.0, &small.1), time(&large.0, &large.1));
        // Sixteen times the text: a quadratic stage takes 256 times as long.
        assert!(large < small * 80 + std::time::Duration::from_millis(50), "{what}: {small:?}, then {large:?}");
    }
}
