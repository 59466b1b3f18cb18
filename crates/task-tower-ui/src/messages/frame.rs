//! What surrounds every page.

use super::messages;

messages! {
    frame_document(title) => "{title} · Task Tower";
    frame_document_of(title, instance) => "{title} · {instance} · Task Tower";
    frame_peers => "Other towers";
    frame_skip => "Skip to the content";
    frame_pages => "Pages";
    frame_menu => "Menu";
    frame_path => "Path";
    frame_tools => "Tools";
    frame_search => "Search or jump to";
    frame_search_hint => "Search or jump to a job, a kind or a queue";
    frame_help => "Help";
    frame_zone(zone) => "Zone of all times: {zone}";
    frame_zone_other => "Another zone…";
    frame_read_only => "Read-only.";
    frame_read_only_why => "You may look at everything here and change nothing.";
    frame_version(version) => "v{version}";
    nav_overview => "Overview";
    nav_jobs => "Jobs";
    nav_queues => "Queues";
    nav_kinds => "Kinds";
    nav_batches => "Batches";
    nav_errors => "Errors";
    nav_recurring => "Recurring";
    nav_workers => "Workers";
    nav_operations => "Operations";
    nav_audit => "Audit";
    nav_settings => "Settings";
    postgres(version) => "PostgreSQL {version}";
}
