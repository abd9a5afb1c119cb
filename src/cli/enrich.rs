//! `dateline enrich`: articles from a file or a pipe, without a broker.
//!
//! Lines are read ahead on one thread, enriched on all cores and written in order, a bounded chunk at a time.

mod lines;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use self::lines::{Item, ReadAhead};
use crate::worker::{Pipeline, Process};

/// Input that is enriched at once, for each thread.
const CHUNK_BYTES_PER_THREAD: usize = 512 * 1024;

const EXIT_CODES: &str = "\
Exit codes:
  0  every line was enriched
  1  some lines were no articles (each is named on stderr), or a file could not be read or written
  2  wrong usage";

/// Enrich articles of a file or a pipe, one JSON document a line; needs no broker.
///
/// Writes one enriched article a line, in the order of the input. Blank lines are skipped. A line that is no
/// article is reported on stderr with its number and the reason, and the rest goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Articles, one JSON object or string a line; `-` reads standard input.
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Indent the output, for reading; one JSON document then spans many lines.
    #[arg(long)]
    pretty: bool,
    /// Write the lines that are no articles to this file, unchanged.
    #[arg(long, value_name = "OUT")]
    dead: Option<PathBuf>,
    /// Threads that enrich; 0: one for each core.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// Runs the subcommand. A line of more than `max_line_bytes` bytes is a bad line.
///
/// # Errors
/// Where a file cannot be read or written.
pub(crate) fn run(args: Args, pipeline: &Pipeline, max_line_bytes: usize) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let (input, input_bytes) = open_input(&args.input)?;
    refuse_same_file([Some(&args.input), args.output.as_ref(), args.dead.as_ref()])?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .thread_name(|index| format!("enrich-{index}"))
        .build()
        .context("cannot start the enriching threads")?;
    let out: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut sink = Sink {
        name: if is_stdin(&args.input) { "stdin".to_owned() } else { args.input.display().to_string() },
        max_line_bytes,
        out: BufWriter::with_capacity(64 * 1024, out),
        dead: args.dead.as_deref().map(create).transpose()?,
        bar: progress_bar(input_bytes, args.output.is_some()),
        enriched: 0,
        bad: 0,
    };
    let ended = enrich_all(input, pipeline, args.pretty, &pool, &mut sink);
    sink.bar.finish_and_clear();
    match ended {
        Ok(()) => {}
        // Whoever read the output has enough: `| head`.
        Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(Failure::Write(error)) => {
            let out = args.output.as_deref().unwrap_or(Path::new("standard output"));
            return Err(error).with_context(|| format!("cannot write {}", out.display()));
        }
        Err(Failure::WriteDead(error)) => {
            return Err(error).with_context(|| format!("cannot write {}", args.dead.unwrap_or_default().display()));
        }
        Err(Failure::Read(error)) => return Err(error).with_context(|| format!("cannot read {}", sink.name)),
    }
    sink.summarize(started.elapsed());
    Ok(ExitCode::from(u8::from(sink.bad > 0)))
}

#[derive(Debug)]
enum Failure {
    Read(io::Error),
    Write(io::Error),
    WriteDead(io::Error),
}

/// Enriches every line of `input`, in order.
fn enrich_all(
    input: Box<dyn Read + Send>,
    process: &impl Process,
    pretty: bool,
    pool: &rayon::ThreadPool,
    sink: &mut Sink,
) -> Result<(), Failure> {
    let threads = pool.current_num_threads();
    let ahead = ReadAhead::start(input, sink.max_line_bytes, 2 * threads + 2).map_err(Failure::Read)?;
    loop {
        let (items, end) = ahead.take(CHUNK_BYTES_PER_THREAD * threads);
        if items.is_empty() && end.is_ok() {
            ahead.join();
            return Ok(());
        }
        let results: Vec<(Item, Outcome)> =
            pool.install(|| items.into_par_iter().map(|item| enrich_item(item, process, pretty)).collect());
        for (item, outcome) in results {
            sink.write(&item, &outcome)?;
        }
        sink.flush()?;
        end.map_err(Failure::Read)?;
    }
}

