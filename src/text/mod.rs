//! Text and positions in it: spans, tokens, sentences, the parsed document.
//!
//! The text of an article is parsed once, here; every later stage queries the [`Document`]. Positions
//! inside the program count bytes; [`offsets`] turns them into the Unicode scalar values that are published.
//! A model's labels are part of the parsed text; what entities, places and casualties follow from it is not known here.

mod abbreviations;
pub mod document;
pub mod label;
pub mod language;
pub mod lexicon;
pub mod offsets;
pub mod sentence;
pub mod span;
pub mod token;

pub use document::{Document, Field, Mention, TextField};
pub use label::{EntityType, Label};
pub use lexicon::{LexiconError, Lexicons};
pub use span::Span;
pub use token::{Token, TokenKind};
