"""What became of the rules of a world: why one never took effect, and which still hold restores."""

from __future__ import annotations

from fakes.faults.gate import HoldAtGate
from fakes.faults.plan import ActiveRule, FaultPlan

NEAR_MISSES_MAX = 3


def held_restores(plan: FaultPlan) -> list[str]:
    """Tell of every closed gate and endless stall that holds restores: which, and in what phase."""
    told = []
    for active in plan:
        held = ", ".join(f"{restore.name} in {restore.status.phase.name}" for restore in active.gate.held)
        if held and isinstance(active.rule.effect, HoldAtGate):
            told.append(f"the gate of the rule {active.name!r} is still closed and holds {held}")
        elif held:
            told.append(f"the rule {active.name!r} still stalls {held}")
    return told


def why_unfired(active: ActiveRule, plan: FaultPlan) -> str:
    """Tell why a rule that never took effect did not, with what came closest."""
    rule = active.rule
    if active.matched_count:
        let_pass = [f"'after: {rule.after}'"] if rule.after else []
        let_pass += [f"'probability: {rule.probability:g}'"] if rule.probability < 1 else []
        often = "once" if active.matched_count == 1 else f"{active.matched_count} times"
        return f"it matched {often}, but {' and '.join(let_pass) or 'its effect'} let all pass"
    if active.kind == "time":
        return "nothing matches it any more" if active.has_struck else "its time did not come"
    near = sorted(_near_misses(active, plan), key=len)[:NEAR_MISSES_MAX]
    if not near:
        return f"no {active.kind} came that it could have applied to"
    return "what came closest:\n" + "\n".join(f"  {title}: {'; '.join(misses)}" for title, *misses in near)


def _near_misses(active: ActiveRule, plan: FaultPlan) -> list[tuple[str, ...]]:
    """The titles of occasions with the reasons for which they did not match, each once."""
    found: dict[tuple[str, ...], None] = {}
    for occasion in plan.occasions(active.kind):
        misses = tuple(plan.misses(active, occasion)) or ("it came before the rule was in force",)
        found.setdefault((occasion.title, *misses))
    return list(found)
