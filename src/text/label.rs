//! [`Label`]: a span that a model gave a type, and the types.

use super::Span;

/// The entity types of OntoNotes 5 (Weischedel et al. 2013), which spaCy's English pipelines give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityType {
    /// People, fictional ones too.
    Person,
    /// Nationalities, religious and political groups.
    Norp,
    /// Buildings, airports, highways, bridges.
    Fac,
    /// Companies, agencies, institutions, teams.
    Org,
    /// Countries, cities, states.
    Gpe,
    /// Other places: ranges, seas, regions.
    Loc,
    /// Objects, vehicles, foods; not services.
    Product,
    /// Named wars, storms, sports events.
    Event,
    /// Titles of books and songs.
    WorkOfArt,
    /// Named documents made into law.
    Law,
    /// Languages.
    Language,
    /// Dates and periods.
    Date,
    /// Times shorter than a day.
    Time,
    /// Percentages.
    Percent,
    /// Sums of money.
    Money,
    /// Measurements.
    Quantity,
    /// "First", "second".
    Ordinal,
    /// Numbers that are none of the above.
    Cardinal,
}

impl EntityType {
    /// Every type with its name in OntoNotes, as models write it.
    pub const NAMES: [(&str, EntityType); 18] = [
        ("PERSON", EntityType::Person),
        ("NORP", EntityType::Norp),
        ("FAC", EntityType::Fac),
        ("ORG", EntityType::Org),
        ("GPE", EntityType::Gpe),
        ("LOC", EntityType::Loc),
        ("PRODUCT", EntityType::Product),
        ("EVENT", EntityType::Event),
        ("WORK_OF_ART", EntityType::WorkOfArt),
        ("LAW", EntityType::Law),
        ("LANGUAGE", EntityType::Language),
        ("DATE", EntityType::Date),
        ("TIME", EntityType::Time),
        ("PERCENT", EntityType::Percent),
        ("MONEY", EntityType::Money),
        ("QUANTITY", EntityType::Quantity),
        ("ORDINAL", EntityType::Ordinal),
        ("CARDINAL", EntityType::Cardinal),
    ];

    /// The type that a model's label names; `None` for a label that is not OntoNotes'.
    #[must_use]
    pub fn named(label: &str) -> Option<EntityType> {
        EntityType::NAMES.iter().find(|(name, _)| *name == label).map(|&(_, kind)| kind)
    }

    /// Whether it is a type of places.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, EntityType::Gpe | EntityType::Loc | EntityType::Fac)
    }

    /// Whether it is the type of names, rather than of dates and numbers.
    #[must_use]
    pub fn is_name(self) -> bool {
        self <= EntityType::Language
    }
}

/// A span that a model labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Where it stands, in bytes.
    pub span: Span,
    /// Its type.
    pub kind: EntityType,
}
