//! From bytes, which the program counts in, to Unicode scalar values, which it publishes.

/// The distance in bytes between two positions whose scalar count is kept: a query counts at most this far.
const STRIDE: usize = 64;

/// Converts byte offsets of one text to offsets in Unicode scalar values.
#[derive(Debug)]
pub struct Offsets<'a> {
    bytes: &'a [u8],
    /// The scalar values that start before byte `STRIDE * i`; `None` for ASCII, where the two counts agree.
    checkpoints: Option<Vec<u32>>,
}

impl<'a> Offsets<'a> {
    /// Prepares the conversion for `text`, in time linear in its length.
    #[must_use]
    pub fn new(text: &'a str) -> Offsets<'a> {
        let bytes = text.as_bytes();
        let checkpoints = (!text.is_ascii()).then(|| {
            let mut count = 0;
            let mut before = |block| {
                let before = count;
                count += starts(block);
                before
            };
            bytes.chunks(STRIDE).map(&mut before).collect()
        });
        Offsets { bytes, checkpoints }
    }

    /// The number of Unicode scalar values before byte `offset`, which is a character boundary; an offset
    /// past the end counts as the end.
    #[must_use]
    pub fn scalars(&self, offset: u32) -> u32 {
        let offset = (offset as usize).min(self.bytes.len());
        match &self.checkpoints {
            None => offset as u32,
            Some(checkpoints) => {
                // The end of a text that fills its last block has no checkpoint of its own.
                let block = (offset / STRIDE).min(checkpoints.len() - 1);
                checkpoints[block] + starts(&self.bytes[block * STRIDE..offset])
            }
        }
    }
}

/// The number of bytes that start a character.
fn starts(bytes: &[u8]) -> u32 {
    // A continuation byte is 10xxxxxx: below -64 as a signed number.
    bytes.iter().map(|&byte| u32::from((byte as i8) >= -64)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_counts_as_chars_do() {
        let repeated = "Kraków – 12 людей 🚑 ".repeat(20);
        let exact = "é".repeat(STRIDE);
        for text in ["", "plain", "é", repeated.as_str(), exact.as_str()] {
            let offsets = Offsets::new(text);
            for (count, (at, _)) in text.char_indices().enumerate() {
                assert_eq!(offsets.scalars(at as u32), count as u32, "{text:?} at {at}");
            }
            assert_eq!(offsets.scalars(text.len() as u32), text.chars().count() as u32);
        }
    }
}
