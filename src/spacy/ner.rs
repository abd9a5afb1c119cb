//! The transition system that names entities: BILUO moves, taken greedily.
//!
//! A state is described by a few tokens: the next one, and the first and last of the entity that is open, if
//! any. Most states have no entity open; their scores depend on the next token alone and are computed for a
//! whole block at once. While an entity is open only two moves are valid, and only those two are scored.

use pulp::Arch;

use super::artifact::Bytes;
use super::embed::dense;
use super::kernel::{AddProduct, Apply, dot};
use super::spec::{Move, NerSpec, padded};

/// An entity: tokens `start..end` and the index of its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) label: u16,
}

/// The moves of a model, by what they are for.
#[derive(Debug)]
pub(super) struct Moves {
    /// Classes that are valid while no entity is open, in order: (class, move, label).
    closed: Vec<(usize, Move, u16)>,
    /// By label: the classes that go on with an entity and that end it.
    open: Vec<(Option<usize>, Option<usize>)>,
    seen: Vec<bool>,
}

impl Moves {
    pub(super) fn new(spec: &NerSpec) -> Moves {
        let mut closed = Vec::new();
        let mut open = vec![(None, None); spec.labels.len()];
        for (class, &(action, label)) in spec.moves.iter().enumerate() {
            match (action, label) {
                (Move::Begin | Move::Unit, Some(label)) => closed.push((class, action, label)),
                (Move::Out, _) => closed.push((class, action, 0)),
                (Move::In, Some(label)) => open[usize::from(label)].0 = Some(class),
                (Move::Last, Some(label)) => open[usize::from(label)].1 = Some(class),
                _ => {}
            }
        }
        let mut seen = vec![true; spec.moves.len()];
        spec.unseen.iter().for_each(|&class| seen[class] = false);
        Moves { closed, open, seen }
    }
}

/// Working memory and the state of a document; one a thread.
#[derive(Debug, Default)]
pub(super) struct State {
    /// One row a token of the block, after the row of the token before the block.
    projected: Vec<f32>,
    hidden: Vec<f32>,
    scores: Vec<f32>,
    open: Option<(usize, u16)>,
    /// What the tokens of the open entity add to the lower layer, as far as they stay the same.
    fixed: Vec<f32>,
    sums: Vec<f32>,
    /// No move was valid: nothing further is found in this document.
    stuck: bool,
}

/// A model's upper layers over one block of tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ner<'a> {
    pub(super) spec: &'a NerSpec,
    pub(super) moves: &'a Moves,
    pub(super) bytes: &'a Bytes,
    pub(super) arch: Arch,
}

impl State {
    /// Makes ready for a new document.
    pub(super) fn begin(&mut self) {
        self.open = None;
        self.stuck = false;
        self.projected.clear();
    }
}

