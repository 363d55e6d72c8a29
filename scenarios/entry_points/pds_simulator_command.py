"""The command ``pds-sim``: finds our packages whatever else is installed, and takes Ctrl-C at any moment.

Imports almost nothing: until `main` runs, Python answers Ctrl-C with a traceback.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

EXIT_INTERRUPTED = 130
LOST_INTERRUPT_DELAY_SECONDS = 0.01


def main() -> None:
    """Run ``pds-sim`` as this process. It ends with `EXIT_INTERRUPTED` after Ctrl-C."""
    try:
        _interrupt_once()
        _find_our_packages()
        from scenarios.cli import main as program

        program(prog_name="pds-sim")
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
        sys.exit(EXIT_INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to be interrupted


def run_worker() -> None:
    """Run scenarios for another process, as `scenarios.running.workers.process` says."""
    _find_our_packages()
    from scenarios.running.workers.process import main as program

    program()


def _find_our_packages() -> None:
    from pds_simulator_packages import OursFirst

    sys.meta_path.insert(0, OursFirst())


def _interrupt_once() -> None:
    """Let the first Ctrl-C raise KeyboardInterrupt, and ignore others while that is handled.

    Python drops an exception that is raised in a callback of the garbage collector or of the import system. Then try
    again a moment later, instead of printing a traceback and going on.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # whoever started this process wants it to ignore Ctrl-C

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    def report_dropped(dropped: sys.UnraisableHookArgs) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(dropped)
            return
        import threading

        signal.signal(signal.SIGINT, interrupt)
        threading.Timer(LOST_INTERRUPT_DELAY_SECONDS, signal.raise_signal, [signal.SIGINT]).start()

    signal.signal(signal.SIGINT, interrupt)
    sys.unraisablehook = report_dropped
