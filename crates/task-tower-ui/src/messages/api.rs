//! What programs are told.

use super::messages;

messages! {
    api_no_object => "The body is no JSON object.";
    api_control_character(what) => "The {what} has a control character in it.";
    api_limit(most) => "The limit is a number from 1 to {most}.";
    api_one_cursor => "A list goes on either after a job or before one: give after or before, not both.";
    api_if_match => "If-Match is one strong tag, as the ETag of the job has it, or a star.";
    api_nothing_to_change => "There is nothing to change.";
    api_redacted => "Something in it is [redacted]: send what is to stand there, or leave the payload or the tags out.";
    api_no_kind => "There is no such kind.";
    api_missing(field) => "The field {field} is missing.";
    api_no_action => "The action is one of requeue, run_now, cancel, discard, delete, move, prioritize and reschedule.";
    api_no_window => "The window is one of 1h, 6h, 24h, 7d and 30d.";
    api_no_step => "The step is one of 60, 300, 900, 3600 and 21600 seconds.";
    api_no_axis => "That is by kind:… or queue:…, or by nothing for all runs.";
    api_no_depth => "The depth is known of queues, and of all of them together.";
    api_for_all => "That is told of all jobs, and you see a part of them: ask by kind:… or queue:….";
    api_versions_for_all => "Which versions came is told to those who see all jobs, and you see a part of them.";
    api_no_status => "The status is one of unresolved, muted and resolved.";
    api_no_kind_sort => "Kinds are sorted by name, runs, success, failed or dead.";
    api_no_queue_action => "The action is pause or resume.";
    api_no_entry => "There is no such entry of the audit.";
    api_no_use(action, field) => "The action {action} has no use for the field {field}.";
    api_kind_takes_payload => "Another kind takes its own payload: send it, too.";
    api_confirm(number) => "That is for {number} jobs: send the field confirm with the number of jobs you expect.";
}