impl Ner<'_> {
    /// Reads `rows` encoded tokens from the token `first` on, of a document of `count` tokens, and appends the
    /// entities that end among them.
    pub(super) fn block(
        &self,
        state: &mut State,
        encoded: &[f32],
        stride: usize,
        (first, count): (usize, usize),
        is_space: impl Fn(usize) -> bool,
        found: &mut Vec<Found>,
    ) {
        let spec = self.spec;
        let rows = encoded.len() / stride;
        let project = dense(&spec.project, self.bytes);
        let inputs = project.outputs;
        // The last row of the block before stays in front.
        match state.projected.len().checked_sub(inputs) {
            Some(last) => state.projected.copy_within(last.., 0),
            None => state.projected.resize(inputs, 0.0),
        }
        state.projected.resize((rows + 1) * inputs, 0.0);
        let output = &mut state.projected[inputs..];
        self.arch.dispatch(Apply { dense: project, norm: None, residual: None, input: encoded, stride, rows, output });

        let closed = dense(&spec.closed, self.bytes);
        let hidden = closed.outputs;
        state.hidden.resize(rows * hidden, 0.0);
        self.arch.dispatch(Apply {
            dense: closed,
            norm: None,
            residual: None,
            input: &state.projected[inputs..],
            stride: inputs,
            rows,
            output: &mut state.hidden,
        });
        let classes = match &spec.upper {
            None => hidden,
            Some(upper) => {
                let upper = dense(&upper.dense, self.bytes);
                state.scores.resize(rows * upper.outputs, 0.0);
                self.arch.dispatch(Apply {
                    dense: upper,
                    norm: None,
                    residual: None,
                    input: &state.hidden,
                    stride: hidden,
                    rows,
                    output: &mut state.scores,
                });
                upper.outputs
            }
        };
        for row in 0..rows {
            if state.stuck {
                return;
            }
            let token = first + row;
            let is_last = token + 1 == count;
            match state.open {
                None => {
                    let scores = if spec.upper.is_some() { &state.scores } else { &state.hidden };
                    let scores = &scores[row * classes..][..classes];
                    match self.best_closed(scores, is_last, is_space(token)) {
                        Some((Move::Begin, label)) => {
                            state.open = Some((token, label));
                            state.fixed.clear();
                            state.fixed.extend_from_slice(self.bytes.get(spec.slot_bias));
                        }
                        Some((Move::Unit, label)) => found.push(Found { start: token, end: token + 1, label }),
                        Some(_) => {}
                        None => state.stuck = true,
                    }
                }
                Some((start, label)) => {
                    let (goes_on, ends) = self.moves.open[usize::from(label)];
                    self.lower(state, row, token - start);
                    let score = |class: Option<usize>| {
                        let class = class?;
                        Some((self.score(&state.sums, class), class))
                    };
                    let goes_on = if is_last { None } else { score(goes_on) };
                    match (goes_on, score(ends)) {
                        (None, None) => state.stuck = true,
                        (Some(_), None) => {}
                        (Some(on), Some(end)) if on.0 > end.0 || on.0 == end.0 && on.1 < end.1 => {}
                        (_, Some(_)) => {
                            found.push(Found { start, end: token + 1, label });
                            state.open = None;
                        }
                    }
                }
            }
        }
    }

    /// The best move while no entity is open.
    fn best_closed(&self, scores: &[f32], is_last: bool, is_space: bool) -> Option<(Move, u16)> {
        let mut best: Option<(f32, Move, u16)> = None;
        for &(class, action, label) in &self.moves.closed {
            let valid = match action {
                Move::Begin => !is_last && !is_space,
                Move::Unit => !is_space,
                _ => true,
            };
            if !valid {
                continue;
            }
            let score = if self.moves.seen[class] { scores[class] } else { f32::NEG_INFINITY };
            if best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, action, label));
            }
        }
        best.map(|(_, action, label)| (action, label))
    }

    /// Computes the lower layer for the token of `row`, `length` tokens into the open entity, and leaves its
    /// maxima in the front of `state.sums`.
    fn lower(&self, state: &mut State, row: usize, length: usize) {
        let spec = self.spec;
        let inputs = padded(spec.project.outputs);
        let hidden = padded(spec.hidden);
        let width = hidden * spec.pieces;
        let weights = self.bytes.get::<f32>(spec.slot_weights);
        let padding = self.bytes.get::<f32>(spec.slot_padding);
        let add = |slot: usize, token: &[f32], sums: &mut [f32]| {
            let weights = &weights[slot * inputs * width..][..inputs * width];
            self.arch.dispatch(AddProduct { input: token, weights, sums });
        };
        let (before, current) = state.projected[row * inputs..][..2 * inputs].split_at(inputs);
        let sums = &mut state.sums;
        match spec.slots {
            // The entity's first token, and the token before this one.
            3 => {
                if length == 1 {
                    add(1, before, &mut state.fixed);
                }
                sums.clone_from(&state.fixed);
                add(2, before, sums);
            }
            // The entity's first tokens, as many as there are slots.
            slots => {
                if length < slots {
                    add(length, before, &mut state.fixed);
                }
                sums.clone_from(&state.fixed);
                for slot in length + 1..slots {
                    sums.iter_mut().zip(&padding[slot * width..][..width]).for_each(|(sum, x)| *sum += x);
                }
            }
        }
        add(0, current, sums);
        let (best, others) = sums.split_at_mut(hidden);
        for piece in others.chunks_exact(hidden) {
            best.iter_mut().zip(piece).for_each(|(best, &x)| *best = best.max(x));
        }
    }

    /// The score of one class, given the lower layer.
    fn score(&self, sums: &[f32], class: usize) -> f32 {
        if !self.moves.seen[class] {
            return f32::NEG_INFINITY;
        }
        match &self.spec.upper {
            None => sums[class],
            Some(upper) => {
                let hidden = padded(self.spec.hidden);
                let row = &self.bytes.get::<f32>(upper.rows)[class * hidden..][..hidden];
                dot(row, &sums[..hidden]) + self.bytes.get::<f32>(upper.bias)[class]
            }
        }
    }
}
