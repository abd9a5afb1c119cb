//! `config.cfg`: sections in brackets, values in JSON, references in `${section.key}`.

use serde_json::{Map, Value};

/// A parsed configuration, as one tree of sections.
#[derive(Debug)]
pub(super) struct Config(Value);

/// References may lead to references this many times.
const MAX_HOPS: usize = 16;

impl Config {
    /// Parses `text`. Lines that are no section, value or comment are ignored, as are values after an error:
    /// what the converter needs and does not find is an error where it is asked for.
    pub(super) fn parse(text: &str) -> Config {
        let mut root = Map::new();
        let mut section: Vec<String> = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name.split('.').take(32).map(str::to_owned).collect();
                enter(&mut root, &section);
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let mut value = value.trim().to_owned();
            while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t']) && !next.trim().is_empty()) {
                value.push('\n');
                value.push_str(more.trim());
            }
            let parsed = serde_json::from_str(&value).unwrap_or(Value::String(value));
            enter(&mut root, &section).insert(key.trim().to_owned(), parsed);
        }
        Config(Value::Object(root))
    }

    /// The value at `path`, references followed.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let mut value = self.find(path)?;
        for _ in 0..MAX_HOPS {
            let reference = value.as_str().and_then(|text| text.strip_prefix("${")?.strip_suffix('}'));
            let Some(reference) = reference else { return Some(value) };
            value = self.find(&reference.replace(':', "."))?;
        }
        None
    }

    fn find(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.0, |value, key| value.get(key))
    }
}

fn enter<'a>(root: &'a mut Map<String, Value>, path: &[String]) -> &'a mut Map<String, Value> {
    path.iter().fold(root, |at, key| {
        let slot = at.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        match slot {
            Value::Object(map) => map,
            _ => unreachable!("made an object above"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_nest_and_references_resolve() {
        let config = Config::parse(
            "[a.b]\nwidth = ${c:size}\nlist = [1,\n    2]\ninline = {\"@x\":\"y\"}\n[c]\nsize = 96\nname = plain text\n[loop]\na = ${loop.a}\n",
        );
        assert_eq!(config.get("a.b.width"), Some(&Value::from(96)));
        assert_eq!(config.get("a.b.list"), Some(&Value::from(vec![1, 2])));
        assert_eq!(config.get("a.b.inline.@x"), Some(&Value::from("y")));
        assert_eq!(config.get("c.name"), Some(&Value::from("plain text")));
        assert_eq!(config.get("loop.a"), None);
        assert_eq!(config.get("a.none"), None);
    }
}
