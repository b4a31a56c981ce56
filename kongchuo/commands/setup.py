"""Holds the commands init, doctor and demo, which a person runs before the first poll."""

from importlib import resources
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from config.errors import ConfigError
from config.text.punctuation import set_comment_punctuation, set_punctuation
from kongchuo.commands.options import AsJson, Config
from kongchuo.output.answers_json import to_json
from kongchuo.output.terminal_tables import print_line


def init(folder: Annotated[Path, typer.Argument(help="放在哪个目录", metavar="目录")] = Path()) -> None:
    """生成 kongchuo.toml、通知和名册,供修改。"""
    new_files = {
        folder / "kongchuo.toml": (resources.files("kongchuo") / "templates" / "kongchuo.toml").read_text(
            "utf-8"
        ),
        folder / "notices" / "2023-autumn.toml": (
            resources.files("config") / "notices" / "2023-autumn.toml"
        ).read_text("utf-8"),
        folder / "units.csv": roster_template(),
        folder / "answers.key": f"{token_hex(32)}\n",
    }
    if existing_files := [str(path) for path in new_files if path.exists()]:
        raise ConfigError(f"{'、'.join(existing_files)} 已经存在,没有改动:请换一个目录,或先移走它")
    try:
        for path, text in new_files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            text = set_comment_punctuation(text) if path.suffix == ".toml" else text
            if path.suffix == ".key":  # a secret: nobody else may read it, not even for a moment
                path.touch(0o600)
            path.write_text(text, "utf-8-sig" if path.suffix == ".csv" else "utf-8")
            print_line(f"已生成 {path}")
    except OSError as error:
        raise ConfigError(f"写不进 {folder}({error.strerror}):请检查路径和权限") from error
    print_line("下一步:把学校和幼儿园加进 units.csv,按 kongchuo.toml 里的说明填邮箱,然后运行 kongchuo doctor")


def roster_template() -> str:
    """The 33 townships as roster lines; schools are the office's to add."""
    return (resources.files("config") / "notices" / "shizhu-townships.csv").read_text("utf-8-sig")


def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """检查配置、名册、数据库、邮箱和发信,逐项说明怎么改。"""
    from kongchuo.usecases.doctor import run_checks  # slow to load, and only this command needs it

    checks = []
    for check in run_checks(config):
        checks.append(check)
        if not as_json:
            print_line(f"{'✓' if check.ok else '✗'} {check.name}:{check.detail}")
    if as_json:
        print(
            to_json(
                [
                    {"name": check.name, "ok": check.ok, "detail": set_punctuation(check.detail)}
                    for check in checks
                ]
            )
        )
    raise typer.Exit(max((check.exit_code for check in checks if not check.ok), default=0))


def demo(
    folder: Annotated[Path, typer.Argument(help="演示文件放在哪个目录", metavar="目录")] = Path("demo"),
    schools: Annotated[
        int, typer.Option("--schools", min=1, help="编造多少所学校(默认60,越少越快)", metavar="所数")
    ] = 60,
) -> None:
    """用内置邮件服务器和虚构的县,把主要工作完整演示一遍。"""
    from kongchuo.demo.run import run_demo

    run_demo(folder, schools)
