"""``pds-sim explain``: what will happen to each restore of a scenario, and why."""

from __future__ import annotations

import click

from scenarios.cli.loading import load_or_exit
from scenarios.explanation import PhaseStory, RestoreStory
from scenarios.explanation import explain as explain_world
from scenarios.loader import Scenario
from scenarios.runner import ScenarioRun


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seed", type=int, help="Explain what happens with this seed instead of the scenarios' own.")
def explain(files: tuple[str, ...], seed: int | None) -> None:
    """Tell what will happen to each restore of the scenarios in FILEs, and why.

    The steps are done, but nothing is expected of them, and in virtual time all restores are followed to their end.
    """
    for scenario in load_or_exit(files):
        _explain_one(scenario, seed)


def _explain_one(scenario: Scenario, seed: int | None) -> None:
    with ScenarioRun(scenario, seed=seed, lenient=True) as run:
        list(run.steps())  # whatever is expected of them, what happens is what counts
        if run.simulator.session.clock.is_virtual:
            run.simulator.run_until_idle()
        with run.simulator.session as world:
            stories = explain_world(world, start_microseconds=run.start_microseconds)
        complaints = run.simulator.rule_complaints()
        rules = [(active.name, active.matched_count, active.fired_count) for active in run.simulator.rules]
        click.secho(f"{scenario.name} (seed {run.simulator.seed})", bold=True)
    for story in stories:
        _tell(story)
    for name, matched_count, fired_count in rules:
        click.echo(f"  rule {name!r}: matched {matched_count} times, took effect {fired_count} times")
    for complaint in complaints:
        click.secho(f"  {complaint}", fg="yellow")


def _tell(story: RestoreStory) -> None:
    click.echo(f"  {click.style(story.name, bold=True)}: {story.what}")
    for phase in story.phases:
        click.echo(_phase_line(phase))
    click.echo(f"    {story.end_seconds:>10.3f} s  {story.outcome}")


def _phase_line(story: PhaseStory) -> str:
    lasted = "still" if story.duration_seconds is None else f"{story.duration_seconds:g} s"
    reasons = "; ".join(story.reasons)
    return f"    {story.start_seconds:>10.3f} s  {story.phase.name}, {lasted}: {reasons}"
