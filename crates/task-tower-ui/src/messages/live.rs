//! What pages say about themselves: whether they are alive.

use super::messages;

messages! {
    live_live => "Live";
    live_held => "Held";
    live_paused => "Paused";
    live_reconnecting => "Reconnecting";
    live_polling => "Polling";
    live_now => "now";
    live_selected(number) => "{number} selected";
    live_hint => "Stop or go on refreshing this page";
    live_newcomers(number) => "{number} new";
    live_told_newcomer => "1 new job.";
    live_told_newcomers(number) => "{number} new jobs.";
    live_told_fresh => "The page is refreshed again.";
    live_told_lost => "The connection is lost, the page is not refreshed.";
    live_told_paused => "The page is paused.";
    keys_title => "Keys";
    keys_explained => "Single keys never act while you write.";
    keys_switch => "Switch them on or off";
    keys_close => "Close";
    keys_or => "or";
    keys_group_go => "Go to";
    keys_group_list => "In a list";
    keys_group_act => "Act on the job, or on those that are selected";
    keys_group_page => "On every page";
    keys_overview => "Overview";
    keys_kinds => "Kinds";
    keys_errors => "Errors";
    keys_recurring => "Recurring";
    keys_doctor => "Doctor";
    keys_palette => "Anything, by its name";
    keys_filter => "The filter";
    keys_next => "Next row, next job";
    keys_previous => "Row before, job before";
    keys_open => "Open the row";
    keys_pick => "Select the row";
    keys_pick_to => "Select all rows from the last one to this one";
    keys_pick_all => "Select all that match";
    keys_newer => "Newer page";
    keys_older => "Older page";
    keys_clear => "Select nothing, leave the row";
    keys_requeue => "Requeue";
    keys_cancel => "Cancel";
    keys_discard => "Discard";
    keys_undo => "Undo what was done last";
    keys_live => "Pause the page, or let it go on";
    keys_times => "Times exact, relative, or both";
    keys_theme => "Theme of the system, light, or dark";
    keys_help => "These keys";
    palette_found => "Found";
    palette_none => "Nothing is called so.";
    palette_kinds => "Kinds";
    palette_search => "Search";
    palette_search_for(words) => "Jobs with “{words}”";
    live_crowded => "Too many pages listen already.";
}
