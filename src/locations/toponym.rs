//! One name of an article that may be a place, with what the text says of it.

use super::MentionKind;
use super::candidates::Candidate;
use crate::text::Mention;

/// How a name came to be taken for a place, the surer the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The entity stage could not tell what it is of.
    Untyped,
    /// It begins the name of something that may bear it for other reasons than being there.
    InsideOther,
    /// It stands where a place may, and the entity stage takes it for something else.
    Perhaps,
    /// It begins the name of a body or building of a place.
    Inside,
    /// What stands around it gives it away.
    Context,
    /// The entity stage takes it for a people.
    People,
    /// The entity stage takes it for a building.
    Building,
    /// The entity stage takes it for a place.
    Typed,
}

/// The kind of place that the text says a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generic {
    Town,
    Subdivision,
    District,
    Country,
    /// An island, a valley, a neighbourhood.
    Other,
}

/// One name of the article.
#[derive(Debug)]
pub(super) struct Toponym<'a> {
    pub(super) text: &'a str,
    pub(super) mentions: Vec<(Mention, MentionKind)>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) source: Source,
    /// The entity of the entity stage that it is.
    pub(super) entity: Option<usize>,
    /// The toponym that the text says it lies in ("X, Texas").
    pub(super) container: Option<usize>,
    /// Whether it is the first of the two: "X, Texas", not "Texas' X".
    pub(super) within: bool,
    /// Those that the text says lie in it.
    pub(super) contained: Vec<usize>,
    /// The names beside it in a list.
    pub(super) beside: [Option<usize>; 2],
    pub(super) generic: Option<Generic>,
    pub(super) in_dateline: bool,
    /// Whether a preposition of place, "the city of" or "north of" stands before a mention.
    pub(super) placed: bool,
    /// Whether it does, or stands before a list of which a mention is a later part: "the villages of A, B and C".
    pub(super) listed_placed: bool,
    /// Whether a mention speaks.
    pub(super) speaks: bool,
    /// Whether a mention is told to be a person: "Mrs. X", "X, 52,".
    pub(super) personal: bool,
    /// Whether a mention tells where somebody is from: "a Lebanon woman".
    pub(super) before_person: bool,
    /// Whether it is a word of the language: the table has it, or the article writes it in small letters too.
    pub(super) common: bool,
    /// Whether a mention stands where a capital tells something.
    pub(super) inside_sentence: bool,
    /// How much it counts with the other names.
    pub(super) weight: f32,
}
