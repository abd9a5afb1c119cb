//! Words and their embeddings: each word is embedded once and kept while there is room.

use pulp::Arch;
use rustc_hash::FxHashMap;

use super::artifact::Bytes;
use super::first::FirstLayer;
use super::hash::{embedding_keys, string_id};
use super::kernel::{Apply, Dense, Norm};
use super::lexeme::{Attribute, Lexeme, Norms};
use super::spec::{Activation, EmbedSpec, InputSpec, padded};
use super::unicode::is_space;

/// Words are embedded so many at a time.
const BATCH: usize = 64;
/// Rows of a hash embedding that make up one value.
const KEYS: usize = 4;
const NO_ROW: u32 = u32::MAX;

/// What is kept of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) orth: u64,
    norm: Option<u64>,
    pub(super) is_space: bool,
    pub(super) starts_phrase: bool,
    /// Of a word that begins with a capital: the first word of its text and norm, which is another one where a tokenizer
    /// exception says the same norm that the word has anyway.
    pub(super) named: Option<u32>,
    /// The index of the same word followed by a space; 0 where that was not asked for yet.
    spaced: u32,
    first: InFirst,
}

/// What is kept of a word's part in the encoder's first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InFirst {
    /// Nothing: the word was not met.
    New,
    /// Nothing: the word was met once, or there was no room.
    Met,
    /// Its sums, in this row.
    Kept(u32),
}

/// The words that were seen, and their embeddings.
#[derive(Debug, Default)]
pub(super) struct Words {
    index: FxHashMap<(u64, u64, bool), u32>,
    /// By text and norm: the first of the words that begin with a capital.
    named: FxHashMap<(u64, u64), u32>,
    words: Vec<Word>,
    /// Rows of tables for the words that are not embedded yet.
    pending: Vec<u32>,
    /// One row a word, for the words that are.
    rows: Vec<f32>,
    ready: usize,
    inputs: Vec<f32>,
    /// Words that were met again and have a row of `sums` to come, in the order of these rows.
    frequent: Vec<u32>,
    /// What words that were met again add to the encoder's first layer: one row a word.
    sums: Vec<f32>,
}

impl Words {
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn clear(&mut self) {
        self.index.clear();
        self.named.clear();
        self.words.clear();
        self.pending.clear();
        self.rows.clear();
        self.frequent.clear();
        self.sums.clear();
        self.ready = 0;
    }

    /// Notes that a token of a text is the word at `index`. A word that is met again is worth keeping its part in the
    /// encoder's first layer: half of a newspaper's words come once, and would fill the `room` there is.
    pub(super) fn meet(&mut self, index: u32, room: usize) {
        let first = &mut self.words[index as usize].first;
        match *first {
            InFirst::New => *first = InFirst::Met,
            InFirst::Met if self.frequent.len() < room => {
                *first = InFirst::Kept(self.frequent.len() as u32);
                self.frequent.push(index);
            }
            InFirst::Met | InFirst::Kept(_) => {}
        }
    }

    pub(super) fn word(&self, index: u32) -> &Word {
        &self.words[index as usize]
    }
}

/// The embedding layer of a pipeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Embedding<'a> {
    pub(super) spec: &'a EmbedSpec,
    pub(super) bytes: &'a Bytes,
    pub(super) norms: Norms<'a>,
}

impl<'a> Embedding<'a> {
    /// Whether an attribute depends on the space after a token.
    pub(super) fn sees_spaces(&self) -> bool {
        self.spec.inputs.iter().any(|input| matches!(input, InputSpec::Hash { attribute: Attribute::Spacy, .. }))
    }

    /// The index of a word, which is added where it is new.
    pub(super) fn intern(
        &self,
        words: &mut Words,
        text: &str,
        norm: Option<u64>,
        starts_phrase: impl Fn(u64) -> bool,
    ) -> u32 {
        self.add(words, Lexeme { text, norm, space_after: false }, string_id(text), &starts_phrase)
    }

    /// The word at `index`, whose text is `text`, as it is before a space.
    pub(super) fn before_space(&self, words: &mut Words, index: u32, text: &str) -> u32 {
        let Word { orth, norm, starts_phrase, spaced, .. } = words.words[index as usize];
        if spaced > 0 {
            return spaced;
        }
        let spaced = self.add(words, Lexeme { text, norm, space_after: true }, orth, &|_| starts_phrase);
        words.words[index as usize].spaced = spaced;
        spaced
    }

    fn add(&self, words: &mut Words, lexeme: Lexeme<'_>, orth: u64, starts_phrase: &impl Fn(u64) -> bool) -> u32 {
        let key = (orth, lexeme.norm.unwrap_or(0), lexeme.space_after);
        if let Some(&known) = words.index.get(&key) {
            return known;
        }
        let index = words.words.len() as u32;
        words.index.insert(key, index);
        let is_named = lexeme.text.chars().next().is_some_and(char::is_uppercase);
        let norm = || Attribute::Norm.value(lexeme, &self.norms);
        let named = is_named.then(|| *words.named.entry((orth, norm())).or_insert(index));
        words.words.push(Word {
            orth,
            norm: lexeme.norm,
            is_space: !lexeme.text.is_empty() && lexeme.text.chars().all(is_space),
            starts_phrase: starts_phrase(orth),
            named,
            spaced: 0,
            first: InFirst::New,
        });
        for input in &self.spec.inputs {
            self.look_up(input, lexeme, &mut words.pending);
        }
        index
    }

