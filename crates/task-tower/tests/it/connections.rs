//! Connection strings as .NET writes them, TLS, and how many connections single enqueues take turns on.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use serde::{Deserialize, Serialize};
use task_tower::embedded::Cluster;
use task_tower::{Job, TaskTower};

use crate::support::address::Address;
use crate::support::{TestBed, until};

/// As people paste it from .NET, pool settings and all.
fn as_in_dotnet(address: &Address, name: &str) -> String {
    let Address { host, port, user, database, .. } = address;
    let password = address.password.as_ref().map(|password| format!("Password='{}';", password.replace('\'', "''")));
    format!(
        "Host={host};Port={port};Database={database};Username={user};{}Application Name={name};\
         Pooling=true;MinPoolSize=1;MaxPoolSize=10000;",
        password.unwrap_or_default()
    )
}

#[tokio::test]
async fn a_connection_string_of_dotnet_connects_and_its_pool_settings_are_ignored() {
    let bed = TestBed::new().await;
    let name = format!("{} of .NET", bed.schema);
    let texts = [
        as_in_dotnet(&Address::of(&bed.url), &name),
        as_in_dotnet(&Address::of(&bed.url), &name).to_lowercase().replace("username=", "user id="),
    ];

    for text in texts {
        let tower = bed.builder().connection_string(&text).build().await.unwrap();
        tower.client().enqueue(Hello {}).await.unwrap();

        let application = "SELECT count(*) FROM pg_stat_activity WHERE lower(application_name) = lower($1)";
        let connections: i64 = bed.query(application, &[&name]).await[0].get(0);
        assert_eq!(connections, 1, "{text}");
        drop(tower);
        until("the connection has ended", async || bed.query(application, &[&name]).await[0].get::<_, i64>(0) == 0)
            .await;
    }
}

#[tokio::test]
async fn a_password_with_semicolons_is_still_read_as_libpq_reads_it() {
    let bed = TestBed::new().await;
    let Address { host, port, user, database, password, .. } = Address::of(&bed.url);
    // Where a password is asked for, it stays as it is.
    let password = password.unwrap_or_else(|| "a;b=c;host=nowhere".to_owned());
    let text = format!("host={host} port={port} user={user} dbname={database} password={password}");

    bed.builder().connection_string(&text).build().await.unwrap();
}

#[tokio::test]
async fn a_connection_string_of_dotnet_that_cannot_be_read_is_told_by_its_key() {
    let cases = [
        ("Host=h;Colour=red", "\"Colour\" is not a known key; these are known: host"),
        ("Host=h;Username=u;Pasword=x", "\"Pasword\" is not a known key; did you mean password?"),
        ("Host=h;Password=x;Poolin=true", "\"Poolin\" is not a known key; did you mean pooling?"),
        ("Host=h;Root Certificate=a.pem", "\"Root Certificate\" is a key that Task Tower cannot obey"),
        ("Host=h;Trust Server Certificate=true", "Trust Server Certificate is not possible: certificates are always"),
        ("Host=h;Port=http", "Port is not a port: 1 to 65535"),
        ("Host=h:http;Port=1", "Host has a port that is not 1 to 65535"),
        ("Host=h;SSL Mode=yes", "SSL Mode is not Disable, Allow, Prefer, Require, VerifyCA or VerifyFull"),
        ("Host=h;Timeout=soon", "Timeout is not 0 to 1024 seconds"),
        ("Database=shop;Username=app", "has no Host"),
        ("Host=h Port=5432", "Host has a blank or \"=\" in it; pairs are set apart by \";\""),
        ("Host=h;5432", "part 2 is not \"key=value\""),
        ("host=h;port=5432;colour=red", "\"colour\" is not a known key"),
    ];

    for (text, said) in cases {
        let error = TaskTower::builder().connection_string(text).build().await.unwrap_err();
        assert!(error.is_invalid(), "{error:?}");
        assert!(error.to_string().starts_with(&format!("connection_string: {said}")), "{text}: {error}");
    }
}

#[tokio::test]
async fn a_connection_string_of_dotnet_that_cannot_be_read_is_told_without_its_password() {
    let texts = [
        "Host=h;Password=s3cret;nonsense",
        "Host=h;Password=pass;s3cret",
        "Host=h;Password=pass;s3cret=x",
        "Host=h;Password=pass;Port=1;s3cret=x",
        "Host=h;Password='s3cret",
        "Host=h;Password='pass's3cret",
        "Host=h Password=s3cret",
        "Host=h:s3cret;Port=1",
        "Port=s3cret;Host=h",
        "Password=s3cret;Username=u",
        "host=h password='s3cret;x",
        "Host=h;SSL Mode=s3cret",
        "Server=s3cret password=s3cret",
    ];

    for text in texts {
        let error = TaskTower::builder().connection_string(text).build().await.unwrap_err();
        let said = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(error.is_invalid() && said.contains("connection_string"), "{text}: {said}");
        assert!(!said.contains("s3cret"), "{text}: {said}");
    }
}

