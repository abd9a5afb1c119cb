//! The two hashes that a spaCy pipeline is written against: MurmurHash64A for strings, MurmurHash3 for rows.
//!
//! Both are by Austin Appleby (public domain). A string's identifier is its MurmurHash64A with seed 1, save
//! for the empty string (0) and spaCy's symbols, which keep their numbers.

use super::symbols::SYMBOLS;

/// The identifier that spaCy's string store gives to `text`.
pub(super) fn string_id(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    match SYMBOLS.binary_search_by(|(name, _)| (*name).cmp(text)) {
        Ok(found) => u64::from(SYMBOLS[found].1),
        Err(_) => murmur64a(text.as_bytes(), 1),
    }
}

/// MurmurHash64A of `bytes`.
pub(super) fn murmur64a(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let mut k = u64::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> R;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0u64, |tail, &byte| tail << 8 | u64::from(byte));
        hash = (hash ^ tail).wrapping_mul(M);
    }
    hash ^= hash >> R;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> R)
}

/// The four keys of a hash embedding for `id`: MurmurHash3 (x64, 128 bits) of its eight bytes, as thinc takes it.
pub(super) fn embedding_keys(id: u64, seed: u32) -> [u32; 4] {
    let finish = |mut h: u64| {
        h ^= h >> 33;
        h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^= h >> 33;
        h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        h ^ (h >> 33)
    };
    let seed = u64::from(seed);
    let mixed = id.wrapping_mul(0x87c3_7b91_1142_53d5).rotate_left(31).wrapping_mul(0x4cf5_ad43_2745_937f);
    let mut h1 = mixed ^ seed ^ 8;
    let mut h2 = seed ^ 8;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finish(h1);
    h2 = finish(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    [h1 as u32, (h1 >> 32) as u32, h2 as u32, (h2 >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: `spacy.strings.hash_string`, `nlp.vocab.strings[...]`, `NumpyOps().hash`.
    #[test]
    fn strings_hash_as_in_spacy() {
        assert_eq!(string_id("coffee"), 3_197_928_453_018_144_401);
        assert_eq!(string_id("GPE"), 384);
        assert_eq!(string_id("X"), 101);
        assert_eq!(string_id(""), 0);
    }

    #[test]
    fn symbols_are_sorted() {
        assert!(SYMBOLS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
