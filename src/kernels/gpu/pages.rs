//! Memory in a browser: few buffers for all maps, and dead ones given back at once.
//!
//! In a browser CubeCL gives every tensor its own buffer, and looks for a free one among buffers of a
//! similar size. The maps of a pass halve in size again and again, so they would hardly ever share one.
//! Therefore maps are put into a few buffers that are kept here, and a pass says beforehand how large
//! its largest maps are. An unused buffer would also live until the browser collects garbage, which can
//! take long, so the buffers of maps and weights are destroyed here. Natively CubeCL and wgpu do both
//! well.
//!
//! Several nets may live on the device, and their passes may overlap: a plan that another pass replaces
//! leaves its buffers to the tensors that still use them.

use std::cell::RefCell;

use burn::cubecl::client::Client;
use burn::cubecl::server::Handle;
use burn::cubecl::wgpu::{AutoCompiler, WgpuServer, wgpu};

/// What a pass needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Bytes of its two largest maps.
    pub maps: [usize; 2],
    /// Bytes that a layer may use for intermediate values.
    pub scratch: usize,
}

/// The least of that, whatever the size of the maps; bytes.
const LEAST_SCRATCH: usize = 2 << 20;

/// The most of that, bytes: a little more than the transformed weights of VGG16's largest 3×3 layer.
const MOST_SCRATCH: usize = 48 << 20;

impl Plan {
    /// For a pass with `weights` bytes of weights, and two largest maps of so many.
    pub fn new(weights: usize, maps: [usize; 2]) -> Self {
        let all = maps.into_iter().fold(weights, usize::saturating_add);
        Self {
            maps,
            scratch: (all / 6).clamp(LEAST_SCRATCH, MOST_SCRATCH),
        }
    }
}

/// A buffer, and the handle of all of its memory.
struct Owned {
    handle: Handle,
    /// `None` where CubeCL doesn't say; then garbage collection frees it.
    buffer: Option<wgpu::Buffer>,
}

impl Owned {
    fn new(client: &Client, handle: Handle) -> Self {
        let resource = client.get_resource::<WgpuServer<AutoCompiler>>(handle.clone());
        let buffer = resource.map(|resource| resource.resource().buffer.clone());
        Self {
            handle,
            buffer: buffer.ok(),
        }
    }

    /// Whether no tensor uses it any more. CubeCL does all work in order, so it can be used again.
    fn is_free(&self) -> bool {
        self.handle.can_mut()
    }

    fn bytes(&self) -> usize {
        self.handle.size_in_used() as usize
    }
}

/// A browser's worker has one thread and one device.
#[derive(Default)]
struct Pages {
    /// The buffers for maps.
    maps: Vec<Owned>,
    /// The buffer for a layer's intermediate values.
    scratch: Option<Owned>,
    plan: Option<Plan>,
    /// Weights, and buffers of earlier plans that were still in use.
    others: Vec<Owned>,
}

thread_local! {
    static PAGES: RefCell<Pages> = RefCell::default();
}

/// Offsets are multiples of this on every adapter, bytes.
const ALIGNMENT: usize = 256;

/// A buffer by itself, in none of CubeCL's classes.
fn page(client: &Client, bytes: usize) -> Owned {
    let bytes = bytes.next_multiple_of(ALIGNMENT);
    let handle = client.memory_dedicated_allocation(bytes, |bytes| client.empty(bytes));
    Owned::new(client, handle)
}

/// The part of a buffer that begins `from` bytes after its start.
pub fn part(buffer: &Handle, from: usize, bytes: usize) -> Handle {
    let rest = buffer.size_in_used() - (from + bytes) as u64;
    buffer.clone().offset_start(from as u64).offset_end(rest)
}

/// Which of these to take for `bytes`: the smallest that is large enough.
fn fitting(free: impl Iterator<Item = (usize, usize)>, bytes: usize) -> Option<usize> {
    let large_enough = free.filter(|&(_, size)| size >= bytes);
    large_enough.min_by_key(|&(_, size)| size).map(|(at, _)| at)
}

/// Prepares for a pass; what an earlier one left is given back, unless it was like this one.
pub fn reserve(client: &Client, plan: Plan) {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    PAGES.with_borrow_mut(|pages| {
        let is_new = pages.plan != Some(plan);
        if is_new {
            pages.retire();
            pages.plan = Some(plan);
        }
        pages.give_back(client);
        if is_new {
            let maps = plan.maps.iter().filter(|&&bytes| bytes > 0);
            pages.maps = maps.map(|&bytes| page(client, bytes)).collect();
        }
    });
}

/// Gives back what passes and nets that are gone have left.
pub fn tidy(client: &Client) {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    PAGES.with_borrow_mut(|pages| {
        pages.retire();
        pages.give_back(client);
    });
}

