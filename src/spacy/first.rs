//! The encoder's first layer, taken apart by the positions of its window.
//!
//! The layer's input is the embeddings of neighbouring words side by side, and an embedding depends on its word alone.
//! So does what a word adds to the layer's sums at each position of the window: it is computed once a word and kept
//! with the embedding. The layer that is left adds three rows where it multiplied by a matrix, a quarter of the
//! encoder's arithmetic.

use pulp::Arch;

use super::artifact::Bytes;
use super::kernel::{AddWindow, Apply, Dense, Norm};
use super::spec::{Activation, BLOCK, EncodeSpec, padded};

/// The first layer by position.
#[derive(Debug)]
pub(super) struct FirstLayer {
    /// Positions of the window.
    positions: usize,
    /// Sums at one position: outputs times pieces.
    sums: usize,
    pieces: usize,
    /// Embedding to the sums at every position, packed as the kernel reads layers of one piece.
    weights: Vec<f32>,
    no_bias: Vec<f32>,
    /// What stands for a token outside of the document.
    nothing: Vec<f32>,
}

impl FirstLayer {
    /// Takes the first layer of `spec` apart, where it is of the common kind, maxout over a window.
    pub(super) fn of(spec: &EncodeSpec, width: usize, bytes: &Bytes) -> Option<FirstLayer> {
        let (dense, _) = spec.layers.first()?;
        let (stride, positions) = (padded(width), 2 * spec.window + 1);
        if spec.activation != Activation::Maxout || dense.inputs != positions * stride {
            return None;
        }
        let packed = bytes.get::<f32>(dense.weights);
        let (blocks, pieces) = (padded(dense.outputs) / BLOCK, dense.pieces);
        let mut weights = Vec::with_capacity(packed.len());
        for position in 0..positions {
            for block in 0..blocks {
                for piece in 0..pieces {
                    for input in 0..stride {
                        let row = (block * dense.inputs + position * stride + input) * pieces + piece;
                        weights.extend_from_slice(&packed[row * BLOCK..][..BLOCK]);
                    }
                }
            }
        }
        let sums = blocks * pieces * BLOCK;
        let (no_bias, nothing) = (vec![0.0; positions * sums], vec![0.0; positions * sums]);
        Some(FirstLayer { positions, sums, pieces, weights, no_bias, nothing })
    }

    /// The length of a word's row.
    pub(super) fn row_len(&self) -> usize {
        self.positions * self.sums
    }

    /// What the words with the `embeddings` (`stride` numbers each) add at every position: a row each.
    pub(super) fn rows(&self, embeddings: &[f32], stride: usize, rows: &mut [f32], arch: Arch) {
        let dense =
            Dense { inputs: stride, outputs: self.row_len(), pieces: 1, weights: &self.weights, bias: &self.no_bias };
        let count = embeddings.len() / stride;
        arch.dispatch(Apply {
            dense,
            norm: None,
            residual: None,
            input: embeddings,
            stride,
            rows: count,
            output: rows,
        });
    }

    /// Computes the layer for the tokens `from..`, as many as `output` has rows; `row` gives what a token's word adds.
    pub(super) fn apply<'w>(
        &self,
        (bias, norm): (&[f32], Norm<'_>),
        residual: &[f32],
        row: impl Fn(usize) -> Option<&'w [f32]>,
        output: &mut [f32],
        arch: Arch,
    ) {
        let outputs = self.sums / self.pieces;
        let mut window: Vec<&[f32]> = Vec::with_capacity(self.positions);
        for (at, output) in output.chunks_exact_mut(outputs).enumerate() {
            window.clear();
            window.extend(
                (0..self.positions)
                    .map(|position| &row(at + position).unwrap_or(&self.nothing)[position * self.sums..][..self.sums]),
            );
            let residual = &residual[at * outputs..][..outputs];
            arch.dispatch(AddWindow { window: &window, bias, pieces: self.pieces, norm, residual, output });
        }
    }
}

/// What the tokens of one block add whose words were not kept.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// By token of the block: its row in `sums`.
    slots: Vec<u32>,
    embeddings: Vec<f32>,
    sums: Vec<f32>,
}

impl Rare {
    /// Computes the rows of the tokens `missing`, in order, of a block that begins with the token `start`.
    pub(super) fn find<'w>(
        &mut self,
        layer: &FirstLayer,
        (start, missing): (usize, impl Iterator<Item = usize>),
        embedding: impl Fn(usize) -> &'w [f32],
        arch: Arch,
    ) {
        self.slots.clear();
        self.embeddings.clear();
        let (mut count, mut stride) = (0, 1);
        for token in missing {
            self.slots.resize(token - start, u32::MAX);
            self.slots.push(count);
            count += 1;
            let embedding = embedding(token);
            stride = embedding.len();
            self.embeddings.extend_from_slice(embedding);
        }
        self.sums.resize(count as usize * layer.row_len(), 0.0);
        layer.rows(&self.embeddings, stride, &mut self.sums, arch);
    }

    /// The row of the token `at` of the block, where it was missing.
    pub(super) fn row(&self, at: usize, layer: &FirstLayer) -> Option<&[f32]> {
        let slot = *self.slots.get(at)? as usize;
        self.sums.get(slot.checked_mul(layer.row_len())?..)?.get(..layer.row_len())
    }
}
