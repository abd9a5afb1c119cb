//! What the stage weighs, laid open: for learning its weights and for seeing why a place was chosen.

use super::LocationFinder;
use super::features::FEATURES;
use super::{Coordinates, MentionKind, accept, disambiguate, recognise, toponyms};
use crate::entities::Entities;
use crate::text::{Document, Mention};

/// A name, and the places that were weighed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Its mentions.
    pub mentions: Vec<(Mention, MentionKind)>,
    /// How it came to be taken for a place: "Typed", "Untyped", "Inside", …
    pub source: String,
    /// The place that is published, by its index in `candidates`.
    pub chosen: Option<usize>,
    /// The places that bear it.
    pub candidates: Vec<ExplainedCandidate>,
}

/// A place, and what spoke for it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedCandidate {
    /// GeoNames' id.
    pub geonames_id: Option<u32>,
    /// Its point.
    pub coordinates: Coordinates,
    /// GeoNames' feature code.
    pub feature_code: String,
    /// Its probability.
    pub share: f32,
    /// Its features, in the order of [`LocationFinder::features`].
    pub features: Vec<f32>,
}

impl LocationFinder {
    /// The names of the features.
    #[must_use]
    pub fn features() -> &'static [&'static str] {
        &FEATURES
    }

    /// What [`LocationFinder::find`] weighs.
    #[must_use]
    pub fn explain(&self, document: &Document<'_>, entities: &Entities) -> Vec<Explained> {
        let names = recognise::names(document, entities, &self.gazetteer, &self.words);
        let toponyms = toponyms::collect(document, &names, entities, &self.gazetteer, &self.words);
        let beliefs = disambiguate::resolve(&toponyms, &self.model, None, &self.cues.of(document), true);
        let explained = toponyms.iter().zip(&beliefs).map(|(toponym, belief)| Explained {
            mentions: toponym.mentions.clone(),
            source: format!("{:?}", toponym.source),
            chosen: accept::choice(toponym, belief).map(|(index, _)| index),
            candidates: toponym
                .candidates
                .iter()
                .zip(belief.shares.iter().zip(&belief.features))
                .map(|(candidate, (&share, features))| {
                    let place = self.gazetteer.place(candidate.place);
                    ExplainedCandidate {
                        geonames_id: place.geonames_id,
                        coordinates: place.coordinates,
                        feature_code: place.feature_code.to_owned(),
                        share,
                        features: features.to_vec(),
                    }
                })
                .collect(),
        });
        explained.collect()
    }
}
