//! A server of HTTP/1 that nobody can occupy by being slow: axum's own waits for a header for ever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower_service::Service;

/// How long a request's headers may take to arrive, and a connection may say nothing between two requests.
pub(super) const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How many connections there are at the most; others wait until one ends.
const CONNECTIONS_MAX: usize = 256;
/// How long it waits when the system has no more files to give, or the like.
const BREATH: Duration = Duration::from_millis(100);

/// Serves for ever. Dropped, it takes its connections with it.
pub(super) async fn run(listener: TcpListener, router: Router, headers_within: Duration) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    while let Ok(place) = places.clone().acquire_owned().await {
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let router = router.clone();
        connections.spawn(async move {
            converse(stream, peer, router, headers_within).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Whatever goes wrong with a connection is the other side's affair, and it is over.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router, headers_within: Duration) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        // Whoever is let in as this machine is known by it.
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers_within)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
        tokio::spawn(run(listener, Router::new().route("/", get(peer)), Duration::from_millis(200)));
        address
    }

    async fn ask(text: &str) -> (String, String) {
        let mut stream = TcpStream::connect(server().await).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        (stream.local_addr().unwrap().to_string(), answer)
    }

    #[tokio::test]
    async fn a_handler_learns_who_asks() {
        let (me, answer) = ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;

        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&me), "{answer}");
    }

    #[tokio::test]
    async fn who_never_ends_their_headers_is_left_alone_after_a_while() {
        let (_, answer) = ask("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;

        assert!(!answer.contains(" 200 "), "{answer}");
    }
}
