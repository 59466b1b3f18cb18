//! Directories that outlive their cluster: whose they are, and what becomes of those that something happened to.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use task_tower::embedded::Cluster;

use super::child::ChildWithCluster;
use super::{
    Scratch, ask, connect, is_root, is_running, kill_guards, port_of, processes_about, recall, remember, until,
};

#[tokio::test]
async fn a_lasting_directory_keeps_its_data() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("a/b/cluster"));
    let cluster = options.clone().start().await.unwrap();
    remember(&connect(cluster.url()).await, "the first time").await;

    cluster.stop().await.unwrap();

    let cluster = options.start().await.unwrap();
    assert_eq!(recall(&connect(cluster.url()).await).await, "the first time");
    cluster.stop().await.unwrap();
    assert!(scratch.path("a/b/cluster/data").exists());
}

#[tokio::test]
async fn a_directory_takes_one_cluster_at_a_time() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    let first = options.clone().start().await.unwrap();

    let error = options.clone().start().await.unwrap_err();

    let port = port_of(first.url());
    assert!(error.to_string().contains("is in use by another cluster"), "{error}");
    assert!(error.to_string().contains(&format!("port {port}")), "{error}");
    first.stop().await.unwrap();
    options.start().await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn of_many_starts_at_once_on_a_new_directory_one_succeeds() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    let starts = (0..4).map(|_| tokio::spawn(options.clone().start()));

    let mut clusters = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        match start.await.unwrap() {
            Ok(cluster) => clusters.push(cluster),
            Err(error) => assert!(error.to_string().contains("in use"), "{error}"),
        }
    }

    assert_eq!(clusters.len(), 1);
    clusters.remove(0).stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_is_free_again_when_its_process_was_killed() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let mut child = ChildWithCluster::start("start", Some(&directory));
    child.kill();

    let cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    assert!(!is_running(child.server), "there would be two servers");
    assert_ne!(cluster.process_id(), Some(child.server));
    cluster.stop().await.unwrap();
    assert!(directory.exists());
}

#[tokio::test]
async fn a_server_that_lost_its_guard_is_adopted() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let child = ChildWithCluster::start("start", Some(&directory)).orphan_server();

    let cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    assert_eq!(cluster.process_id(), Some(child.server));
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
    until("the server has ended", || !is_running(child.server));
    assert!(directory.exists());
}

#[tokio::test]
async fn an_adopted_server_is_killed_and_restarted_like_any_other() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let child = ChildWithCluster::start("start", Some(&directory)).orphan_server();
    let mut cluster = Cluster::builder().directory(&directory).start().await.unwrap();

    cluster.kill().await.unwrap();

    until("the server has ended", || !is_running(child.server));
    cluster.restart().await.unwrap();
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_adopted_server_goes_when_its_new_parent_is_killed() {
    let scratch = Scratch::new();
    let directory = scratch.path("cluster");
    let first = ChildWithCluster::start("start", Some(&directory)).orphan_server();
    let mut second = ChildWithCluster::start("start", Some(&directory));
    assert_eq!(second.server, first.server);

    second.kill();

    until("everything has ended", || processes_about(&directory).is_empty());
}

#[tokio::test]
async fn a_server_whose_guard_was_killed_is_stopped_all_the_same() {
    let cluster = Cluster::start().await.unwrap();
    let server = cluster.process_id().unwrap();
    kill_guards(cluster.directory(), server);

    cluster.stop().await.unwrap();

    until("the server has ended", || !is_running(server));
}

#[tokio::test]
async fn half_made_data_is_made_anew() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    options.clone().start().await.unwrap().stop().await.unwrap();
    fs::remove_file(scratch.path("cluster/task-tower.ready")).unwrap();
    fs::remove_file(scratch.path("cluster/data/PG_VERSION")).unwrap();
    fs::write(scratch.path("cluster/data/left-over"), "").unwrap();

    let cluster = options.start().await.unwrap();

    assert!(!scratch.path("cluster/data/left-over").exists());
    assert_eq!(ask(&connect(cluster.url()).await, "SELECT 'up'").await, "up");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_foreign_directory_is_refused_and_not_touched() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("mine")).unwrap();
    fs::write(scratch.path("mine/letter.txt"), "precious").unwrap();

    let error = Cluster::builder().directory(scratch.path("mine")).start().await.unwrap_err();

    assert!(error.to_string().contains("no cluster of Task Tower"), "{error}");
    assert_eq!(fs::read_to_string(scratch.path("mine/letter.txt")).unwrap(), "precious");
    assert_eq!(fs::read_dir(scratch.path("mine")).unwrap().count(), 1);
}

#[tokio::test]
async fn data_of_another_version_is_named() {
    let scratch = Scratch::new();
    let options = Cluster::builder().directory(scratch.path("cluster"));
    options.clone().start().await.unwrap().stop().await.unwrap();
    fs::write(scratch.path("cluster/data/PG_VERSION"), "14\n").unwrap();

    let error = options.start().await.unwrap_err();

    assert!(error.to_string().contains("was made by PostgreSQL 14"), "{error}");
}

#[tokio::test]
async fn a_directory_that_the_account_cannot_reach_is_named() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("closed")).unwrap();
    fs::set_permissions(scratch.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    if !is_root() {
        return;
    }

    let result = Cluster::builder().directory(scratch.path("closed/cluster")).start().await;

    let message = result.unwrap_err().to_string();
    let closed = format!("cannot enter {}", scratch.path("closed").display());
    assert!(message.contains(&closed), "{message}");
}
