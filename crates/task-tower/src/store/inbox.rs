//! Drives a connection and hands on the notifications that arrive on it.

use std::future::poll_fn;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Connection};

/// Where the payloads of notifications go. It closes when the connection ends.
pub(crate) type Inbox = mpsc::UnboundedSender<String>;

/// Runs the connection until it ends; the client half notices that by itself.
pub(super) async fn drive<S, T>(mut connection: Connection<S, T>, inbox: Option<Inbox>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let (AsyncMessage::Notification(notification), Some(inbox)) = (message, &inbox) {
            // Nobody listens any more while the worker stops: nothing to wake.
            let _ = inbox.send(notification.payload().to_owned());
        }
    }
}
