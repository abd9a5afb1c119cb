//! The command line: one file a subcommand.

mod enrich;
mod schema;
mod show;
