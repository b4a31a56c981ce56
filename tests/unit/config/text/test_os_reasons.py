"""Why the system refused something, in Chinese."""

import errno
import os

from config.text.os_reasons import reason_of


def test_a_usual_reason_is_chinese() -> None:
    assert reason_of(OSError(errno.ENOSPC, "No space left on device")) == "磁盘满了"
    assert reason_of(PermissionError(errno.EACCES, "Permission denied")) == "没有权限"


def test_an_unusual_reason_is_the_system_s_own() -> None:
    assert reason_of(OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))) == os.strerror(errno.ENOTTY)
    assert reason_of(OSError("odd")) == "OSError"
