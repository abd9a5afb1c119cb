//! The stage's words (`config/location_words.toml`): what they tell of the names beside or around them.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::toponyms::Generic;
use crate::text::{LexiconError, Lexicons};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsToml {
    prepositions: Vec<String>,
    sure_prepositions: Vec<String>,
    bearings: Vec<String>,
    speech: Vec<String>,
    event_verbs: Vec<String>,
    event_nouns: Vec<String>,
    residents: Vec<String>,
    adjoined: Vec<String>,
    slugs: Vec<String>,
    persons: Vec<String>,
    not_before: Vec<String>,
    no_places: Vec<String>,
    honorifics: Vec<String>,
    common: Vec<String>,
    natural: Vec<String>,
    speaking: Vec<String>,
    languages: Vec<String>,
    landform_heads: Vec<String>,
    landforms: Vec<String>,
    origins: Vec<String>,
    directions: Vec<String>,
    governors: Vec<String>,
    generics: Generics,
    inside: Inside,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Generics {
    town: Vec<String>,
    subdivision: Vec<String>,
    district: Vec<String>,
    country: Vec<String>,
    other: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    local: Vec<String>,
    never: Vec<String>,
    of: Vec<String>,
    no_place: Vec<String>,
    roads: Vec<String>,
    buildings: Vec<String>,
}

type Set = FxHashSet<Box<str>>;

/// Words, each list a set.
#[derive(Debug)]
pub(super) struct Words {
    prepositions: Set,
    sure_prepositions: Set,
    bearings: Set,
    speech: Set,
    event_verbs: Set,
    event_nouns: Set,
    residents: Set,
    adjoined: Set,
    slugs: Set,
    persons: Set,
    not_before: Set,
    no_places: Set,
    honorifics: Set,
    common: Set,
    natural: Set,
    speaking: Set,
    languages: Set,
    landform_heads: Set,
    landforms: Set,
    origins: Set,
    directions: Set,
    governors: Set,
    generics: FxHashMap<Box<str>, Generic>,
    local: Set,
    never: Set,
    of: Set,
    no_place: Set,
    roads: Set,
    buildings: Set,
}

impl Words {
    pub(super) fn read(lexicons: &Lexicons) -> Result<Words, LexiconError> {
        let toml: WordsToml = lexicons.read("location_words.toml")?;
        // A given name alone says as little as a word of the language.
        let mut given: BTreeMap<String, Vec<String>> = lexicons.read("given_names.toml")?;
        given.remove("also_places");
        let given = given.into_values().flatten().map(|name| name.to_lowercase());
        let set = |words: Vec<String>| words.into_iter().map(String::into_boxed_str).collect::<Set>();
        let mut generics = FxHashMap::default();
        for (generic, words) in [
            (Generic::Town, toml.generics.town),
            (Generic::Subdivision, toml.generics.subdivision),
            (Generic::District, toml.generics.district),
            (Generic::Country, toml.generics.country),
            (Generic::Other, toml.generics.other),
        ] {
            for word in words {
                generics.entry(word.into_boxed_str()).or_insert(generic);
            }
        }
        Ok(Words {
            prepositions: set(toml.prepositions),
            sure_prepositions: set(toml.sure_prepositions),
            bearings: set(toml.bearings),
            speech: set(toml.speech),
            event_verbs: set(toml.event_verbs),
            event_nouns: set(toml.event_nouns),
            residents: set(toml.residents),
            adjoined: set(toml.adjoined),
            slugs: set(toml.slugs),
            persons: set(toml.persons),
            not_before: set(toml.not_before),
            no_places: set(toml.no_places),
            honorifics: set(toml.honorifics),
            common: set(toml.common.into_iter().chain(given).collect()),
            natural: set(toml.natural),
            speaking: set(toml.speaking),
            languages: set(toml.languages),
            landform_heads: set(toml.landform_heads),
            landforms: set(toml.landforms),
            origins: set(toml.origins),
            directions: set(toml.directions),
            governors: set(toml.governors),
            generics,
            local: set(toml.inside.local),
            never: set(toml.inside.never),
            of: set(toml.inside.of),
            no_place: set(toml.inside.no_place),
            roads: set(toml.inside.roads),
            buildings: set(toml.inside.buildings),
        })
    }

    pub(super) fn is_preposition(&self, word: &str) -> bool {
        self.prepositions.contains(lower_first(word, &mut [0; 16]))
    }

    pub(super) fn is_sure_preposition(&self, word: &str) -> bool {
        self.sure_prepositions.contains(lower_first(word, &mut [0; 16]))
    }

    pub(super) fn is_bearing(&self, word: &str) -> bool {
        self.bearings.contains(lower_first(word, &mut [0; 16]))
    }

    /// Whether what is told happens to the place behind `word`: "shelled Kherson".
    pub(super) fn is_event_verb(&self, word: &str) -> bool {
        self.event_verbs.contains(word)
    }

    /// Whether what is told happens to the place behind `word` and "on": "an air strike on".
    pub(super) fn is_event_noun(&self, word: &str) -> bool {
        self.event_nouns.contains(word)
    }

    pub(super) fn is_speech(&self, word: &str) -> bool {
        self.speech.contains(word)
    }

    /// Whether `word` behind a name says that a state or province is meant.
    pub(super) fn is_governor(&self, word: &str) -> bool {
        self.governors.contains(word.trim_end_matches('.'))
    }

    pub(super) fn is_direction(&self, word: &str) -> bool {
        self.directions.contains(word)
    }

    /// The kind of place that `word` is a word for, a last full stop aside.
    pub(super) fn generic(&self, word: &str) -> Option<Generic> {
        self.generics.get(lower_first(word.trim_end_matches('.'), &mut [0; 16])).copied()
    }

    /// Whether `name` looks like a place's and is none.
    pub(super) fn is_refused(&self, name: &str) -> bool {
        self.no_places.contains(name)
    }

    /// Whether `word` tells that somebody speaks or reports at the place behind it.
    pub(super) fn is_origin(&self, word: &str) -> bool {
        self.origins.contains(lower_first(word, &mut [0; 16]))
    }

    /// Whether `word`, in small letters, is a word of the language or a given name that towns bear too.
    pub(super) fn is_common(&self, word: &str) -> bool {
        self.common.contains(word)
    }

    /// Whether a name before `word` is a part of the name of a river, an island or a road.
    pub(super) fn is_continued(&self, word: &str) -> bool {
        self.natural.contains(word) || self.roads.contains(word)
    }

    /// Whether `word` is a language's name as well, and `before` tells that it is meant.
    pub(super) fn is_language(&self, before: &str, word: &str) -> bool {
        self.languages.contains(word) && self.speaking.contains(lower_first(before, &mut [0; 16]))
    }

    /// Whether a name behind `word` is a person's.
    pub(super) fn is_honorific(&self, word: &str) -> bool {
        self.honorifics.contains(word.trim_end_matches('.'))
    }

    /// Whether `word` opens the headline of an agency's report rather than a dateline.
    pub(super) fn is_slug(&self, word: &str) -> bool {
        self.slugs.contains(word)
    }

    /// Whether people are from a name before `word`: "a Glen Allen woman".
    pub(super) fn is_resident(&self, word: &str) -> bool {
        self.residents.contains(word)
    }

    /// Whether `word` behind a hyphen makes an adjective of a name: "U.S.-led".
    pub(super) fn is_adjoined(&self, word: &str) -> bool {
        self.adjoined.contains(word)
    }

    /// Whether `word` is one person or two: one says "a Lebanese woman" of the country.
    pub(super) fn is_person(&self, word: &str) -> bool {
        self.persons.contains(word)
    }

    /// Whether a name before `word` is no place: "Ebola Reston virus", "US$".
    pub(super) fn is_never_before(&self, word: &str) -> bool {
        self.not_before.contains(word)
    }

    /// Whether a name of which `rest` are the words behind a place is of a body or building of that place.
    pub(super) fn is_local<'w>(&self, mut rest: impl Iterator<Item = &'w str>) -> bool {
        rest.any(|word| self.local.contains(word))
    }

    /// Whether it is of a paper, a team or a company, which bear places' names without being there: whichever word comes
    /// first tells ("Medical Examiner", "Daily Record").
    pub(super) fn is_borrowed<'w>(&self, mut rest: impl Iterator<Item = &'w str>) -> bool {
        rest.find(|word| self.never.contains(*word) || self.local.contains(*word))
            .is_some_and(|word| self.never.contains(word))
    }

    /// Whether `name` at the head of another is no place's.
    pub(super) fn is_no_place(&self, name: &str) -> bool {
        self.no_place.contains(name)
    }

    /// Whether `word` before "of" and a place leaves the place named.
    pub(super) fn is_of_place(&self, word: &str) -> bool {
        self.of.contains(word)
    }

    /// Whether a name with `word` in it is of a paper, a team or a company.
    pub(super) fn is_never_with(&self, word: &str) -> bool {
        self.never.contains(word)
    }

    /// Whether `name`'s first or last word is one of rivers, bays, valleys: "Lake Lucerne", "Bay of Biscay".
    pub(super) fn is_natural(&self, name: &str) -> bool {
        let Some((first, rest)) = name.split_once(' ') else { return false };
        let last = rest.rsplit_once(' ').map_or(rest, |(_, last)| last);
        self.landform_heads.contains(first) || self.landforms.contains(lower_first(last, &mut [0; 16]))
    }

    pub(super) fn is_road(&self, word: &str) -> bool {
        self.roads.contains(word)
    }

    pub(super) fn is_building(&self, word: &str) -> bool {
        self.buildings.contains(word)
    }
}

/// `word` with its first letter small, in `buffer`; as it is where it does not fit or is no ASCII.
fn lower_first<'a>(word: &'a str, buffer: &'a mut [u8; 16]) -> &'a str {
    let bytes = word.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_uppercase) || bytes.len() > buffer.len() || !word.is_ascii() {
        return word;
    }
    let lower = &mut buffer[..bytes.len()];
    lower.copy_from_slice(bytes);
    lower[0] = lower[0].to_ascii_lowercase();
    std::str::from_utf8(lower).unwrap_or(word)
}
