//! Several threads that compute one pass together.
//!
//! Wasm threads would need a second build of the standard library and of the program. So each member of
//! a team is a wasm instance with its own memory and its own copy of the weights, and all of them run
//! the same pass on the same photo at the same time. In a large layer a member computes only its part;
//! then all [`exchange`](Team) their parts, so that each has the whole map again. Of layers that run as one (a block
//! of VGG) it computes its rows of all of them, those at the seams as its neighbour does too, and only the last map
//! is exchanged. A part is computed exactly as it is without a team, so the result does not depend on the number of
//! members.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// Where the members' parts lie in a map: in every piece of `piece` numbers, member r has those from
/// `cuts[r]` to `cuts[r + 1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// Numbers from one piece to the next.
    pub piece: usize,
    /// One more than there are members, the first 0, the last `piece`.
    pub cuts: Vec<usize>,
}

/// Fills in the other members' parts of a map, and gives them this member's. If it fails, the map is not
/// a result, and the caller must discard the pass.
pub type Exchange = dyn Fn(&mut [f32], &Parts);

/// A member's place in its team.
#[derive(Clone)]
pub struct Team {
    /// Which member this is, from 0.
    pub rank: usize,
    /// How many there are.
    pub size: usize,
    /// See [`Exchange`].
    pub exchange: Rc<Exchange>,
}

thread_local! {
    static TEAM: RefCell<Option<Team>> = const { RefCell::new(None) };
}

/// Makes this thread's layers run with a team's other members from now on, or alone again.
pub fn join(team: Option<Team>) {
    TEAM.with(|slot| slot.replace(team));
}

/// In layers with fewer multiplications the exchange takes longer than it saves.
const LEAST_WORK: usize = 1 << 20;

/// The team, for a layer of so many multiplications.
pub fn team_for(work: usize) -> Option<Team> {
    if work < LEAST_WORK {
        return None;
    }
    TEAM.with(|slot| slot.borrow().clone())
        .filter(|team| team.size > 1)
}

impl Team {
    /// Shares out `count` things in the members' order, as evenly as whole `steps` of them allow:
    /// one more boundary than there are members.
    pub fn cuts(&self, count: usize, step: usize) -> Vec<usize> {
        let steps = count.div_ceil(step);
        let cut = |rank: usize| (steps * rank / self.size * step).min(count);
        (0..=self.size).map(cut).collect()
    }

    /// This member's part of what `cuts` share out.
    pub fn mine(&self, cuts: &[usize]) -> Range<usize> {
        let at = |rank: usize| cuts.get(rank).copied().unwrap_or(0);
        at(self.rank)..at(self.rank + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_make_up_the_whole(count in 0_usize..300, step in 1_usize..9, size in 1_usize..9) {
            let team = |rank| Team { rank, size, exchange: Rc::new(|_, _| {}) };
            let cuts = team(0).cuts(count, step);
            prop_assert_eq!(cuts.len(), size + 1);
            let parts: Vec<_> = (0..size).flat_map(|rank| team(rank).mine(&cuts)).collect();
            prop_assert_eq!(parts, (0..count).collect::<Vec<_>>());
            for rank in 0..size {
                let part = team(rank).mine(&cuts).len();
                prop_assert!(part <= (count.div_ceil(step)).div_ceil(size) * step);
            }
        }
    }

    #[test]
    fn small_layers_and_lone_members_have_no_team() {
        let team = |size| Team {
            rank: 0,
            size,
            exchange: Rc::new(|_, _| {}),
        };
        join(Some(team(2)));
        assert!(team_for(LEAST_WORK).is_some());
        assert!(team_for(LEAST_WORK - 1).is_none());
        join(Some(team(1)));
        assert!(team_for(LEAST_WORK).is_none());
        join(None);
        assert!(team_for(usize::MAX).is_none());
    }
}
