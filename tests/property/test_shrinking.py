"""Shrinking gives a schedule that still fails and that no single step makes simpler, whatever a client breaks on."""

from hypothesis import given
from hypothesis import strategies as st

from scenarios.exploration.shrinking import shrink

choices = st.tuples(st.integers(0, 3), st.tuples(st.integers(0, 3), st.integers(0, 3)))
trials = st.tuples(st.lists(choices, min_size=1, max_size=4).map(tuple), st.integers(0, 9))


def breaks_on(needed):
    """A client that breaks where a schedule has rules at least as odd as those that are needed."""

    def still_fails(trial):
        return all(
            any(given == rule and all(map(int.__ge__, found, indices)) for given, found in trial[0])
            for rule, indices in needed
        )

    return still_fails


@given(trial=trials, data=st.data())
def test_what_is_left_is_what_the_client_breaks_on(trial, data):
    schedule, _ = trial
    rules = data.draw(st.lists(st.sampled_from(schedule), unique_by=lambda choice: choice[0], max_size=2))
    needed = [(rule, tuple(data.draw(st.integers(0, index)) for index in indices)) for rule, indices in rules]
    still_fails = breaks_on(needed)
    assert still_fails(trial)

    found, seed = shrink(trial, still_fails, 10_000)

    assert seed == 0
    assert sorted(found) == sorted((rule, indices) for rule, indices in needed)


@given(trial=trials)
def test_it_stops_after_so_many_runs(trial):
    runs = []

    found = shrink(trial, lambda tried: runs.append(tried) or True, 2)

    assert len(runs) <= 2
    assert found == (runs[-1] if runs else trial)
