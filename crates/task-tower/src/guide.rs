#![doc = include_str!("guide/links.md")]
#![doc = include_str!("../docs/README.md")]
// In the chapters, links lead to files, for readers of the files. Of two definitions of a link the first one
// counts: those of `links.md`, which stand before each chapter here, lead to items.

macro_rules! chapter {
    ($name:ident) => {
        #[doc = include_str!("guide/links.md")]
        #[doc = include_str!(concat!("../docs/", stringify!($name), ".md"))]
        pub mod $name {}
    };
}

chapter!(quick_start);
chapter!(jobs_and_handlers);
chapter!(scheduling);
chapter!(recurring);
chapter!(retries);
chapter!(transactions);
chapter!(options);
chapter!(queues);
chapter!(tags);
chapter!(filters);
chapter!(unique);
chapter!(batches);
chapter!(continuations);
chapter!(interceptors_and_context);
chapter!(logs_and_progress);
chapter!(telemetry);
chapter!(sql);
chapter!(testing);
chapter!(dashboard);
chapter!(api);
chapter!(monitoring);
chapter!(operating);
chapter!(redis);
chapter!(coming_from_task_tower_dotnet);
chapter!(coming_from_hangfire);
chapter!(coming_from_sidekiq);
chapter!(coming_from_river);
