//! The audit.

use super::messages;

messages! {
    audit_hint => "Every change by hand, with who made it. An entry is written in the transaction of the change; it is kept for a year.";
    audit_none => "Nothing was changed by hand yet";
    audit_none_fits => "No entry fits";
    audit_none_why => "Buttons of the dashboard, commands of the program and calls of the console all leave entries here.";
    audit_column_time => "Time";
    audit_column_actor => "Actor";
    audit_column_action => "Action";
    audit_column_target => "Target";
    audit_column_details => "Details";
    audit_filter => "Filter the audit";
    audit_actor => "Actor";
    audit_action => "Action";
    audit_target => "Target";
    audit_address => "Address";
    audit_request => "Request";
    audit_apply => "Filter";
    audit_clear => "Clear";
    audit_older => "Older";
}
