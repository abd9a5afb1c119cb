//! [`Labeller`]: lets the model read a document.

use crate::spacy::{Pipeline, Scratches};
use crate::text::{Document, EntityType, Label, Span, TextField};

/// A model, and what its labels mean to us. Shared by every thread.
#[derive(Debug)]
pub struct Labeller {
    pipeline: Pipeline,
    /// By the pipeline's label: the type, or `None` for one that OntoNotes does not have.
    kinds: Vec<Option<EntityType>>,
    scratches: Scratches,
}

impl Labeller {
    /// Takes a model.
    #[must_use]
    pub fn new(pipeline: Pipeline) -> Labeller {
        let kinds = pipeline.labels().iter().map(|label| EntityType::named(label)).collect();
        Labeller { pipeline, kinds, scratches: Scratches::default() }
    }

    /// The model's name and version, as it is published.
    #[must_use]
    pub fn name(&self) -> &str {
        self.pipeline.name()
    }

    /// Sets the labels of both fields of `document`.
    pub fn label(&self, document: &mut Document<'_>) {
        self.scratches.with(&self.pipeline, |scratch| {
            for field in [&mut document.title, &mut document.body] {
                let TextField { text, labels, .. } = field;
                labels.clear();
                labels.extend(self.pipeline.label(text, scratch).entities.iter().filter_map(|entity| {
                    let kind = self.kinds[usize::from(entity.label)]?;
                    Some(Label { span: Span::new(entity.start as usize, entity.end as usize), kind })
                }));
            }
        });
    }
}
