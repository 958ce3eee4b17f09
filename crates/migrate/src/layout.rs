//! The registry of layouts: one file a convention of folders.
