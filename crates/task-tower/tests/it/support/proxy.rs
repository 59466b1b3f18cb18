//! A way to the database that can be cut and mended: what a worker sees when the network goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinSet;

use super::address::Address;

/// What happens to answers.
#[derive(Default)]
struct Line {
    deaf: AtomicBool,
    /// All of them, once somebody listens.
    heard: Mutex<Option<Vec<u8>>>,
}

/// Forwards connections to the PostgreSQL of the run, until it is cut.
pub struct Proxy {
    server: Address,
    port: u16,
    line: Arc<Line>,
    serving: JoinSet<()>,
}

impl Proxy {
    pub async fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut proxy = Self { server: Address::of(url), port, line: Arc::default(), serving: JoinSet::new() };
        proxy.serve(listener);
        proxy
    }

    /// The connection string that leads through here.
    pub fn address(&self) -> Address {
        Address { host: "127.0.0.1".to_owned(), port: self.port, ..self.server.clone() }
    }

    /// Breaks every connection and refuses new ones.
    pub async fn cut(&mut self) {
        self.serving.shutdown().await;
    }

    /// Breaks every connection, and takes new ones without ever saying a word.
    pub async fn fall_silent(&mut self) {
        self.cut().await;
        let listener = self.listen().await;
        self.serving.spawn(keep_silent(listener));
    }

    /// Loses every answer from now on, while what is asked still arrives.
    pub fn lose_answers(&self) {
        self.line.deaf.store(true, Ordering::SeqCst);
    }

    /// What the server has answered since the last time this was asked; nothing the first time.
    pub fn overhear(&self) -> Vec<u8> {
        self.line.heard.lock().unwrap().replace(Vec::new()).unwrap_or_default()
    }

    /// Works again.
    pub async fn mend(&mut self) {
        self.cut().await;
        self.line.deaf.store(false, Ordering::SeqCst);
        let listener = self.listen().await;
        self.serve(listener);
    }

    fn serve(&mut self, listener: TcpListener) {
        self.serving.spawn(forward(listener, self.server.clone(), self.line.clone()));
    }

    async fn listen(&self) -> TcpListener {
        TcpListener::bind(("127.0.0.1", self.port)).await.unwrap()
    }
}

async fn forward(listener: TcpListener, server: Address, line: Arc<Line>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(join(near, server.clone(), line.clone()));
    }
}

async fn join(near: TcpStream, server: Address, line: Arc<Line>) {
    if server.host.starts_with('/') {
        let path = format!("{}/.s.PGSQL.{}", server.host, server.port);
        let Ok(far) = UnixStream::connect(path).await else { return };
        exchange(near, far, line).await;
    } else {
        let Ok(far) = TcpStream::connect((server.host, server.port)).await else { return };
        exchange(near, far, line).await;
    }
}

/// Until one of the two ends.
async fn exchange(near: impl AsyncRead + AsyncWrite, far: impl AsyncRead + AsyncWrite, line: Arc<Line>) {
    let ((mut near_in, near_out), (far_in, mut far_out)) = (split(near), split(far));
    tokio::select! {
        _ = copy(&mut near_in, &mut far_out) => {}
        _ = answer(far_in, near_out, line) => {}
    }
}

async fn answer(
    mut server: impl AsyncRead + Unpin,
    mut client: impl AsyncWrite + Unpin,
    line: Arc<Line>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = server.read(&mut bytes).await?;
        if count == 0 {
            return Ok(());
        }
        if let Some(heard) = &mut *line.heard.lock().unwrap() {
            heard.extend_from_slice(&bytes[..count]);
        }
        if !line.deaf.load(Ordering::SeqCst) {
            client.write_all(&bytes[..count]).await?;
        }
    }
}

async fn keep_silent(listener: TcpListener) {
    let mut held = Vec::new();
    while let Ok((near, _)) = listener.accept().await {
        held.push(near);
    }
}
