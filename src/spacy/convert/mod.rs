//! From a spaCy pipeline directory to an artifact, without Python.
//!
//! What can be computed once is: static vectors are projected to the embedding's width, exceptions and norms
//! are hashed, weights are laid out as the kernel reads them. Layers that this runtime does not know are errors
//! that name the component and the layer.

mod config;
pub(super) mod msgpack;
mod network;
mod pack;
mod thinc;
mod vocab;

use std::io;

use self::config::Config;
use super::artifact::Writer;
use super::spec::Manifest;

/// Why a pipeline cannot be converted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// A file of the pipeline cannot be read.
    #[error("pipeline file {file}: {source}")]
    Read {
        /// The file, relative to the pipeline's directory.
        file: String,
        /// The error of the system.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("pipeline file {file} {message}")]
    File {
        /// The file, relative to the pipeline's directory.
        file: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A file is no valid MessagePack.
    #[error("messagepack: {what} at byte {at}")]
    MessagePack {
        /// What is wrong.
        what: &'static str,
        /// Where in the file.
        at: usize,
    },
    /// The configuration lacks a setting or holds one that cannot be used.
    #[error("config.cfg: {path} {message}")]
    Config {
        /// The setting.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// The pipeline uses something that this runtime does not implement.
    #[error("component {component}: {what} is not supported{hint}")]
    Unsupported {
        /// The pipeline's component.
        component: String,
        /// The layer, setting or rule.
        what: String,
        /// What to do about it, after a semicolon; may be empty.
        hint: String,
    },
    /// The model's layers are not those that the configuration calls for.
    #[error("component {component}: layer {layer} is {found}, the configuration calls for {expected}")]
    Layer {
        /// The pipeline's component.
        component: String,
        /// The layer's position in breadth-first order.
        layer: usize,
        /// The layer found.
        found: String,
        /// The layer expected.
        expected: String,
    },
    /// A layer's parameter is unusable.
    #[error("component {component}: parameter {parameter} of {layer} {message}")]
    Parameter {
        /// The pipeline's component.
        component: String,
        /// The layer's role.
        layer: String,
        /// The parameter's name.
        parameter: String,
        /// What is wrong with it.
        message: String,
    },
}

/// Converts the pipeline whose files `read` returns, given their path below the pipeline's directory with
/// `/` between its parts; gives the bytes of the artifact. `origin` is kept in it as it is, for [`Pipeline::origin`].
///
/// [`Pipeline::origin`]: super::Pipeline::origin
///
/// # Errors
/// Where a file is missing or damaged, or the pipeline holds something that the runtime does not implement.
pub fn convert(read: impl Fn(&str) -> io::Result<Vec<u8>>, origin: &str) -> Result<Vec<u8>, ConvertError> {
    let read = |file: &str| read(file).map_err(|source| ConvertError::Read { file: file.to_owned(), source });
    let text = |file: &'static str| {
        let text = String::from_utf8(read(file)?);
        text.map_err(|_| ConvertError::File { file, message: "is not UTF-8".to_owned() })
    };
    let config = Config::parse(&text("config.cfg")?);
    let meta: serde_json::Value = serde_json::from_str(&text("meta.json")?)
        .map_err(|e| ConvertError::File { file: "meta.json", message: format!("is no JSON: {e}") })?;
    let field = |key: &str| meta.get(key).and_then(serde_json::Value::as_str).unwrap_or("unknown");
    let name = format!("{}_{}-{}", field("lang"), field("name"), field("version"));

    let tokenizer = config.get("nlp.tokenizer.@tokenizers").and_then(serde_json::Value::as_str);
    if tokenizer != Some("spacy.Tokenizer.v1") {
        return Err(ConvertError::Unsupported {
            component: "tokenizer".to_owned(),
            what: tokenizer.unwrap_or("a tokenizer without a name").to_owned(),
            hint: String::new(),
        });
    }
    let rules = vocab::tokenizer(&read("tokenizer")?)?;
    super::tokenizer::Tokenizer::new(&rules).map_err(|error| ConvertError::Unsupported {
        component: "tokenizer".to_owned(),
        what: error.to_string(),
        hint: String::new(),
    })?;
    let norms = read("vocab/lookups.bin").map_or(Ok(Vec::new()), |lookups| vocab::norms(&lookups))?;

    let mut writer = Writer::new();
    let (embed, encode, ner) = network::convert(&config, &read, &mut writer)?;
    let (words, values): (Vec<u64>, Vec<u64>) = norms.into_iter().unzip();
    let manifest = Manifest {
        name,
        origin: origin.to_owned(),
        rules,
        norm_words: writer.tensor(&words),
        norm_values: writer.tensor(&values),
        embed,
        encode,
        ner,
    };
    writer.finish(&manifest).map_err(|e| ConvertError::File { file: "meta.json", message: e.to_string() })
}
