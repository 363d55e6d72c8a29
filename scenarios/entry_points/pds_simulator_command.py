"""The command ``pds-sim``: finds our packages whatever else is installed, and takes Ctrl-C at any moment.

Imports almost nothing: until `main` runs, Python answers Ctrl-C with a traceback.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

EXIT_INTERRUPTED = 130
INTERRUPTED = "interrupted\n"
DROPPED_AGAIN_SECONDS = 0.01
IMPORT_SYSTEM = "<frozen importlib._bootstrap>"


def main() -> None:
    """Run ``pds-sim`` as this process. It ends with `EXIT_INTERRUPTED` after Ctrl-C."""
    try:
        _interrupt_once()
        _find_our_packages()
        from scenarios.cli import main as program

        program(prog_name="pds-sim", obj=os._exit)  # the process is ours, so verbs may end it at once
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write(INTERRUPTED)
        sys.exit(EXIT_INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # nothing is left to interrupt


def run_worker(module: str) -> None:
    """Answer the questions of another process with the ``main`` of one of our modules."""
    _find_our_packages()
    from importlib import import_module

    import_module(module).main()


def _find_our_packages() -> None:
    from pds_simulator_packages import OursFirst

    sys.meta_path.insert(0, OursFirst())


def _interrupt_once() -> None:
    """Let the first Ctrl-C raise KeyboardInterrupt, and ignore others while that is handled.

    In the middle of an import, end the process at once: extension modules turn the exception into errors of their own.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # the parent process wants it to ignore Ctrl-C

    def interrupt(_number: int, frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if _is_import(frame):
            try:
                if sys.stderr is not None:
                    os.write(sys.stderr.fileno(), INTERRUPTED.encode())
            finally:
                os._exit(EXIT_INTERRUPTED)
        raise KeyboardInterrupt

    handle_persistently(signal.SIGINT, interrupt)


def handle_persistently(number: int, interrupt: Callable[[int, FrameType | None], NoReturn]) -> None:
    """Let a signal raise KeyboardInterrupt, by *interrupt*.

    Where Python drops the exception, as it does in `__del__` and in callbacks of the garbage collector, send the signal
    again a moment later.
    """

    def report_dropped(dropped: sys.UnraisableHookArgs) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(dropped)
            return
        import _thread

        signal.signal(number, interrupt)
        _thread.start_new_thread(send_again, (_thread.get_ident(),))

    def send_again(main_thread: int) -> None:
        import select

        select.select([], [], [], DROPPED_AGAIN_SECONDS)  # a client's time.sleep() may be virtual
        signal.pthread_kill(main_thread, number)  # in another one, it would not end what the main thread waits for

    signal.signal(number, interrupt)
    sys.unraisablehook = report_dropped


def _is_import(frame: FrameType | None) -> bool:
    """Whether an import statement is anywhere on the stack."""
    while frame is not None:
        if frame.f_code.co_filename == IMPORT_SYSTEM:
            return True
        frame = frame.f_back
    return False