    /// Appends the rows that `input` takes for a word.
    fn look_up(&self, input: &InputSpec, lexeme: Lexeme<'_>, rows: &mut Vec<u32>) {
        match *input {
            InputSpec::Hash { attribute, seed, rows: count, .. } => {
                let keys = embedding_keys(attribute.value(lexeme, &self.norms), seed);
                rows.extend(keys.map(|key| key % count as u32));
            }
            InputSpec::Vectors { attribute, rows: count, keys, key_rows, .. } => {
                let id = attribute.value(lexeme, &self.norms);
                let found = self.bytes.get::<u64>(keys).binary_search(&id).ok();
                let row = found.and_then(|at| self.bytes.get::<u32>(key_rows).get(at).copied());
                rows.push(row.filter(|&row| (row as usize) < count).unwrap_or(NO_ROW));
            }
            InputSpec::Bytes { count, .. } => {
                let text = lexeme.text.as_bytes();
                // The first byte, the last, the second, the last but one, and so on; 255 where there is none left.
                rows.extend((0..count).map(|i| match i {
                    _ if i >= text.len() => 255,
                    _ if i % 2 == 0 => u32::from(text[i / 2]),
                    _ => u32::from(text[text.len() - 1 - i / 2]),
                }));
            }
        }
    }

    /// Embeds the words that were added since the last call; with `first`, also finds what the words that were met again
    /// since then add to the encoder's first layer. There is `room` for so many of these.
    pub(super) fn embed(&self, words: &mut Words, arch: Arch, first: Option<&FirstLayer>, room: usize) {
        self.embed_rows(words, arch);
        let Some(first) = first else { return };
        let (width, len) = (padded(self.spec.width), first.row_len());
        // All at once: a vector that grows by doubling would take twice the memory, and more while it is copied.
        words.sums.reserve_exact((room * len).saturating_sub(words.sums.len()));
        while words.sums.len() < words.frequent.len() * len {
            let done = words.sums.len() / len;
            let batch = &words.frequent[done..words.frequent.len().min(done + BATCH)];
            words.inputs.clear();
            for &word in batch {
                words.inputs.extend_from_slice(&words.rows[word as usize * width..][..width]);
            }
            words.sums.resize((done + batch.len()) * len, 0.0);
            first.rows(&words.inputs, width, &mut words.sums[done * len..], arch);
        }
    }

    fn embed_rows(&self, words: &mut Words, arch: Arch) {
        let spec = self.spec;
        let width = padded(spec.width);
        let per_word: usize = spec.inputs.iter().map(lookups).sum();
        let columns = spec.mix.inputs;
        words.rows.resize(words.words.len() * width, 0.0);
        let dense = dense(&spec.mix, self.bytes);
        let norm = Norm {
            gain: self.bytes.get(spec.norm.gain),
            shift: self.bytes.get(spec.norm.shift),
            width: spec.width,
            activation: Activation::Maxout,
        };
        let mut done = 0;
        while words.ready < words.words.len() {
            let count = (words.words.len() - words.ready).min(BATCH);
            words.inputs.clear();
            words.inputs.resize(count * columns, 0.0);
            for row in words.inputs.chunks_exact_mut(columns) {
                self.gather(&words.pending[done..done + per_word], row);
                done += per_word;
            }
            let output = &mut words.rows[words.ready * width..(words.ready + count) * width];
            arch.dispatch(Apply {
                dense,
                norm: Some(norm),
                residual: None,
                input: &words.inputs,
                stride: columns,
                rows: count,
                output,
            });
            words.ready += count;
        }
        words.pending.clear();
    }

    /// Sums the looked-up rows into the columns of one word.
    fn gather(&self, mut rows: &[u32], mut columns: &mut [f32]) {
        for input in &self.spec.inputs {
            let (mine, others) = rows.split_at(lookups(input));
            let (column, rest) = std::mem::take(&mut columns).split_at_mut(input.columns());
            (rows, columns) = (others, rest);
            match *input {
                InputSpec::Hash { width, table, .. } => {
                    let table = self.bytes.get::<f32>(table);
                    for &row in mine {
                        let row = &table[row as usize * width..][..width];
                        column.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
                    }
                }
                InputSpec::Vectors { width, table, .. } => {
                    if mine[0] != NO_ROW {
                        column.copy_from_slice(&self.bytes.get::<f32>(table)[mine[0] as usize * width..][..width]);
                    }
                }
                InputSpec::Bytes { width, table, .. } => {
                    let table = self.bytes.get::<f32>(table);
                    for (position, &byte) in mine.iter().enumerate() {
                        let row = &table[(position * 256 + byte as usize) * width..][..width];
                        column[position * width..][..width].copy_from_slice(row);
                    }
                }
            }
        }
    }

    /// What a word adds to the encoder's first layer, where that is kept.
    pub(super) fn sums<'w>(&self, words: &'w Words, index: u32, first: &FirstLayer) -> Option<&'w [f32]> {
        let InFirst::Kept(row) = words.word(index).first else { return None };
        let len = first.row_len();
        words.sums.get(row as usize * len..)?.get(..len)
    }

    /// The embedding of a word that [`Embedding::embed`] has seen.
    pub(super) fn row<'w>(&self, words: &'w Words, index: u32) -> &'w [f32] {
        let width = padded(self.spec.width);
        &words.rows[index as usize * width..][..width]
    }
}

fn lookups(input: &InputSpec) -> usize {
    match *input {
        InputSpec::Hash { .. } => KEYS,
        InputSpec::Vectors { .. } => 1,
        InputSpec::Bytes { count, .. } => count,
    }
}

/// The packed layer of `spec`.
pub(super) fn dense<'a>(spec: &super::spec::DenseSpec, bytes: &'a Bytes) -> Dense<'a> {
    Dense {
        inputs: spec.inputs,
        outputs: padded(spec.outputs),
        pieces: spec.pieces,
        weights: bytes.get(spec.weights),
        bias: bytes.get(spec.bias),
    }
}
