//! SQL that people run themselves when the doctor tells them to. It is never run here.

pub(crate) fn end_session(pid: i32) -> String {
    format!("SELECT pg_terminate_backend({pid})")
}

pub(crate) fn end_prepared(name: &str) -> String {
    format!("ROLLBACK PREPARED {}", literal(name))
}

pub(crate) fn drop_slot(name: &str) -> String {
    format!("SELECT pg_drop_replication_slot({})", literal(name))
}

pub(crate) fn vacuum(schema: &str, table: &str) -> String {
    format!("VACUUM (ANALYZE) {}.{}", identifier(schema), identifier(table))
}

/// Lets autovacuum care for the table again.
pub(crate) fn attend(schema: &str, table: &str) -> String {
    format!("ALTER TABLE {}.{} RESET (autovacuum_enabled)", identifier(schema), identifier(table))
}

/// Switches a setting of the server on.
pub(crate) fn switch_on(setting: &str) -> String {
    format!("ALTER SYSTEM SET {setting} = on")
}

/// Sets what the role has of its own back to what the server has.
pub(crate) fn reset(role: &str, setting: &str) -> String {
    format!("ALTER ROLE {} RESET {setting}", identifier(role))
}

/// Lets the role see how much log is kept.
pub(crate) fn show_log(role: &str) -> String {
    format!("GRANT pg_monitor TO {}", identifier(role))
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
