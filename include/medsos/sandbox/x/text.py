"""Counts the text of an X post and finds its addresses (platform contract, section 5.5).

The sandbox counts on its own, so that a misreading in a client's counting shows.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT_SCALE = 100
URL_WEIGHT = 23
EMOJI_WEIGHT = 2
# Ranges whose characters weigh 1; every other character weighs 2.
LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
INVALID = re.compile("[\ufffe\ufeff\uffff]")

# Country domains, and the general ones that an office meets. Addresses with a scheme need no known ending.
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw "
    "by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et "
    "eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie "
    "il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv "
    "ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr "
    "nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl "
    "sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz "
    "va vc ve vg vi vn vu wf ws ye yt za zm zw"
).replace(" ", "|")
_GENERAL = (
    "com|org|net|edu|gov|int|mil|info|biz|name|pro|mobi|asia|app|dev|news|blog|online|site|store|shop|page|link|live"
    "|media|social|digital|agency|center|xyz|top|club|space|website|cloud|tech|wiki|world|today|network|design"
)
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)"
_PATH = r"(?:/(?:[\w\-./?%&=+#~:;,!$*@()]*[\w\-/=&#+~%])?)"
_URL = re.compile(
    r"(?<![\w@.#$-])(?:"
    rf"https?://(?:{_HOST}+[a-z]{{2,63}}|localhost|\d+\.\d+\.\d+\.\d+)(?::\d+)?{_PATH}?"
    rf"|{_HOST}+(?:{_GENERAL})(?![\w@-]){_PATH}?"
    rf"|{_HOST}{{2,}}(?:{_COUNTRIES})(?![\w@-]){_PATH}?"
    # A single name under a country, as in "A.Md", is an address only with a path.
    rf"|{_HOST}(?:{_COUNTRIES})(?![\w@-]){_PATH})",
    re.IGNORECASE,
)
_BASE = (
    "[\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7ff\U0001f900-\U0001faff"
    "\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u2934\u2935\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2194-\u2199\u21a9\u21aa\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299"
    "\U0001f004\U0001f0cf\U0001f170-\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201"
    "\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250\U0001f251\u00a9\u00ae]"
)
_TEXT_BASE = "\u203c\u2049\u2122\u2139\u00a9\u00ae\u2194\u2195\u2196\u2197\u2198\u2199"
_PERSON = f"{_BASE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
    f"|{_PERSON}(?:\u200d{_PERSON})*"
)


def urls(text: str) -> list[tuple[int, int]]:
    """Where the addresses stand in `text`, as pairs of positions; with or without a scheme."""
    return [match.span() for match in _URL.finditer(text)]


def weighted_length(text: str) -> int:
    """Length as X counts it: an address 23, an emoji 2, Latin 1, other scripts 2."""
    text = unicodedata.normalize("NFC", text)
    total, position = 0, 0
    spans = dict(urls(text))
    while position < len(text):
        if position in spans:
            total += URL_WEIGHT
            position = spans[position]
            continue
        emoji = _EMOJI.match(text, position)
        if emoji and not (len(emoji.group()) == 1 and emoji.group() in _TEXT_BASE):
            total += EMOJI_WEIGHT
            position = emoji.end()
            continue
        total += 1 if _is_light(ord(text[position])) else 2
        position += 1
    return total


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in LIGHT_RANGES)
