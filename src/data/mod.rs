//! Artifacts: fetching their sources, building them, mapping them into memory.
