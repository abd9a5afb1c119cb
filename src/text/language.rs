//! Which language a text is in.

/// The ISO 639-1 code of the language that `text` is most likely in; `None` where the text does not tell.
#[must_use]
pub fn detect(text: &str) -> Option<&'static str> {
    let _ = text;
    None
}
