//! The lexicon files as they are written: one type a file of `config/`, and nothing but their shape.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lexicon::{Frame, Side};
use super::{Category, CauseClass, Kind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmFile {
    pub harm: Vec<HarmStanza>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmStanza {
    pub kind: Kind,
    pub frame: Frame,
    #[serde(default)]
    pub hit: bool,
    pub forms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CausesFile {
    pub nouns: BTreeMap<CauseClass, Vec<String>>,
    pub verbs: BTreeMap<CauseClass, Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct People {
    pub one: Vec<String>,
    pub many: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VictimsFile {
    pub people: BTreeMap<Category, People>,
    pub groups: BTreeMap<String, u32>,
    pub compounds: BTreeMap<String, Vec<String>>,
    pub hints: BTreeMap<Category, Vec<String>>,
    pub sides: BTreeMap<Side, Vec<String>>,
    pub generic: Words,
    pub things: Words,
    pub states: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumbersFile {
    pub cardinals: BTreeMap<String, u32>,
    pub scales: BTreeMap<String, u32>,
    pub vague: BTreeMap<String, u64>,
    pub exact: BTreeMap<String, u64>,
    pub nobody: Words,
    pub hedges: HedgeTable,
    pub more: MoreTable,
    pub units: UnitTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HedgeTable {
    pub at_least: Vec<String>,
    pub at_most: Vec<String>,
    pub about: Vec<String>,
    pub none: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoreTable {
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub ordinals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitTable {
    pub words: Vec<String>,
    pub before: Vec<String>,
    pub months: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FunctionFile {
    pub be: Vec<String>,
    pub have: Vec<String>,
    pub modal: Vec<String>,
    pub negative: Vec<String>,
    pub preposition: Vec<String>,
    pub conjunction: Vec<String>,
    pub subordinator: Vec<String>,
    pub relative: Vec<String>,
    pub indefinite: Vec<String>,
    pub definite: Vec<String>,
    pub possessive: Vec<String>,
    pub pronoun_one: Vec<String>,
    pub pronoun_many: Vec<String>,
    pub reflexive: Vec<String>,
    pub adverb: Vec<String>,
    pub verb: Vec<String>,
    pub report: Vec<String>,
    pub reduced: Vec<String>,
    pub parts: Words,
    pub natural: Words,
    pub separate: Words,
    pub status: StatusTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusTable {
    pub claimed: Vec<String>,
    pub feared: Vec<String>,
    pub denied: Vec<String>,
    pub past: Vec<String>,
    pub running: Vec<String>,
    pub past_named: Vec<String>,
    pub past_before: Vec<String>,
    pub past_war: Vec<String>,
    pub protest: Vec<String>,
}
