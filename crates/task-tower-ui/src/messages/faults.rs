//! Why there is no page, and why something was not done.

use super::messages;

messages! {
    fault_unreadable => "That cannot be read";
    fault_forbidden => "Not allowed";
    fault_not_found => "Not found";
    fault_no_method => "Not possible here";
    fault_conflict => "Not possible now";
    fault_away => "The database is away";
    fault_too_slow => "That takes too long";
    fault_other => "Something went wrong";
    fault_away_why => "Jobs that are in the database are safe. Workers go on by themselves when it is back; reload this page to look again.";
    fault_back => "Back to the jobs";
    fault_no_page => "There is no page at this address.";
    fault_no_file => "There is no such file.";
    fault_no_button => "There is no such button.";
    fault_reason_too_long => "The reason is one line of up to 500 bytes.";
    fault_control_character(what) => "The {what} has a control character in it.";
    fault_no_such_zone => "There is no such zone.";
    fault_not_rendered => "The page could not be rendered.";
    fault_other_site => "The request does not come from a page of this dashboard.";
    fault_method => "This address does not take requests of that kind.";
}
