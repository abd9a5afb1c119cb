//! [`Enricher`]: one article through every stage.
//!
//! A pure function of the article and the artifacts: no clock, no files, no globals. Who calls it says when
//! and how long ([`Stamp`]).

use crate::article::Article;
use crate::casualties::CasualtyFinder;
use crate::enriched::{EnrichedArticle, Enrichment, Findings, assemble};
use crate::entities::{EntityFinder, Labeller};
use crate::locations::{Explained, Gazetteer, LocationFinder};
use crate::spacy;
use crate::text::{Document, LexiconError, Lexicons, language};

/// The version of this program, as it is published.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// When an article was enriched and how long that took: what the core, which has no clock, is told.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// RFC 3339 in UTC.
    pub processed_at: String,
    /// Microseconds.
    pub duration_us: u64,
}

/// Enriches articles. Shared by every thread; holds no state of any article.
#[derive(Debug)]
pub struct Enricher {
    labeller: Labeller,
    entities: EntityFinder,
    locations: LocationFinder,
    casualties: CasualtyFinder,
}

impl Enricher {
    /// Takes the artifacts and reads the lexicons. `numbers`: whether dates and numbers are entities too.
    ///
    /// # Errors
    /// Where a lexicon cannot be read.
    pub fn new(
        model: spacy::Pipeline,
        gazetteer: Gazetteer,
        lexicons: &Lexicons,
        numbers: bool,
    ) -> Result<Enricher, LexiconError> {
        Ok(Enricher {
            labeller: Labeller::new(model),
            entities: EntityFinder::new(lexicons, numbers)?,
            locations: LocationFinder::new(gazetteer, lexicons)?,
            casualties: CasualtyFinder::new(lexicons)?,
        })
    }

    /// The name and version of the model, as they are published.
    #[must_use]
    pub fn model_name(&self) -> &str {
        self.labeller.name()
    }

    /// The version of the gazetteer, as it is published.
    #[must_use]
    pub fn gazetteer_version(&self) -> &str {
        self.locations.gazetteer().version()
    }

    /// What the location stage weighs for the names of `document`.
    #[must_use]
    pub fn explain(&self, document: &mut Document<'_>) -> Vec<Explained> {
        self.labeller.label(document);
        self.locations.explain(document, &self.entities.find(document))
    }

    /// Enriches `article` and hands the result to `publish`. `stamp` is asked when all is found.
    ///
    /// An article in a language that the stages do not cover is published with empty lists.
    pub fn enrich<T>(
        &self,
        article: &Article,
        stamp: impl FnOnce() -> Stamp,
        publish: impl FnOnce(&EnrichedArticle<'_>) -> T,
    ) -> T {
        let language = article.language.as_deref().or_else(|| language::detect(&article.text));
        let mut document = Document::parse(article.title.as_deref(), &article.text);
        let findings = match language {
            Some("en") | None => self.find(&mut document, source(article)),
            Some(_) => Findings::default(),
        };
        let Stamp { processed_at, duration_us } = stamp();
        let enrichment = Enrichment {
            version: VERSION,
            model: Some(self.model_name()),
            gazetteer: self.gazetteer_version(),
            processed_at,
            duration_us,
        };
        publish(&assemble(article, language, &document, &findings, enrichment))
    }

    fn find(&self, document: &mut Document<'_>, source: Option<&str>) -> Findings {
        self.labeller.label(document);
        let document = &*document;
        let mut entities = self.entities.find(document);
        let mut locations = self.locations.find_from(document, &entities, source);
        self.locations.unite(document, &mut entities, &mut locations);
        let casualties = self.casualties.find(document, &entities, &locations);
        Findings { entities, locations, casualties }
    }
}

/// Who published `article`: what it says, or the host of its address.
fn source(article: &Article) -> Option<&str> {
    article.source.as_deref().or_else(|| {
        let (_, rest) = article.url.as_deref()?.split_once("://")?;
        rest.split(['/', ':', '?', '#']).next()
    })
}
