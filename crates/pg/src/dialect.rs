//! The registry of dialects: one file a history table.
