//! What a filter finds: among three hundred jobs whose every property is known, and among a hundred thousand.

mod counts;
mod crowd;
mod fixture;
mod golden;
mod pages;
mod plans;
mod suggest;
