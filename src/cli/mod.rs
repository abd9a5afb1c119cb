//! The command line: one file a subcommand.
//!
//! Here meet settings, artifacts, the worker and the telemetry; nothing imports this module.

mod check;
mod data;
mod demo;
mod enrich;
mod explain;
mod label;
mod model;
mod replay;
mod run;
mod schema;
mod setup;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::config::{self, ConfigError, Loaded, Settings};

const AFTER_HELP: &str = "\
A first look, without a broker:   dateline demo
Articles of a file:               dateline enrich articles.jsonl -o enriched.jsonl
Beside a broker:                  dateline check, then dateline run

Settings come from the file, then DATELINE_… environment variables (DATELINE_KAFKA__BROKERS=broker-1:9092),
then --set flags; config/dateline.toml documents every key.

Exit codes:
  0  done
  1  failed: the last line on stderr says why
  2  wrong usage or wrong configuration";

/// Finds out who, where and how many were hurt in news: raw articles in, enriched articles out, exactly once.
#[derive(Debug, Parser)]
#[command(name = "dateline", version, about, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// The settings file [default: $DATELINE_CONFIG, config/dateline.toml or dateline.toml, if there is one].
    #[arg(short, long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Overrides one setting, such as kafka.brokers=broker-1:9092; may be repeated.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = config::parse_flag)]
    overrides: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Consume raw articles, enrich them and publish the results, until told to stop.
    Run,
    Check(check::Args),
    Demo(demo::Args),
    Enrich(enrich::Args),
    #[command(hide = true)]
    Explain(explain::Args),
    Label(label::Args),
    Replay(replay::Args),
    Schema(schema::Args),
    /// Fetch, build and look into the data that dateline needs: the gazetteer and the models.
    Data(data::Args),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    match dispatch(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            if error.is::<ConfigError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let load = || -> Result<Loaded, ConfigError> {
        let file = config::find_file(cli.global.config.as_deref());
        Settings::load(file.as_deref(), config::environment(), &cli.global.overrides)
    };
    match cli.command {
        Command::Run => run::run(&load()?),
        Command::Check(args) => {
            let artifacts = |settings: &Settings| {
                let enricher = setup::pipeline(settings)?.enricher;
                Ok(format!("model {}, gazetteer {}", enricher.model_name(), enricher.gazetteer_version()))
            };
            let loaded = load();
            check::run(&args, loaded.as_ref(), artifacts)
        }
        Command::Demo(args) => demo::run(&args, &load()?),
        Command::Enrich(args) => {
            let loaded = load()?;
            let pipeline = setup::pipeline(&loaded.settings).context("cannot enrich")?;
            enrich::run(args, &pipeline, loaded.settings.article.max_bytes)
        }
        Command::Explain(args) => {
            let pipeline = setup::pipeline(&load()?.settings).context("cannot explain")?;
            explain::run(&args, &pipeline)
        }
        Command::Label(args) => {
            let loaded = load()?;
            let enrichment = &loaded.settings.enrichment;
            label::run(&args, &crate::data::default_dir(enrichment.data_dir.as_deref()), &enrichment.model)
        }
        Command::Replay(args) => replay::run(&args, &load()?),
        Command::Schema(args) => schema::run(&args),
        Command::Data(args) => {
            let loaded = load()?;
            data::run(args, &crate::data::default_dir(loaded.settings.enrichment.data_dir.as_deref()))
        }
    }
}
