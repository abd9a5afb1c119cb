//! Laying weights out as the kernel reads them.

use super::super::artifact::Writer;
use super::super::spec::{BLOCK, DenseSpec, NormSpec, padded};

/// Weights of an affine layer as thinc stores them: (output, piece, input).
#[derive(Debug)]
pub(super) struct Affine<'a> {
    pub(super) outputs: usize,
    pub(super) pieces: usize,
    pub(super) inputs: usize,
    pub(super) weights: &'a [f32],
    /// (output, piece).
    pub(super) bias: &'a [f32],
}

/// Packs `affine`, whose inputs come in runs of `run` that are padded where `pad_runs` says so.
pub(super) fn dense(writer: &mut Writer, affine: &Affine<'_>, run: usize, pad_runs: bool) -> DenseSpec {
    let &Affine { outputs, pieces, inputs, weights, bias } = affine;
    let run_padded = if pad_runs { padded(run) } else { run };
    let packed_inputs = inputs / run * run_padded;
    let blocks = padded(outputs) / BLOCK;
    let mut packed = vec![0f32; blocks * packed_inputs * pieces * BLOCK];
    let mut packed_bias = vec![0f32; blocks * pieces * BLOCK];
    for output in 0..outputs {
        let (block, lane) = (output / BLOCK, output % BLOCK);
        for piece in 0..pieces {
            packed_bias[(block * pieces + piece) * BLOCK + lane] = bias[output * pieces + piece];
            let row = &weights[(output * pieces + piece) * inputs..][..inputs];
            for (input, &weight) in row.iter().enumerate() {
                let at = input / run * run_padded + input % run;
                packed[((block * packed_inputs + at) * pieces + piece) * BLOCK + lane] = weight;
            }
        }
    }
    DenseSpec {
        inputs: packed_inputs,
        outputs,
        pieces,
        weights: writer.tensor(&packed),
        bias: writer.tensor(&packed_bias),
    }
}

/// Packs a layer normalisation.
pub(super) fn norm(writer: &mut Writer, gain: &[f32], shift: &[f32]) -> NormSpec {
    let pad = |numbers: &[f32]| {
        let mut numbers = numbers.to_vec();
        numbers.resize(padded(numbers.len()), 0.0);
        numbers
    };
    NormSpec { gain: writer.tensor(&pad(gain)), shift: writer.tensor(&pad(shift)) }
}
