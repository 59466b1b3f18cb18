//! What a filter finds, against three hundred jobs whose every property is known.

mod fixture;
mod golden;
mod pages;
