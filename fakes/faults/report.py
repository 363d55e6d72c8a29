"""Reports on the rules of a world: why one never took effect, and which still hold restores."""

from __future__ import annotations

from fakes.faults.effects.gate import HoldAtGate
from fakes.faults.installed_rule import InstalledRule
from fakes.faults.rule_set import RuleSet
from fakes.printable import printable

NEAR_MISSES_MAX = 3


def held_restores(plan: RuleSet) -> list[str]:
    """Report every closed gate and endless stall that holds restores: which, and in what phase."""
    told = []
    for installed in plan:
        held = ", ".join(f"{restore.name} in {restore.status.phase.name}" for restore in installed.gate.held)
        if held and isinstance(installed.rule.effect, HoldAtGate):
            told.append(f"the gate of the rule {installed.name!r} is still closed and holds {held}")
        elif held:
            told.append(f"the rule {installed.name!r} still stalls {held}")
    return told


def missed_rules(plan: RuleSet) -> list[str]:
    """Report every rule that has matched nothing so far, though something came that it could have matched."""
    return [
        f"the rule {installed.name!r} matched nothing: {why_unfired(installed, plan)}"
        for installed in plan
        if not installed.matched_count and installed.kind != "time" and any(plan.contexts(installed.kind))
    ]


def why_unfired(installed: InstalledRule, plan: RuleSet) -> str:
    """Say why a rule never took effect, with what came closest."""
    rule = installed.rule
    if installed.matched_count:
        let_pass = [f"'after: {rule.after}'"] if rule.after else []
        let_pass += [f"'probability: {rule.probability:g}'"] if rule.probability < 1 else []
        often = "once" if installed.matched_count == 1 else f"{installed.matched_count} times"
        return f"it matched {often}, but {' and '.join(let_pass) or 'its effect'} let all pass"
    if installed.kind == "time":
        return "nothing matches it any more" if installed.is_due_past else "its time did not come"
    near = sorted(_near_misses(installed, plan), key=len)[:NEAR_MISSES_MAX]
    if not near:
        return f"no {installed.kind} came that it could have applied to"
    return "what came closest:\n" + "\n".join(printable(f"  {title}: {'; '.join(misses)}") for title, *misses in near)


def _near_misses(installed: InstalledRule, plan: RuleSet) -> list[tuple[str, ...]]:
    """The titles of contexts with the reasons why they did not match, each once."""
    found: dict[tuple[str, ...], None] = {}
    for context in plan.contexts(installed.kind):
        misses = tuple(plan.mismatches(installed, context)) or ("it came before the rule was in force",)
        found.setdefault((context.title, *misses))
    return list(found)
