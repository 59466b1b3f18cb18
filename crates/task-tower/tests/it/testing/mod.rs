//! What helps users to test their jobs.

mod inline;
