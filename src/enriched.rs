//! The published contract: what an enriched article looks like as JSON, and its schema.
//!
//! The only types that derive `Serialize` live here; the domain's types know nothing of JSON. Offsets count
//! Unicode scalar values. Fields are only ever added within a major version of [`SCHEMA_VERSION`].

mod assemble;
mod schema;

pub use assemble::{Findings, assemble};
pub use schema::schema;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// The version of the contract.
pub const SCHEMA_VERSION: &str = "1.0";

/// A news article with the entities it names, the places it is about and the casualty figures it reports.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EnrichedArticle<'a> {
    /// Version of this contract, `major.minor`: fields are only ever added within a major version.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub schema_version: &'static str,
    /// The record's own id, or a stable one made from its content.
    pub id: &'a str,
    /// Address of the article.
    pub url: Option<&'a str>,
    /// Publisher.
    pub source: Option<&'a str>,
    /// Headline, clean.
    pub title: Option<&'a str>,
    /// Date of publication, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub published_at: Option<String>,
    /// ISO 639-1 code of the language: the one stated, else the one detected.
    pub language: Option<&'a str>,
    /// The clean body. Every offset counts Unicode scalar values in it, or in the title where `field` is `title`.
    pub text: &'a str,
    /// Who and what the article names, in order of first mention.
    pub entities: Vec<Entity<'a>>,
    /// The places the article names, in order of first mention.
    pub locations: Vec<Location<'a>>,
    /// Id of the location that the article is about.
    pub primary_location: Option<String>,
    /// Every casualty figure, in order of position.
    pub casualties: Vec<Casualty<'a>>,
    /// One total for each kind that a current figure reports; a kind that nobody reports is absent.
    pub casualty_totals: BTreeMap<CasualtyKind, Total>,
    /// Fields of the record that the field mapping does not name, where the configuration keeps them.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: Cow<'a, serde_json::Map<String, serde_json::Value>>,
    /// What made this, and when.
    pub enrichment: Enrichment<'a>,
}

/// Somebody or something that the article names.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Entity<'a> {
    /// `e1`, `e2`, … in order of first mention.
    pub id: String,
    /// The fullest form of the name in the article.
    pub name: Cow<'a, str>,
    /// OntoNotes type.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// A person's title or role.
    pub title: Option<&'a str>,
    /// Other forms of the name in the article.
    pub aliases: Vec<Cow<'a, str>>,
    /// How much the article is about it; all entities of an article sum to at most 1, but for rounding.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub salience: f64,
    /// Id of the location that it is.
    pub location: Option<String>,
    /// Every mention; mentions of one field never overlap.
    pub mentions: Vec<Mention<'a>>,
}

/// Where the article names something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Mention<'a> {
    /// Which text the offsets count in.
    pub field: Field,
    /// First Unicode scalar value.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The text from `start` to `end`.
    pub text: &'a str,
}

/// A mention of a place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LocationMention<'a> {
    /// Where.
    #[serde(flatten)]
    pub mention: Mention<'a>,
    /// How: by a name of the place, by the name of its people, or as a part of the name of something else.
    pub kind: MentionKind,
}

/// A place that the article names.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Location<'a> {
    /// `l1`, `l2`, … in order of first mention.
    pub id: String,
    /// English name.
    pub name: &'a str,
    /// GeoNames' id; null where GeoNames has no such place.
    pub geonames_id: Option<u32>,
    /// Degrees north, WGS 84; null where the gazetteer has no such place.
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84; null where the gazetteer has no such place.
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: Option<f64>,
    /// ISO 3166-1 alpha-2.
    pub country_code: Option<&'a str>,
    /// Name of the first-level subdivision that it lies in.
    pub admin1: Option<&'a str>,
    /// GeoNames' feature code, such as `PPLC`, `ADM1`, `PCLI`.
    pub feature_code: Option<&'a str>,
    /// Inhabitants, where known.
    pub population: Option<u64>,
    /// The part it plays in the article.
    pub role: Role,
    /// How sure the choice of this place is.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// Every mention.
    pub mentions: Vec<LocationMention<'a>>,
}

