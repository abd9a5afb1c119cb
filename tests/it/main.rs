//! Black-box tests.

mod cases_casualties;
