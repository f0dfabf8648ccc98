//! How much a thread may keep in registers.

use std::sync::atomic::{AtomicBool, Ordering};

/// How many values a thread may keep on an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Registers {
    /// A GPU: about a hundred values; with more, fewer threads run at a time.
    Few,
    /// A software adapter, where reading a value from memory costs as much as seven
    /// multiply-and-adds (measured on SwiftShader), so that a large tile is worth its spills.
    Many,
}

static MANY: AtomicBool = AtomicBool::new(false);

/// Says for what adapter the kernels are to be generated from now on.
pub fn set_registers(registers: Registers) {
    MANY.store(registers == Registers::Many, Ordering::Relaxed);
}

/// What [`set_registers`] said last; [`Registers::Few`] before that.
pub fn registers() -> Registers {
    match MANY.load(Ordering::Relaxed) {
        true => Registers::Many,
        false => Registers::Few,
    }
}
