//! `dateline label`: a model's own tokens and entities, for comparing and debugging.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use rayon::prelude::*;
use serde::Serialize;

use crate::data::{model_path, open_model};
use crate::spacy::{Pipeline, Scratch, Scratches};
use crate::text::offsets::Offsets;

/// Input that is labelled at once, for each thread.
const CHUNK_BYTES_PER_THREAD: usize = 128 * 1024;
/// Lines that a thread takes at a time.
const LINES_AT_A_TIME: usize = 8;

/// Write the tokens and entities that the model finds, as JSON lines; needs no broker
///
/// Each line of the input is a JSON object with a `text` and perhaps an `id`, or a bare JSON string. Each line of
/// the output is {"id", "tokens": [[start, end], …], "ents": [[start, end, type], …]}, offsets in Unicode scalar
/// values of the text as it came. White space other than single spaces makes tokens, as it does in spaCy.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Texts, one JSON document a line; `-` reads standard input
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// The model: a name in the data directory or a path [default: enrichment.model]
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Threads that label; 0: one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// Runs the subcommand with the model `configured` of `data_dir`, unless another is given.
///
/// # Errors
/// Where the model is missing, a file cannot be read or written, or a line holds no text.
pub(crate) fn run(args: &Args, data_dir: &Path, configured: &str) -> anyhow::Result<ExitCode> {
    let pipeline = open_model(&model_path(data_dir, args.model.as_deref().unwrap_or(configured)))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .thread_name(|index| format!("label-{index}"))
        .build()
        .context("cannot start the labelling threads")?;
    let input: Box<dyn BufRead> = match args.input.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => {
            let file = File::open(&args.input).with_context(|| format!("cannot read {}", args.input.display()))?;
            Box::new(BufReader::new(file))
        }
    };
    let output: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?),
        None => Box::new(io::stdout().lock()),
    };
    let mut output = BufWriter::new(output);
    match label_lines(input, &pipeline, &pool, &mut output).and_then(|()| output.flush().map_err(Into::into)) {
        // Whoever read the output has enough: `| head`.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        ended => ended.map(|()| ExitCode::SUCCESS),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Labels every line of `input`, in order.
fn label_lines(
    mut input: impl BufRead,
    pipeline: &Pipeline,
    pool: &rayon::ThreadPool,
    output: &mut impl Write,
) -> anyhow::Result<()> {
    // They keep what they have learnt from chunk to chunk.
    let scratches = Scratches::default();
    let mut number = 0;
    loop {
        let mut lines: Vec<(u64, String)> = Vec::new();
        let mut bytes = 0;
        while bytes < CHUNK_BYTES_PER_THREAD * pool.current_num_threads() {
            let mut line = String::new();
            if input.read_line(&mut line).with_context(|| format!("cannot read line {}", number + 1))? == 0 {
                break;
            }
            number += 1;
            bytes += line.len();
            if !line.trim().is_empty() {
                lines.push((number, line));
            }
        }
        if bytes == 0 {
            return Ok(());
        }
        let labelled: Vec<anyhow::Result<Vec<u8>>> = pool.install(|| {
            let chunks = lines.par_chunks(LINES_AT_A_TIME).flat_map_iter(|chunk| {
                scratches.with(pipeline, |scratch| {
                    let label = |(number, line): &(u64, String)| {
                        label_line(line, pipeline, scratch).with_context(|| format!("line {number}"))
                    };
                    chunk.iter().map(label).collect::<Vec<_>>()
                })
            });
            chunks.collect()
        });
        for line in labelled {
            output.write_all(&line?)?;
        }
    }
}

/// A line of the output.
#[derive(Serialize)]
struct Labels<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<serde_json::Value>,
    tokens: Vec<(u32, u32)>,
    ents: Vec<(u32, u32, &'a str)>,
}

fn label_line(line: &str, pipeline: &Pipeline, scratch: &mut Scratch) -> anyhow::Result<Vec<u8>> {
    let value: serde_json::Value = serde_json::from_str(line).context("is no JSON")?;
    let (id, text) = match &value {
        serde_json::Value::String(text) => (None, Some(text.as_str())),
        other => (other.get("id").cloned(), other.get("text").and_then(serde_json::Value::as_str)),
    };
    let text = text.context("holds no `text`")?;
    let labelled = pipeline.label(text, scratch);
    let offsets = Offsets::new(text);
    let scalars = |start, end| (offsets.scalars(start), offsets.scalars(end));
    let tokens = labelled.tokens.iter().map(|token| scalars(token.start, token.end)).collect();
    let ents = labelled.entities.iter().map(|entity| {
        let (start, end) = scalars(entity.start, entity.end);
        (start, end, pipeline.labels()[usize::from(entity.label)].as_str())
    });
    let mut json = serde_json::to_vec(&Labels { id, tokens, ents: ents.collect() })?;
    json.push(b'\n');
    Ok(json)
}
