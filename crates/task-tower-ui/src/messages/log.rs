//! What a job has logged, and how far it is.

use task_tower::{LogLevel, Progress};

use super::{Messages, messages};

messages! {
    log_title(attempt) => "Log of attempt {attempt}";
    log_lines(attempt) => "Lines of attempt {attempt}";
    log_of_attempt => "Attempt";
    log_attempt(number) => "{number}";
    log_level => "Level";
    log_all => "All";
    log_info => "Info";
    log_warnings => "Warnings";
    log_errors => "Errors";
    log_nothing => "Nothing of this level was logged in this attempt.";
    log_earlier => "Earlier lines";
    log_latest => "Latest lines";
    log_download => "Download the whole log as text";
    log_column_time => "Since the attempt began";
    log_column_level => "Level";
    log_column_message => "Message";
    progress => "Progress";
    progress_percent(percent) => "{percent}%";
    progress_part(done, total) => "{done} of {total}";
    progress_done(done) => "{done} done";
}

impl Messages {
    /// The lines from this level on.
    pub(crate) fn log_from(self, level: LogLevel) -> String {
        match level {
            LogLevel::Info => self.log_info(),
            LogLevel::Warn => self.log_warnings(),
            LogLevel::Error => self.log_errors(),
            _ => self.log_all(),
        }
    }

    /// How much is done, in numbers.
    pub(crate) fn progress_told(self, progress: &Progress) -> String {
        match progress.percent() {
            Some(percent) => {
                let part = self.progress_part(progress.done, progress.total);
                format!("{} · {part}", self.progress_percent(percent))
            }
            None => self.progress_done(progress.done),
        }
    }
}
