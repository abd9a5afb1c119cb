//! The loop that collects, enriches and commits.
