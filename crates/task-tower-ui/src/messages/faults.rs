//! Why there is no page, and why something was not done.

use task_tower::ReadOnly;

use super::{Messages, messages};

messages! {
    fault_unreadable => "That cannot be read";
    fault_forbidden => "Not allowed";
    fault_not_found => "Not found";
    fault_no_method => "Not possible here";
    fault_conflict => "Not possible now";
    fault_has_changed => "It has changed";
    fault_to_confirm => "To be confirmed";
    fault_away => "The database is away";
    fault_too_slow => "That takes too long";
    fault_other => "Something went wrong";
    fault_away_why => "Jobs that are in the database are safe. Workers go on by themselves when it is back; reload this page to look again.";
    fault_back_jobs => "Back to the jobs";
    fault_back_queues => "Back to the queues";
    fault_back_kinds => "Back to the kinds";
    fault_back_errors => "Back to the errors";
    fault_back_workers => "Back to the workers";
    fault_back_operations => "Back to the operations";
    fault_back_audit => "Back to the audit";
    fault_no_page => "There is no page at this address.";
    fault_no_file => "There is no such file.";
    fault_no_button => "There is no such button.";
    fault_reason_too_long => "The reason is one line of up to 500 bytes.";
    fault_no_such_zone => "There is no such zone.";
    fault_not_rendered => "The page could not be rendered.";
    fault_other_site => "The request does not come from a page of this dashboard. Programs send a bearer token, which Access::bearer lets in.";
    fault_method => "This address does not take requests of that kind.";
    fault_no_sense => "The request cannot be read.";
    fault_too_long => "The address is too long: 2 KiB, and 8 KiB of query.";
    fault_nul(name) => "The parameter {name} has a NUL in it, the character that no text here can have.";
    fault_no_json => "The body must be of type application/json.";
    fault_unknown => "Who are you?";
    fault_unknown_why => "This dashboard wants to know who you are.";
    fault_sign_in => "Sign in first.";
    fault_not_you => "You may not use this dashboard.";
    fault_nobody => "Nobody may use this dashboard.";
    fault_permission(name) => "You may not do that here: it takes the permission {name}.";
    fault_hidden_part(term) => "Values are hidden here by a function, so that only whole tags and values can be looked for, not {term}.";
    fault_hidden(key) => "The values of {key} are hidden here, so that nobody can look for them.";
    fault_no_job(id) => "job {id} does not exist";
    fault_no_worker(id) => "worker {id} does not exist";
    fault_no_recurring(name) => "recurring job {name} does not exist";
    fault_no_queue(name) => "queue {name} does not exist";
    fault_read_only => "Read-only for now";
    fault_never_changes => "This dashboard is read-only.";
    fault_standby => "PostgreSQL is a standby, which only follows another server: nothing can be changed here.";
    fault_takes_no_changes => "PostgreSQL takes no changes from this connection (transaction_read_only is on).";
    fault_this_machine => "This dashboard is for this machine only.";
    fault_no_peer => "This dashboard is for this machine only, and the server does not tell who asks. Serve it with into_make_service_with_connect_info::<SocketAddr>().";
    fault_proxy(header) => "This dashboard is for this machine only, and a proxy is between ({header}).";
    fault_too_late(state) => "Too late: it is {state}.";
    fault_not_editable(state) => "Only waiting and dead jobs can be edited. State of this one: {state}.";
    fault_out_of_sight => "You may not put a job there: you would not see it.";
    fault_host => "This dashboard is for this machine only: open it as localhost, 127.0.0.1 or [::1].";
}

impl Messages {
    /// The way to a list, as addresses call it.
    pub(crate) fn fault_back(self, list: &str) -> String {
        match list {
            "queues" => self.fault_back_queues(),
            "kinds" => self.fault_back_kinds(),
            "errors" => self.fault_back_errors(),
            "workers" => self.fault_back_workers(),
            "operations" => self.fault_back_operations(),
            "audit" => self.fault_back_audit(),
            _ => self.fault_back_jobs(),
        }
    }

    /// Why nothing can be changed.
    pub(crate) fn read_only(self, reason: ReadOnly) -> String {
        match reason {
            ReadOnly::Standby => self.fault_standby(),
            _ => self.fault_takes_no_changes(),
        }
    }
}
