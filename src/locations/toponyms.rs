//! Candidate toponyms: names that may be places, the places that bear them, and what the text says of each.
//!
//! Which place is meant, and whether any is, is for [`super::disambiguate`] to say.

use rustc_hash::FxHashMap;

use super::MentionKind;
use super::gazetteer::{Gazetteer, PlaceIndex, normalise};
use crate::entities::{Entities, EntityType, dateline};
use crate::text::{Document, Field, Mention, Span};

/// How many places of one name are weighed; the gazetteer gives the likeliest first.
const MAX_CANDIDATES: usize = 24;

/// How many letters the name of a small place must have.
const MIN_NAME_CHARS: usize = 3;

/// Words before a name that say it is a place.
const PREPOSITIONS: [&str; 12] =
    ["in", "near", "at", "from", "outside", "around", "across", "throughout", "via", "toward", "towards", "into"];
/// Kinds of places: "the city of X".
const GENERICS: [&str; 12] = [
    "city", "town", "village", "province", "state", "region", "district", "county", "suburb", "port", "island",
    "capital",
];
/// Verbs whose subject speaks: hardly a town.
const SPEECH: [&str; 8] = ["said", "says", "told", "added", "wrote", "tweeted", "replied", "explained"];
/// Before a place's name, part of no name in the gazetteer: "West Texas", "Northern Iraq".
const DIRECTIONS: [&str; 12] = [
    "North", "South", "East", "West", "Northern", "Southern", "Eastern", "Western", "Central", "Greater", "Upper",
    "Downtown",
];

/// What kind of place, as far as it matters for choosing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Country,
    /// A first-level subdivision.
    Subdivision,
    /// A smaller one.
    District,
    Capital,
    Town,
    /// A sea, a range, a region of several countries.
    Region,
}

impl Kind {
    /// The kind that a GeoNames feature code tells.
    pub(super) fn of(feature_code: &str) -> Kind {
        match feature_code {
            "PPLC" => Kind::Capital,
            "ADM1" => Kind::Subdivision,
            code if code.starts_with("PCL") || code == "TERR" => Kind::Country,
            code if code.starts_with("ADM") => Kind::District,
            code if code.starts_with("PPL") => Kind::Town,
            _ => Kind::Region,
        }
    }
}

/// What a first-level subdivision counts as where it competes with places of its name: the gazetteer does not
/// tell its population, and those that world news names have some ten millions.
const SUBDIVISION_POPULATION: u64 = 10_000_000;

/// A place that bears a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) place: PlaceIndex,
    pub(super) kind: Kind,
    pub(super) country: Option<[u8; 2]>,
    pub(super) admin1: Option<PlaceIndex>,
    pub(super) population: u64,
    /// Whether the name is the one that the gazetteer calls it by.
    pub(super) main_name: bool,
}

/// One name of the article with its mentions: one sense a name an article.
#[derive(Debug)]
pub(super) struct Toponym<'a> {
    pub(super) text: &'a str,
    pub(super) mentions: Vec<(Mention, MentionKind)>,
    pub(super) candidates: Vec<Candidate>,
    /// The entity of the entity stage that it is.
    pub(super) entity: Option<usize>,
    /// The toponym that the text says it lies in ("X, Texas").
    pub(super) container: Option<usize>,
    pub(super) in_dateline: bool,
    /// Whether a preposition of place or "the city of" stands before a mention.
    pub(super) placed: bool,
    /// Whether a mention speaks.
    pub(super) speaks: bool,
    /// Whether a mention stands where a capital tells something.
    pub(super) inside_sentence: bool,
}

/// The toponyms of `document`, in order of first mention.
pub(super) fn collect<'a>(document: &Document<'a>, entities: &Entities, gazetteer: &Gazetteer) -> Vec<Toponym<'a>> {
    let mut names: Vec<(Mention, Option<usize>)> = entities.untyped.iter().map(|name| (name.mention, None)).collect();
    for (index, entity) in entities.entities.iter().enumerate() {
        if matches!(entity.kind, EntityType::Gpe | EntityType::Loc | EntityType::Fac) {
            names.extend(entity.mentions.iter().map(|&m| (m, Some(index))));
        }
    }
    names.sort_unstable_by_key(|(m, _)| (m.field, m.span.start));
    let dateline = dateline::find(&document.body).map(|d| document.body.span_of(d.place));

    let mut collector =
        Collector { document, gazetteer, toponyms: Vec::new(), by_name: FxHashMap::default(), dateline, last: None };
    for (mention, entity) in names {
        collector.name(mention, entity);
    }
    collector.toponyms
}

struct Collector<'a, 'd> {
    document: &'d Document<'a>,
    gazetteer: &'d Gazetteer,
    toponyms: Vec<Toponym<'a>>,
    by_name: FxHashMap<&'a str, usize>,
    dateline: Option<Span>,
    /// The mention before, and its toponym.
    last: Option<(Mention, usize)>,
}

