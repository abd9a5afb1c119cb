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
    pub kind: KindName,
    pub frame: Frame,
    #[serde(default)]
    pub hit: bool,
    pub forms: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindName {
    Killed,
    Injured,
    Missing,
    Displaced,
    Detained,
    Abducted,
    Unspecified,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Killed => Kind::Killed,
            KindName::Injured => Kind::Injured,
            KindName::Missing => Kind::Missing,
            KindName::Displaced => Kind::Displaced,
            KindName::Detained => Kind::Detained,
            KindName::Abducted => Kind::Abducted,
            KindName::Unspecified => Kind::Unspecified,
        }
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum CategoryName {
    Civilian,
    Child,
    Combatant,
    Police,
    AidWorker,
    Journalist,
    Perpetrator,
    Unknown,
}

impl From<CategoryName> for Category {
    fn from(name: CategoryName) -> Category {
        match name {
            CategoryName::Civilian => Category::Civilian,
            CategoryName::Child => Category::Child,
            CategoryName::Combatant => Category::Combatant,
            CategoryName::Police => Category::Police,
            CategoryName::AidWorker => Category::AidWorker,
            CategoryName::Journalist => Category::Journalist,
            CategoryName::Perpetrator => Category::Perpetrator,
            CategoryName::Unknown => Category::Unknown,
        }
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum CauseName {
    Explosion,
    Shooting,
    Airstrike,
    DroneStrike,
    Shelling,
    Stabbing,
    RoadAccident,
    AirCrash,
    Shipwreck,
    Fire,
    Flood,
    Earthquake,
    Storm,
    Landslide,
    Disease,
    Stampede,
    BuildingCollapse,
    Other,
}

impl From<CauseName> for CauseClass {
    fn from(name: CauseName) -> CauseClass {
        match name {
            CauseName::Explosion => CauseClass::Explosion,
            CauseName::Shooting => CauseClass::Shooting,
            CauseName::Airstrike => CauseClass::Airstrike,
            CauseName::DroneStrike => CauseClass::DroneStrike,
            CauseName::Shelling => CauseClass::Shelling,
            CauseName::Stabbing => CauseClass::Stabbing,
            CauseName::RoadAccident => CauseClass::RoadAccident,
            CauseName::AirCrash => CauseClass::AirCrash,
            CauseName::Shipwreck => CauseClass::Shipwreck,
            CauseName::Fire => CauseClass::Fire,
            CauseName::Flood => CauseClass::Flood,
            CauseName::Earthquake => CauseClass::Earthquake,
            CauseName::Storm => CauseClass::Storm,
            CauseName::Landslide => CauseClass::Landslide,
            CauseName::Disease => CauseClass::Disease,
            CauseName::Stampede => CauseClass::Stampede,
            CauseName::BuildingCollapse => CauseClass::BuildingCollapse,
            CauseName::Other => CauseClass::Other,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CausesFile {
    pub nouns: BTreeMap<CauseName, Vec<String>>,
    pub verbs: BTreeMap<CauseName, Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct People {
    pub one: Vec<String>,
    pub many: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VictimsFile {
    pub people: BTreeMap<CategoryName, People>,
    pub groups: BTreeMap<String, u32>,
    pub compounds: BTreeMap<String, Vec<String>>,
    pub hints: BTreeMap<CategoryName, Vec<String>>,
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
