//! Receives traces by OTLP over HTTP, as a collector does, and keeps their spans.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// Dropped with the runtime in which it was started.
#[derive(Clone, Debug)]
pub struct Receiver {
    address: SocketAddr,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), spans: Arc::default() };
        let spans = receiver.spans.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(BufStream::new(stream), spans.clone()));
            }
        });
        receiver
    }

    /// Where to send to.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has come, in the order in which the spans began.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = self.spans.lock().unwrap().clone();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans
    }
}

/// One request after the other.
async fn receive(mut stream: BufStream<TcpStream>, spans: Arc<Mutex<Vec<Span>>>) -> Option<()> {
    loop {
        let head = read_head(&mut stream).await?;
        assert!(head[0].starts_with("POST /v1/traces "), "{head:?}");
        assert!(head.iter().any(|line| line == "content-type: application/x-protobuf"), "{head:?}");
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.ok()?;
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
            .await
            .ok()?;
        stream.flush().await.ok()?;
    }
}

/// The lines of a request before its body.
async fn read_head(stream: &mut BufStream<TcpStream>) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
        match line.trim_end() {
            "" => return Some(lines),
            line => lines.push(line.to_owned()),
        }
    }
}

/// The attributes of a span, as texts.
pub fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let pairs =
        span.attributes.iter().filter_map(|pair| Some((pair.key.as_str(), pair.value.as_ref()?.value.as_ref()?)));
    pairs
        .map(|(name, value)| match value {
            Value::StringValue(text) => (name, text.clone()),
            Value::IntValue(number) => (name, number.to_string()),
            other => (name, format!("{other:?}")),
        })
        .collect()
}
