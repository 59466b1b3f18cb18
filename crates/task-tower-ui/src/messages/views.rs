//! Views that people saved.

use super::messages;

messages! {
    views => "Saved views";
    views_name => "Name";
    views_save => "Save this list";
    views_share => "For all";
    views_manage => "Rename and delete";
    views_explained => "Lists of jobs that you want to see again, on any machine. Those for all can be renamed and deleted by all.";
    views_none => "None yet: the menu “Saved” of a list of jobs saves it.";
    views_by(actor) => "for all, by {actor}";
    views_for_all => "for all";
    views_new_name(name) => "New name of {name}";
    views_rename => "Rename";
    views_rename_this(name) => "Rename {name}";
    views_delete => "Delete";
    views_delete_this(name) => "Delete {name}";
    views_share_all => "You see a part of the jobs: what you save is for you alone.";
    fault_no_view => "There is no such view.";
}
