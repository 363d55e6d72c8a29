"""What became of the rules: which never took effect and what came closest, and which gates still hold somebody."""

from __future__ import annotations

from collections.abc import Iterator

from old_fakes.faults.gate import HoldAtGate
from old_fakes.faults.plan import ActiveRule, FaultPlan

NEAR_MISSES_MAX = 3


def complaints(plan: FaultPlan) -> list[str]:
    """Tell of every rule that never took effect, with its near misses, and of every closed gate with those it holds."""
    return [complaint for active in plan for complaint in _complaints(active, plan)]


def _complaints(active: ActiveRule, plan: FaultPlan) -> Iterator[str]:
    if active.gate.held:
        held = ", ".join(f"{restore.name} in {restore.status.phase.name}" for restore in active.gate.held)
        what = "the gate of the rule" if isinstance(active.rule.effect, HoldAtGate) else "the rule"
        still = "is still closed and holds" if isinstance(active.rule.effect, HoldAtGate) else "still stalls"
        yield f"{what} {active.name!r} {still} {held}"
    if active.fired_count == 0:
        yield f"the rule {active.name!r} never fired: {_why(active, plan)}"


def _why(active: ActiveRule, plan: FaultPlan) -> str:
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
