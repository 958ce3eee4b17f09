//! Who may migrate a database, when, and what must be proven before: windows, people, signatures, the checklist as data.
//! Out: the clock, files of keys, running what proves an item, drawing.
//! Called by the commands `upgrade`, `approve`, `gate` and `sign`.

pub mod decide;
mod items;
mod people;
mod production;
mod signature;
mod state;
mod windows;

pub use items::{DONE, Item, PROFILE, Phase, Proof, items};
pub use people::{Approver, People, ToApprove};
pub use production::Production;
pub use signature::{Key, NAMESPACE, Signature, Statement, sign};
pub use state::{
    EMERGENCY, Emergency, Gate, GateConfig, ItemState, OwnItem, RunSeen, Seen, Signed, StepSeen, Verdict,
    Waiver, all_items, judge,
};
pub use windows::{Freeze, SAFETY, Standing, Window, Windows};
