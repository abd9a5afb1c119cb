//! The JSON Schema of the contract, generated from its types.

use schemars::generate::SchemaSettings;

use super::EnrichedArticle;

/// The JSON Schema (draft 2020-12) of an enriched article, as it is serialized.
#[must_use]
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<EnrichedArticle<'static>>().to_value()
}
