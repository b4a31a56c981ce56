"""Defines the errors that are shown to people, one class for each kind; the message says what to do.

::

    KongchuoError                       exit 1
    ├── ConfigError                     exit 2   the configuration, notice or roster cannot be used
    ├── StoreDamagedError               exit 1   bytes of the store or the archive are not those that were written
    └── UnreachableError                exit 3   something outside did not answer; nothing is lost, try again
        ├── MailboxError                exit 3   the mailbox
        │   ├── MailboxLoginError       exit 3   it refused the login: trying on makes it worse
        │   └── MailboxThrottledError   exit 3   it was asked too often: trying on makes it worse
        ├── MailServerError             exit 3   the server for outgoing mail
        │   ├── MailRefusedError        exit 3   it does not take this mail now
        │   │   └── MailRejectedError   exit 3   it never takes this mail
        │   ├── MailLoginError          exit 3   it refused the login
        │   ├── MailThrottledError      exit 3   it was asked too often
        │   ├── MailUncertainError      exit 3   the line broke before it answered
        │   └── MailWithdrawnError      exit 3   another process has the mail
        ├── WorkerError                 exit 3   a process of our own that did not start
        └── StoreError                  exit 3   the store or the archive
            ├── DamagedMailError        exit 3   one archived mail is missing or damaged
            ├── StoreKeyError           exit 2   it is sealed, and its key is missing or another
            ├── StoreLockedError        exit 3   another kongchuo is at work
            └── StoreNewerError         exit 3   written by a newer version of this program

The kinds below ``MailServerError`` are in :mod:`notify.mail.smtp_errors`, where alone they are raised. Any other
exception class of a room is caught within that room.

Problems in what units send are not errors but values: see :mod:`config.problem_codes`.
"""

from typing import ClassVar


class KongchuoError(Exception):
    """Base of all errors; carries one Chinese line that says what is wrong and what to do."""

    exit_code: ClassVar[int] = 1


class ConfigError(KongchuoError):
    """The configuration, the notice or the roster cannot be used."""

    exit_code = 2


class StoreDamagedError(KongchuoError):
    """Bytes of the store or the archive are no longer those that were written."""


class UnreachableError(KongchuoError):
    """Something outside the program did not answer."""

    exit_code = 3


class MailboxError(UnreachableError):
    """The mailbox could not be reached, or refused the login."""


class MailboxLoginError(MailboxError):
    """The mailbox refused the login; the program waits before it tries again, since servers count failed logins."""


class MailboxThrottledError(MailboxError):
    """The mailbox was asked too often; the program waits before it tries again, as after a refused login."""


class MailServerError(UnreachableError):
    """The server for outgoing mail could not be reached, or refused."""


class WorkerError(UnreachableError):
    """A worker process that reads files could not be started; the files are not the cause."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"本机启动不了读文件的程序({why}),不是来件的问题:请检查安装和内存,邮件已存档,下次收信会接着做"
        )


class StoreError(UnreachableError):
    """The store or the archive could not be opened, read or written."""


class StoreKeyError(StoreError):
    """The store is sealed, and its key was not found, or is another one; nothing was written."""

    exit_code = 2


class DamagedMailError(StoreError):
    """An archived mail is missing or damaged; other mails can still be read."""


class StoreLockedError(StoreError):
    """Another process holds the lease or the database."""


class StoreNewerError(StoreError):
    """The store was written by a newer version of the program."""