impl<'a> Collector<'a, '_> {
    fn name(&mut self, mention: Mention, entity: Option<usize>) {
        let text = self.document.text_of(mention);
        if let Some(&index) = self.by_name.get(text) {
            let kind = self.toponyms[index].mentions[0].1;
            return self.mention(index, mention, kind);
        }
        if let Some(country) = self.gazetteer.demonym(text) {
            let candidate = self.candidate(country, text);
            if !candidate.main_name {
                return self.add(mention, MentionKind::Demonym, vec![candidate], entity);
            }
        }
        let candidates = self.lookup(text);
        if candidates.is_empty() {
            if let Some(rest) = DIRECTIONS.iter().find_map(|d| text.strip_prefix(d)?.strip_prefix(' ')) {
                return self.name(self.part(mention, rest), entity);
            }
            if text.contains('-') && entity.is_none() && self.compound(mention, text) {
                return;
            }
        }
        self.add(mention, MentionKind::Name, candidates, entity);
    }

    /// "US-Russia", "Franco-German": every part is a country or its people, or the whole is nothing.
    fn compound(&mut self, mention: Mention, text: &'a str) -> bool {
        let known = |part: &str| {
            self.gazetteer.demonym(part).is_some()
                || self
                    .gazetteer
                    .lookup(part)
                    .next()
                    .is_some_and(|p| Kind::of(self.gazetteer.place(p).feature_code) == Kind::Country)
        };
        if !text.split('-').all(known) {
            return false;
        }
        for part in text.split('-') {
            self.name(self.part(mention, part), None);
        }
        true
    }

    /// The mention of `part`, which is a slice of the text of `whole`.
    fn part(&self, whole: Mention, part: &str) -> Mention {
        let text = self.document.text_of(whole);
        let start = whole.span.start as usize + (part.as_ptr() as usize - text.as_ptr() as usize);
        Mention { field: whole.field, span: Span::new(start, start + part.len()) }
    }

    fn lookup(&self, text: &str) -> Vec<Candidate> {
        let short = text.chars().filter(|c| c.is_alphabetic()).count() < MIN_NAME_CHARS;
        let candidates = self.gazetteer.lookup(text).take(MAX_CANDIDATES).map(|place| self.candidate(place, text));
        candidates.filter(|c| !short || matches!(c.kind, Kind::Country | Kind::Region | Kind::Subdivision)).collect()
    }

    fn candidate(&self, index: PlaceIndex, text: &str) -> Candidate {
        let place = self.gazetteer.place(index);
        let kind = Kind::of(place.feature_code);
        let country = place.country_code.and_then(|code| code.as_bytes().try_into().ok());
        let admin1 = if kind == Kind::Subdivision { Some(index) } else { place.admin1 };
        let main_name = place.name.eq_ignore_ascii_case(text) || !place.name.is_ascii() && same_name(place.name, text);
        let population = if kind == Kind::Subdivision { SUBDIVISION_POPULATION } else { place.population };
        Candidate { place: index, kind, country, admin1, population, main_name }
    }

    fn add(&mut self, mention: Mention, kind: MentionKind, candidates: Vec<Candidate>, entity: Option<usize>) {
        let text = self.document.text_of(mention);
        let index = self.toponyms.len();
        self.by_name.insert(text, index);
        self.toponyms.push(Toponym {
            text,
            mentions: Vec::new(),
            candidates,
            entity,
            container: None,
            in_dateline: false,
            placed: false,
            speaks: false,
            inside_sentence: false,
        });
        self.mention(index, mention, kind);
    }

    /// Adds a mention, and what stands around it.
    fn mention(&mut self, index: usize, mention: Mention, kind: MentionKind) {
        let field = self.document.field(mention.field);
        let token = field.token_at(mention.span.start);
        let end = field.token_at(mention.span.end);
        let word = |at: usize| field.tokens.get(at).map_or("", |t| t.span.of(field.text));
        let before = token.checked_sub(1).map_or("", word);
        // The article is no part of the mention: "in the Netherlands", "in The Hague".
        let (at, before) = match before {
            "the" | "The" => (token - 1, token.checked_sub(2).map_or("", word)),
            _ => (token, before),
        };
        let generic = before == "of" && at.checked_sub(2).is_some_and(|at| GENERICS.contains(&word(at)));
        let toponym = &mut self.toponyms[index];
        toponym.placed |= generic || PREPOSITIONS.iter().any(|p| p.eq_ignore_ascii_case(before));
        toponym.speaks |= SPEECH.contains(&word(end)) || SPEECH.contains(&before);
        toponym.inside_sentence |=
            field.sentences.get(field.sentence_of(token)).is_none_or(|s| s.start as usize != token);
        toponym.in_dateline |= mention.field == Field::Body && self.dateline.is_some_and(|d| d.contains(mention.span));
        toponym.mentions.push((mention, kind));
        if let Some((last, container_of)) = self.last
            && last.field == mention.field
            && last.span.end <= mention.span.start
            && container_of != index
            && self.toponyms[container_of].container.is_none()
        {
            let between = &field.text[last.span.end as usize..mention.span.start as usize];
            if matches!(between, ", " | ", in " | " in " | ", the " | " (" | " in the ") {
                self.toponyms[container_of].container = Some(index);
            }
        }
        self.last = Some((mention, index));
    }
}

/// Whether two names are one but for case, diacritics and punctuation.
fn same_name(one: &str, other: &str) -> bool {
    let (mut a, mut b) = (String::new(), String::new());
    normalise(one, &mut a);
    normalise(other, &mut b);
    a == b
}
