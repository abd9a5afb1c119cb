//! [`Pipeline`]: from a text to its tokens and entities.

use std::ops::Range;

use pulp::Arch;

use super::artifact::{ArtifactError, Bytes};
use super::cache::Chunks;
use super::embed::{Embedding, Words};
use super::encode::{Rows, encode};
use super::first::{FirstLayer, Rare};
use super::lexeme::Norms;
use super::ner::{Found, Moves, Ner, State};
use super::recall::{Recall, section_end};
use super::spec::{Manifest, padded};
use super::tokenizer::{Buffers, Intern, RawToken, Tokenizer, character_start};

/// Tokens that are computed at a time.
const BLOCK_TOKENS: usize = 512;
/// Words and chunks that a [`Scratch`] keeps. Words take some 500 bytes each at a width of 96.
const CAPACITY: usize = 1 << 14;
/// Words whose part in the encoder's first layer is kept too, 3.5 kB each: the first that are met twice. They make four
/// in five tokens of news.
const FREQUENT: usize = 3 << 10;

/// What layers take that do not begin with the encoder's first.
const NO_SUMS: Option<(&FirstLayer, NoSums)> = None;
type NoSums = fn(usize) -> Option<&'static [f32]>;

/// A converted spaCy pipeline, ready to label texts. Shared between threads; each thread has its own [`Scratch`].
#[derive(Debug)]
pub struct Pipeline {
    bytes: Bytes,
    manifest: Manifest,
    tokenizer: Tokenizer,
    moves: Moves,
    arch: Arch,
    sees_spaces: bool,
    first: Option<FirstLayer>,
}

/// One token: bytes `start..end` of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Whether a single space follows that belongs to no token.
    pub space_after: bool,
    /// Whether the token is made of white space: spaCy makes tokens of all but single spaces.
    pub is_space: bool,
}

/// One entity: bytes `start..end` of the text, and the tokens that make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The index of the first token.
    pub first_token: u32,
    /// The index after the last token.
    pub end_token: u32,
    /// The index of the entity's type in [`Pipeline::labels`].
    pub label: u16,
}

/// What a text was found to hold; lies in the [`Scratch`] until the next text.
#[derive(Debug, Clone, Copy)]
pub struct Labelled<'a> {
    /// The tokens, in order; with the single spaces between them they spell the text.
    pub tokens: &'a [Token],
    /// The entities, in order; none overlaps another.
    pub entities: &'a [Entity],
}

/// Working memory and caches for one thread.
#[derive(Debug)]
pub struct Scratch {
    words: Words,
    chunks: Chunks,
    buffers: Buffers,
    raw: Vec<RawToken>,
    rare: Rare,
    rows: Rows,
    recall: Recall,
    state: State,
    found: Vec<Found>,
    tokens: Vec<Token>,
    entities: Vec<Entity>,
}

