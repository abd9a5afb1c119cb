//! Who: mentions of people, organisations, peoples and other names, and the entities they refer to.
//!
//! The stage sees the [`Document`] and its own lexicons. It knows no coordinates: whether a name is a place
//! that exists is for `locations` to say.

mod alike;
mod beside;
mod bounds;
mod class;
mod context;
mod cuts;
pub(crate) mod dateline;
mod declared;
mod forms;
mod fronts;
mod hints;
mod initials;
mod joins;
mod labeller;
mod labels;
mod lexicon;
mod mentions;
mod names;
mod near;
mod people;
mod resolve;
mod shorter;
mod speakers;
mod tables;
mod titles;
mod variants;
mod votes;

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

impl Entity {
    /// Takes the mentions of `other`, which is the same thing under other names.
    pub(crate) fn absorb(&mut self, other: Entity) {
        self.mentions.extend(other.mentions);
        self.mentions.sort_unstable();
        self.salience += other.salience;
        for alias in std::iter::once(other.name).chain(other.aliases) {
            self.also_called(alias);
        }
    }

    /// Adds another form of the name, once.
    fn also_called(&mut self, alias: String) {
        if alias != self.name && !self.aliases.contains(&alias) && self.aliases.len() < MAX_ALIASES {
            self.aliases.push(alias);
        }
    }
}

/// Keeps the time linear where a text calls one thing by a thousand names.
const MAX_ALIASES: usize = 32;

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
/// Two steps: `mentions` collects the names, by the model's labels and by their capitals (`names`), with the titles
/// that stand around them (`titles`); `resolve` joins the mentions of one article into entities, by their `forms`.
#[derive(Debug)]
pub struct EntityFinder {
    lexicon: Lexicon,
    numbers: bool,
}

impl EntityFinder {
    /// Reads the stage's lexicons. `numbers`: whether dates, times, sums and numbers are entities too.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(lexicons: &Lexicons, numbers: bool) -> Result<EntityFinder, LexiconError> {
        Ok(EntityFinder { lexicon: Lexicon::read(lexicons)?, numbers })
    }

    /// The entities of `document`, in time linear in its length.
    #[must_use]
    pub fn find(&self, document: &Document<'_>) -> Entities {
        let mut names = names::Names::default();
        let mentions = mentions::collect(document, &mut names, &self.lexicon, self.numbers);
        resolve::resolve(document, &names, &mentions, &self.lexicon)
    }
}
