"""``pds-sim explain``: what will happen to each restore of a scenario, and why."""

from __future__ import annotations

import click

from fakes.printable import printable
from scenarios.cli.loading import load_or_exit, selected_or_exit, selection_option, warn_of_kept_seeds
from scenarios.loading.loader import Scenario
from scenarios.reports.explanation import PhaseStory, RestoreStory
from scenarios.reports.explanation import explain as explain_world
from scenarios.reports.wording import counted
from scenarios.running.runner import ScenarioRun


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--seed", type=int, help="Use this seed instead of the scenarios' own.")
@selection_option
def explain(files: tuple[str, ...], seed: int | None, expression: str | None) -> None:
    """Show what happens to each restore, and why.

    FILE is a scenario, a folder of them, or the name of one that ships. Its steps run without their expectations. In
    virtual time, each restore is followed to its end.
    """
    scenarios = selected_or_exit(load_or_exit(files), expression)
    warn_of_kept_seeds(scenarios, seed)
    for scenario in scenarios:
        _explain_one(scenario, seed)


def _explain_one(scenario: Scenario, seed: int | None) -> None:
    with ScenarioRun(scenario, seed=seed, lenient=True) as run:
        list(run.steps())  # expectations do not matter here, only what happens
        if run.simulator.session.clock.is_virtual:
            run.simulator.run_until_idle()
        with run.simulator.session as world:
            stories = explain_world(world, start_microseconds=run.start_microseconds)
        complaints = run.simulator.rule_complaints()
        rules = [(installed.name, installed.matched_count, installed.fired_count) for installed in run.simulator.rules]
        click.secho(f"{printable(scenario.title)} (seed {run.simulator.seed})", bold=True)
    for story in stories:
        _tell(story)
    for name, matched_count, fired_count in rules:
        click.echo(
            f"  rule {name!r}: matched {counted(matched_count, 'time')}, took effect {counted(fired_count, 'time')}"
        )
    for complaint in complaints:
        click.secho(printable(f"  {complaint}", keep="\n"), fg="yellow")


def _tell(story: RestoreStory) -> None:
    click.echo(f"  {click.style(printable(story.name), bold=True)}: {printable(story.what)}")
    for phase in story.phases:
        click.echo(_phase_line(phase))
    click.echo(f"    {story.end_seconds:>10.3f} s  {printable(story.outcome)}")


def _phase_line(story: PhaseStory) -> str:
    lasted = "still" if story.duration_seconds is None else f"{story.duration_seconds:g} s"
    reasons = printable("; ".join(story.reasons))
    return f"    {story.start_seconds:>10.3f} s  {story.phase.name}, {lasted}: {reasons}"
