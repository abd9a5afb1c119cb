//! The manifest of an artifact: what a converted pipeline is made of. Written by `convert`, read by `pipeline`.

use serde::{Deserialize, Serialize};

use super::artifact::{ArtifactError, Bytes, Tensor};
use super::lexeme::Attribute;
use super::rules::RuleTexts;

/// Outputs are computed in blocks of this many; widths are padded to a multiple of it.
pub(super) const BLOCK: usize = 16;

/// Largest width, depth, count or size that an artifact may name; keeps products far from overflow.
const MAX_DIMENSION: usize = 1 << 24;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The pipeline's name and version, such as `en_core_web_md-3.8.0`.
    pub(super) name: String,
    /// What it was made from, in the words of whoever converted it.
    pub(super) origin: String,
    pub(super) rules: RuleTexts,
    pub(super) norm_words: Tensor,
    pub(super) norm_values: Tensor,
    pub(super) embed: EmbedSpec,
    pub(super) encode: EncodeSpec,
    pub(super) ner: NerSpec,
}

/// One affine layer with a maximum over pieces; weights lie as the kernel reads them: block of outputs, input,
/// piece, output within the block.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DenseSpec {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) pieces: usize,
    pub(super) weights: Tensor,
    /// Block of outputs, piece, output within the block.
    pub(super) bias: Tensor,
}

/// Gain and shift of a layer normalisation, padded with zeros.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct NormSpec {
    pub(super) gain: Tensor,
    pub(super) shift: Tensor,
}