/// What became of an item.
enum Outcome {
    Enriched(Vec<u8>),
    Bad {
        reason: &'static str,
        message: String,
    },
    /// The item is part of a line that is too long.
    None,
}

fn enrich_item(item: Item, process: &impl Process, pretty: bool) -> (Item, Outcome) {
    let Item::Line { bytes, .. } = &item else { return (item, Outcome::None) };
    let mut json = Vec::with_capacity(4 * bytes.len());
    let outcome = match process.process(Some(bytes), &mut json) {
        Ok(()) if pretty => match indent(&json) {
            Ok(indented) => Outcome::Enriched(indented),
            Err(error) => Outcome::Bad { reason: "panic", message: error.to_string() },
        },
        Ok(()) => Outcome::Enriched(json),
        Err(death) => Outcome::Bad { reason: death.reason(), message: death.to_string() },
    };
    (item, outcome)
}

fn indent(json: &[u8]) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec_pretty(&serde_json::from_slice::<serde_json::Value>(json)?)
}

/// Where results go, and how many there were.
struct Sink {
    name: String,
    max_line_bytes: usize,
    out: BufWriter<Box<dyn Write>>,
    dead: Option<BufWriter<File>>,
    bar: ProgressBar,
    enriched: u64,
    bad: u64,
}

impl Sink {
    fn write(&mut self, item: &Item, outcome: &Outcome) -> Result<(), Failure> {
        match (item, outcome) {
            (_, Outcome::Enriched(json)) => {
                self.enriched += 1;
                self.out.write_all(json).and_then(|()| self.out.write_all(b"\n")).map_err(Failure::Write)?;
            }
            (Item::Line { number, bytes }, Outcome::Bad { reason, message }) => {
                self.complain(*number, reason, message);
                self.bury(bytes)?;
                self.bury(b"\n")?;
            }
            (Item::Piece(bytes), _) => self.bury(bytes)?,
            (Item::TooLong { number, bytes }, _) => {
                let message = format!("the line has {bytes} bytes and {} are allowed", self.max_line_bytes);
                self.complain(*number, "too_large", &message);
                self.bury(b"\n")?;
            }
            (Item::Line { .. }, Outcome::None) => {}
        }
        self.bar.inc(item.len() as u64);
        Ok(())
    }

    fn complain(&mut self, number: u64, reason: &str, message: &str) {
        self.bad += 1;
        // Where stderr is closed, the exit code still tells.
        let _ = self.bar.suspend(|| writeln!(io::stderr(), "{}:{number}: {message} ({reason})", self.name));
    }

    fn bury(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.dead.as_mut().map_or(Ok(()), |dead| dead.write_all(bytes)).map_err(Failure::WriteDead)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.bar.set_message(format!("{} articles", self.enriched));
        self.out.flush().map_err(Failure::Write)?;
        self.dead.as_mut().map_or(Ok(()), Write::flush).map_err(Failure::WriteDead)
    }

