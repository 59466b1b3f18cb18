//! The parts that pages are made of.

use super::{messages, plurals};

messages! {
    look_redacted => "redacted";
    look_tree_cut => "The rest is not drawn.";
    look_table => "Table";
    look_not_copied => "This browser does not let pages copy. The text is selected.";
    look_time => "Time";
    look_folded_one(crates) => "1 frame of {crates} folded";
    look_folded(number, crates) => "{number} frames of {crates} folded";
}

plurals! {
    look_items => "{number} item", "{number} items";
}
