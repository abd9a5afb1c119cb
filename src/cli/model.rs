//! `dateline data model`: a spaCy pipeline becomes a model artifact.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use bytesize::ByteSize;

use crate::data::gazetteer::write_atomically;
use crate::data::{MODEL_FILE, open_model};
use crate::spacy;

/// Convert a spaCy 3 pipeline with a convolutional `ner` to a model artifact
///
/// PATH is a pipeline's directory: the one that holds config.cfg. What the runtime does not implement is an error
/// that names the component and the layer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pipeline's directory
    path: PathBuf,
    /// Write the artifact here instead of the model in the data directory
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Runs the subcommand; without an output the artifact is written to `data_dir`.
///
/// # Errors
/// Where the pipeline cannot be read or converted, or the artifact cannot be written.
pub(crate) fn run(args: Args, data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let started = Instant::now();
    let artifact = spacy::convert(|file| std::fs::read(args.path.join(file)))
        .with_context(|| format!("cannot convert {}", args.path.display()))?;
    let path = args.output.unwrap_or_else(|| data_dir.join(MODEL_FILE));
    write_atomically(&path, &artifact)?;
    let pipeline = open_model(&path)?;
    let seconds = started.elapsed().as_secs_f64();
    let (size, types) = (ByteSize(artifact.len() as u64), pipeline.labels().len());
    writeln!(out, "{}: {}, {types} entity types ({size}, {seconds:.1} s)", path.display(), pipeline.name())?;
    Ok(())
}
