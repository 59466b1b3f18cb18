//! When a recurring job runs: the rules, without a database.

mod mistakes;
mod rules;
mod scanner;
