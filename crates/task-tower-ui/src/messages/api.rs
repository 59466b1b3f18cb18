//! What programs are told.

use super::messages;

messages! {
    api_no_object => "The body is no JSON object.";
    api_control_character(what) => "The {what} has a control character in it.";
    api_limit(most) => "The limit is a number from 1 to {most}.";
    api_one_cursor => "A list goes on either after a job or before one: give after or before, not both.";
    api_if_match => "If-Match is one strong tag, as the ETag of the job has it, or a star.";
    api_nothing_to_change => "There is nothing to change.";
    api_redacted => "The payload has [redacted] in it: send what is to stand there, or leave the payload out.";
    api_no_kind => "There is no such kind.";
    api_missing(field) => "The field {field} is missing.";
    api_no_action => "The action is one of requeue, run_now, cancel, discard, delete, move, prioritize and reschedule.";
    api_no_use(action, field) => "The action {action} has no use for the field {field}.";
    api_confirm(number) => "That is for {number} jobs: send the field confirm with the number of jobs you expect.";
}
