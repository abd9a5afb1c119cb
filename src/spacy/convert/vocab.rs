//! `vocab/`: static vectors, the rows of words, the table of norms; and the tokenizer's file.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::hash::string_id;
use super::super::rules::{RuleTexts, SpecialToken};
use super::ConvertError;
use super::msgpack::{self, Value};

/// Static vectors: rows of `width` numbers, and which row a word has.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    pub(super) rows: usize,
    pub(super) width: usize,
    pub(super) numbers: Vec<f32>,
    /// (identifier of the word, row), sorted.
    pub(super) keys: Vec<(u64, u32)>,
}

/// Reads NumPy's `.npy` file of `vocab/vectors` and the MessagePack of `vocab/key2row`.
pub(super) fn vectors(npy: &[u8], key2row: &[u8]) -> Result<Vectors, ConvertError> {
    let error = |message: &'static str| ConvertError::File { file: "vocab/vectors", message: message.to_owned() };
    let rest = npy.strip_prefix(b"\x93NUMPY").ok_or_else(|| error("is no NumPy array"))?;
    let header_len = match rest {
        [1, _, low, high, ..] => usize::from(u16::from_le_bytes([*low, *high])),
        [2 | 3, _, a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]) as usize,
        _ => return Err(error("is a NumPy array of an unknown version")),
    };
    let start = if rest[0] == 1 { 4 } else { 6 };
    let header = rest.get(start..).and_then(|rest| rest.get(..header_len)).and_then(|h| std::str::from_utf8(h).ok());
    let header = header.ok_or_else(|| error("has a damaged header"))?;
    let data = &rest[start + header_len..];
    if !header.contains("'<f4'") || !header.contains("'fortran_order': False") {
        return Err(error("is no array of 32-bit floats in C order"));
    }
    let shape: Option<Vec<usize>> =
        header.split_once("'shape': (").and_then(|(_, rest)| rest.split_once(')')).and_then(|(sizes, _)| {
            sizes.split(',').map(str::trim).filter(|s| !s.is_empty()).map(|s| s.parse().ok()).collect()
        });
    let Some(&[rows, width]) = shape.as_deref() else { return Err(error("is no table")) };
    if rows.checked_mul(width).and_then(|count| count.checked_mul(4)) != Some(data.len()) {
        return Err(error("has another size than its header says"));
    }
    let numbers = data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let map = msgpack::read(key2row)?;
    let bad_key =
        || ConvertError::File { file: "vocab/key2row", message: "is no map from identifiers to rows".to_owned() };
    let mut keys = Vec::new();
    for (key, row) in map.map().ok_or_else(bad_key)? {
        let (Some(key), Some(row)) = (key.unsigned(), row.size()) else {
            // Words whose vector was pruned away have row -1.
            if key.unsigned().is_some() && matches!(row, Value::Negative(_)) {
                continue;
            }
            return Err(bad_key());
        };
        if row >= rows {
            return Err(bad_key());
        }
        keys.push((key, row as u32));
    }
    keys.sort_unstable();
    keys.dedup_by_key(|&mut (key, _)| key);
    Ok(Vectors { rows, width, numbers, keys })
}

/// Reads the table `lexeme_norm` of `vocab/lookups.bin`: (identifier of the word, identifier of its norm), sorted.
pub(super) fn norms(lookups: &[u8]) -> Result<Vec<(u64, u64)>, ConvertError> {
    let error =
        || ConvertError::File { file: "vocab/lookups.bin", message: "has a table that cannot be read".to_owned() };
    let tables = msgpack::read(lookups)?;
    let Some(table) = tables.get("lexeme_norm") else { return Ok(Vec::new()) };
    let mut norms = Vec::new();
    for (key, norm) in table.map().ok_or_else(error)? {
        norms.push((key.unsigned().ok_or_else(error)?, string_id(norm.text().ok_or_else(error)?)));
    }
    norms.sort_unstable();
    norms.dedup_by_key(|&mut (key, _)| key);
    Ok(norms)
}

/// Attributes of an exception's token: spaCy's numbers for `ORTH` and `NORM`, or their names.
const ORTH: (u64, &str) = (65, "ORTH");
const NORM: (u64, &str) = (67, "NORM");

