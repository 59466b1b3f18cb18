//! The forms that change a job, and that make one.

use super::messages;

messages! {
    form_edit(name, id) => "Edit {name} {id}";
    form_copy(name, id) => "Copy {name} {id} as new";
    form_new => "New job";
    form_of_kind(name) => "Enqueue {name}";
    form_payload_of(id) => "The payload is that of {id}, the latest job of this kind.";
    form_payload_too_long_of(id, limit) => "The payload of {id}, the latest job of this kind, is longer than {limit}, which is too long for a form.";
    form_hidden(names) => "Hidden there, to be written down: {names}.";
    form_still_hidden(names) => "Hidden values are not sent: write down {names}, or take it out.";
    form_unique_key_hint => "At most one job of the kind with this key lives at a time. Empty is none.";
    form_save => "Save";
    form_enqueue => "Enqueue";
    form_leave_edit => "Leave it as it is";
    form_leave_new => "Do not enqueue";
    form_redacted_stays => "What is [redacted] stays as it is stored, unless you write something else there.";
    form_priority => "Priority";
    form_priority_hint => "-100 to 100, higher runs first.";
    form_kind_hint => "The name under which its handler is registered.";
    form_run_at => "Run at";
    form_run_at_hint(zone) => "{zone}. Empty is at once.";
    form_delay => "Or after";
    form_delay_hint => "Such as 90s, 10m, 2h, 1d.";
    form_retries => "Retries";
    form_retries_hint => "How often it may be tried again, up to 1,000.";
    form_tags_hint => "With commas between.";
    form_payload_hint => "JSON.";
    form_payload_too_long => "The payload is too long to be edited here, and stays as it is.";
    form_conflict => "Somebody has changed this job meanwhile.";
    form_conflict_advice => "What it has now stands below each field. Save again to put yours in its place.";
    form_now => "Now:";
    form_no_number => "This is not a whole number in the range.";
    form_no_time(zone) => "There is no such time in {zone}.";
    form_no_delay => "A number and a unit: s, m, h or d.";
    form_no_json(error) => "This is not JSON: {error}.";
    form_redacted => "A part of a text is [redacted] here: write down the whole text, or leave it as it was.";
    form_time_or_delay => "A time or a delay, not both.";
}
