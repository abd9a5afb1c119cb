//! `dateline run`: the worker, with its logs, its signals and its endpoint.
//!
//! The loop runs on the main thread. Beside it, on one tokio thread, run the signal handler, the progress
//! line and the HTTP endpoint; each ends when the loop has ended.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use super::setup;
use crate::config::{self, Loaded, Telemetry};
use crate::enrich::VERSION;
use crate::telemetry::{self, Progress};
use crate::worker::{Pipeline, Shutdown, Worker, client};

/// Runs the subcommand until a signal ends it.
pub(super) fn run(loaded: &Loaded) -> anyhow::Result<ExitCode> {
    init_logs(&loaded.settings.telemetry)?;
    match work(loaded) {
        Ok(()) => {
            info!("stopped");
            Ok(ExitCode::SUCCESS)
        }
        // The log is what operators read: the reason must stand in it, not only on a terminal.
        Err(failure) => {
            error!(error = format!("{failure:#}"), "dateline ends");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Sets up logging as `[telemetry]` describes.
pub(super) fn init_logs(settings: &Telemetry) -> anyhow::Result<()> {
    let format = match settings.log_format {
        config::LogFormat::Auto => telemetry::LogFormat::Auto,
        config::LogFormat::Json => telemetry::LogFormat::Json,
        config::LogFormat::Text => telemetry::LogFormat::Text,
    };
    telemetry::init(format, &settings.log_filter).context("telemetry.log_filter")
}

fn work(loaded: &Loaded) -> anyhow::Result<()> {
    let settings = &loaded.settings;
    announce(loaded);
    let pipeline = setup::pipeline(settings)?;
    let progress = Arc::new(Progress::default());
    progress.artifacts_loaded();
    let (model, gazetteer) = (pipeline.enricher.model_name(), pipeline.enricher.gazetteer_version());
    progress.set_build_info(gazetteer, Some(model));
    info!(model, gazetteer, "artifacts loaded");

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("beside")
        .enable_all()
        .build()
        .context("cannot start tokio")?;
    let shutdown = Shutdown::new();
    let (finished, ended) = oneshot::channel::<()>();
    let reporter = runtime.block_on(async {
        tokio::spawn(on_signal(Signals::listen()?, shutdown.clone(), settings.worker.shutdown_timeout));
        if let Some(address) = settings.telemetry.listen {
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("telemetry.listen: cannot listen on {address}"))?;
            info!(address = %listener.local_addr()?, "serving /livez, /readyz and /metrics");
            tokio::spawn(serve(listener, Arc::clone(&progress)));
        }
        let over = async { drop(ended.await) };
        anyhow::Ok(tokio::spawn(telemetry::report(Arc::clone(&progress), settings.telemetry.progress_interval, over)))
    })?;

    let result = consume(settings, pipeline, &progress, &shutdown, runtime.handle());
    drop(finished);
    // A reporter that panicked has said so in the log; the worker's own end is what counts.
    let _ = runtime.block_on(reporter);
    result
}

/// The worker from joining the group to leaving it.
fn consume(
    settings: &config::Settings,
    pipeline: Pipeline,
    progress: &Arc<Progress>,
    shutdown: &Shutdown,
    runtime: &tokio::runtime::Handle,
) -> anyhow::Result<()> {
    let mut worker = Worker::connect(settings, pipeline, Arc::clone(progress), shutdown.clone(), runtime)?;
    info!(topic = settings.kafka.input_topic, group = settings.kafka.group_id, "joining the group");
    worker.run()?;
    Ok(())
}

/// Says what runs, with which settings; secrets are masked by [`Loaded::effective`].
fn announce(loaded: &Loaded) {
    info!(
        version = VERSION,
        file = loaded.file.as_ref().map_or_else(|| "none".to_owned(), |f| f.display().to_string()),
        transactional_id = client::transactional_id(&loaded.settings.kafka),
        "dateline starts"
    );
    for setting in loaded.effective() {
        info!(key = setting.key, value = setting.value, origin = %setting.origin, "setting");
    }
}

async fn serve(listener: TcpListener, progress: Arc<Progress>) {
    if let Err(error) = telemetry::serve(listener, progress).await {
        error!(%error, "the http endpoint ended");
    }
}

/// The signals that ask the process to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
        })
    }

    /// The name of the next one.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Asks the worker to stop at the first signal, and ends the process at the second or when time is up.
async fn on_signal(mut signals: Signals, shutdown: Shutdown, timeout: Duration) {
    let signal = signals.next().await;
    info!(signal, timeout_ms = timeout.as_millis() as u64, "shutting down: finishing the batch in hand");
    shutdown.request();
    tokio::select! {
        signal = signals.next() => {
            warn!(signal, "second signal: ending at once; what is not committed is read again");
        }
        () = tokio::time::sleep(timeout) => {
            error!("worker.shutdown_timeout is over: ending at once; what is not committed is read again");
        }
    }
    std::process::exit(1);
}
