//! A way to the database that can be cut and mended: what a worker sees when the network goes.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinSet;

use super::address::Address;

/// Forwards connections to the PostgreSQL of the run, until it is cut.
pub struct Proxy {
    server: Address,
    port: u16,
    serving: JoinSet<()>,
}

impl Proxy {
    pub async fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut proxy = Self { server: Address::of(url), port, serving: JoinSet::new() };
        proxy.serving.spawn(forward(listener, proxy.server.clone()));
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

    /// Works again.
    pub async fn mend(&mut self) {
        self.cut().await;
        let listener = self.listen().await;
        self.serving.spawn(forward(listener, self.server.clone()));
    }

    async fn listen(&self) -> TcpListener {
        TcpListener::bind(("127.0.0.1", self.port)).await.unwrap()
    }
}

async fn forward(listener: TcpListener, server: Address) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(join(near, server.clone()));
    }
}

async fn join(mut near: TcpStream, server: Address) {
    if server.host.starts_with('/') {
        let path = format!("{}/.s.PGSQL.{}", server.host, server.port);
        let Ok(mut far) = UnixStream::connect(path).await else { return };
        let _ = copy_bidirectional(&mut near, &mut far).await;
    } else {
        let Ok(mut far) = TcpStream::connect((server.host, server.port)).await else { return };
        let _ = copy_bidirectional(&mut near, &mut far).await;
    }
}

async fn keep_silent(listener: TcpListener) {
    let mut held = Vec::new();
    while let Ok((near, _)) = listener.accept().await {
        held.push(near);
    }
}
