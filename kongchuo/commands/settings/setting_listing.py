"""Holds the commands config show and config schema: each setting with its source, and which settings there are."""

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigError
from config.installation.environment_values import find_values
from config.passwords import locate_password
from config.settings import Settings, find_config, load_settings, password_accounts, read_tables
from config.text.os_reasons import reason_of
from config.toml.value_origins import BY_DEFAULT, list_origins
from kongchuo.commands.options import AsJson, Config
from kongchuo.output.answers_json import to_json
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import print_line, print_table


class Schema(StrEnum):
    """The kinds of schema that can be printed."""

    SETTINGS = "kongchuo"
    NOTICE = "notice"


def show(config: Config = None, as_json: AsJson = False) -> None:
    """每一项设置的值,和它是从哪里来的:配置文件、环境变量还是默认;密码只说有没有。"""
    path = find_config(config)
    settings = load_settings(path)
    tables = read_tables(path)
    said = find_values(tables, Settings, os.environ)
    rows = [
        (origin.name, origin.value, origin.origin)
        for origin in list_origins(settings, tables, path.read_text("utf-8-sig"), said)
    ]
    for account in password_accounts(settings):
        place = locate_password(account)
        rows.append((f"{account.where} 密码", "已设" if place else None, place or "没有设"))
    if as_json:
        print(to_json([{"name": name, "value": value, "origin": origin} for name, value, origin in rows]))
        return
    set_rows = sorted(rows, key=lambda row: row[2] == BY_DEFAULT)
    print_table(
        f"{path}:{len(rows)}项",
        [Column("设置"), Column("值"), Column("来自")],
        [(name, _shown(value), origin) for name, value, origin in set_rows],
        "没有设置",
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def schema(
    which: Annotated[
        Schema, typer.Argument(help="kongchuo 配置文件,notice 通知", metavar="哪一种", show_default=False)
    ] = Schema.SETTINGS,
    out: Annotated[Path | None, typer.Option("--out", help="写进这个文件,不写则显示", metavar="文件")] = None,
) -> None:
    """配置文件或通知的 JSON Schema,编辑器据此补全、检查。"""
    from config.toml.json_schemas import schema_of_notice, schema_of_settings

    made = schema_of_settings() if which is Schema.SETTINGS else schema_of_notice()
    text = json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True)
    if out is None:
        print(text)
    else:
        try:
            out.write_text(f"{text}\n", "utf-8")
        except OSError as error:
            raise ConfigError(f"写不进 {out}({reason_of(error)}):请检查路径和权限") from error
        print_line(f"已生成 {out}")
