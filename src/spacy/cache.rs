//! A bounded cache from chunks of text to their tokens.

use xxhash_rust::xxh3::xxh3_64;

/// One token of a cached chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct CachedPart {
    pub(super) bytes: u32,
    pub(super) word: u32,
}

#[derive(Debug)]
struct Entry {
    key: u64,
    text: (u32, u32),
    parts: (u32, u32),
}

/// The cache: open addressing over entries that lie in two arenas. It is emptied as a whole when full.
#[derive(Debug)]
pub(super) struct Chunks {
    slots: Vec<u32>,
    entries: Vec<Entry>,
    texts: Vec<u8>,
    parts: Vec<CachedPart>,
    capacity: usize,
}

/// Longer chunks are not worth their room.
const MAX_CACHED_BYTES: usize = 64;

impl Chunks {
    /// A cache of at most `capacity` chunks, a power of two.
    pub(super) fn new(capacity: usize) -> Chunks {
        let capacity = capacity.next_power_of_two();
        Chunks { slots: vec![0; capacity * 2], entries: Vec::new(), texts: Vec::new(), parts: Vec::new(), capacity }
    }

    pub(super) fn key(chunk: &str) -> u64 {
        xxh3_64(chunk.as_bytes())
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= self.capacity
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(0);
        self.entries.clear();
        self.texts.clear();
        self.parts.clear();
    }

    pub(super) fn get(&self, key: u64, chunk: &str) -> Option<&[CachedPart]> {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        while let Some(index) = self.slots[slot].checked_sub(1) {
            let entry = &self.entries[index as usize];
            let (from, to) = entry.text;
            if entry.key == key && &self.texts[from as usize..to as usize] == chunk.as_bytes() {
                return Some(&self.parts[entry.parts.0 as usize..entry.parts.1 as usize]);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// Adds `chunk`, which is not in the cache, unless it is long or the cache is full.
    pub(super) fn insert(&mut self, key: u64, chunk: &str, parts: &[CachedPart]) {
        if chunk.len() > MAX_CACHED_BYTES || self.is_full() {
            return;
        }
        let text = self.texts.len() as u32;
        let first = self.parts.len() as u32;
        self.texts.extend_from_slice(chunk.as_bytes());
        self.parts.extend_from_slice(parts);
        self.entries.push(Entry {
            key,
            text: (text, self.texts.len() as u32),
            parts: (first, self.parts.len() as u32),
        });
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = self.entries.len() as u32;
    }
}