impl Pipeline {
    /// Opens an artifact, usually a mapped file: checks it and compiles the tokenizer's rules.
    ///
    /// # Errors
    /// Where the bytes are no artifact, are damaged or come from another version.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Pipeline, ArtifactError> {
        let (bytes, manifest) = Bytes::open::<Manifest>(Box::new(bytes))?;
        manifest.check(&bytes)?;
        let tokenizer =
            Tokenizer::new(&manifest.rules).map_err(|error| ArtifactError::Inconsistent(error.to_string()))?;
        let moves = Moves::new(&manifest.ner);
        let mut pipeline =
            Pipeline { bytes, manifest, tokenizer, moves, arch: Arch::new(), sees_spaces: false, first: None };
        pipeline.sees_spaces = pipeline.embedding().sees_spaces();
        let manifest = &pipeline.manifest;
        pipeline.first = FirstLayer::of(&manifest.encode, manifest.embed.width, &pipeline.bytes);
        Ok(pipeline)
    }

    /// The pipeline's name and version, such as `en_core_web_md-3.8.0`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// What was said of the artifact's origin when it was made.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.manifest.origin
    }

    /// The types that entities can have, such as `GPE`; [`Entity::label`] is an index into them.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.manifest.ner.labels
    }

    /// Multiply-adds for each token of a long text whose words are in the cache: the encoder past its first layer where
    /// that is cached, projection and the layers of states without an open entity.
    #[must_use]
    pub fn multiply_adds(&self) -> usize {
        let ner = &self.manifest.ner;
        let cached = usize::from(self.first.is_some());
        let layers = self.manifest.encode.layers.iter().skip(cached).map(|(dense, _)| dense);
        let upper = ner.upper.as_ref().map(|upper| &upper.dense);
        layers
            .chain([&ner.project, &ner.closed])
            .chain(upper)
            .map(|dense| dense.inputs * dense.outputs * dense.pieces)
            .sum()
    }

    /// Working memory for one thread.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch {
            words: Words::default(),
            chunks: Chunks::new(CAPACITY),
            buffers: Buffers::default(),
            raw: Vec::new(),
            rare: Rare::default(),
            rows: Rows::default(),
            recall: Recall::default(),
            state: State::default(),
            found: Vec::new(),
            tokens: Vec::new(),
            entities: Vec::new(),
        }
    }

    /// Splits `text` into tokens and finds its entities, as the pipeline does that the artifact was made from.
    /// `text` is shorter than 4 GiB; what is longer is left out.
    pub fn label<'s>(&self, text: &str, scratch: &'s mut Scratch) -> Labelled<'s> {
        self.tokenize(text, scratch);
        self.embedding().embed(&mut scratch.words, self.arch, self.first.as_ref(), FREQUENT);
        scratch.found.clear();
        let mut first = 0;
        while first < scratch.tokens.len() {
            let end = self.section_end(first, &scratch.tokens, text);
            self.label_section(first..end, scratch);
            first = end;
        }
        let Scratch { found, tokens, entities, .. } = scratch;
        entities.clear();
        entities.extend(found.iter().map(|entity| Entity {
            start: tokens[entity.start].start,
            end: tokens[entity.end - 1].end,
            first_token: entity.start as u32,
            end_token: entity.end as u32,
            label: entity.label,
        }));
        Labelled { tokens, entities }
    }

    /// The end of the section of a text that begins with the token `first`: the end of the text, unless the pipeline
    /// recalls.
    fn section_end(&self, first: usize, tokens: &[Token], text: &str) -> usize {
        let ends = |token: usize| {
            let Token { start, end, is_space, .. } = tokens[token];
            is_space || matches!(&text[start as usize..end as usize], "." | "!" | "?")
        };
        match self.manifest.encode.recall {
            Some(_) => section_end(first, tokens.len(), ends),
            None => tokens.len(),
        }
    }

    /// Finds the entities of one section, on which the rest of the text has no bearing.
    fn label_section(&self, section: Range<usize>, scratch: &mut Scratch) {
        let embedding = self.embedding();
        let Scratch { words, raw, rare, rows, recall, state, found, tokens, .. } = scratch;
        let (words, raw, tokens) = (&*words, &raw[section.clone()], &tokens[section.clone()]);
        let Manifest { embed, encode: spec, ner, .. } = &self.manifest;
        let (width, stride) = (embed.width, padded(embed.width));
        let ner = Ner { spec: ner, moves: &self.moves, bytes: &self.bytes, arch: self.arch };
        let machine = (&self.bytes, self.arch);
        let (count, known) = (raw.len(), found.len());
        let blocks = || (0..count).step_by(BLOCK_TOKENS).map(|first| first..(first + BLOCK_TOKENS).min(count));
        let (before, after) = spec.layers.split_at(spec.recall.as_ref().map_or(spec.layers.len(), |it| it.after));

        state.begin();
        recall.begin();
        for block in blocks() {
            let row = |token: usize| embedding.row(words, raw[token].word);
            let halo = before.len() * spec.window;
            let seen = block.start.saturating_sub(halo)..(block.end + halo).min(count);
            if let Some(layer) = &self.first {
                let missing = seen.clone().filter(|&token| embedding.sums(words, raw[token].word, layer).is_none());
                rare.find(layer, (seen.start, missing), row, self.arch);
            }
            let rare = &*rare;
            let sums = |layer| {
                move |token: usize| {
                    embedding.sums(words, raw[token].word, layer).or_else(|| rare.row(token - seen.start, layer))
                }
            };
            let sums = self.first.as_ref().map(|layer| (layer, sums(layer)));
            let encoded = encode((spec, before), width, machine, (block.clone(), count), row, sums, rows);
            match spec.recall {
                Some(_) => recall.keep(encoded),
                None => ner.block(state, encoded, stride, (block.start, count), |token| tokens[token].is_space, found),
            }
        }
        if let Some(layer) = &spec.recall {
            let named = |token: usize| words.word(raw[token].word).named;
            recall.recall(layer, width, machine, named, words.len());
            for block in blocks() {
                let row = |token: usize| recall.row(token, stride);
                let encoded = encode((spec, after), width, machine, (block.clone(), count), row, NO_SUMS, rows);
                ner.block(state, encoded, stride, (block.start, count), |token| tokens[token].is_space, found);
            }
        }
        for entity in &mut found[known..] {
            entity.start += section.start;
            entity.end += section.start;
        }
    }

    /// Splits `text` into tokens only.
    pub fn tokens<'s>(&self, text: &str, scratch: &'s mut Scratch) -> &'s [Token] {
        self.tokenize(text, scratch);
        &scratch.tokens
    }

    fn tokenize(&self, text: &str, scratch: &mut Scratch) {
        let text = &text[..character_start(text, u32::MAX as usize)];
        let Scratch { words, chunks, buffers, raw, tokens, .. } = scratch;
        if words.len() >= CAPACITY || chunks.is_full() {
            words.clear();
            chunks.clear();
        }
        let embedding = self.embedding();
        let mut interner = Interner { words, embedding, tokenizer: &self.tokenizer };
        self.tokenizer.tokenize(text, &mut interner, chunks, buffers, raw);
        tokens.clear();
        for token in raw {
            if self.sees_spaces && token.space_after {
                token.word = embedding.before_space(words, token.word, &text[token.start as usize..token.end as usize]);
            }
            words.meet(token.word, FREQUENT);
            tokens.push(Token {
                start: token.start,
                end: token.end,
                space_after: token.space_after,
                is_space: words.word(token.word).is_space,
            });
        }
    }

    fn embedding(&self) -> Embedding<'_> {
        Embedding {
            spec: &self.manifest.embed,
            bytes: &self.bytes,
            norms: Norms {
                words: self.bytes.get(self.manifest.norm_words),
                norms: self.bytes.get(self.manifest.norm_values),
            },
        }
    }
}

