//! The `dateline` command: parses the command line, nothing else.

use std::process::ExitCode;

// Articles are allocated on one thread and freed on another, batch after batch: what mimalloc is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dateline::cli::main()
}