impl Pages {
    /// Begins anew.
    fn retire(&mut self) {
        self.plan = None;
        self.others.append(&mut self.maps);
        self.others.extend(self.scratch.take());
    }

    /// Destroys the buffers that are no longer used.
    fn give_back(&mut self, client: &Client) {
        let others = std::mem::take(&mut self.others);
        let (dead, alive): (Vec<_>, Vec<_>) = others.into_iter().partition(Owned::is_free);
        self.others = alive;
        if dead.is_empty() {
            return;
        }
        // What was launched has to be on its way before its buffers go, and CubeCL must have
        // forgotten them. Where that fails the device is gone, and all buffers with it.
        if client.flush().is_err() {
            return;
        }
        let buffers: Vec<_> = dead.into_iter().map(|dead| dead.buffer).collect();
        if client.memory_cleanup().is_ok() {
            buffers.iter().flatten().for_each(wgpu::Buffer::destroy);
        }
    }
}

/// Makes a tensor's memory, which holds nothing else, go when the tensor goes: with the next pass or
/// [`tidy`].
pub fn own(client: &Client, handle: &Handle) {
    if cfg!(target_arch = "wasm32") {
        let owned = Owned::new(client, handle.clone());
        PAGES.with_borrow_mut(|pages| pages.others.push(owned));
    }
}

/// An uninitialised buffer, mostly a part of one, for a map of so many bytes.
pub fn empty(client: &Client, bytes: usize) -> Handle {
    if !cfg!(target_arch = "wasm32") {
        return client.empty(bytes);
    }
    PAGES.with_borrow_mut(|pages| {
        let all = pages.maps.iter().enumerate();
        let free = all.filter(|(_, page)| page.is_free());
        let found = fitting(free.map(|(at, page)| (at, page.bytes())), bytes);
        if let Some(page) = found.and_then(|at| pages.maps.get(at)) {
            return part(&page.handle, 0, bytes);
        }
        let page = page(client, bytes);
        let map = part(&page.handle, 0, bytes);
        pages.maps.push(page);
        map
    })
}

/// How many bytes a layer may ask [`scratch`] for, whose maps have so many.
pub fn most_scratch(maps: usize) -> usize {
    let plan = PAGES.with_borrow(|pages| pages.plan);
    plan.map_or((maps / 8).max(LEAST_SCRATCH), |plan| plan.scratch)
}

/// Uninitialised buffers of so many bytes, parts of one, until the layer is launched: the next
/// layer gets the same.
pub fn scratch<const N: usize>(client: &Client, bytes: [usize; N]) -> [Handle; N] {
    let mut end = 0;
    let places = bytes.map(|bytes| {
        let from = end;
        end += bytes.next_multiple_of(ALIGNMENT);
        (from, bytes)
    });
    let whole = if cfg!(target_arch = "wasm32") {
        PAGES.with_borrow_mut(|pages| {
            if pages.scratch.as_ref().is_none_or(|kept| kept.bytes() < end) {
                // All of what is planned at once, or it would grow layer by layer.
                let planned = pages.plan.map_or(0, |plan| plan.scratch);
                let limit = client.properties().memory.max_page_size;
                let planned = planned.min(usize::try_from(limit).unwrap_or(planned));
                pages.others.extend(pages.scratch.take());
                pages.scratch = Some(page(client, end.max(planned)));
            }
            pages.scratch.as_ref().map(|kept| kept.handle.clone())
        })
    } else {
        None
    };
    let whole = whole.unwrap_or_else(|| client.empty(end));
    places.map(|(from, bytes)| part(&whole, from, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_buffer_that_is_large_enough_is_taken() {
        let free = [(0, 512), (2, 256), (3, 1024)];
        let take = |bytes| fitting(free.into_iter(), bytes);
        assert_eq!(take(100), Some(2));
        assert_eq!(take(256), Some(2));
        assert_eq!(take(257), Some(0));
        assert_eq!(take(1024), Some(3));
        assert_eq!(take(1025), None);
    }

    #[test]
    fn a_plan_has_the_two_largest_maps_and_some_scratch() {
        let plan = Plan::new(60 << 20, [9 << 20, 7 << 20]);
        assert_eq!(plan.maps, [9 << 20, 7 << 20]);
        assert_eq!(plan.scratch, (76 << 20) / 6);
        assert_eq!(Plan::new(0, [4, 0]).maps, [4, 0]);
        assert_eq!(Plan::new(0, [4, 0]).scratch, LEAST_SCRATCH);
        assert_eq!(Plan::new(usize::MAX, [4, 4]).scratch, MOST_SCRATCH);
    }
}
