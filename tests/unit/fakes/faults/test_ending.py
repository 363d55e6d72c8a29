"""An end comes once, by its time or before it."""

from fakes.faults.ending import once


def test_only_the_first_call_acts():
    calls = []
    end = once(lambda: calls.append("end"))

    end()
    end()

    assert calls == ["end"]


def test_an_end_that_comes_while_it_acts_does_not_act_again():
    calls = []

    def action():
        calls.append("end")
        end()

    end = once(action)
    end()

    assert calls == ["end"]
