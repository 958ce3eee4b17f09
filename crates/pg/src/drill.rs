//! Up, down, up for every revision.
