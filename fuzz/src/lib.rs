//! One thread with the parser's large stack for a whole run of fuzzing: with one a text, a run would mostly make
//! stacks. Out: what is done with a text (the targets, which call it).

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock};

type Ends = (SyncSender<String>, Receiver<()>);

/// Does the work on that thread, and waits for its end; a panic there ends the run, as everywhere in a target.
pub fn in_room(text: &str, work: fn(&str)) {
    static ROOM: OnceLock<Mutex<Ends>> = OnceLock::new();
    let room = ROOM.get_or_init(|| {
        let ((give, texts), (done, wait)) = (sync_channel::<String>(0), sync_channel(0));
        std::thread::spawn(move || {
            let each = |text: String| done.send(work(&text)).expect("the target waits");
            groundline_sql::with_room(|| texts.into_iter().for_each(each)).expect("a thread");
        });
        Mutex::new((give, wait))
    });
    let (give, wait) = &*room.lock().expect("one target");
    give.send(text.to_owned()).expect("the room takes texts");
    wait.recv().expect("the room does its work");
}
