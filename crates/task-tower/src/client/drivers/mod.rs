//! The drivers whose transactions can take a job, one file each. An adapter binds the parameters in
//! the order in which they come, and turns the driver's error into ours; it knows nothing of jobs.

#[cfg(feature = "diesel-async-0_9")]
mod diesel_async;
#[cfg(feature = "sea-orm-2")]
mod sea_orm;
#[cfg(feature = "sqlx-0_9")]
mod sqlx;
#[cfg(feature = "tokio-postgres-0_7")]
mod tokio_postgres;
