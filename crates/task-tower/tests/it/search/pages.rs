//! Pages, forwards and backwards.

use task_tower::{JobFilter, JobId, Page};

use super::fixture::Archive;

async fn walk(archive: &Archive, filter: &JobFilter) -> Vec<Page> {
    let (mut pages, mut filter) = (Vec::new(), filter.clone());
    loop {
        let page = archive.console().jobs(&filter).await.unwrap();
        let next = page.next;
        pages.push(page);
        match next {
            Some(next) => filter = filter.after(next),
            None => return pages,
        }
    }
}

async fn walk_back(archive: &Archive, filter: &JobFilter, from: JobId) -> Vec<Page> {
    let (mut pages, mut filter) = (Vec::new(), filter.clone().before(from));
    loop {
        let page = archive.console().jobs(&filter).await.unwrap();
        let prev = page.prev;
        pages.insert(0, page);
        match prev {
            Some(prev) => filter = filter.before(prev),
            None => return pages,
        }
    }
}

fn ids(pages: &[Page]) -> Vec<JobId> {
    pages.iter().flat_map(|page| &page.jobs).map(|job| job.id).collect()
}

#[tokio::test]
async fn pages_are_the_whole_list_forwards_and_backwards() {
    let archive = Archive::new().await;

    for text in
        ["", "kind:send_*", "queue:mail,critical -tag:beta", "state:dead,failed,processing", "sort:created tag:beta"]
    {
        let filter = text.parse::<JobFilter>().unwrap().limit(7);
        let expected = archive.find_by(filter.clone()).await;
        let pages = walk(&archive, &filter).await;
        let numbers: Vec<usize> = ids(&pages).iter().map(|id| archive.number_of(*id)).collect();
        assert_eq!(numbers, expected, "{text}");
        assert_eq!(pages[0].prev, None, "{text}");
        assert!(pages[1..].iter().all(|page| page.prev == page.jobs.first().map(|job| job.id)), "{text}");

        let last = pages.last().unwrap();
        let back = walk_back(&archive, &filter, last.prev.unwrap()).await;

        assert_eq!(ids(&back), ids(&pages[..pages.len() - 1]), "{text}");
        assert!(back.iter().all(|page| page.next == page.jobs.last().map(|job| job.id)), "{text}");
    }
}

#[tokio::test]
async fn the_oldest_come_first_when_that_is_asked_for() {
    let archive = Archive::new().await;

    let mut oldest = archive.find("sort:created queue:mail").await;

    oldest.reverse();
    assert_eq!(oldest, archive.find("queue:mail").await);
}

#[tokio::test]
async fn too_many_terms_are_refused_however_they_were_put_together() {
    let archive = Archive::new().await;
    let filter = (0..9).fold(JobFilter::new(), |filter, number| filter.tag(number.to_string()));

    for error in [
        archive.console().jobs(&filter).await.unwrap_err(),
        archive.console().counts(&filter).await.unwrap_err(),
        archive.console().matching(&filter, chrono::Utc::now(), None).await.unwrap_err(),
    ] {
        assert!(error.is_invalid() && error.to_string().contains("more than 8 terms"), "{error}");
    }
}
