//! Where Redis is, as people write it. It may hold a password, so what is said of a wrong one repeats nothing of it.

use redis::{Client, RedisError};

use crate::error::{Error, Result};

pub(super) fn parse(url: &str) -> Result<Client> {
    let is_encrypted = ["rediss:", "valkeys:"].iter().any(|scheme| url.starts_with(scheme));
    if is_encrypted {
        return Err(Error::invalid(
            "redis_url: TLS is not spoken; begin it with redis:// and let a tunnel encrypt the way",
        ));
    }
    Client::open(url).map_err(|_| {
        Error::invalid(
            "redis_url: not an address of Redis; write it as redis://host:port, \
             redis://user:password@host:port or unix:///path/of/socket, with %40 for an @ in a password",
        )
    })
}

/// What Redis, or the way to it, had against it.
pub(super) fn away(client: &Client, error: &RedisError) -> Error {
    let addr = client.get_connection_info().addr();
    let remedy = match error.code() {
        Some("NOAUTH" | "WRONGPASS") => "; redis_url has to name the right user and password",
        Some("NOPERM") => "; its user has to be allowed to subscribe and to publish",
        _ if error.kind() == redis::ErrorKind::AuthenticationFailed => {
            "; redis_url has to name the right user and password"
        }
        _ => "; redis_url has to name a Redis that answers there",
    };
    Error::unavailable(format!("Redis at {addr}: {error}{remedy}"))
}

pub(super) fn silent(client: &Client) -> Error {
    let addr = client.get_connection_info().addr();
    Error::unavailable(format!("Redis at {addr}: no answer; redis_url has to name a Redis that answers there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        parse(url).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example_and_without_its_password() {
        for url in ["", "localhost", "localhost:6379", "http://localhost", "redis://:s3cret@host:port", "redis://"] {
            let refusal = refusal(url);

            assert!(refusal.contains("redis://host:port"), "{url}: {refusal}");
            assert!(!refusal.contains("s3cret"), "{refusal}");
        }
    }

    #[tokio::test]
    async fn what_does_not_answer_is_told_with_its_place_and_without_its_password() {
        let client = parse("redis://:s3cret@127.0.0.1:1").unwrap();
        let error = client.get_multiplexed_async_connection().await.err().unwrap();

        let told = away(&client, &error).to_string();

        assert!(told.starts_with("Redis at 127.0.0.1:1: ") && told.contains("redis_url"), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }

    #[test]
    fn tls_is_refused_by_its_name() {
        assert!(refusal("rediss://:s3cret@host").contains("TLS"));
    }

    #[test]
    fn hosts_passwords_and_sockets_are_taken() {
        for url in ["redis://localhost", "redis://user:p%40ss@[::1]:6380/2", "unix:///run/redis/redis.sock"] {
            parse(url).unwrap();
        }
    }
}
