//! Where the work is done. Parsing, walking and dropping a tree recurse; an overflow cannot be caught, it ends the process. So the depth
//! is limited first ([`crate::Limits`]), and what may still be deep is given a large stack.

use std::panic;
use std::thread;

/// Reserved, not used: the system gives pages as they are touched.
const STACK: usize = 256 * 1024 * 1024;

/// Runs `work` on a thread with 256 MiB of stack and waits for it. For a caller that analyses many texts and does not want a thread for
/// each deep one: run the loop in here, with [`crate::Stack::Callers`].
///
/// A panic of `work` goes on in the caller.
///
/// # Errors
///
/// The system gives no thread.
pub fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .name("sql-lineage".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        Ok(worker.join().unwrap_or_else(|cause| panic::resume_unwind(cause)))
    })
}
