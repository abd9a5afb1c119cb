//! A native runtime for spaCy 3 pipelines with a convolutional encoder: the same tokens and the same entities,
//! without Python, many times as fast.
//!
//! ```text
//! pipeline directory ── convert ─▶ artifact ── Pipeline::open ─▶ Pipeline ── label ─▶ tokens, entities
//!
//! text ─▶ tokenizer ─▶ words ─▶ embedding ─▶ encoder ─▶ transition system ─▶ entities
//!         (rules)      (cached)  (cached)     (blocks of tokens)
//! ```
//!
//! [`convert()`] turns a pipeline's files into one artifact, once; [`Pipeline`] labels texts with it. The module
//! imports nothing from the rest of the crate and knows no files: it is given bytes and text. Offsets are bytes.
//!
//! Supported: spaCy's rule-based tokenizer; `MultiHashEmbed`, `CharacterEmbed` and `HashEmbedCNN` with and
//! without static vectors, `MaxoutWindowEncoder` and `MishWindowEncoder` of any size, shared `tok2vec` components;
//! `TransitionBasedParser.v2` for `ner`, greedy; and `dateline.RecallTok2Vec.v1`, an encoder of our own that recalls what the
//! rest of a text says of a word. The layers are described by Honnibal et al. in spaCy's and
//! thinc's documentation; hash embeddings in Miranda et al., "Multi hash embeddings in spaCy" (2022).

mod artifact;
mod cache;
mod convert;
mod embed;
mod encode;
mod first;
mod hash;
mod kernel;
mod lexeme;
mod ner;
mod pattern;
mod pipeline;
mod recall;
mod rules;
mod scratches;
mod spec;
mod symbols;
mod tokenizer;
mod unicode;
mod unicode_tables;

pub use artifact::{AlignedBytes, ArtifactError};
pub use convert::{ConvertError, convert};
pub use pipeline::{Entity, Labelled, Pipeline, Scratch, Token};
pub use scratches::Scratches;
