//! Logs: `tracing` events to stderr, as text for people and as JSON lines for programs.
//!
//! Events of the `log` crate (librdkafka's, through rdkafka) arrive as `tracing` events too.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text where stderr is a terminal, JSON lines otherwise.
    Auto,
    /// One JSON object a line, the event's fields at its top level.
    Json,
    /// Text.
    Text,
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InitError {
    /// The filter cannot be read.
    #[error(
        "log filter \"{filter}\": {message}; expected a level (error, warn, info, debug, trace, off) or a list like \"info,dateline=debug\""
    )]
    Filter {
        /// As it was given.
        filter: String,
        /// What is wrong with it.
        message: String,
    },
    /// It was set up before.
    #[error("logging is set up already")]
    Twice,
}

/// Sends every event that `filter` lets through to stderr, and every panic as one event.
///
/// `filter` is a level or a list of directives of [`EnvFilter`] ("info,librdkafka=debug").
///
/// # Errors
/// Where the filter cannot be read, or this was called before.
pub fn init(format: LogFormat, filter: &str) -> Result<(), InitError> {
    let filter = parse_filter(filter)?;
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let json = match format {
        LogFormat::Auto => !terminal,
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    let done = if json {
        builder.json().flatten_event(true).with_span_list(false).finish().try_init()
    } else {
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        builder.with_ansi(colour).finish().try_init()
    };
    done.map_err(|_| InitError::Twice)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// `EnvFilter` takes a misspelt level ("inof") for the name of a module and then logs nothing: a bare word
/// must be a level here.
fn parse_filter(filter: &str) -> Result<EnvFilter, InitError> {
    let fail = |message: String| InitError::Filter { filter: filter.to_owned(), message };
    let directives: Vec<&str> = filter.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    for directive in &directives {
        let names_a_target = directive.contains(['=', '[', ':']);
        if !names_a_target && directive.parse::<LevelFilter>().is_err() {
            return Err(fail(format!("\"{directive}\" is no level")));
        }
    }
    EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(directives.join(","))
        .map_err(|error| fail(error.to_string()))
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text");
    let location = panic.location().map(tracing::field::display);
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::display(backtrace));
    let thread = std::thread::current();
    tracing::error!(panic = message, location, thread = thread.name(), backtrace, "panicked");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_levels_and_directives() {
        for filter in ["info", "WARN", "", "off", "info,dateline=debug", "dateline::worker=trace, librdkafka=warn"] {
            assert!(parse_filter(filter).is_ok(), "{filter}");
        }
    }

    #[test]
    fn refuses_what_would_silence_the_log() {
        for filter in ["inof", "info,dateline", "dateline=verbose", "dateline=[", "info warn"] {
            let error = parse_filter(filter).unwrap_err().to_string();
            assert!(error.contains(filter) && error.contains("expected a level"), "{error}");
        }
    }
}
