"""What people call the columns of nodes, links, places and layers, in English and Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Mapping

# Other names of sheets and files
TABLES = {
    "nodes": ("node", "actors", "节点", "节点表", "点"),
    "links": ("link", "edges", "edge", "连边", "边", "边表", "联系", "连接", "链接", "关系"),
    "places": ("place", "地点", "城市", "地区", "区域"),
    "layers": ("layer", "图层", "层"),
    "distances": ("distance", "minutes", "距离", "时间", "里程"),
    "branches": ("branch", "分支", "分支机构"),
    "seats": ("seat", "headquarters", "总部"),
    "participations": ("participation", "参与", "参与关系"),
}
# Of each reader of such tables: those it needs, and others that it reads
TABLES_OF = {
    "tables": (("nodes", "links"), ("places", "layers", "distances")),
    "branches": (("branches",), ("seats", "places", "distances")),
    "participations": (("participations",), ("places", "distances")),
}

# Headers of distances that say their unit
UNITS = {
    **dict.fromkeys(("km", "kilometres", "kilometers", "公里", "千米", "里程"), "km"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分钟", "时间"), "min"),
    **dict.fromkeys(("h", "hour", "hours", "小时"), "h"),
}

PLACE_VALUES = {
    "lon": (("lng", "long", "longitude", "经度"),),
    "lat": (("latitude", "纬度"),),
    "population": (("pop", "inhabitants", "people", "人口", "人口数", "常住人口", "总人口"),),
}

_PLACE = (
    ("city", "location", "place id", "城市", "地点", "所在地", "所在城市"),
    ("town", "region", "地区", "区域", "所在地区"),
)
_OF = ("owner", "owned by", "belongs to", "辖区", "管辖区", "所属辖区", "行政辖区")
_OWNER = ((*_OF, "归属", "归属地", "归属城市", "隶属", "所属", "所属地", "所属城市"),)
_ABOVE = ("上级", "上级地区", "上级城市", "所属", "隶属")
_FIRM = (("company", "enterprise", "企业", "公司", "企业名称", "公司名称"), ("name", "名称"))
_SEAT = ("headquarters", "head office", "hq", "总部", "总部城市", "总部所在地", "总部所在城市")
_START = ("起点", "源", "源节点", "出发地", "起始地", "来源地", "流出地")
_END = ("终点", "目标", "目标节点", "目的地", "到达地", "流入地")
_PERIOD = (("year", "年份", "年", "年度", "时期"),)

# Groups of synonyms of our columns: the first group present counts, two of it are ambiguous
SYNONYMS: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "nodes": {
        "node": (
            ("id", "node id", "nodeid", "节点", "节点id", "节点编号", "编号"),
            ("name", "label", "名称", "名字", "节点名称"),
        ),
        "kind": (("category", "class", "类别", "种类", "节点类型"), ("type", "类型")),
        "place": _PLACE,
        "jurisdiction": _OWNER,
        **PLACE_VALUES,
        "name": (("label", "名称", "名字", "节点名称"),),
    },
    "links": {
        "source": (("from", "origin", "orig", "sender", "source id", *_START),),
        "target": (("to", "destination", "dest", "receiver", "target id", *_END),),
        "layer": (
            ("relation", "relationship", "图层", "层", "网络层", "关系", "关系类型"),
            ("type", "类型"),
        ),
        "weight": (
            ("flow", "flows", "trips", "strength", "amount", "权重", "强度", "流量", "人次"),
            (
                "value",
                "count",
                "number",
                "volume",
                "people",
                "persons",
                "passengers",
                "commuters",
                "migrants",
                "visitors",
                "数量",
                "数值",
                "值",
                "人数",
                "客流",
                "客流量",
                "流动人口",
                "迁徙指数",
                "次数",
                "合作数",
                "合作次数",
            ),
        ),
        "period": _PERIOD,
    },
    "places": {
        "place": (
            ("id", "place id", "city", "location", "城市", "地点", "编号", "代码"),
            ("town", "region", "地区", "区域", "节点"),
            ("name", "label", "名称", "名字"),
        ),
        **PLACE_VALUES,
        "parent": (("part of", "within", "lies in", *_ABOVE),),
        "name": (("label", "名称", "名字"),),
    },
    "distances": {
        "origin": (("from", "source", "a", *_START),),
        "destination": (("to", "target", "b", *_END),),
        "distance": (tuple(UNITS), ("time", "duration", "cost", "value", "距离", "费用", "数值")),
    },
    "layers": {
        "layer": (("图层", "层", "网络层"), ("name", "名称")),
        "directed": (("有向", "是否有向"),),
        "modelled": (("modeled", "模拟", "是否模拟"),),
        "unit": (("单位",),),
    },
    "branches": {
        "firm": _FIRM,
        "branch": (("branch name", "subsidiary", "分支", "分支机构", "子公司"),),
        "place": _PLACE,
        "seat": (_SEAT,),
    },
    "seats": {"firm": _FIRM, "place": (("seat", *_SEAT), *_PLACE)},
    "participations": {
        "member": (
            ("participant", "organisation", "organization", "成员", "参与者", "参与方", "单位"),
            ("firm", "company", "企业", "公司", "机构"),
        ),
        "event": (("project", "activity", "活动", "项目", "事件"),),
        "place": _PLACE,
        "jurisdiction": _OWNER,
        "period": _PERIOD,
    },
    "panel": {"place": _PLACE, "period": _PERIOD},
    "openings": {
        "place": (*_PLACE, ("home", "飞出地")),
        "opened": (("opening", "opening year", "开园", "开园年份", "开园时间"), *_PERIOD),
    },
}
FLOWS = {
    **SYNONYMS["links"],
    "source": (*SYNONYMS["links"]["source"], ("home",)),
    "target": (*SYNONYMS["links"]["target"], ("host",)),
    "weight": (*SYNONYMS["links"]["weight"], ("share", "percent", "占比")),
}

# Kinds of nodes
KINDS = {
    **dict.fromkeys(("园区", "飞地", "飞地园区", "科创飞地"), "park"),
    **dict.fromkeys(("企业", "公司"), "firm"),
    **dict.fromkeys(("高校", "大学"), "university"),
    **dict.fromkeys(("研究机构", "科研院所", "研究院"), "institute"),
    "人才": "talent",
    "城市": "city",
}

# Names of rows and columns of sums, without blanks
TOTALS = {
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "subtotals",
    "sum",
    "totale",
    "soustotal",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "zwischensumme",
    "全国",
    "全国合计",
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "总数",
    "合計",
    "總計",
    "小計",
}
# What programs write for a missing value; not NA, which is Namibia
MISSING = ("None", "nan", "NaN", "NaT", "<NA>", "null", "NULL", "#N/A")


def words_for(column: str) -> list[str]:
    groups = [group for table in SYNONYMS.values() for group in table.get(column, ())]
    return [word for group in groups for word in group]


def is_total(name: object) -> bool:
    return isinstance(name, str) and key_of(name).replace(" ", "").strip(":*()") in TOTALS


def key_of(name: Hashable) -> str:
    """A header without what does not count: case, width, and what stands between words."""
    text = unicodedata.normalize("NFKC", str(name)).casefold()
    return " ".join(text.replace("_", " ").replace("-", " ").replace(".", " ").split())
