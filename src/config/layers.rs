//! From a file, the environment and flags to one stack of values for each key. Knows places and types, not
//! what any key means.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::client;
use super::problem::Problem;

/// What every environment variable of ours starts with.
pub(super) const PREFIX: &str = "DATELINE_";

/// Variables that are no settings: where the artifacts and the settings file lie.
const NOT_SETTINGS: [&str; 2] = ["DATELINE_DATA", "DATELINE_CONFIG"];

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Built in: `config/dateline.toml` of the source.
    Default,
    /// The settings file; line and column count from 1.
    File {
        /// As it was given or found.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// An environment variable, by name.
    Environment(String),
    /// A `--set` flag, by key.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Origin::Environment(name) => f.write_str(name),
            Origin::Flag(key) => write!(f, "--set {key}"),
        }
    }
}

/// A value as it was given, before anything is known of what it should be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw {
    /// From the environment or a flag, where all is text.
    Untyped(String),
    String(String),
    /// `None`: beyond 128 bits.
    Integer(Option<i128>),
    Float(f64),
    Boolean(bool),
    Array(Vec<Raw>),
    Table,
    Datetime,
}

impl Raw {
    /// The value and its type as an error message shows them.
    pub(super) fn found(&self) -> String {
        match self {
            Raw::Untyped(text) => format!("{text:?}"),
            Raw::String(text) => format!("the string {text:?}"),
            Raw::Integer(Some(value)) => format!("the integer {value}"),
            Raw::Integer(None) => "an integer that is too large".to_owned(),
            Raw::Float(value) => format!("the number {value}"),
            Raw::Boolean(value) => format!("the boolean {value}"),
            Raw::Array(items) if items.is_empty() => "an empty list".to_owned(),
            Raw::Array(_) => "a list".to_owned(),
            Raw::Table => "a table".to_owned(),
            Raw::Datetime => "a date".to_owned(),
        }
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Untyped(text) | Raw::String(text) => f.write_str(text),
            Raw::Integer(Some(value)) => write!(f, "{value}"),
            Raw::Float(value) => write!(f, "{value}"),
            Raw::Boolean(value) => write!(f, "{value}"),
            Raw::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if n == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Raw::Integer(None) | Raw::Table | Raw::Datetime => f.write_str("?"),
        }
    }
}

/// A value and where it was given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) raw: Raw,
    /// Where the key stands.
    pub(super) key_at: Origin,
    /// Where the value stands.
    pub(super) at: Origin,
}

/// Every value that was given, by dotted key; the lowest layer first.
#[derive(Debug, Default)]
pub(super) struct Layers(pub(super) BTreeMap<String, Vec<Given>>);

impl Layers {
    fn push(&mut self, key: String, given: Given) {
        self.0.entry(key).or_default().push(given);
    }

    /// Adds a TOML document; `path` is `None` for the built-in one.
    pub(super) fn add_toml(&mut self, path: Option<&Path>, text: &str, problems: &mut Vec<Problem>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let at = |offset: usize| match path {
            None => Origin::Default,
            Some(path) => {
                let before = text.get(..offset).unwrap_or(text);
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                Origin::File {
                    path: path.to_owned(),
                    line: before.matches('\n').count() + 1,
                    column: before[line_start..].chars().count() + 1,
                }
            }
        };
        let (document, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            self.flatten("", document.get_ref(), &at);
        }
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            problems.push(Problem::new(at(offset), format!("not valid TOML: {}", error.message())));
        }
    }

    fn flatten(&mut self, prefix: &str, table: &DeTable<'_>, at: &impl Fn(usize) -> Origin) {
        for (key, value) in table {
            let dotted = format!("{prefix}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) if !inner.is_empty() => self.flatten(&format!("{dotted}."), inner, at),
                _ => self
                    .push(dotted, Given { raw: raw(value), key_at: at(key.span().start), at: at(value.span().start) }),
            }
        }
    }

    /// Adds the environment's `DATELINE_…` variables.
    pub(super) fn add_environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            if is_setting(&name) {
                let at = Origin::Environment(name.clone());
                self.push(key_of(rest), Given { raw: Raw::Untyped(value), key_at: at.clone(), at });
            }
        }
    }

    /// Adds `--set key=value` flags.
    pub(super) fn add_flags(&mut self, flags: &[(String, String)]) {
        for (key, value) in flags {
            let at = Origin::Flag(key.clone());
            self.push(key.clone(), Given { raw: Raw::Untyped(value.clone()), key_at: at.clone(), at });
        }
    }
}

/// The name of the environment variable that sets a key.
pub(super) fn variable_of(key: &str) -> String {
    let name = match key.strip_prefix(client::TABLE) {
        Some(property) => format!("kafka__client__{}", property.trim_start_matches('.').replace('.', "_")),
        None => key.replace('.', "__"),
    };
    format!("{PREFIX}{}", name.to_ascii_uppercase())
}

fn key_of(variable: &str) -> String {
    let lower = variable.to_ascii_lowercase();
    match lower.strip_prefix("kafka__client__") {
        Some(property) => format!("{}.{}", client::TABLE, client::property_of_variable(property)),
        None => lower.replace("__", "."),
    }
}

/// Kubernetes sets variables for each service that a pod can see (`DATELINE_SERVICE_HOST`,
/// `DATELINE_PORT_9464_TCP_ADDR` for one that is called "dateline"): these must not keep a worker from starting.
fn is_setting(name: &str) -> bool {
    let of_service = !name.contains("__")
        && (name.contains("_SERVICE_HOST")
            || name.contains("_SERVICE_PORT")
            || name.ends_with("_PORT")
            || ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| name.contains("_PORT_") && name.contains(protocol)));
    !of_service && !NOT_SETTINGS.contains(&name) && !name.starts_with("DATELINE_TEST_")
}

fn raw(value: &Spanned<DeValue<'_>>) -> Raw {
    match value.get_ref() {
        DeValue::String(text) => Raw::String(text.as_ref().to_owned()),
        DeValue::Integer(digits) => Raw::Integer(i128::from_str_radix(digits.as_str(), digits.radix()).ok()),
        // The parser has checked the syntax, and `f64` reads all that TOML calls a float.
        DeValue::Float(digits) => Raw::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Raw::Boolean(*value),
        DeValue::Datetime(_) => Raw::Datetime,
        DeValue::Array(items) => Raw::Array(items.iter().map(raw).collect()),
        DeValue::Table(_) => Raw::Table,
    }
}
