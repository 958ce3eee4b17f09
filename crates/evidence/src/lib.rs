//! Records of runs, and their renderers.
//! Out: making them (`cli` does, from what `pg` returns).
//! Called by `cli`.