/// One column block of what the embedding mixes, in order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum InputSpec {
    /// A hash embedding of an attribute.
    Hash { attribute: Attribute, seed: u32, rows: usize, width: usize, table: Tensor },
    /// Static vectors, already projected to the embedding's width. `keys` are sorted identifiers of words.
    Vectors { attribute: Attribute, rows: usize, width: usize, keys: Tensor, key_rows: Tensor, table: Tensor },
    /// Embedded bytes from both ends of the word; the table is (position, byte, dimension).
    Bytes { count: usize, width: usize, table: Tensor },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EmbedSpec {
    pub(super) width: usize,
    pub(super) inputs: Vec<InputSpec>,
    pub(super) mix: DenseSpec,
    pub(super) norm: NormSpec,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Activation {
    Maxout,
    Mish,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EncodeSpec {
    pub(super) activation: Activation,
    pub(super) window: usize,
    /// Whether zero rows stand around a document that the layers go on to compute with.
    pub(super) padded: bool,
    pub(super) layers: Vec<(DenseSpec, NormSpec)>,
    /// What is recalled between two of the layers, where the pipeline does so.
    #[serde(default)]
    pub(super) recall: Option<RecallSpec>,
}

/// The layer that looks at the whole document.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RecallSpec {
    /// The layers that come before it.
    pub(super) after: usize,
    /// The mean of a word's mentions, less the token itself, to what is added to the token.
    pub(super) memory: DenseSpec,
    /// The mean of the document to what is added to its tokens.
    pub(super) topic: DenseSpec,
    /// The mean of a passage to what is added to its tokens.
    pub(super) passage: DenseSpec,
    /// Tokens of a passage.
    pub(super) passage_tokens: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Move {
    Begin,
    In,
    Last,
    Unit,
    Out,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NerSpec {
    pub(super) labels: Vec<String>,
    /// The move of each class, and the index of its label; moves that can never be taken have none.
    pub(super) moves: Vec<(Move, Option<u16>)>,
    /// Classes that the model was never trained on.
    pub(super) unseen: Vec<usize>,
    pub(super) project: DenseSpec,
    /// The lower layer where only the first slot is filled.
    pub(super) closed: DenseSpec,
    /// Tokens that a state is described by.
    pub(super) slots: usize,
    pub(super) hidden: usize,
    pub(super) pieces: usize,
    /// (slot, input, piece, output): the lower layer by slot.
    pub(super) slot_weights: Tensor,
    /// (slot, piece, output): what a slot without a token adds.
    pub(super) slot_padding: Tensor,
    /// (piece, output).
    pub(super) slot_bias: Tensor,
    pub(super) upper: Option<UpperSpec>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UpperSpec {
    pub(super) dense: DenseSpec,
    /// (class, input): the same weights for single classes.
    pub(super) rows: Tensor,
    pub(super) bias: Tensor,
}

pub(super) fn padded(width: usize) -> usize {
    width.next_multiple_of(BLOCK)
}

type Checked = Result<(), ArtifactError>;

fn product(factors: &[usize]) -> Option<usize> {
    factors.iter().try_fold(1usize, |all, &factor| all.checked_mul(factor).filter(|&p| p <= 1 << 40))
}

fn expect(condition: bool, what: &str) -> Checked {
    if condition { Ok(()) } else { Err(ArtifactError::Inconsistent(what.to_owned())) }
}

impl Manifest {
    /// Checks that every tensor has the size that its layer needs and that layers fit one another.
    pub(super) fn check(&self, bytes: &Bytes) -> Checked {
        expect(!self.name.is_empty() && self.name.len() <= 256, "the name is empty or too long")?;
        bytes.check::<u64>("norms", self.norm_values, Some(bytes.get::<u64>(self.norm_words).len()))?;
        let width = self.embed.check(bytes)?;
        self.encode.check(bytes, width)?;
        self.ner.check(bytes, width)
    }
}

impl DenseSpec {
    fn check(&self, bytes: &Bytes, inputs: usize, outputs: usize, what: &str) -> Checked {
        expect(self.inputs == inputs && self.outputs == outputs, &format!("{what}: layers do not fit"))?;
        expect(
            (1..=64).contains(&self.pieces) && outputs >= 1 && inputs >= 1,
            &format!("{what}: dimensions out of range"),
        )?;
        bytes.check::<f32>(what, self.weights, product(&[padded(outputs), inputs, self.pieces]))?;
        bytes.check::<f32>(what, self.bias, product(&[padded(outputs), self.pieces]))
    }
}

impl NormSpec {
    fn check(&self, bytes: &Bytes, width: usize) -> Checked {
        bytes.check::<f32>("normalisation", self.gain, Some(padded(width)))?;
        bytes.check::<f32>("normalisation", self.shift, Some(padded(width)))
    }
}

impl InputSpec {
    /// The number of columns.
    pub(super) fn columns(&self) -> usize {
        match *self {
            InputSpec::Hash { width, .. } | InputSpec::Vectors { width, .. } => width,
            InputSpec::Bytes { count, width, .. } => count * width,
        }
    }

    fn check(&self, bytes: &Bytes) -> Checked {
        match *self {
            InputSpec::Hash { rows, width, table, .. } => {
                expect(
                    (1..MAX_DIMENSION).contains(&rows) && width < MAX_DIMENSION,
                    "hash embedding: dimensions out of range",
                )?;
                bytes.check::<f32>("hash embedding", table, product(&[rows, width]))
            }
            InputSpec::Vectors { rows, width, keys, key_rows, table, .. } => {
                expect(rows < 1 << 31 && width < MAX_DIMENSION, "vectors: dimensions out of range")?;
                bytes.check::<f32>("vectors", table, product(&[rows, width]))?;
                bytes.check::<u32>("vectors", key_rows, Some(bytes.get::<u64>(keys).len()))
            }
            InputSpec::Bytes { count, width, table } => {
                expect(count < 1024 && width < 65_536, "character embedding: dimensions out of range")?;
                bytes.check::<f32>("character embedding", table, product(&[count, 256, width]))
            }
        }
    }
}

impl EmbedSpec {
    fn check(&self, bytes: &Bytes) -> Result<usize, ArtifactError> {
        expect((1..65_536).contains(&self.width) && self.inputs.len() <= 64, "embedding: dimensions out of range")?;
        self.inputs.iter().try_for_each(|input| input.check(bytes))?;
        let columns = self.inputs.iter().map(InputSpec::columns).sum();
        self.mix.check(bytes, columns, self.width, "embedding")?;
        self.norm.check(bytes, self.width)?;
        Ok(self.width)
    }
}

impl EncodeSpec {
    fn check(&self, bytes: &Bytes, width: usize) -> Checked {
        expect((1..=64).contains(&self.window) && self.layers.len() <= 256, "encoder: dimensions out of range")?;
        for (dense, norm) in &self.layers {
            dense.check(bytes, padded(width) * (2 * self.window + 1), width, "encoder")?;
            norm.check(bytes, width)?;
        }
        self.recall.as_ref().map_or(Ok(()), |recall| recall.check(bytes, width, self.layers.len()))
    }
}

impl RecallSpec {
    fn check(&self, bytes: &Bytes, width: usize, layers: usize) -> Checked {
        expect((1..=layers).contains(&self.after), "recall: comes after no layer")?;
        expect((1..MAX_DIMENSION).contains(&self.passage_tokens), "recall: dimensions out of range")?;
        for dense in [&self.memory, &self.topic, &self.passage] {
            expect(dense.pieces == 1, "recall: dimensions out of range")?;
            dense.check(bytes, padded(width), width, "recall")?;
        }
        Ok(())
    }
}

impl NerSpec {
    fn check(&self, bytes: &Bytes, width: usize) -> Checked {
        let (inputs, classes) = (self.project.outputs, self.moves.len());
        self.project.check(bytes, padded(width), inputs, "ner projection")?;
        expect((1..=64).contains(&self.slots) && (1..=64).contains(&self.pieces), "ner: dimensions out of range")?;
        expect(
            self.closed.pieces == self.pieces && (1..65_536).contains(&self.hidden),
            "ner: dimensions out of range",
        )?;
        self.closed.check(bytes, padded(inputs), self.hidden, "ner lower layer")?;
        let row = padded(self.hidden) * self.pieces;
        bytes.check::<f32>("ner lower layer", self.slot_weights, product(&[self.slots, padded(inputs), row]))?;
        bytes.check::<f32>("ner lower layer", self.slot_padding, product(&[self.slots, row]))?;
        bytes.check::<f32>("ner lower layer", self.slot_bias, Some(row))?;
        if let Some(upper) = &self.upper {
            upper.dense.check(bytes, padded(self.hidden), classes, "ner upper layer")?;
            bytes.check::<f32>("ner upper layer", upper.rows, product(&[classes, padded(self.hidden)]))?;
            bytes.check::<f32>("ner upper layer", upper.bias, Some(classes))?;
        } else {
            expect(self.hidden == classes, "ner: as many outputs as moves")?;
        }
        expect(self.unseen.iter().all(|&class| class < classes), "ner: unknown class")?;
        let labels = self.labels.len();
        expect(labels <= usize::from(u16::MAX), "ner: too many labels")?;
        expect(
            self.moves.iter().all(|&(_, label)| label.is_none_or(|label| usize::from(label) < labels)),
            "ner: unknown label",
        )
    }
}
