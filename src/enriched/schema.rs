//! The JSON Schema of the contract, generated from its types.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::EnrichedArticle;

/// The JSON Schema (draft 2020-12) of an enriched article, as it is serialized.
///
/// It takes fields that it does not know: a later minor version adds some, and who checks against this one
/// must go on.
#[must_use]
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut body = generator.into_root_schema_for::<EnrichedArticle<'static>>().to_value();
    // What a person looks for first comes first.
    let mut schema = Map::new();
    for key in ["$schema", "title", "description"] {
        if let Some(value) = body.as_object_mut().and_then(|body| body.shift_remove(key)) {
            schema.insert(key.to_owned(), value);
        }
    }
    schema.extend(body.as_object().cloned().unwrap_or_default());
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema as the repository publishes it.
    const PUBLISHED: &str = include_str!("../../schema/enriched-article-1.0.json");

    #[test]
    fn the_published_schema_is_the_types_own() {
        let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        assert!(
            generated == PUBLISHED,
            "run `dateline schema > schema/enriched-article-1.0.json` and review the change"
        );
    }

    #[test]
    fn the_file_bears_the_version_of_the_contract() {
        let schema: Value = serde_json::from_str(PUBLISHED).unwrap();
        let pattern = schema["properties"]["schema_version"]["pattern"].as_str().unwrap();
        let (major, minor) = super::super::SCHEMA_VERSION.split_once('.').unwrap();
        assert_eq!((pattern, minor), (format!(r"^{major}\.[0-9]+$").as_str(), "0"), "rename the file with the version");
    }

    #[test]
    fn every_field_is_described_and_always_there() {
        let schema = schema();
        let definitions = schema["$defs"].as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value));
        for (name, definition) in definitions.chain([("EnrichedArticle", &schema)]) {
            assert!(definition["description"].is_string(), "{name} has no description");
            let Some(fields) = definition["properties"].as_object() else { continue };
            let required = definition["required"].as_array().unwrap();
            for (field, value) in fields {
                assert!(value["description"].is_string(), "{name}.{field} has no description");
                let always = required.iter().any(|r| r == field) || field == "extra";
                assert!(always, "{name}.{field} may be absent: publish null instead");
            }
        }
    }
}
