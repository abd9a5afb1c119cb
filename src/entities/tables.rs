//! How the entity stage's lexicons are written in `config/`: one type a file, with its lists.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Titles {
    pub(super) opening_names: Vec<String>,
    pub(super) honorifics: Vec<String>,
    pub(super) prefixes: Vec<String>,
    pub(super) styles: Vec<String>,
    pub(super) heads: Vec<String>,
    pub(super) offices: Vec<String>,
    pub(super) modifiers: Vec<String>,
    pub(super) sure: Vec<String>,
    pub(super) loose: Vec<String>,
    pub(super) lower_modifiers: Vec<String>,
    pub(super) speech: Vec<String>,
    pub(super) families: Vec<String>,
    pub(super) governments: Vec<String>,
    pub(super) kin: Vec<String>,
    pub(super) in_office: Vec<String>,
    pub(super) affiliations: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisations {
    pub(super) heads: Heads,
    pub(super) certain_heads: Certain,
    pub(super) other_heads: OtherHeads,
    pub(super) openers: Openers,
    pub(super) certain_openers: Certain,
    pub(super) exceptions: Exceptions,
    pub(super) works: Works,
    pub(super) names: Names,
    pub(super) inner: Inner,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Heads {
    pub(super) organisation: Vec<String>,
    pub(super) facility: Vec<String>,
    pub(super) place: Vec<String>,
    pub(super) event: Vec<String>,
    pub(super) law: Vec<String>,
    pub(super) work_of_art: Vec<String>,
}

/// Words that make certain what a name is of, by type.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certain {
    pub(super) organisation: Vec<String>,
    pub(super) facility: Vec<String>,
    pub(super) place: Vec<String>,
    pub(super) event: Vec<String>,
    pub(super) law: Vec<String>,
    pub(super) product: Vec<String>,
    pub(super) work_of_art: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherHeads {
    pub(super) family_names: Vec<String>,
    pub(super) of_facility: Vec<String>,
    pub(super) of_place: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Works {
    pub(super) kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contexts {
    pub(super) before: Nouns,
    pub(super) after: Nouns,
    pub(super) apposition: Nouns,
    pub(super) of: Nouns,
    pub(super) behind: Nouns,
    pub(super) inside: Nouns,
    pub(super) phrase: Phrase,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrase {
    pub(super) ends: Vec<String>,
}

/// Common nouns, by what a name beside them is of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct Nouns {
    pub(super) organisation: Vec<String>,
    pub(super) place: Vec<String>,
    pub(super) facility: Vec<String>,
    pub(super) currency: Vec<String>,
    pub(super) base: Vec<String>,
    pub(super) owned: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Peoples {
    pub(super) names: Vec<String>,
    pub(super) certain: Vec<String>,
    pub(super) forms: Vec<Vec<String>>,
    pub(super) followed_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Demonyms {
    pub(super) countries: BTreeMap<String, Vec<String>>,
    pub(super) subdivisions: BTreeMap<String, Vec<String>>,
    pub(super) regions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Openers {
    pub(super) place: Vec<String>,
    pub(super) event: Vec<String>,
    pub(super) ships: Vec<String>,
    pub(super) storms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exceptions {
    pub(super) not_organisations: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) events: Vec<String>,
    pub(super) numbered_events: Vec<String>,
    pub(super) acronyms: Vec<String>,
    pub(super) organisations: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inner {
    pub(super) coordinated: Vec<String>,
    pub(super) possessives: Vec<String>,
    pub(super) of: Vec<String>,
    pub(super) suffixes: Vec<String>,
    pub(super) buildings: Vec<String>,
    pub(super) states: Vec<String>,
    pub(super) telling: Vec<String>,
    pub(super) ordered: Vec<String>,
    pub(super) particles: Vec<String>,
    pub(super) public: Vec<String>,
    pub(super) parts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommonWords {
    pub(super) function: Vec<String>,
    pub(super) nouns: Vec<String>,
    pub(super) calendar: Vec<String>,
    pub(super) never: Vec<String>,
    pub(super) bearings: Vec<String>,
    pub(super) tails: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aliases {
    pub(super) declared_by: Vec<String>,
    pub(super) nicknamed_by: Vec<String>,
    pub(super) short_given: Vec<Vec<String>>,
    pub(super) places: PlainPlaces,
    pub(super) group: Vec<Group>,
}

/// What a place's name may lack elsewhere in the article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlainPlaces {
    formal: Vec<String>,
    openers: Vec<String>,
    kinds: Vec<String>,
}

impl PlainPlaces {
    /// The place that `name` says more formally, with an article of its language, or with its kind.
    pub(super) fn of<'n>(&self, name: &'n str) -> Option<&'n str> {
        let formal = || {
            self.formal.iter().find_map(|state| {
                let at = name.find(state.as_str())? + state.len();
                name[at..].strip_prefix(" of ")
            })
        };
        let opener = || self.openers.iter().find_map(|opener| name.strip_prefix(opener.as_str())?.strip_prefix(' '));
        let kind = || self.kinds.iter().find_map(|kind| name.strip_suffix(kind.as_str())?.strip_suffix(' '));
        let short = formal().or_else(opener).or_else(kind)?;
        Some(short.strip_prefix("the ").unwrap_or(short))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) names: Vec<String>,
}

/// What `places.toml` tells of the kinds of places.
#[derive(Deserialize)]
pub(super) struct Places {
    pub(super) countries: BTreeMap<String, Vec<String>>,
    pub(super) region: Vec<Region>,
}

#[derive(Deserialize)]
pub(super) struct Region {
    pub(super) name: String,
    #[serde(default)]
    pub(super) names: Vec<String>,
    pub(super) feature: String,
    #[serde(default)]
    pub(super) countries: Vec<String>,
}

impl Region {
    /// Whether it is a part of the earth rather than of a state: a lake, or a region of several countries.
    pub(super) fn is_natural(&self) -> bool {
        match self.feature.as_str() {
            "RGN" => self.countries.len() > 1,
            // "Korea" is mostly a state's.
            "PEN" | "PS" => false,
            _ => true,
        }
    }
}
