//! `dateline schema`: the JSON Schema of the published contract.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;

use crate::enriched;

/// Print the JSON Schema (draft 2020-12) of an enriched article.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Runs the subcommand.
///
/// # Errors
/// Where standard output cannot be written.
pub(crate) fn run(_: &Args) -> anyhow::Result<ExitCode> {
    let schema = serde_json::to_string_pretty(&enriched::schema()).context("cannot write the schema as JSON")?;
    match writeln!(io::stdout().lock(), "{schema}") {
        // Whoever read the output has enough: `| head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written.context("cannot write standard output")?,
    }
    Ok(ExitCode::SUCCESS)
}
