"""Compares names by sound (typing errors) and by shape of a character (copying errors)."""

import os
from collections.abc import Callable
from functools import cache, lru_cache

_SHAPES = (
    "冉再 己已巳 未末 日曰 戊戌戍 侯候 千干于 士土 天夭 王玉 田由甲申 大太 人入八 今令 刀力 贝见 白自 目且 "
    "免兔 鸟乌 爪瓜 名各 冶治 折析 采釆 晴睛 情清 幕暮慕墓 辩辨 徽微薇 崇祟 哀衷 苹莘 莘辛 辛幸 茜苗 莹萤荧 "
    "荣荥 蓉容 茗茂 宇字 宁守 宣宜 宏宕 家冢 密蜜 浩诰皓 沐休体 汐夕 汝如 泽择译 涛淘 淇琪祺棋 涵函 渝瑜愉榆 "
    "源沅 漫慢 潇萧 瑞端 琳林 珊姗 玟玫玖 玲铃 珏钰 璐路 璇旋 瑶谣 琦绮 俊峻骏竣 俞余 伟纬 佳住 侠狭 倩情 "
    "博搏 昊吴 昱煜 晨辰 晖辉 旺汪 昕晰 景影 钢铜 铭名 锐悦 锋峰烽 锦绵 桐铜 桂柱 梅海 杨扬 柏拍 柯何河 "
    "妍研 娅哑 娇骄 娜挪 婧靖 婷停 嫣焉 媛援 妹姝 霞假 露霜 勤勒 龙尤 竟竞 诗持 诚城 谭潭 谢榭 陈阵 陆陇 "
    "阳阴 秦泰奏 季李 冯马 孟盂 孙逊 赵起 袁哀 蒋将 崔催 钱线 尹伊 彭澎 薛薜 汤场 邱丘 郑邓 刘浏 代伐 任仟 "
    "延廷 恒桓 恩思 惠慧 凯铠 凡几 轩辕 丽而 冷泠 罗岁 向尚 兴头 丹舟"
)
_CONFUSABLE = frozenset(
    frozenset((one, other)) for group in _SHAPES.split() for one in group for other in group if one != other
)


@cache
def _load_sounds() -> Callable[[str], list[str]]:
    """Returns the pinyin reader, imported on first use because most commands compare no names.

    Characters are read one by one, so its table of phrases (two thirds of its loading time, and 45 MB) is
    left out.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import lazy_pinyin

    return lazy_pinyin


@lru_cache(maxsize=1 << 14)
def _sound(character: str) -> str:
    return _load_sounds()(character)[0]


def sound(name: str) -> str:
    """Returns a name's pinyin without tones: 王浩 and 王皓 both give ``wang hao``."""
    return " ".join(map(_sound, name))


def same_shape(one: str, other: str) -> bool:
    """Returns whether two names differ in one character only, and in one that is easily confused (冉/再)."""
    differing = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(differing) == 1 and frozenset(differing[0]) in _CONFUSABLE
