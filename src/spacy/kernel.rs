//! The arithmetic: an affine layer with its activation, a maximum over pieces, layer normalisation and residual
//! fused into one pass, in the widest vectors that the processor has.
//!
//! One tile is some rows of the input by one vector of outputs by all pieces: with AVX-512 8 × 16 × 3
//! accumulators, which stay in registers while the inputs stream past. A window over tokens needs no copy:
//! the rows of neighbours lie side by side, so a longer row that starts earlier is the window.

use pulp::{Simd, WithSimd};

use super::spec::{Activation, BLOCK};

/// An affine layer, packed: block of outputs, input, piece, output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dense<'a> {
    pub(super) inputs: usize,
    /// Padded to whole blocks.
    pub(super) outputs: usize,
    pub(super) pieces: usize,
    pub(super) weights: &'a [f32],
    pub(super) bias: &'a [f32],
}

/// A layer normalisation, padded with zeros.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm<'a> {
    pub(super) gain: &'a [f32],
    pub(super) shift: &'a [f32],
    /// The number of outputs that are no padding.
    pub(super) width: usize,
    pub(super) activation: Activation,
}

/// Applies `dense` to `rows` rows of `input`, each `dense.inputs` long, `stride` apart; writes rows of
/// `dense.outputs` to `output`. With `norm` the outputs are normalised; with `residual`, rows of the same
/// width, those are added.
pub(super) struct Apply<'a> {
    pub(super) dense: Dense<'a>,
    pub(super) norm: Option<Norm<'a>>,
    pub(super) residual: Option<&'a [f32]>,
    pub(super) input: &'a [f32],
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) output: &'a mut [f32],
}

/// Rows that are computed for all outputs before the next ones are: input and output stay in the first cache.
const GROUP: usize = 32;

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.run::<S, 1>(simd),
            8 => self.run::<S, 2>(simd),
            4 => self.run::<S, 4>(simd),
            _ => self.run::<S, BLOCK>(simd),
        }
    }
}

impl Apply<'_> {
    /// `PARTS` vectors make a block of outputs.
    #[inline(always)]
    fn run<S: Simd, const PARTS: usize>(mut self, simd: S) {
        let mut from = 0;
        while from < self.rows {
            let to = (from + GROUP).min(self.rows);
            for block in 0..self.dense.outputs / BLOCK {
                for part in 0..PARTS {
                    match self.dense.pieces {
                        1 => self.column::<S, PARTS, 1>(simd, from, to, block, part, 0),
                        2 => self.column::<S, PARTS, 2>(simd, from, to, block, part, 0),
                        3 => self.column::<S, PARTS, 3>(simd, from, to, block, part, 0),
                        pieces => {
                            for piece in 0..pieces {
                                self.column::<S, PARTS, 1>(simd, from, to, block, part, piece);
                            }
                        }
                    }
                }
            }
            if let Some(norm) = self.norm {
                let outputs = self.dense.outputs;
                let rows = &mut self.output[from * outputs..to * outputs];
                let residual = self.residual.map(|residual| &residual[from * outputs..to * outputs]);
                normalize(norm, outputs, rows, residual);
            }
            from = to;
        }
    }

    /// One vector of outputs for the rows `from..to`; pieces from `first` on.
    #[inline(always)]
    fn column<S: Simd, const PARTS: usize, const PIECES: usize>(
        &mut self,
        simd: S,
        from: usize,
        to: usize,
        block: usize,
        part: usize,
        first: usize,
    ) {
        let wide = S::REGISTER_COUNT >= 32;
        let mut row = from;
        macro_rules! tiles {
            ($($rows:literal)*) => {{$(
                while to - row >= $rows {
                    self.tile::<S, PARTS, PIECES, $rows>(simd, row, block, part, first);
                    row += $rows;
                }
            )*}};
        }
        // As many accumulators as there are registers for, beside the weights and one input.
        match (PIECES, wide) {
            (1, true) => tiles!(16 8 4),
            (1, false) => tiles!(8 4),
            (2, true) => tiles!(12 6),
            (2, false) => tiles!(5),
            (_, true) => tiles!(8 4),
            (_, false) => tiles!(3),
        }
        tiles!(2 1);
    }

    #[inline(always)]
    fn tile<S: Simd, const PARTS: usize, const PIECES: usize, const ROWS: usize>(
        &mut self,
        simd: S,
        row: usize,
        block: usize,
        part: usize,
        first: usize,
    ) {
        let Dense { inputs, outputs, pieces, weights, bias } = self.dense;
        let weights: &[S::f32s] =
            bytemuck::cast_slice(&weights[block * inputs * pieces * BLOCK..][..inputs * pieces * BLOCK]);
        let bias: &[S::f32s] = bytemuck::cast_slice(&bias[block * pieces * BLOCK..][..pieces * BLOCK]);
        let rows: [&[f32]; ROWS] = std::array::from_fn(|r| &self.input[(row + r) * self.stride..][..inputs]);
        assert!(part < PARTS && first + PIECES <= pieces);
        let mut sums = [[simd.splat_f32s(0.0); PIECES]; ROWS];
        if pieces == PIECES {
            let (chunks, _) = weights.as_chunks::<PARTS>();
            for (k, chunk) in chunks.chunks_exact(PIECES).enumerate().take(inputs) {
                let weights: [S::f32s; PIECES] = std::array::from_fn(|p| chunk[p][part]);
                accumulate(simd, &mut sums, weights, |r| rows[r][k]);
            }
        } else {
            for k in 0..inputs {
                let weights: [S::f32s; PIECES] =
                    std::array::from_fn(|p| weights[(k * pieces + first + p) * PARTS + part]);
                accumulate(simd, &mut sums, weights, |r| rows[r][k]);
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let mut best = simd.add_f32s(sums[0], bias[first * PARTS + part]);
            for p in 1..PIECES {
                best = simd.max_f32s(best, simd.add_f32s(sums[p], bias[(first + p) * PARTS + part]));
            }
            let at = (row + r) * outputs + block * BLOCK + part * S::F32_LANES;
            let output: &mut [S::f32s] = bytemuck::cast_slice_mut(&mut self.output[at..at + S::F32_LANES]);
            output[0] = if first == 0 { best } else { simd.max_f32s(output[0], best) };
        }
    }
}

