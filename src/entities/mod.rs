//! Who: mentions of people, organisations, peoples and other names, and the entities they refer to.
//!
//! The stage sees the [`Document`] and its own lexicons. It knows no coordinates: whether a name is a place
//! that exists is for `locations` to say.

pub(crate) mod dateline;
mod labeller;
mod labels;
mod lexicon;
mod names;
mod recognise;
mod resolve;

pub use labeller::Labeller;
use lexicon::Lexicon;

pub use crate::text::EntityType;
use crate::text::{Document, LexiconError, Lexicons, Mention};

/// Somebody or something that the article names.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// The canonical name: the fullest form in the article.
    pub name: String,
    /// Its type, one for the whole article.
    pub kind: EntityType,
    /// A person's title or role ("US Secretary of State").
    pub title: Option<String>,
    /// Other forms of the name in the article.
    pub aliases: Vec<String>,
    /// How much the article is about it, 0..1; all entities of an article sum to at most 1.
    pub salience: f32,
    /// Every mention, in order of field and position. Mentions of one field never overlap.
    pub mentions: Vec<Mention>,
}

/// A name whose type the entity stage cannot tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UntypedName {
    /// Where it stands.
    pub mention: Mention,
    /// Its share of the article's names, weighed as an entity's mentions are: what it adds to the salience of
    /// whatever it turns out to be.
    pub salience: f32,
}

/// What the entity stage hands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entities {
    /// The entities, in order of first mention.
    pub entities: Vec<Entity>,
    /// Names whose type the stage cannot tell, for `locations` to try: in order, overlapping no mention of
    /// an entity.
    pub untyped: Vec<UntypedName>,
}

/// Finds entities.
///
/// Three steps, each in its file: `names` collects what is capitalised like a name, `recognise` tells by the
/// words in and around it what it is a name of, `resolve` joins the mentions of one article into entities.
/// Only the first two would be replaced by a model that labels text.
#[derive(Debug)]
pub struct EntityFinder {
    lexicon: Lexicon,
}

impl EntityFinder {
    /// Reads the stage's lexicons.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(lexicons: &Lexicons) -> Result<EntityFinder, LexiconError> {
        Ok(EntityFinder { lexicon: Lexicon::read(lexicons)? })
    }

    /// The entities of `document`, in time linear in its length.
    #[must_use]
    pub fn find(&self, document: &Document<'_>) -> Entities {
        let names = names::Names::collect(document, &self.lexicon);
        let recognised = recognise::recognise(document, &names, &self.lexicon);
        let recognised = labels::join(document, recognised, &self.lexicon);
        resolve::resolve(document, &names, &recognised, &self.lexicon)
    }
}
