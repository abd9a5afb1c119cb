//! The weights of the model of context, and the calibration of what it believes: `config/location_model.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::features::{FEATURES, Features, NONE_BIAS};
use crate::text::{LexiconError, Lexicons};

const FILE: &str = "location_model.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelToml {
    weights: BTreeMap<String, f32>,
    calibration: Vec<[f32; 2]>,
}

/// Weights and calibration.
#[derive(Debug, Clone)]
pub(super) struct Model {
    weights: Features,
    /// The score of "no place of the gazetteer".
    pub(super) none: f32,
    /// Pairs of a share and how often a choice with it was right, ascending in both.
    calibration: Vec<[f32; 2]>,
}

impl Model {
    pub(super) fn read(lexicons: &Lexicons) -> Result<Model, LexiconError> {
        let ModelToml { mut weights, calibration } = lexicons.read(FILE)?;
        let fail = |message: String| LexiconError { file: FILE.to_owned(), message };
        let mut take = |name: &str| weights.remove(name).ok_or_else(|| fail(format!("the weight {name} is missing")));
        let none = take(NONE_BIAS)?;
        let mut ordered = [0.0; FEATURES.len()];
        for (weight, name) in ordered.iter_mut().zip(FEATURES) {
            *weight = take(name)?;
        }
        if let Some(name) = weights.keys().next() {
            return Err(fail(format!("there is no feature {name}")));
        }
        let ascending = calibration.windows(2).all(|w| w[0][0] < w[1][0] && w[0][1] <= w[1][1]);
        if calibration.len() < 2 || !ascending || calibration.iter().flatten().any(|v| !(0.0..=1.0).contains(v)) {
            return Err(fail("calibration must be two or more pairs between 0 and 1, ascending in both".to_owned()));
        }
        Ok(Model { weights: ordered, none, calibration })
    }

    pub(super) fn score(&self, features: &Features) -> f32 {
        features.iter().zip(&self.weights).map(|(feature, weight)| feature * weight).sum()
    }

    /// How often a choice that has `share` of the probability is right: between the pairs on a straight line.
    pub(super) fn calibrate(&self, share: f32) -> f32 {
        let above = self.calibration.partition_point(|pair| pair[0] < share);
        let Some(&[x1, y1]) = self.calibration.get(above) else {
            return self.calibration.last().map_or(share, |pair| pair[1]);
        };
        match above.checked_sub(1).and_then(|below| self.calibration.get(below)) {
            Some(&[x0, y0]) => y0 + (y1 - y0) * (share - x0) / (x1 - x0),
            None => y1,
        }
    }
}
