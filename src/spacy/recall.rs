//! Recall: what the rest of the document says of a token.
//!
//! The convolutions see a few words to each side. A name is met again and again, and one of its mentions often says what
//! it is ("the carmaker Lukara") when the others do not ("Lukara said"). So, between two layers, each token whose word
//! begins with a capital gets something of the mean of all tokens of the same word, and every token something of the mean
//! of the whole document, its topic, and of the passage that it stands in. Pooling over the mentions of a word is due to Akbik et al. (2019), "Pooled
//! contextualized embeddings for named entity recognition"; here it happens within one document, and is trained with it.

use pulp::Arch;

use super::artifact::Bytes;
use super::embed::dense;
use super::kernel::Apply;
use super::spec::{DenseSpec, RecallSpec, padded};

/// Tokens that are looked at as one document. A longer text is cut, after white space or a stop where there is one near
/// the end: what is kept of a text has a bound, and what a name means ten pages ago says little.
pub(super) const SECTION_TOKENS: usize = 4096;

/// Of a section, the part at its end where a good place to cut is looked for.
const NEAR_END: usize = 512;

/// Working memory; one a thread.
#[derive(Debug, Default)]
pub(super) struct Recall {
    /// One row a token, as the layers before left it, and then with what was recalled.
    rows: Vec<f32>,
    groups: Groups,
    /// One row for each token of a word that is met again: how the mean of the word differs from it.
    differences: Vec<f32>,
    /// The mean of each passage, and of the document.
    wide: Vec<f32>,
    /// What these add.
    added: Vec<f32>,
}

/// The words of a document that begin with a capital, with the means of their tokens.
#[derive(Debug, Default)]
struct Groups {
    /// By word: the number of its group, where it has one. All `NONE` between two documents.
    of: Vec<u32>,
    /// By group: its word, and how many tokens it has.
    words: Vec<(u32, u32)>,
    /// One row a group.
    means: Vec<f32>,
    /// The tokens of groups of several, each with its group.
    again: Vec<(u32, u32)>,
}

const NONE: u32 = u32::MAX;

impl Recall {
    /// Makes ready for a new document.
    pub(super) fn begin(&mut self) {
        self.rows.clear();
    }

    /// Takes the rows of the document's next tokens.
    pub(super) fn keep(&mut self, rows: &[f32]) {
        self.rows.extend_from_slice(rows);
    }

    /// The row of a token.
    pub(super) fn row(&self, token: usize, stride: usize) -> &[f32] {
        row_of(&self.rows, token, stride)
    }

    /// Adds to each row what is recalled. `named` gives a token's word where it begins with a capital; words are below
    /// `words`.
    pub(super) fn recall(
        &mut self,
        spec: &RecallSpec,
        width: usize,
        machine: (&Bytes, Arch),
        named: impl Fn(usize) -> Option<u32>,
        words: usize,
    ) {
        let stride = padded(width);
        let Recall { rows, groups, differences, wide, added } = self;
        // The means are of the rows as they were: all are taken before anything is added.
        groups.find(rows, stride, named, words);
        differences.clear();
        for &(token, group) in &groups.again {
            let (mean, row) = (row_of(&groups.means, group as usize, stride), row_of(rows, token as usize, stride));
            differences.extend(mean.iter().zip(row).map(|(mean, x)| mean - x));
        }
        wide.clear();
        for passage in rows.chunks(spec.passage_tokens * stride) {
            mean_of(passage, stride, wide);
        }
        let passages = wide.len();
        mean_of(rows, stride, wide);

        apply(&spec.memory, machine, differences, added);
        for (&(token, _), added) in groups.again.iter().zip(added.chunks_exact(stride)) {
            add(&mut rows[token as usize * stride..][..stride], added);
        }
        apply(&spec.passage, machine, &wide[..passages], added);
        for (passage, added) in rows.chunks_mut(spec.passage_tokens * stride).zip(added.chunks_exact(stride)) {
            passage.chunks_exact_mut(stride).for_each(|row| add(row, added));
        }
        apply(&spec.topic, machine, &wide[passages..], added);
        rows.chunks_exact_mut(stride).for_each(|row| add(row, added));
    }
}

