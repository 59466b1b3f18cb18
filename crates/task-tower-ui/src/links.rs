//! Links to the lists of jobs and of errors, and to pages of queues, recurring jobs and workers, from the root of the dashboard.

use task_tower::{JobFilter, WorkerId};

/// The jobs of a filter.
pub(crate) fn jobs(filter: &JobFilter) -> String {
    with(&[("q", &filter.to_string())])
}

pub(crate) fn queue(name: &str) -> String {
    jobs(&JobFilter::new().queue(name))
}

/// The page of a queue. A browser would take some names for folders: those have only their jobs.
pub(crate) fn queue_page(name: &str) -> String {
    match name {
        "." | ".." => queue(name),
        name => format!("queues/{}", encode(name).replace('/', "%2F")),
    }
}

/// The page of a kind.
pub(crate) fn kind_page(name: &str) -> String {
    format!("kinds/{}", encode(name).replace('/', "%2F"))
}

/// The page of a recurring job. A browser would take some names for folders: those have only their jobs.
pub(crate) fn recurring(name: &str) -> String {
    match name {
        "." | ".." => recurring_jobs(name),
        name => format!("recurring/{}", encode(name).replace('/', "%2F")),
    }
}

/// The jobs of a recurring one.
pub(crate) fn recurring_jobs(name: &str) -> String {
    jobs(&JobFilter::new().recurring(name))
}

/// The list of recurring jobs with these parameters.
pub(crate) fn recurring_list(parameters: &[(&str, &str)]) -> String {
    list("recurring", parameters)
}

/// The page of a worker.
pub(crate) fn worker(id: WorkerId) -> String {
    format!("workers/{id}")
}

pub(crate) fn kind(name: &str) -> String {
    jobs(&JobFilter::new().kind(name))
}

pub(crate) fn tag(name: &str) -> String {
    jobs(&JobFilter::new().tag(name))
}

/// The list with these parameters; those without a value are left out.
pub(crate) fn with(parameters: &[(&str, &str)]) -> String {
    list("jobs", parameters)
}

/// The groups of errors with these parameters.
pub(crate) fn errors(parameters: &[(&str, &str)]) -> String {
    list("errors", parameters)
}

fn list(page: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(name, value)| format!("{name}={}", encode(value))).collect();
    match query.is_empty() {
        true => page.to_owned(),
        false => format!("{page}?{}", query.join("&")),
    }
}

/// What may stand in a query as it is: beside what always may, what the filter language is full of.
pub(crate) fn encode(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:,*/".contains(&byte);
    let encoded = value.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_in_the_filter_and_encoded_in_the_address() {
        assert_eq!(queue("mail"), "jobs?q=queue:mail");
        assert_eq!(queue_page("a/b?c"), "queues/a%2Fb%3Fc");
        assert_eq!(queue_page(".."), "jobs?q=queue:..");
        assert_eq!(tag("a b&c"), "jobs?q=tag:%22a%20b%26c%22");
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        assert_eq!(with(&[("q", ""), ("cols", "run")]), "jobs?cols=run");
        assert_eq!(with(&[("q", "")]), "jobs");
    }
}
