"""Checks which optional parts are installed; the program works without them."""

from config.installation.extras import PURPOSES, Extra, is_installed
from kongchuo.usecases.doctor_checks.check_result import CheckResult
from parsers.formats.documents.scan import find_tesseract


def check_scans() -> CheckResult:
    """Returns whether pictures can be read; the program works without."""
    if find_tesseract() is not None:
        return CheckResult("照片识别", True, "已装 tesseract 和简体中文:照片、扫描件先认是什么表、谁的证明")
    return CheckResult(
        "照片识别",
        True,
        "没有装:照片、扫描件由人工看;要用,请安装 tesseract-ocr 和 tesseract-ocr-chi-sim",
    )


def check_extras() -> CheckResult:
    """Returns which optional parts are not installed; the program works without."""
    missing = [extra for extra in Extra if not is_installed(extra)]
    if not missing:
        return CheckResult("选装部分", True, "都装了")
    parts = "、".join(f"{extra}({PURPOSES[extra]})" for extra in missing)
    return CheckResult("选装部分", True, f"没有装:{parts};用得着的,请安装 kongchuo[{missing[0]}] 等")
