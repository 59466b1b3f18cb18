//! Jobs that recur: what their times make, and what code and people may do to them.

mod bed;
mod changes;
mod code;
mod lists;
mod missed;
mod overlap;
mod pruning;
mod ticks;
