//! Hands out the topmost value of each key, parsed, and remembers what was wrong and which keys exist.

use std::collections::BTreeMap;

use super::client;
use super::layers::{Given, Layers, Origin, Raw};
use super::problem::{Fault, Problem};
use super::{Effective, Property};

/// Reads keys off the layers. A key exists because it is asked for: what is left at the end is unknown.
#[derive(Debug)]
pub(super) struct Reader {
    layers: Layers,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
    effective: Vec<Effective>,
}

impl Reader {
    pub(super) fn new(layers: Layers, problems: Vec<Problem>) -> Reader {
        Reader { layers, known: Vec::new(), problems, effective: Vec::new() }
    }

    /// A key that always has a value. Where a layer's value is wrong, that is noted and the one below counts,
    /// so that every problem is found in one go.
    pub(super) fn get<T>(&mut self, key: &'static str, parse: impl Fn(&Raw) -> Result<T, Fault>) -> T {
        self.read(key, parse).expect("the built-in file has a right value for each key; a test holds it")
    }

    /// A key that may be absent. An empty environment variable or flag leaves it so.
    pub(super) fn optional<T>(&mut self, key: &'static str, parse: impl Fn(&Raw) -> Result<T, Fault>) -> Option<T> {
        let value = self.read(key, |raw| match raw {
            Raw::Untyped(text) if text.is_empty() => Ok(None),
            _ => parse(raw).map(Some),
        });
        if matches!(value, Some(None)) {
            self.effective.pop();
        }
        value.flatten()
    }

    fn read<T>(&mut self, key: &'static str, parse: impl Fn(&Raw) -> Result<T, Fault>) -> Option<T> {
        self.known.push(key);
        let mut topmost = None;
        for given in self.layers.0.remove(key).unwrap_or_default() {
            match parse(&given.raw) {
                Ok(value) => topmost = Some((value, given)),
                Err(fault) => self.problems.push(Problem::wrong_value(given.at, key, fault)),
            }
        }
        let (value, Given { raw, at, .. }) = topmost?;
        self.effective.push(Effective { key: key.to_owned(), value: raw.to_string(), origin: at });
        Some(value)
    }

    /// The properties of `[kafka.client]`, whose keys are librdkafka's.
    pub(super) fn client(&mut self) -> BTreeMap<String, Property> {
        let prefix = format!("{}.", client::TABLE);
        let names: Vec<String> = self.layers.0.keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
        let mut properties = BTreeMap::new();
        for key in names {
            let name = &key[prefix.len()..];
            for Given { raw, at, .. } in self.layers.0.remove(&key).unwrap_or_default() {
                match client::property(name, &raw) {
                    Ok(property) => {
                        let value = if client::is_secret(name) { "***".to_owned() } else { property.0.clone() };
                        self.effective.retain(|shown| shown.key != key);
                        self.effective.push(Effective { key: key.clone(), value, origin: at });
                        properties.insert(name.to_owned(), property);
                    }
                    Err(fault) => self.problems.push(Problem::wrong_value(at, &key, fault)),
                }
            }
        }
        properties
    }

    /// Notes that two keys do not go together; the place is that of the first of `keys` that was not left
    /// at its default.
    pub(super) fn conflict(&mut self, keys: &[&str], message: String) {
        let at = self
            .effective
            .iter()
            .filter(|shown| keys.contains(&shown.key.as_str()))
            .map(|shown| &shown.origin)
            .max()
            .unwrap_or(&Origin::Default);
        self.problems.push(Problem::new(at.clone(), message));
    }

    /// What was read, or all that was wrong.
    pub(super) fn finish(mut self) -> Result<Vec<Effective>, Vec<Problem>> {
        let mut left: Vec<(Given, String)> = Vec::new();
        for (key, stack) in std::mem::take(&mut self.layers.0) {
            left.extend(stack.into_iter().map(|given| (given, key.clone())));
        }
        // As they stand in the file, so that an unknown table is told at its first key.
        left.sort_by(|(one, _), (other, _)| one.key_at.cmp(&other.key_at));
        let mut unknown_tables = Vec::new();
        for (Given { raw, key_at, at }, key) in left {
            let problem = self.unknown(&key, &raw, key_at, at, &mut unknown_tables);
            self.problems.extend(problem);
        }
        if self.problems.is_empty() {
            return Ok(self.effective);
        }
        self.problems.sort();
        Err(self.problems)
    }

    fn unknown(
        &self,
        key: &str,
        raw: &Raw,
        key_at: Origin,
        at: Origin,
        unknown_tables: &mut Vec<String>,
    ) -> Option<Problem> {
        let within = |outer: &str, inner: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
        if self.known.iter().any(|known| within(key, known)) || key == client::TABLE {
            let fault = Fault::new(format!("a table, [{key}]"), raw.found());
            return (*raw != Raw::Table).then(|| Problem::wrong_value(at, key, fault));
        }
        if let Some(known) = self.known.iter().find(|known| within(known, key)) {
            return Some(Problem::wrong_value(key_at, known, Fault::new("a value", "a table")));
        }
        if let Some(property) = client::belongs_here(key) {
            let message = format!("unknown key {key}; librdkafka's {property} goes to [{}]", client::TABLE);
            return Some(Problem::new(key_at, message));
        }
        let tables: Vec<&str> = self.known.iter().filter_map(|known| Some(known.split_once('.')?.0)).collect();
        let table = key.split('.').next().unwrap_or(key);
        let in_file = matches!(key_at, Origin::File { .. });
        if in_file && (key.contains('.') || *raw == Raw::Table) && !tables.contains(&table) {
            if unknown_tables.iter().any(|seen| seen == table) {
                return None;
            }
            unknown_tables.push(table.to_owned());
            return Some(Problem::unknown_table(key_at, table, &tables));
        }
        Some(Problem::unknown_key(key_at, key, &self.known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DEFAULTS, Settings};

    #[test]
    fn the_commented_default_file_documents_every_key() {
        let mut layers = Layers::default();
        let mut problems = Vec::new();
        layers.add_toml(None, DEFAULTS, &mut problems);
        let mut reader = Reader::new(layers, problems);
        Settings::read(&mut reader);
        assert_eq!(reader.problems, []);
        let undocumented: Vec<_> = reader
            .known
            .iter()
            .filter(|known| {
                let (table, key) = known.split_once('.').unwrap();
                let (_, after) = DEFAULTS.split_once(&format!("\n[{table}]\n")).unwrap();
                let body = after.split("\n[").next().unwrap();
                !body.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = ")))
            })
            .collect();
        assert!(undocumented.is_empty(), "not in config/dateline.toml: {undocumented:?}");
    }
}