#[inline(always)]
fn accumulate<S: Simd, const PIECES: usize, const ROWS: usize>(
    simd: S,
    sums: &mut [[S::f32s; PIECES]; ROWS],
    weights: [S::f32s; PIECES],
    input: impl Fn(usize) -> f32,
) {
    for (r, sums) in sums.iter_mut().enumerate() {
        let input = simd.splat_f32s(input(r));
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum = simd.mul_add_f32s(input, weight, *sum);
        }
    }
}

/// One row of a layer whose products are there already: the sum of `window`'s rows and the bias, the maximum over
/// pieces, normalised, with the residual. Rows of sums lie block of outputs, piece, output.
pub(super) struct AddWindow<'a> {
    pub(super) window: &'a [&'a [f32]],
    pub(super) bias: &'a [f32],
    pub(super) pieces: usize,
    pub(super) norm: Norm<'a>,
    pub(super) residual: &'a [f32],
    pub(super) output: &'a mut [f32],
}

impl WithSimd for AddWindow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let bias = self.bias.as_chunks::<BLOCK>().0;
        for (block, output) in self.output.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            for piece in 0..self.pieces {
                let at = block * self.pieces + piece;
                let mut sums = bias[at];
                for row in self.window {
                    let row = &row.as_chunks::<BLOCK>().0[at];
                    for i in 0..BLOCK {
                        sums[i] += row[i];
                    }
                }
                if piece == 0 {
                    *output = sums;
                } else {
                    for i in 0..BLOCK {
                        output[i] = output[i].max(sums[i]);
                    }
                }
            }
        }
        let outputs = self.output.len();
        normalize(self.norm, outputs, self.output, Some(self.residual));
    }
}

/// Layer normalisation (Ba et al., 2016) of each row, after its activation, and the residual.
#[inline(always)]
fn normalize(norm: Norm<'_>, outputs: usize, rows: &mut [f32], residual: Option<&[f32]>) {
    let Norm { gain, shift, width, activation } = norm;
    let (gain, shift) = (&gain[..outputs], &shift[..outputs]);
    let count = width as f32;
    for (r, row) in rows.chunks_exact_mut(outputs).enumerate() {
        if activation == Activation::Mish {
            row.iter_mut().for_each(|x| *x = mish(*x));
        }
        let mean = lane_sum(&row[..width], |x| x) / count;
        let variance = lane_sum(&row[..width], |x| (x - mean) * (x - mean)) / count + 1e-8;
        let scale = 1.0 / variance.sqrt();
        match residual {
            Some(residual) => {
                let residual = &residual[r * outputs..][..outputs];
                for i in 0..outputs {
                    row[i] = (row[i] - mean) * scale * gain[i] + shift[i] + residual[i];
                }
            }
            None => {
                for i in 0..outputs {
                    row[i] = (row[i] - mean) * scale * gain[i] + shift[i];
                }
            }
        }
    }
}