    fn summarize(&self, elapsed: Duration) {
        if self.bad > 0 || io::stderr().is_terminal() {
            let seconds = elapsed.as_secs_f64();
            let rate = self.enriched as f64 / seconds.max(1e-3);
            let (enriched, bad) = (self.enriched, self.bad);
            let _ = writeln!(io::stderr(), "{enriched} enriched, {bad} bad, {seconds:.1} s, {rate:.0} articles/s");
        }
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The input and its length in bytes, where it has one.
fn open_input(path: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if is_stdin(path) {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let metadata = file.metadata().with_context(|| format!("cannot read {}", path.display()))?;
    if metadata.is_dir() {
        bail!("cannot read {}: it is a folder", path.display());
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

fn create(path: impl AsRef<Path>) -> anyhow::Result<BufWriter<File>> {
    let path = path.as_ref();
    Ok(BufWriter::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?))
}

/// Creating an output would empty the input, or the other output, if they were one file.
fn refuse_same_file<const N: usize>(paths: [Option<&PathBuf>; N]) -> anyhow::Result<()> {
    let mut seen: Vec<PathBuf> = Vec::new();
    for path in paths.into_iter().flatten() {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if real.is_file() || !real.exists() {
            if seen.contains(&real) {
                bail!("{} is given twice: input, output and dead lines need a file each", path.display());
            }
            seen.push(real);
        }
    }
    Ok(())
}

/// A bar on a terminal, where the output does not go to the same one; hidden otherwise.
fn progress_bar(input_bytes: Option<u64>, to_file: bool) -> ProgressBar {
    if !io::stderr().is_terminal() || (!to_file && io::stdout().is_terminal()) {
        return ProgressBar::hidden();
    }
    let (bar, template) = match input_bytes {
        Some(bytes) => (ProgressBar::new(bytes), "{wide_bar} {bytes}/{total_bytes} {msg} {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} {msg} {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Rejection;
    use crate::worker::Death;
    use std::sync::{Arc, Mutex};

    /// Publishes the payload as it is, and rejects what is not JSON.
    struct Echo;

    impl Process for Echo {
        fn process(&self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Death> {
            let payload = payload.ok_or(Rejection::Tombstone)?;
            match serde_json::from_slice::<serde_json::Value>(payload) {
                Ok(_) => out.extend_from_slice(payload),
                Err(error) => return Err(Death::Panicked { message: error.to_string() }),
            }
            Ok(())
        }
    }

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn enrich(input: &str, pretty: bool, out: Box<dyn Write>, dead: &Path) -> (Result<(), Failure>, u64, u64) {
        let mut sink = Sink {
            name: "test".to_owned(),
            max_line_bytes: 40,
            out: BufWriter::new(out),
            dead: Some(create(dead).unwrap()),
            bar: ProgressBar::hidden(),
            enriched: 0,
            bad: 0,
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let input = Box::new(io::Cursor::new(input.to_owned()));
        let ended = enrich_all(input, &Echo, pretty, &pool, &mut sink);
        (ended, sink.enriched, sink.bad)
    }

    #[test]
    fn order_is_kept_and_bad_lines_are_set_aside_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let dead = folder.path().join("dead");
        let long = "x".repeat(1000);
        let good: String = (0..20_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        let input = format!("{{broken \r\n\n{good}{long}\n[]\nend");
        let out = Shared::default();
        let (ended, enriched, bad) = enrich(&input, false, Box::new(out.clone()), &dead);
        ended.unwrap();
        assert_eq!((enriched, bad), (20_001, 3));
        assert_eq!(out.text(), format!("{good}[]\n"));
        assert_eq!(std::fs::read_to_string(dead).unwrap(), format!("{{broken \r\n{long}\nend\n"));
    }

    #[test]
    fn pretty_output_is_indented_json() {
        let folder = tempfile::tempdir().unwrap();
        let out = Shared::default();
        enrich("{\"b\":1,\"a\":0.31}", true, Box::new(out.clone()), &folder.path().join("dead")).0.unwrap();
        assert_eq!(out.text(), "{\n  \"b\": 1,\n  \"a\": 0.31\n}\n");
    }

    #[test]
    fn a_closed_output_ends_the_work() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let endless = "{}\n".repeat(1_000_000);
        let (ended, ..) = enrich(&endless, false, Box::new(Closed), &folder.path().join("dead"));
        assert!(matches!(ended, Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe));
    }

    #[test]
    fn one_file_cannot_be_both_input_and_output() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("articles.jsonl");
        std::fs::write(&file, "{}").unwrap();
        let same = folder.path().join(".").join("articles.jsonl");
        assert!(refuse_same_file([Some(&file), Some(&same), None]).is_err());
        let new = folder.path().join("out");
        assert!(refuse_same_file([Some(&file), Some(&new), None]).is_ok());
        assert!(refuse_same_file([Some(&file), Some(&new), Some(&new)]).is_err());
    }
}
