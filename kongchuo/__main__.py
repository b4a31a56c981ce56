"""Starts the program, as ``kongchuo`` and as ``python -m kongchuo``, without modules from the working folder.

Python looks for modules in the working folder first, and an office's folder may hold a ``config.py`` or a
``json.py`` of its own. So nothing beyond the interpreter's own modules is imported here before that folder has
left the search path, of this process and of those that it starts.
"""

import atexit
import gc
import os
import sys


def main() -> None:
    """Runs the command line; restarts the interpreter once if it ignores the environment (``-E``)."""
    os.umask(0o077)  # whatever this process writes holds children's data: no other user reads it
    if (
        sys.flags.ignore_environment and not sys.flags.safe_path
    ):  # children get -E too, so only -P reaches them
        os.execv(sys.executable, [sys.executable, "-P", *sys.orig_argv[1:]])
    leave_out_working_folder()
    # At its end Python looks for circles in all that was made, which took a fifth of a command's time.
    atexit.register(gc.freeze)
    from config.installation.operating_system import forbid_core_dumps
    from config.installation.secret_variables import take_secrets
    from kongchuo.private_process import use_private_temporary_folder

    forbid_core_dumps()
    take_secrets()  # no process that this one starts has a key or a password in its environment
    use_private_temporary_folder()
    from kongchuo.cli import main as run_command

    run_command()


def leave_out_working_folder() -> None:
    """Removes the working folder from the module search path, here and in child processes.

    It stays if the program itself is in the working folder (a checkout).
    """
    sys.path[:] = [entry for entry in sys.path if not _is_working_folder(entry)]
    os.environ["PYTHONSAFEPATH"] = "1"
    if listed := os.environ.pop("PYTHONPATH", ""):
        kept = [entry for entry in listed.split(os.pathsep) if not _is_working_folder(entry)]
        if kept:
            os.environ["PYTHONPATH"] = os.pathsep.join(kept)


def _is_working_folder(entry: str) -> bool:
    if entry in ("", os.curdir):
        return True
    try:
        here = os.getcwd()
    except OSError:  # it was deleted: nothing can be read from it
        return False
    program = os.path.dirname(os.path.dirname(__file__))
    return os.path.realpath(entry) == os.path.realpath(here) != os.path.realpath(program)


if __name__ == "__main__":
    main()