impl Groups {
    /// Groups the tokens that `rows` are of by their word, which `named` gives where it begins with a capital.
    fn find(&mut self, rows: &[f32], stride: usize, named: impl Fn(usize) -> Option<u32>, words: usize) {
        self.of.resize(self.of.len().max(words), NONE);
        self.words.clear();
        self.means.clear();
        self.again.clear();
        for (token, row) in rows.chunks_exact(stride).enumerate() {
            let Some(word) = named(token) else { continue };
            let group = &mut self.of[word as usize];
            if *group == NONE {
                *group = self.words.len() as u32;
                self.words.push((word, 0));
                self.means.resize(self.words.len() * stride, 0.0);
            }
            self.words[*group as usize].1 += 1;
            add(&mut self.means[*group as usize * stride..][..stride], row);
            self.again.push((token as u32, *group));
        }
        for (&(word, size), mean) in self.words.iter().zip(self.means.chunks_exact_mut(stride)) {
            mean.iter_mut().for_each(|x| *x /= size as f32);
            self.of[word as usize] = NONE;
        }
        self.again.retain(|&(_, group)| self.words[group as usize].1 > 1);
    }
}

fn row_of(rows: &[f32], at: usize, stride: usize) -> &[f32] {
    &rows[at * stride..][..stride]
}

fn add(row: &mut [f32], added: &[f32]) {
    row.iter_mut().zip(added).for_each(|(x, more)| *x += more);
}

/// Appends the mean of rows.
fn mean_of(rows: &[f32], stride: usize, into: &mut Vec<f32>) {
    let at = into.len();
    into.resize(at + stride, 0.0);
    let mean = &mut into[at..];
    rows.chunks_exact(stride).for_each(|row| add(mean, row));
    let count = (rows.len() / stride).max(1) as f32;
    mean.iter_mut().for_each(|x| *x /= count);
}

fn apply(spec: &DenseSpec, (bytes, arch): (&Bytes, Arch), input: &[f32], output: &mut Vec<f32>) {
    let (stride, rows) = (spec.inputs, input.len() / spec.inputs);
    output.resize(input.len(), 0.0);
    arch.dispatch(Apply { dense: dense(spec, bytes), norm: None, residual: None, input, stride, rows, output });
}

/// Where the section ends that begins with the token `first`, of a text of `count` tokens. `ends` tells of a token
/// whether a section may well end after it.
pub(super) fn section_end(first: usize, count: usize, ends: impl Fn(usize) -> bool) -> usize {
    let end = first + SECTION_TOKENS;
    if end >= count {
        return count;
    }
    (end - NEAR_END..end).rev().find(|&token| ends(token)).map_or(end, |token| token + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_a_stop_near_the_end_of_a_section() {
        assert_eq!(section_end(0, SECTION_TOKENS, |_| true), SECTION_TOKENS);
        assert_eq!(section_end(0, 9000, |token| token == 4000), 4001);
        assert_eq!(section_end(0, 9000, |token| token == 3000), SECTION_TOKENS);
        assert_eq!(section_end(4001, 9000, |_| false), 4001 + SECTION_TOKENS);
    }

    #[test]
    fn words_met_again_are_grouped_with_the_mean_of_their_tokens() {
        let rows = [1.0, 2.0, 5.0, 5.0, 3.0, 4.0, 7.0, 7.0];
        // Tokens 0 and 2 are word 9, token 3 is word 4, token 1 begins with no capital.
        let named = |token: usize| [Some(9), None, Some(9), Some(4)][token];
        let mut groups = Groups::default();
        // What one document leaves behind is nothing to the next.
        for _ in 0..2 {
            groups.find(&rows, 2, named, 10);
            assert_eq!(groups.words, [(9, 2), (4, 1)]);
            assert_eq!(groups.means, [2.0, 3.0, 7.0, 7.0]);
            assert_eq!(groups.again, [(0, 0), (2, 0)]);
        }
        let mut mean = Vec::new();
        mean_of(&rows, 2, &mut mean);
        assert_eq!(mean, [4.0, 4.5]);
    }
}