/// One casualty figure.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Casualty<'a> {
    /// What befell the victims; `unspecified` is "casualties" or "losses".
    pub kind: CasualtyKind,
    /// How many; null where the text gives no number.
    pub count: Option<Count<'a>>,
    /// Who they are.
    pub victims: Victims<'a>,
    /// Index in `casualties` of the figure that this one is already counted in.
    pub part_of: Option<usize>,
    /// How sure the figure is, and of which event.
    pub status: Status,
    /// Who says so.
    pub attribution: Option<Attribution<'a>>,
    /// What did it, in the article's words.
    pub cause: Option<&'a str>,
    /// The class of what did it; null where the text does not tell.
    pub cause_class: Option<CauseClass>,
    /// Id of the location where it happened.
    pub location: Option<String>,
    /// Where the figure stands.
    pub mention: Mention<'a>,
    /// Index of the sentence in its field.
    pub sentence: usize,
}

/// A number of people as the text gives it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Count<'a> {
    /// The fewest.
    pub low: u64,
    /// The most; null where the text sets no upper bound.
    pub high: Option<u64>,
    /// The hedge.
    pub qualifier: Qualifier,
    /// The words of the number, hedge included.
    pub text: &'a str,
}

/// The people that a figure counts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Victims<'a> {
    /// The words for them.
    pub text: Option<&'a str>,
    /// What kind of people.
    pub category: Category,
    /// ISO 3166-1 alpha-2 codes of their countries.
    pub nationality: Vec<&'a str>,
}

/// Who says so.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Attribution<'a> {
    /// The words for the source.
    pub text: &'a str,
    /// Id of the entity that it is.
    pub entity: Option<String>,
}

/// One kind's total: `low` ≤ `best` ≤ `high`, as in UCDP.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Total {
    /// The best single estimate.
    pub best: u64,
    /// The fewest.
    pub low: u64,
    /// The most; null where the text sets no upper bound.
    pub high: Option<u64>,
}

/// What made the enrichment, and when.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Enrichment<'a> {
    /// dateline's version.
    pub version: &'static str,
    /// The model that labelled the text; null where none did.
    pub model: Option<&'a str>,
    /// The gazetteer that places were looked up in.
    pub gazetteer: &'a str,
    /// When, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub processed_at: String,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// Declares a published enumeration and its conversion from the domain's own.
macro_rules! published {
    ($(#[$doc:meta])* $name:ident from $domain:path, $case:literal { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
        #[serde(rename_all = $case)]
        #[allow(missing_docs)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                use $domain as Domain;
                match value { $(Domain::$variant => $name::$variant),* }
            }
        }
    };
}

published! {
    /// Which of the article's texts.
    Field from crate::text::Field, "snake_case" { Title, Body }
}
published! {
    /// OntoNotes 5 entity type, as spaCy writes it.
    EntityType from crate::entities::EntityType, "SCREAMING_SNAKE_CASE" {
        Person, Norp, Fac, Org, Gpe, Loc, Product, Event, WorkOfArt, Law, Language, Date, Time, Percent, Money,
        Quantity, Ordinal, Cardinal
    }
}
published! {
    /// What part a place plays in the article.
    Role from crate::locations::Role, "snake_case" { Dateline, Event, Origin, Mentioned }
}
published! {
    /// How a mention names its place.
    MentionKind from crate::locations::MentionKind, "snake_case" { Name, Demonym, Part }
}
published! {
    /// What befell the victims.
    CasualtyKind from crate::casualties::Kind, "snake_case" {
        Killed, Injured, Missing, Displaced, Detained, Abducted, Unspecified
    }
}
published! {
    /// How the text hedges a number.
    Qualifier from crate::casualties::Qualifier, "snake_case" { Exact, AtLeast, AtMost, About, Range, Vague }
}
published! {
    /// What kind of people.
    Category from crate::casualties::Category, "snake_case" {
        Civilian, Combatant, Police, AidWorker, Journalist, Child, Perpetrator, Mixed, Unknown
    }
}
published! {
    /// What did the harm. `other` is a known cause of no other class ("attack", "strangled").
    CauseClass from crate::casualties::CauseClass, "snake_case" {
        Explosion, Shooting, Airstrike, DroneStrike, Shelling, Stabbing, RoadAccident, AirCrash, Shipwreck, Fire,
        Flood, Earthquake, Storm, Landslide, Disease, Stampede, BuildingCollapse, Other
    }
}
published! {
    /// How sure a figure is, and of which event: `past` is an earlier event, told as background.
    Status from crate::casualties::Status, "snake_case" { Reported, Claimed, Feared, Denied, Past }
}
