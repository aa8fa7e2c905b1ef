//! Which processes have a row at a moment, and under whom each stands. What a row holds is put to it later.

use std::collections::HashSet;
use std::rc::Rc;

use super::held::Held;
use super::{Ghosts, Row};
use crate::timeline::Timeline;
use crate::timeline::lifeline::{Lifeline, Phase};
use crate::timeline::process::{Facts, Pid, ProcessId};
use crate::timeline::time::Time;

/// The rows at `t`, those of the newest of the reaped among them, as `ghosts` asks for.
pub(super) fn rows(timeline: &Timeline, t: Time, ghosts: Ghosts) -> Vec<Row<'_>> {
    arrange(timeline, shown(timeline, t, ghosts), t)
}

/// The lives that have a row at `t`: those in the process table, and the newest ghosts.
fn shown(timeline: &Timeline, t: Time, ghosts: Ghosts) -> Vec<&Lifeline> {
    let mut lives = timeline.lives.at(t, ghosts.window);
    let mut reaps: Vec<(Time, ProcessId)> = lives
        .iter()
        .filter_map(|life| match life.phase(t) {
            Phase::Gone(reaped) => Some((reaped.when.latest, life.id)),
            Phase::Unborn | Phase::Alive | Phase::Zombie(_) => None,
        })
        .collect();
    reaps.sort_unstable_by(|a, b| b.cmp(a));
    reaps.truncate(ghosts.most);
    let kept: HashSet<ProcessId> = reaps.into_iter().map(|(_, id)| id).collect();
    lives.retain(|life| match life.phase(t) {
        Phase::Gone(_) => kept.contains(&life.id),
        Phase::Unborn => false,
        Phase::Alive | Phase::Zombie(_) => true,
    });
    lives
}

/// Puts lives under their parents, depth first.
fn arrange<'a>(timeline: &Timeline, lives: Vec<&'a Lifeline>, t: Time) -> Vec<Row<'a>> {
    let with_facts: Vec<(&Lifeline, &Facts)> = lives
        .into_iter()
        .filter_map(|life| life.facts(t).map(|facts| (life, facts)))
        .collect();
    // A pid can stand twice, once for a ghost: the living one, which comes last, is whose children these are.
    let mut by_pid: Vec<(Pid, bool, usize)> = Vec::with_capacity(with_facts.len());
    by_pid.extend(with_facts.iter().enumerate().map(|(index, (life, _))| {
        let there = !matches!(life.phase(t), Phase::Gone(_));
        (life.pid, there, index)
    }));
    by_pid.sort_unstable();
    let of_pid = |pid: Pid| {
        let after = by_pid.partition_point(|(other, ..)| *other <= pid);
        let (found, _, index) = by_pid.get(after.checked_sub(1)?)?;
        (*found == pid).then_some(*index)
    };
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); with_facts.len()];
    let mut tops: Vec<usize> = Vec::new();
    for (index, (life, facts)) in with_facts.iter().enumerate() {
        match of_pid(facts.parent) {
            Some(parent) if !life.root && parent != index && with_facts[parent].0.born.earliest <= life.born.latest => {
                children[parent].push(index);
            }
            Some(_) | None => tops.push(index),
        }
    }
    tops.sort_by_key(|index| !with_facts[*index].0.root);
    let mut rows = Vec::with_capacity(with_facts.len());
    let none: Rc<[bool]> = Rc::new([]);
    let mut stack: Vec<(usize, Rc<[bool]>)> = tops.into_iter().rev().map(|index| (index, Rc::clone(&none))).collect();
    while let Some((index, guides)) = stack.pop() {
        let (life, facts) = with_facts[index];
        let phase = life.phase(t);
        let ghost = matches!(phase, Phase::Gone(_));
        if let Some((last, others)) = children[index].split_last() {
            stack.push((*last, below(&guides, false)));
            let guides = below(&guides, true);
            stack.extend(others.iter().rev().map(|child| (*child, Rc::clone(&guides))));
        }
        rows.push(Row {
            life,
            facts,
            phase,
            depth: guides.len(),
            adopter: (!life.root && guides.is_empty() && !ghost && !born_to(timeline, life, facts.parent))
                .then_some(facts.parent),
            guides,
            held: Held::default(),
        });
    }
    rows
}

/// It is a child of that process from the beginning, which never was one of the tree (`CLONE_PARENT`, clone(2)).
fn born_to(timeline: &Timeline, life: &Lifeline, parent: Pid) -> bool {
    life.forked_by == Some(parent) && timeline.lives.by_pid(parent).is_none()
}

/// The guides of what stands a level deeper, where a later sibling follows or does not.
pub(super) fn below(guides: &[bool], follows: bool) -> Rc<[bool]> {
    guides.iter().copied().chain([follows]).collect()
}
