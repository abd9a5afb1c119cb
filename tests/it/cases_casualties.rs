//! `tests/cases/casualties.toml`: the figures and totals that sentences and short articles report.

use std::collections::BTreeMap;

use dateline::casualties::{Casualties, CasualtyFinder, Figure};
use dateline::entities::Entities;
use dateline::locations::{Location, Locations, MentionKind, Role};
use dateline::text::{Document, Field, Lexicons, Mention, Span};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    sentence: Vec<SentenceCase>,
    article: Vec<ArticleCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentenceCase {
    phenomenon: String,
    text: String,
    /// Names of places in the text, in order; the first is the one that the article is about.
    #[serde(default)]
    places: Vec<String>,
    figures: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleCase {
    phenomenon: String,
    title: Option<String>,
    text: String,
    /// The best of each kind.
    totals: BTreeMap<String, u64>,
    /// The fewest and the most, of the kinds that the case is about.
    #[serde(default)]
    ranges: BTreeMap<String, (u64, u64)>,
}

/// "none", or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Known(u64),
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    kind: String,
    count: Number,
    high: Option<u64>,
    qualifier: Option<String>,
    count_text: Option<String>,
    victims: Option<String>,
    category: Option<String>,
    #[serde(default)]
    part: bool,
    #[serde(default = "reported")]
    status: String,
    attribution: Option<String>,
    cause: Option<String>,
    cause_class: Option<String>,
    /// The name of the place, of those that the case names.
    place: Option<String>,
}

fn reported() -> String {
    "reported".to_owned()
}

/// `AtLeast` as the case files write it: `at_least`.
fn snake(value: impl std::fmt::Debug) -> String {
    let mut snake = String::new();
    for c in format!("{value:?}").chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// What differs between the figure and what is expected of it.
fn differences(expected: &Expected, figure: &Figure, text: &str, places: &[String]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut check = |field: &str, expected: Option<&str>, found: Option<String>| {
        if let Some(expected) = expected
            && found.as_deref() != Some(expected)
        {
            differences.push(format!("{field}: expected {expected:?}, found {found:?}"));
        }
    };
    let count = figure.count.as_ref();
    let number = match &expected.count {
        Number::Known(n) => n.to_string(),
        Number::Word(word) => word.clone(),
    };
    check("kind", Some(&expected.kind), Some(snake(figure.kind)));
    check("count", Some(&number), Some(count.map_or("none".to_owned(), |c| c.low.to_string())));
    let high = expected.high.map(|high| high.to_string());
    check("high", high.as_deref(), count.and_then(|c| c.high).map(|high| high.to_string()));
    check("qualifier", expected.qualifier.as_deref(), count.map(|c| snake(c.qualifier)));
    check("count_text", expected.count_text.as_deref(), count.map(|c| c.span.of(text).to_owned()));
    check("victims", expected.victims.as_deref(), figure.victims.span.map(|span| span.of(text).to_owned()));
    check("category", expected.category.as_deref(), Some(snake(figure.victims.category)));
    check("part", Some(&expected.part.to_string()), Some(figure.part_of.is_some().to_string()));
    check("status", Some(&expected.status), Some(snake(figure.status)));
    let source = figure.attribution.as_ref().map(|a| a.span.of(text).to_owned());
    check("attribution", expected.attribution.as_deref(), source);
    check("cause", expected.cause.as_deref(), figure.cause.map(|span| span.of(text).to_owned()));
    check("cause_class", expected.cause_class.as_deref(), figure.cause_class.map(snake));
    let place = figure.location.map_or("none".to_owned(), |index| places[index].clone());
    check("place", expected.place.as_deref(), Some(place));
    differences
}

fn find(title: Option<&str>, text: &str) -> Casualties {
    find_among(title, text, &[])
}

/// Finds figures in a text whose `places` are known.
fn find_among(title: Option<&str>, text: &str, places: &[String]) -> Casualties {
    let finder = CasualtyFinder::new(&Lexicons::default()).unwrap();
    let locations = places.iter().map(|place| location(text, place)).collect();
    let locations = Locations { locations, primary: (!places.is_empty()).then_some(0) };
    finder.find(&Document::parse(title, text), &Entities::default(), &locations)
}

fn location(text: &str, name: &str) -> Location {
    let mentions = text.match_indices(name).map(|(start, name)| {
        let span = Span::new(start, start + name.len());
        (Mention { field: Field::Body, span }, MentionKind::Name)
    });
    Location {
        name: name.to_owned(),
        geonames_id: None,
        coordinates: None,
        country_code: None,
        admin1: None,
        feature_code: None,
        population: None,
        role: Role::Mentioned,
        confidence: 1.0,
        mentions: mentions.collect(),
        entity: None,
        salience: 0.0,
    }
}

fn cases() -> Cases {
    toml::from_str(include_str!("../cases/casualties.toml")).unwrap()
}

#[test]
fn sentences_report_their_figures_and_no_others() {
    let mut failures = Vec::new();
    for case in cases().sentence {
        let figures = find_among(None, &case.text, &case.places).figures;
        let pairs = case.figures.iter().zip(&figures);
        let mut wrong: Vec<String> =
            pairs.flat_map(|(e, figure)| differences(e, figure, &case.text, &case.places)).collect();
        if figures.len() != case.figures.len() {
            let found: Vec<&str> = figures.iter().map(|f| f.mention.span.of(&case.text)).collect();
            wrong.push(format!("expected {} figures, found {found:?}", case.figures.len()));
        }
        failures.extend(wrong.into_iter().map(|w| format!("{}: {:?}: {w}", case.phenomenon, case.text)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn articles_have_one_total_for_each_kind_that_they_report() {
    let mut failures = Vec::new();
    for case in cases().article {
        let found = find(case.title.as_deref(), &case.text);
        let totals: BTreeMap<String, u64> = found.totals.iter().map(|(kind, t)| (snake(kind), t.best)).collect();
        let told = format!("{}: {}", case.phenomenon, case.text);
        if totals != case.totals {
            failures.push(format!("{told}: expected {:?}, found {totals:?}", case.totals));
        }
        for (kind, total) in &found.totals {
            assert!(total.low <= total.best && total.high.is_none_or(|high| total.best <= high), "{told}");
            let range = case.ranges.get(&snake(kind)).map(|&(low, high)| (low, Some(high)));
            if range.is_some_and(|range| range != (total.low, total.high)) {
                failures.push(format!("{told}: expected {range:?}, found {total:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Numbers, names and words of harm without a full stop, twice as much of it: about twice the time.
#[test]
fn time_is_linear_in_an_article_of_numbers_and_harm() {
    let unit = "killed 12 , another 30 people and Ali Hassan dead including 3 said between 4 wounded ( the man who ";
    let time = |repeats: usize| {
        let text = unit.repeat(repeats);
        let start = std::time::Instant::now();
        std::hint::black_box(find(None, &text));
        start.elapsed()
    };
    let short = time(2_000);
    let long = time(16_000);
    assert!(long < short * 24, "8 times the text took {long:?} after {short:?}");
}