/// Reads the file `tokenizer`.
pub(super) fn tokenizer(bytes: &[u8]) -> Result<RuleTexts, ConvertError> {
    let error = |message: &str| ConvertError::File { file: "tokenizer", message: message.to_owned() };
    let file = msgpack::read(bytes)?;
    let rule = |name: &str| -> Result<Option<String>, ConvertError> {
        match file.get(name) {
            None | Some(Value::Nil) => Ok(None),
            Some(value) => {
                value.text().map(|text| Some(text.to_owned())).ok_or_else(|| error("has a rule that is no text"))
            }
        }
    };
    let mut exceptions = Vec::new();
    for (chunk, tokens) in file.get("exceptions").and_then(Value::map).unwrap_or_default() {
        let chunk = chunk.text().ok_or_else(|| error("has an exception that is no text"))?;
        let mut parts = Vec::new();
        for token in tokens.array().ok_or_else(|| error("has an exception without tokens"))? {
            let attribute = |(number, name): (u64, &str)| {
                let items = token.map().unwrap_or_default();
                items
                    .iter()
                    .find(|(key, _)| key.unsigned() == Some(number) || key.text() == Some(name))
                    .map(|(_, value)| value)
            };
            let text = attribute(ORTH).and_then(Value::text).ok_or_else(|| error("has an exception without ORTH"))?;
            let norm = attribute(NORM).and_then(Value::text);
            parts.push(SpecialToken { text: text.to_owned(), norm: norm.map(str::to_owned) });
        }
        exceptions.push((chunk.to_owned(), parts));
    }
    exceptions.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(RuleTexts {
        prefix_search: rule("prefix_search")?,
        suffix_search: rule("suffix_search")?,
        infix_finditer: rule("infix_finditer")?,
        token_match: rule("token_match")?,
        url_match: rule("url_match")?,
        faster_heuristics: file.get("faster_heuristics") != Some(&Value::Bool(false)),
        exceptions,
    })
}

/// The actions of `ner/moves` in the order of the model's classes: (action, label).
pub(super) fn moves(bytes: &[u8]) -> Result<Vec<(u32, String)>, ConvertError> {
    let error = || ConvertError::File { file: "ner/moves", message: "has no actions that can be read".to_owned() };
    let file = msgpack::read(bytes)?;
    let json: Json =
        file.get("moves").and_then(Value::text).and_then(|text| serde_json::from_str(text).ok()).ok_or_else(error)?;
    let mut actions: Vec<(&String, u32, &serde_json::Map<String, Json>)> = Vec::new();
    for (action, labels) in json.as_object().ok_or_else(error)? {
        actions.push((action, action.parse().map_err(|_| error())?, labels.as_object().ok_or_else(error)?));
    }
    actions.sort_by(|a, b| a.0.cmp(b.0));
    let mut moves: Vec<(u32, String)> = Vec::new();
    // Labels that were added after training began: their actions come last, label by label.
    let mut added: Vec<(i64, &String)> = Vec::new();
    let mut added_actions: BTreeMap<&String, Vec<u32>> = BTreeMap::new();
    let mut add = |action: u32, label: &str| {
        const OUT: u32 = 5;
        let known = moves.iter().any(|(a, l)| *a == action && l == label);
        if action != 0 && (action != OUT || label.is_empty()) && !known {
            moves.push((action, label.to_owned()));
        }
    };
    for (_, action, labels) in &actions {
        let mut by_frequency: Vec<(i64, &String)> = Vec::new();
        for (label, frequency) in *labels {
            by_frequency.push((frequency.as_i64().ok_or_else(error)?, label));
        }
        by_frequency.sort_by(|a, b| b.cmp(a));
        for (frequency, label) in by_frequency {
            if frequency >= 0 {
                add(*action, label);
            } else {
                added.push((frequency, label));
                added_actions.entry(label).or_default().push(*action);
            }
        }
    }
    added.sort_by(|a, b| b.cmp(a));
    for (_, label) in added {
        for &action in &added_actions[label] {
            add(action, label);
        }
    }
    Ok(moves)
}
