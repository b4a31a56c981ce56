"""Checks everything that the program needs, and explains in Chinese how to repair it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from config.errors import ConfigError
from config.installation.environment_values import find_mistyped_variables
from config.settings import Settings, find_config, load_settings, read_tables
from config.text.masking import mask_quoted
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from kongchuo.usecases.doctor_checks.folder_checks import check_file_modes, check_key
from kongchuo.usecases.doctor_checks.installed_part_checks import check_extras, check_scans
from kongchuo.usecases.doctor_checks.mail_server_checks import check_mailbox, check_network, check_smtp
from kongchuo.usecases.doctor_checks.notice_and_roster_checks import check_notice_and_roster
from kongchuo.usecases.doctor_checks.people_checks import check_access, check_answers
from kongchuo.usecases.doctor_checks.stored_data_checks import check_store


def run_checks(config: Path | None) -> Iterator[CheckResult]:
    """Yields every check in order, its text without numbers of persons; checks that depend on a failed one are left out."""
    yield from (replace(check, detail=mask_quoted(check.detail)) for check in _checks(config))


def _checks(config: Path | None) -> Iterator[CheckResult]:
    try:
        settings = load_settings(find_config(config))
    except ConfigError as error:
        yield CheckResult("配置文件", False, str(error), 2)
        return
    yield CheckResult("配置文件", True, str(settings.path))
    for variable, likely in find_mistyped_variables(read_tables(settings.path), Settings, os.environ).items():
        detail = f"不认识环境变量 {variable}:是不是 {likely}\uff1f请改名,或用 unset {variable} 去掉"
        yield CheckResult("环境变量", False, detail, 2)
    yield from check_notice_and_roster(settings)
    yield from check_store(settings)
    yield from check_key(settings)
    yield check_file_modes(settings)
    if (offline := check_network(settings)) is not None:
        yield offline  # whatever is said of mailbox and mail server now would be the same once more
    else:
        for mailbox in settings.open_mailboxes:
            yield from check_mailbox(settings, mailbox)
        yield from check_smtp(settings)
    yield from check_answers(settings)
    yield from check_access(settings)
    yield check_scans()
    yield check_extras()
