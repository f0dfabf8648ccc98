//! How long a thread has computed, so that a busy machine fails no test.

use std::time::{Duration, Instant};

/// Started when it is made.
pub struct Stopwatch {
    wall: Instant,
    computed: Option<Duration>,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self {
            wall: Instant::now(),
            computed: computed(),
        }
    }

    /// Time that this thread has spent on a CPU; by the clock where the system doesn't tell.
    pub fn elapsed(&self) -> Duration {
        match (computed(), self.computed) {
            (Some(now), Some(then)) => now.saturating_sub(then),
            _ => self.wall.elapsed(),
        }
    }
}

/// Linux's count for the current thread: nanoseconds, the first number.
fn computed() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
