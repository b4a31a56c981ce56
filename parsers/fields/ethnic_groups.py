"""Holds the 56 ethnic groups (GB/T 3304-1991), by name, short name or code."""

ETHNIC_GROUPS = (
    "汉族",
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
)
_BY_SPELLING = {
    spelling: name
    for code, name in enumerate(ETHNIC_GROUPS, 1)
    for spelling in (name, name.removesuffix("族"), f"{code:02}", str(code), f"{name}人")
} | {
    "其他": "其他",
    "其它": "其他",
    "穿青人": "穿青人",
    "革家人": "革家人",
    "土家簇": "土家族",
    "土家旅": "土家族",
}


def find_ethnic_group(text: str) -> str | None:
    """Returns the full name of an ethnic group (土家 → 土家族); None for any other text."""
    return _BY_SPELLING.get(text)
