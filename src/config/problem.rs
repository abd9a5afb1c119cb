//! What is wrong with the settings, where, and what would be right.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::layers::{Origin, variable_of};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file {path}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Keys or values are wrong: all of them, not only the first.
    #[error("{}", lines(.0))]
    Invalid(Vec<Problem>),
}

fn lines(problems: &[Problem]) -> String {
    match problems {
        [only] => only.to_string(),
        _ => problems.iter().fold(format!("the settings have {} errors", problems.len()), |text, problem| {
            format!("{text}\n  {problem}")
        }),
    }
}

/// One wrong key or value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it stands.
    pub at: Origin,
    /// What was expected and what was found; a secret is never part of it.
    pub message: String,
}

impl Problem {
    pub(super) fn new(at: Origin, message: String) -> Problem {
        Problem { at, message }
    }

    /// A key that does not exist.
    pub(super) fn unknown_key(at: Origin, key: &str, known: &[&'static str]) -> Problem {
        let nearest = nearest(key, known);
        let message = match &at {
            Origin::Environment(_) => {
                let hint = match nearest {
                    Some(nearest) => format!("; did you mean {}?", variable_of(nearest)),
                    None => "; variables are named DATELINE_TABLE__KEY".to_owned(),
                };
                format!("this variable matches no key{hint}")
            }
            _ => match nearest {
                Some(nearest) => format!("unknown key {key}; did you mean {nearest}?"),
                None => format!("unknown key {key}; `config/dateline.toml` lists every key"),
            },
        };
        Problem { at, message }
    }

    /// A table that does not exist; `at` is its first key.
    pub(super) fn unknown_table(at: Origin, table: &str, known: &[&str]) -> Problem {
        let message = match nearest(table, known) {
            Some(nearest) => format!("unknown table [{table}]; did you mean [{nearest}]?"),
            None => format!("unknown table [{table}]; `config/dateline.toml` lists every key"),
        };
        Problem { at, message }
    }

    /// A value that is not what its key takes.
    pub(super) fn wrong_value(at: Origin, key: &str, fault: Fault) -> Problem {
        let mut message = match &at {
            // A flag is called as its key is.
            Origin::Flag(_) => String::new(),
            _ => format!("{key}: "),
        };
        message.push_str(&format!("expected {}", fault.expected));
        if let Some(found) = fault.found {
            message.push_str(&format!(", found {found}"));
        }
        if let Some(hint) = fault.hint {
            message.push_str(&format!("; {hint}"));
        }
        Problem { at, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

/// What a parser of values says of one that it cannot take.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) expected: String,
    /// Absent where the value is a secret or says nothing.
    pub(super) found: Option<String>,
    pub(super) hint: Option<String>,
}

impl Fault {
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> Fault {
        Fault { expected: expected.into(), found: Some(found.into()), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }
}

/// The known name that is nearest to `name`, where one is near enough to be meant: by the whole dotted name,
/// or by the last part alone (the right key in the wrong table).
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', '_'], "");
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned).unwrap_or_default();
    let wanted = plain(name);
    known
        .iter()
        .map(|&candidate| {
            let candidate_plain = plain(candidate);
            let whole = strsim::osa_distance(&wanted, &candidate_plain);
            let end = 1 + strsim::osa_distance(&last(&wanted), &last(&candidate_plain));
            (whole.min(end), candidate)
        })
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= (last(&wanted).chars().count() / 3).max(2))
        .map(|(_, candidate)| candidate)
}
