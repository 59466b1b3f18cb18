//! The settings of the reader.

use super::messages;

messages! {
    settings_explained => "They hold for you, in this browser.";
    settings_theme => "Theme";
    settings_theme_system => "As the system";
    settings_theme_light => "Light";
    settings_theme_dark => "Dark";
    settings_zone => "Zone";
    settings_zone_hint => "All times on all pages are shown in this zone.";
    settings_density => "Density";
    settings_density_normal => "Normal";
    settings_density_compact => "Compact";
    settings_times => "Times";
    settings_times_exact => "Exact";
    settings_times_relative => "Relative";
    settings_times_both => "Exact, then relative where there is room";
    settings_motion => "Motion";
    settings_motion_system => "As the system";
    settings_motion_reduced => "Reduced";
    settings_keys => "Keys";
    settings_keys_on => "On";
    settings_keys_off => "Off";
    settings_keys_hint => "Single keys as shortcuts. They never act while you write.";
    settings_save => "Save";
    settings_now(time) => "It is {time} there.";
}
