//! A Redis of the test's own, from Debian's package: nothing is kept, and it can be stopped, killed and started anew.

use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::until;

pub struct Redis {
    port: u16,
    process: Option<Child>,
}

impl Redis {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, process: None };
        redis.restart().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn url_with(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}", self.port)
    }

    /// At the same place, without anything that it knew.
    pub async fn restart(&mut self) {
        let mut command = Command::new("redis-server");
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.current_dir(std::env::temp_dir()).stdout(Stdio::null());
        let process = command.spawn();
        self.process = Some(process.expect("redis-server is there: bin/test installs Debian's package"));
        until("Redis answers", async || self.try_say("PING").await.is_ok_and(|answer| answer == "+PONG\r\n")).await;
    }

    /// As a machine does that loses its power.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// As a machine does that swaps: connections stay, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }

    /// Waits until so many are connected.
    pub async fn has_clients(&self, clients: usize) {
        // Who asks is one of them.
        let expected = format!("connected_clients:{}\r\n", clients + 1);
        until("they are connected to Redis", async || self.say("INFO clients").await.contains(&expected)).await;
    }

    /// Says a command, and returns the beginning of the answer.
    pub async fn say(&self, command: &str) -> String {
        self.try_say(command).await.unwrap()
    }

    async fn try_say(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(format!("{command}\r\n").as_bytes()).await?;
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
