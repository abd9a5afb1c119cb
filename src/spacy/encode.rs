//! The encoder: convolutions over windows of tokens with residuals, a block of tokens at a time.

use std::ops::Range;

use pulp::Arch;

use super::artifact::Bytes;
use super::embed::dense;
use super::first::FirstLayer;
use super::kernel::{Apply, Norm};
use super::spec::{DenseSpec, EncodeSpec, NormSpec, padded};

/// Working memory of the encoder; one a thread.
#[derive(Debug, Default)]
pub(super) struct Rows {
    input: Vec<f32>,
    output: Vec<f32>,
}

/// Takes the tokens `block` of a document of `count` tokens through some `layers` of the encoder; `input` gives what the
/// first of these takes for a token, its embedding in most cases. Returns one row a token of the block, `padded(width)`
/// numbers each.
///
/// `first` gives what each token's word adds to the encoder's first layer, where `layers` begin with that.
///
/// Tokens around the block are computed as far as the layers see. Around the document stand rows of zeros: in
/// a padded encoder they are computed with like tokens, as spaCy does, otherwise they stay zero.
pub(super) fn encode<'r, 'w>(
    (spec, layers): (&EncodeSpec, &[(DenseSpec, NormSpec)]),
    width: usize,
    (bytes, arch): (&Bytes, Arch),
    (block, count): (Range<usize>, usize),
    input: impl Fn(usize) -> &'w [f32],
    first: Option<(&FirstLayer, impl Fn(usize) -> Option<&'w [f32]>)>,
    rows: &'r mut Rows,
) -> &'r [f32] {
    let stride = padded(width);
    let halo = layers.len() * spec.window;
    let local = block.len() + 2 * halo;
    rows.input.clear();
    rows.input.resize(local * stride, 0.0);
    for row in 0..local {
        // Row `row` stands for the token `block.start + row - halo`.
        if let Some(token) = (block.start + row).checked_sub(halo).filter(|&token| token < count) {
            rows.input[row * stride..][..stride].copy_from_slice(input(token));
        }
    }
    if !spec.padded {
        rows.output.clear();
    }
    rows.output.resize(local * stride, 0.0);
    for (layer, (layer_dense, layer_norm)) in layers.iter().enumerate() {
        let margin = (layer + 1) * spec.window;
        let mut from = margin;
        let mut to = local - margin;
        if !spec.padded {
            from = from.max(halo.saturating_sub(block.start));
            to = to.min(count + halo - block.start);
        }
        let norm = Norm {
            gain: bytes.get(layer_norm.gain),
            shift: bytes.get(layer_norm.shift),
            width,
            activation: spec.activation,
        };
        if let (0, Some((first, sums))) = (layer, &first) {
            // Row `row` stands for the token `block.start + row - halo`.
            let token = |at: usize| (block.start + from - spec.window + at).checked_sub(halo).filter(|&t| t < count);
            let residual = &rows.input[from * stride..to * stride];
            let output = &mut rows.output[from * stride..to * stride];
            let row = |at: usize| token(at).and_then(sums);
            first.apply((bytes.get(layer_dense.bias), norm), residual, row, output, arch);
            std::mem::swap(&mut rows.input, &mut rows.output);
            continue;
        }
        arch.dispatch(Apply {
            dense: dense(layer_dense, bytes),
            norm: Some(norm),
            residual: Some(&rows.input[from * stride..to * stride]),
            input: &rows.input[(from - spec.window) * stride..],
            stride,
            rows: to - from,
            output: &mut rows.output[from * stride..to * stride],
        });
        std::mem::swap(&mut rows.input, &mut rows.output);
    }
    &rows.input[halo * stride..(halo + block.len()) * stride]
}
