//! `dateline explain`: what the location stage weighs for each name, for learning its weights.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use crate::locations::LocationFinder;
use crate::text::{Document, Field, Mention, offsets::Offsets};
use crate::worker::Pipeline;

/// Write the places that are weighed for each name of each article, with their features, as JSON lines
///
/// Each line of the input is a JSON object with a `text` and an `id`. Offsets count Unicode scalar values.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Articles, one JSON object a line
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Where to write
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// Runs the subcommand.
///
/// # Errors
/// Where a file cannot be read or written, or a line holds no text.
pub(crate) fn run(args: &Args, pipeline: &Pipeline) -> anyhow::Result<ExitCode> {
    let input = File::open(&args.input).with_context(|| format!("cannot read {}", args.input.display()))?;
    let output = File::create(&args.output).with_context(|| format!("cannot write {}", args.output.display()))?;
    let mut output = BufWriter::new(output);
    writeln!(output, "{}", json!({"features": LocationFinder::features()}))?;
    for line in BufReader::new(input).lines() {
        let row: serde_json::Value = serde_json::from_str(&line?).context("a line is no JSON")?;
        let text = row["text"].as_str().context("a line has no text")?;
        let mut document = Document::parse(None, text);
        let offsets = Offsets::new(text);
        let mention = |m: Mention| [offsets.scalars(m.span.start), offsets.scalars(m.span.end)];
        let names: Vec<serde_json::Value> = pipeline
            .enricher
            .explain(&mut document)
            .into_iter()
            .map(|name| {
                let body = name.mentions.iter().filter(|(m, _)| m.field == Field::Body);
                let candidates: Vec<serde_json::Value> = name
                    .candidates
                    .iter()
                    .map(|c| {
                        json!({
                            "id": c.geonames_id, "lat": c.coordinates.latitude, "lon": c.coordinates.longitude,
                            "code": c.feature_code, "share": c.share, "f": c.features,
                        })
                    })
                    .collect();
                json!({
                    "mentions": body.map(|&(m, _)| mention(m)).collect::<Vec<_>>(),
                    "source": name.source, "chosen": name.chosen, "candidates": candidates,
                })
            })
            .collect();
        writeln!(output, "{}", json!({"id": row["id"], "names": names}))?;
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}
