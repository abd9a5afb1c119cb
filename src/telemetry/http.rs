//! `/livez`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::progress::{Progress, Unwell};

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves health and metrics on `listener` until the future is dropped.
///
/// - `/livez`: 200 while the loop goes round, else 503: restart the worker.
/// - `/readyz`: 200 with artifacts loaded, a broker reached, and progress or nothing to do, else 503.
/// - `/metrics`: OpenMetrics text, labelled as Prometheus' own text format for clients that do not ask for it.
///
/// # Errors
/// Where the listener fails for good.
pub async fn serve(listener: TcpListener, progress: Arc<Progress>) -> std::io::Result<()> {
    let router = Router::new()
        .route("/livez", get(|State(progress): State<Arc<Progress>>| async move { health(progress.live()) }))
        .route("/readyz", get(|State(progress): State<Arc<Progress>>| async move { health(progress.ready()) }))
        .route("/metrics", get(metrics))
        .with_state(progress);
    axum::serve(listener, router).await
}

fn health(state: Result<(), Unwell>) -> Response {
    let (status, body) = match state {
        Ok(()) => (StatusCode::OK, serde_json::json!({ "status": "ok" })),
        Err(unwell) => (
            StatusCode::SERVICE_UNAVAILABLE,
            serde_json::json!({ "status": "unavailable", "reason": unwell.reason(), "message": unwell.to_string() }),
        ),
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, format!("{body}\n")).into_response()
}

async fn metrics(State(progress): State<Arc<Progress>>, request: HeaderMap) -> Response {
    let accept = request.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let content_type = if accept.contains("application/openmetrics-text") { OPENMETRICS } else { PROMETHEUS };
    match progress.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, content_type)], text).into_response(),
        Err(error) => {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("metrics cannot be encoded: {error}\n")).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    /// Serves `progress` and asks for `path` once: the whole response.
    fn ask(progress: &Arc<Progress>, path: &str, headers: &str) -> String {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, progress.clone()));
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    #[test]
    fn live_at_once_and_ready_only_with_everything() {
        let progress = Arc::new(Progress::default());
        assert!(ask(&progress, "/livez", "").starts_with("HTTP/1.1 200 "));
        let response = ask(&progress, "/readyz", "");
        assert!(response.starts_with("HTTP/1.1 503 "), "{response}");
        assert!(response.contains("content-type: application/json"), "{response}");
        assert!(response.contains(r#""reason":"artifacts_missing""#), "{response}");
        progress.artifacts_loaded();
        progress.set_broker_up(true);
        let response = ask(&progress, "/readyz", "");
        assert!(response.starts_with("HTTP/1.1 200 ") && response.ends_with("{\"status\":\"ok\"}\n"), "{response}");
    }

    #[test]
    fn metrics_come_in_the_format_that_is_asked_for() {
        let progress = Arc::new(Progress::default());
        let plain = ask(&progress, "/metrics", "");
        assert!(plain.contains("content-type: text/plain; version=0.0.4"), "{plain}");
        assert!(plain.contains("\ndateline_articles_total 0\n"), "{plain}");
        let open =
            ask(&progress, "/metrics", "accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n");
        assert!(open.contains("content-type: application/openmetrics-text; version=1.0.0"), "{open}");
        assert!(open.ends_with("# EOF\n"), "{open}");
    }
}
