//! How many: the casualty figures that an article reports, and one total a kind.
//!
//! A sentence without a word of harm costs one table look-up a token. Of the others:
//!
//! ```text
//! numbers ─▶ victims ─┐
//!                     ├─▶ frames ─▶ figures ─▶ totals
//! events of harm ─────┘    (who       (status, source,
//!                           by what)   cause, place)
//! ```

mod attribution;
mod causes;
mod counts;
mod events;
mod figures;
mod frames;
mod groups;
mod lexicon;
mod lexicon_files;
mod nouns;
mod numbers;
mod phrases;
mod places;
mod rows;
mod running;
mod sentence;
mod sightings;
mod status;
mod subjects;
#[cfg(test)]
mod testing;
mod totals;
mod victims;
mod word_table;

use serde::Deserialize;

use figures::Context;
use lexicon::Lexicon;
use places::Places;
use sentence::Sentence;

use crate::entities::Entities;
use crate::locations::Locations;
use crate::text::{Document, LexiconError, Lexicons, Mention, Span};

/// What befell the victims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Killed,
    Injured,
    Missing,
    Displaced,
    Detained,
    Abducted,
    /// "Casualties", "losses": the text does not say which.
    Unspecified,
}

/// How a text hedges a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Qualifier {
    Exact,
    AtLeast,
    AtMost,
    About,
    Range,
    /// "Dozens", "several": valued by the table in `config/numbers.toml` (ACLED's codebook).
    Vague,
}

/// A number of people as the text gives it. `low` ≤ `high`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The fewest.
    pub low: u64,
    /// The most; `None` where the text sets no upper bound.
    pub high: Option<u64>,
    /// The hedge.
    pub qualifier: Qualifier,
    /// Where the number stands, hedge included; in the figure's field.
    pub span: Span,
}

/// What kind of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Category {
    Civilian,
    Combatant,
    Police,
    AidWorker,
    Journalist,
    Child,
    Perpetrator,
    Mixed,
    Unknown,
}

/// What did the harm, as a closed class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum CauseClass {
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

/// How sure a figure is, and of which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Reported,
    Claimed,
    Feared,
    Denied,
    /// An earlier event, told as background.
    Past,
}

/// The people that a figure counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Victims {
    /// The words for them, in the figure's field; `None` where the text names none.
    pub span: Option<Span>,
    /// Their kind.
    pub category: Category,
    /// ISO 3166-1 alpha-2 codes of their countries.
    pub nationality: Vec<String>,
}

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The words for the source, in the figure's field.
    pub span: Span,
    /// The index in [`Entities::entities`] of the source.
    pub entity: Option<usize>,
}

/// One casualty figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What befell them.
    pub kind: Kind,
    /// How many; `None` where the text gives no number.
    pub count: Option<Count>,
    /// Who they are.
    pub victims: Victims,
    /// The index of the figure that this one is already counted in.
    pub part_of: Option<usize>,
    /// How sure, and of which event.
    pub status: Status,
    /// Who says so.
    pub attribution: Option<Attribution>,
    /// The words for what did it, in the figure's field.
    pub cause: Option<Span>,
    /// The class of what did it; told by the word of harm where no other word tells it ("shot dead").
    pub cause_class: Option<CauseClass>,
    /// The index in [`Locations::locations`] of where.
    pub location: Option<usize>,
    /// Where the figure stands: from the number or the victims to the word of harm.
    pub mention: Mention,
    /// The index of its sentence in its field.
    pub sentence: usize,
}

/// One kind's total: `low` ≤ `best` ≤ `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The best single estimate.
    pub best: u64,
    /// The fewest.
    pub low: u64,
    /// The most; `None` where the text sets no upper bound.
    pub high: Option<u64>,
}

/// What the casualty stage hands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Casualties {
    /// Every figure, in order of field and position.
    pub figures: Vec<Figure>,
    /// One total for each kind that a current figure reports.
    pub totals: std::collections::BTreeMap<Kind, Total>,
}

/// Finds casualty figures.
#[derive(Debug)]
pub struct CasualtyFinder {
    lexicon: Lexicon,
}

impl CasualtyFinder {
    /// Reads the stage's lexicons.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(lexicons: &Lexicons) -> Result<CasualtyFinder, LexiconError> {
        Ok(CasualtyFinder { lexicon: Lexicon::read(lexicons)? })
    }

    /// The figures of `document`.
    #[must_use]
    pub fn find(&self, document: &Document<'_>, entities: &Entities, locations: &Locations) -> Casualties {
        let places = Places::new(entities, locations);
        let context = Context { lexicon: &self.lexicon, locations, places: &places };
        let mut findings = Vec::new();
        let mut entries = Vec::new();
        for (field, text) in document.fields() {
            for (index, range) in text.sentences.iter().enumerate() {
                let tokens = &text.tokens[range.start as usize..range.end as usize];
                entries.clear();
                entries.extend(tokens.iter().map(|token| self.lexicon.entry(token.span.of(text.text))));
                if entries.iter().any(|entry| entry.classes & lexicon::class::HARM_START != 0) {
                    let sentence =
                        Sentence { field, index, text: text.text, tokens, entries: &entries, labels: &text.labels };
                    figures::find(&context, &sentence, &mut findings);
                }
            }
        }
        running::settle(&mut findings);
        places.inherit(locations, &mut findings);
        let totals = totals::totals(&findings);
        Casualties { figures: findings.into_iter().map(|finding| finding.figure).collect(), totals }
    }
}
