//! From bytes, which the program counts in, to Unicode scalar values, which it publishes.

/// Converts byte offsets of one text to offsets in Unicode scalar values.
#[derive(Debug)]
pub struct Offsets<'a> {
    text: &'a str,
}

impl<'a> Offsets<'a> {
    /// Prepares the conversion for `text`, in time linear in its length.
    #[must_use]
    pub fn new(text: &'a str) -> Offsets<'a> {
        Offsets { text }
    }

    /// The number of Unicode scalar values before byte `offset`, which is a character boundary.
    #[must_use]
    pub fn scalars(&self, offset: u32) -> u32 {
        self.text[..offset as usize].chars().count() as u32
    }
}