struct Interner<'a> {
    words: &'a mut Words,
    embedding: Embedding<'a>,
    tokenizer: &'a Tokenizer,
}

impl Intern for Interner<'_> {
    fn intern(&mut self, text: &str, norm: Option<u64>) -> u32 {
        self.embedding.intern(self.words, text, norm, |orth| self.tokenizer.starts_phrase(orth))
    }

    fn orth(&self, word: u32) -> u64 {
        self.words.word(word).orth
    }

    fn starts_phrase(&self, word: u32) -> bool {
        self.words.word(word).starts_phrase
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::artifact::{AlignedBytes, reseal};
    use super::super::convert::convert;
    use super::*;

    fn artifact(name: &str) -> Vec<u8> {
        let pipelines = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spacy/pipelines");
        let read = |file: &str| {
            std::fs::read(if file == "tokenizer" { pipelines.join(file) } else { pipelines.join(name).join(file) })
        };
        convert(read, "").unwrap()
    }

    #[test]
    fn a_manifest_that_lies_is_an_error_or_harmless() {
        let mut random = fastrand::Rng::with_seed(8);
        let (mut refused, mut opened) = (0, 0);
        for name in ["vectors", "listener", "characters", "recall"] {
            let good = artifact(name);
            // The network's part of the manifest stands behind the rules, at the end of the file.
            let start = good.len() - 4_000;
            let digits: Vec<usize> = (start..good.len()).filter(|&at| good[at].is_ascii_digit()).collect();
            for _ in 0..if cfg!(debug_assertions) { 20 } else { 300 } {
                let mut bytes = good.clone();
                for _ in 0..random.usize(1..4) {
                    bytes[*random.choice(&digits).unwrap()] = b'0' + random.u8(..10);
                }
                reseal(&mut bytes);
                match Pipeline::open(AlignedBytes::new(&bytes)) {
                    Err(_) => refused += 1,
                    Ok(pipeline) => {
                        opened += 1;
                        let text = "Kim met J. R. Okello and Petrov in Papua New Guinea on Monday, the Red Cross said.";
                        assert_eq!(pipeline.label(text, &mut pipeline.scratch()).tokens.len(), 19);
                    }
                }
            }
        }
        assert!(refused > 10 && opened > 10, "{refused} refused, {opened} opened");
    }

    #[test]
    fn a_word_with_the_norm_of_an_exception_is_the_same_word() {
        let pipeline = Pipeline::open(AlignedBytes::new(&artifact("recall"))).unwrap();
        let mut scratch = pipeline.scratch();
        pipeline.tokens("They came. They'll go, they said.", &mut scratch);
        let word = |token: usize| scratch.raw[token].word;
        assert_ne!(word(0), word(3));
        assert_eq!(scratch.words.word(word(3)).named, Some(word(0)));
        assert_eq!(scratch.words.word(word(7)).named, None);
    }

    #[test]
    fn caches_are_bounded() {
        let pipeline = Pipeline::open(AlignedBytes::new(&artifact("cnn"))).unwrap();
        let mut scratch = pipeline.scratch();
        for i in 0..3 * CAPACITY / 100 {
            let text: String = (0..100).map(|j| format!("w{i}x{j} ")).collect();
            pipeline.tokens(&text, &mut scratch);
            assert!(scratch.words.len() < CAPACITY + 1_000);
        }
    }
}
