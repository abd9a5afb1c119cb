//! `dateline data model`: a spaCy pipeline becomes a model artifact.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use bytesize::ByteSize;

use crate::data::{model_path, open_model, write_atomically};
use crate::spacy;

/// Convert a spaCy 3 pipeline with a convolutional `ner` to a model artifact
///
/// PATH is a pipeline's directory: the one that holds config.cfg. What the runtime does not implement is an error
/// that names the component and the layer.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pipeline's directory
    path: PathBuf,
    /// Write the artifact here [default: NAME.model in the data directory, by the name of the pipeline]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Runs the subcommand; without an output the artifact is written to `data_dir`.
///
/// # Errors
/// Where the pipeline cannot be read or converted, or the artifact cannot be written.
pub(crate) fn run(args: Args, data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let started = Instant::now();
    let origin = args.path.display().to_string();
    let artifact = spacy::convert(|file| std::fs::read(args.path.join(file)), &origin)
        .with_context(|| format!("cannot convert {origin}"))?;
    let name = spacy::Pipeline::open(spacy::AlignedBytes::new(&artifact))?.name().to_owned();
    // The file bears the pipeline's name without its version: what enrichment.model says stays true.
    let stem = name.rsplit_once('-').map_or(name.as_str(), |(stem, _)| stem);
    let path = args.output.unwrap_or_else(|| model_path(data_dir, stem));
    write_atomically(&path, &artifact)?;
    let pipeline = open_model(&path)?;
    let seconds = started.elapsed().as_secs_f64();
    let (size, types) = (ByteSize(artifact.len() as u64), pipeline.labels().len());
    writeln!(out, "{}: {}, {types} entity types ({size}, {seconds:.1} s)", path.display(), pipeline.name())?;
    Ok(())
}
