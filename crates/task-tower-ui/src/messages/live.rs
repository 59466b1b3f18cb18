//! What pages say about themselves: whether they are alive.

use super::messages;

messages! {
    live_live => "Live";
    live_held => "Held";
    live_paused => "Paused";
    live_reconnecting => "Reconnecting";
    live_polling => "Polling";
    live_now => "now";
    live_selected(number) => "{number} selected";
    live_hint => "Stop or go on refreshing this page";
    live_newcomers(number) => "{number} new";
    live_crowded => "Too many pages listen already.";
}
