//! [`Rejection`]: why a record is no article, and what to do about it.

/// Why a record is no article. Each message names the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// A null payload.
    #[error("the record has no payload (a tombstone): nothing to enrich; keep compacted topics out of the input")]
    Tombstone,
    /// A payload of no bytes, or of white space alone.
    #[error("the payload is empty: expected a JSON object or a JSON string")]
    EmptyPayload,
    /// A payload of more bytes than the limit.
    #[error("the payload has {bytes} bytes, more than max_bytes = {max_bytes}: raise the limit or shorten the article")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// What it may have.
        max_bytes: usize,
    },
    /// A payload that is not encoded in UTF-8.
    #[error("the payload is not UTF-8: byte {offset} (0x{byte:02x}) fits no character; encode it in UTF-8")]
    NotUtf8 {
        /// How many of its bytes are sound.
        offset: usize,
        /// The first that is not.
        byte: u8,
    },
    /// A payload that nests objects and arrays more deeply than the limit.
    #[error("the payload nests more than max_depth = {max_depth} levels: raise the limit or flatten the object")]
    TooDeep {
        /// How many levels it may have.
        max_depth: usize,
    },
    /// A payload that is no JSON.
    #[error("the payload is not JSON at line {line}, column {column}: {message}; send a JSON object or string")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// What the parser expected.
        message: String,
    },
    /// JSON that is neither an object nor a string.
    #[error("the payload is {found}: expected a JSON object or a JSON string, one article a record")]
    WrongShape {
        /// What it is, such as "an array".
        found: &'static str,
    },
    /// An object without fields.
    #[error("the object is empty: expected an article with a text")]
    EmptyObject,
    /// An object without any of the fields that may carry the text.
    #[error("the object has no text: looked for {looked_for}; name its field in [article] text")]
    NoText {
        /// The names and pointers that were looked for.
        looked_for: String,
    },
    /// An object whose text is something else than a string.
    #[error("the text in {field} is {found}: expected a string; name the field that holds it in [article] text")]
    TextNotString {
        /// The name or pointer that the text was found by.
        field: String,
        /// What it is, such as "an object".
        found: &'static str,
    },
    /// A text of which nothing is left without markup, white space and control characters.
    #[error("the text in {field} is blank: nothing is left without markup, white space and control characters")]
    BlankText {
        /// The name or pointer that the text was found by; "the payload" for a bare string.
        field: String,
    },
    /// A clean text that is longer than the limit.
    #[error(
        "the text has {chars} characters, more than max_text_chars = {max_text_chars}: raise the limit or split it"
    )]
    TextTooLong {
        /// Unicode scalar values it has.
        chars: usize,
        /// Unicode scalar values it may have.
        max_text_chars: usize,
    },
}

impl Rejection {
    /// A short, stable code for headers, logs and metrics, such as `tombstone`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Rejection::Tombstone => "tombstone",
            Rejection::EmptyPayload => "empty_payload",
            Rejection::TooLarge { .. } => "too_large",
            Rejection::NotUtf8 { .. } => "not_utf8",
            Rejection::TooDeep { .. } => "too_deep",
            Rejection::NotJson { .. } => "not_json",
            Rejection::WrongShape { .. } => "wrong_shape",
            Rejection::EmptyObject => "empty_object",
            Rejection::NoText { .. } => "no_text",
            Rejection::TextNotString { .. } => "text_not_string",
            Rejection::BlankText { .. } => "blank_text",
            Rejection::TextTooLong { .. } => "text_too_long",
        }
    }
}