#[derive(Serialize, Deserialize)]
struct Hello {}

impl Job for Hello {
    const KIND: &'static str = "hello";
}

#[tokio::test]
async fn single_enqueues_take_turns_on_as_many_connections_as_allowed_and_close_them_all() {
    for allowed in [1, 2, 5] {
        let bed = TestBed::new().await;
        let name = format!("{} enqueues", bed.schema);
        let url = Address::of(&bed.url).named(&name).text();
        let tower = bed.builder().connection_string(url).enqueue_connections(allowed).build().await.unwrap();
        let connections = async |condition: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND {condition}");
            bed.query(&sql, &[&name]).await[0].get(0)
        };

        // Nobody can insert: each statement keeps its connection busy, so that the next takes another.
        let mut guard = bed.connect().await;
        let lock = guard.transaction().await.unwrap();
        lock.batch_execute(&format!("LOCK TABLE {}.job IN EXCLUSIVE MODE", bed.quoted())).await.unwrap();
        let mut enqueues = Vec::new();
        for number in 1..=allowed {
            enqueues.push(tokio::spawn(tower.client().enqueue(Hello {}).into_future()));
            let wanted = i64::try_from(number).unwrap();
            until("the connection waits", async || connections("wait_event_type = 'Lock'").await == wanted).await;
        }
        enqueues.extend((0..3).map(|_| tokio::spawn(tower.client().enqueue(Hello {}).into_future())));
        lock.rollback().await.unwrap();
        for enqueue in enqueues {
            enqueue.await.unwrap().unwrap();
        }

        assert_eq!(bed.number("SELECT count(*) FROM tower.job").await, i64::try_from(allowed).unwrap() + 3);
        assert_eq!(connections("true").await, i64::try_from(allowed).unwrap());
        drop(tower);
        until("every connection has ended", async || connections("true").await == 0).await;
    }
}

/// A server whose certificate nobody vouches for, as Debian's PostgreSQL is.
async fn server_with_a_certificate_of_its_own_making() -> Cluster {
    let cluster = Cluster::start().await.unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    put(&cluster.directory().join("data"), "server.crt", &made.cert.pem());
    put(&cluster.directory().join("data"), "server.key", &made.signing_key.serialize_pem());
    let database = TestBed::at(cluster.url(), "unused").connect().await;
    database.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    database.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    until("the server has TLS", async || {
        let row = database.query_one("SELECT current_setting('ssl')", &[]).await.unwrap();
        row.get::<_, &str>(0) == "on"
    })
    .await;
    cluster
}

/// The server takes a key only if it is its own and nobody else can read it.
fn put(directory: &Path, name: &str, text: &str) {
    let file = directory.join(name);
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(directory).unwrap();
    std::os::unix::fs::chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
}

#[tokio::test]
async fn whoever_only_prefers_tls_gets_it_from_a_server_with_any_certificate() {
    let cluster = server_with_a_certificate_of_its_own_making().await;
    let builder = TaskTower::builder().connection_string(format!("{}?sslmode=prefer", cluster.url()));

    let tower = builder.build().await.unwrap();
    tower.client().enqueue(Hello {}).await.unwrap();

    let database = TestBed::at(cluster.url(), "unused").connect().await;
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                     WHERE application_name = 'task-tower'";
    assert!(database.query_one(encrypted, &[]).await.unwrap().get::<_, bool>(0), "it is encrypted");
}

#[tokio::test]
async fn whoever_requires_tls_gets_no_server_that_nobody_vouches_for() {
    let cluster = server_with_a_certificate_of_its_own_making().await;
    let builder = TaskTower::builder().connection_string(format!("{}?sslmode=require", cluster.url()));

    let error = builder.build().await.err().unwrap();

    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
}

#[tokio::test]
async fn a_connection_string_of_no_form_is_told_which_forms_there_are() {
    let error = TaskTower::builder().connection_string("postgress://localhost/shop").build().await.err().unwrap();

    let said = error.to_string();
    assert!(error.is_invalid() && said.contains("write \"postgres://user:password@host:5432/database\""), "{said}");
}