/// The sum of `f` over `row`, in sixteen lanes.
#[inline(always)]
fn lane_sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let (blocks, rest) = row.as_chunks::<BLOCK>();
    let mut lanes = [0f32; BLOCK];
    for block in blocks {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane += f(x);
        }
    }
    let mut width = BLOCK / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0] + rest.iter().map(|&x| f(x)).sum::<f32>()
}

/// Mish (Misra, 2019).
fn mish(x: f32) -> f32 {
    if x >= 20.0 { x } else { x * x.exp().ln_1p().tanh() }
}

/// Adds `x` times the rows of `weights` to `sums`: a product of one row and a matrix.
pub(super) struct AddProduct<'a> {
    pub(super) input: &'a [f32],
    /// (input, output)
    pub(super) weights: &'a [f32],
    pub(super) sums: &'a mut [f32],
}

impl WithSimd for AddProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.sums.len();
        for (&x, weights) in self.input.iter().zip(self.weights.chunks_exact(width)) {
            for (sum, &weight) in self.sums.iter_mut().zip(weights) {
                *sum += x * weight;
            }
        }
    }
}

/// The inner product of two rows.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; BLOCK];
    for (a, b) in a.as_chunks::<BLOCK>().0.iter().zip(b.as_chunks::<BLOCK>().0) {
        for i in 0..BLOCK {
            lanes[i] += a[i] * b[i];
        }
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`Apply`] computes, said plainly.
    fn plain(dense: &Dense<'_>, input: &[f32]) -> Vec<f32> {
        let Dense { inputs, outputs, pieces, weights, bias } = *dense;
        (0..outputs)
            .map(|o| {
                let (block, lane) = (o / BLOCK, o % BLOCK);
                (0..pieces)
                    .map(|p| {
                        let products =
                            (0..inputs).map(|k| input[k] * weights[((block * inputs + k) * pieces + p) * BLOCK + lane]);
                        products.sum::<f32>() + bias[(block * pieces + p) * BLOCK + lane]
                    })
                    .fold(f32::MIN, f32::max)
            })
            .collect()
    }

    #[test]
    fn every_instruction_set_computes_the_same() {
        let mut random = fastrand::Rng::with_seed(7);
        for pieces in [1, 2, 3, 5] {
            for (inputs, outputs, rows) in [(36, 32, 37), (7, 16, 1), (96, 48, 9)] {
                let mut numbers = |count: usize| -> Vec<f32> { (0..count).map(|_| random.f32() - 0.5).collect() };
                let stride = inputs / 3;
                let (weights, bias) = (numbers(inputs * outputs * pieces), numbers(outputs * pieces));
                let input = numbers(stride * rows + inputs);
                let dense = Dense { inputs, outputs, pieces, weights: &weights, bias: &bias };
                let mut archs = vec![pulp::Arch::new(), pulp::Arch::Scalar];
                #[cfg(target_arch = "x86_64")]
                archs.extend(pulp::x86::V3::try_new().map(pulp::Arch::V3));
                for arch in archs {
                    let mut output = vec![0f32; rows * outputs];
                    arch.dispatch(Apply {
                        dense,
                        norm: None,
                        residual: None,
                        input: &input,
                        stride,
                        rows,
                        output: &mut output,
                    });
                    for row in 0..rows {
                        for (found, expected) in
                            output[row * outputs..][..outputs].iter().zip(plain(&dense, &input[row * stride..]))
                        {
                            assert!(
                                (found - expected).abs() < 1e-4,
                                "{arch:?} {pieces} {inputs} {row}: {found} {expected}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn normalisation_leaves_padding_zero() {
        let mut row: Vec<f32> = (0..10).map(|i| i as f32).chain([0.0; 6]).collect();
        let gain: Vec<f32> = [2.0; 10].into_iter().chain([0.0; 6]).collect();
        let norm = Norm { gain: &gain, shift: &[0.0; 16], width: 10, activation: Activation::Maxout };
        normalize(norm, 16, &mut row, None);
        assert!(row[10..].iter().all(|&x| x == 0.0));
        assert!((row[..10].iter().sum::<f32>()).abs() < 1e-5);
        assert!((row[..10].iter().map(|x| x * x).sum::<f32>() / 10.0 - 4.0).abs() < 1e-4);
    }
}
