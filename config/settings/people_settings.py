"""Holds the settings of the people of the office: their roles, groups and replies."""

from email.utils import parseaddr
from enum import StrEnum
from functools import cached_property

from config.notice import FrozenModel
from config.settings.setting_types import Address, LocalPath, NonEmptyText


class Role(StrEnum):
    """The roles of people of the office, by mail and on the command line; each includes those before it."""

    LOOKS = "看"
    DECIDES = "办"
    RUNS = "管"

    def may(self, needed: "Role") -> bool:
        """Returns whether this role includes the ``needed`` one."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


class PersonSettings(FrozenModel):
    """A person of the office whose replies by mail are answers."""

    address: Address
    name: str = ""
    role: Role = Role.DECIDES

    @cached_property
    def mailbox(self) -> str:
        """The bare address in lower case."""
        return parseaddr(self.address)[1].lower()

    @property
    def shown(self) -> str:
        """The name that a decision records."""
        return f"{self.name} <{self.mailbox}>" if self.name else self.mailbox


class AccessSettings(FrozenModel):
    """The groups of system users that may run commands; without any, everyone who can read the files may."""

    view_group: NonEmptyText | None = None
    """The group whose members may look (看)."""
    handle_group: NonEmptyText | None = None
    """The group whose members may also decide (办)."""
    manage_group: NonEmptyText | None = None
    """The group whose members may do everything (管)."""

    @property
    def groups(self) -> dict[Role, str]:
        """Maps each role to its group, if it has one."""
        groups = {
            Role.LOOKS: self.view_group,
            Role.DECIDES: self.handle_group,
            Role.RUNS: self.manage_group,
        }
        return {role: group for role, group in groups.items() if group is not None}


class AnswerSettings(FrozenModel):
    """The file with the key of reply codes (or ``KONGCHUO_ANSWERS_KEY``, or the keyring); without a key mail is no answer."""

    key_file: LocalPath | None = None
