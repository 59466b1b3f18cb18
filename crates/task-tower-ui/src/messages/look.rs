//! The parts that pages are made of.

use super::messages;

messages! {
    look_cut => "Cut after 65,536 characters.";
}
