"""What is in a text and is no prose about a paper: words to a machine or to the audience, links, markup, hidden signs.

A paper may hold them by mistake or by intent, and a model may repeat or obey them. They are never chosen or accepted.
"""

# ruff: noqa: E501 - lists of expressions read better unbroken

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scripter import sentences

if TYPE_CHECKING:
    from scripter.phrases import Phrases

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u2604\u2614-\u263f\u2648-\u26ff\u2700-\u27bf\ufe0f]")
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\b(?:javascript|data|mailto|file):\S|\bwww\.|\S@\w+(?:-\w+)*\.\w|"
    r"\b[\w-]{2,}\.(?:com|org|net|info|biz|app|dev|example|test|onion|click|link|shop|site|xyz|top)\b|\b(?:dot|punto|punkt|point|ponto) com\b|\bdoi:|\b10\.\d{4,9}/|"
    r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\blocalhost\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</?[a-z!?][^<>]*>|<(?:script|img|svg|iframe|style|a)\b|!\[|\]\(|```|\*\*|__\w|\{\{|\}\}|\{%|%\}|\$\{|<%|#\{|&(?:[a-z]{2,8}|#\d+);|^\s*#{1,6}\s",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"^\s*[=+@|]\s*\w|\b(?:HYPERLINK|WEBSERVICE|IMPORTXML|cmd\|)\s*\(?['\"]?")
_ENCODED = re.compile(
    r"(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{28,}={0,2}"
)
_TURN = re.compile(
    r"^\W*(?:system|assistant|developer|user|human|model)\s*(?:prompt|message|turn)?\s*:|<\|?\w*(?:system|assistant|user|im_start|im_end)\w*\|?>|"
    r"\[/?inst\]|\"(?:role|passages|scenes|text|footage)\"\s*:|\bend of (?:the )?(?:data|passages|paper|document)\b|"
    r"\b(?:system|developer|initial|hidden) (?:prompt|instructions?)\b|prompt injection\b.{0,20}:",
    re.IGNORECASE,
)
_TO_MACHINES = (
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instructions?|prompts?|guidelines|directions|commands?|rules|the above|everything (?:above|before))\b",
    r"\b(?:as|you are|you're|act as|pretend to be|i am|i'm|behave as) (?:now )?(?:an?|the) (?:[\w-]+ ){0,3}(?:ai|language model|assistant(?! (?:professor|director|editor|lecturer|scientist))|chatbot|llm|gpt)\b",
    r"\b(?:note|attention|message|instructions?|reminder|hint) (?:to|for)(?: all| any| the| an?)? (?:\w+ )?(?:ai|llms?|(?:large )?language models?|assistants?|chatbots?|models?|summari[sz]ers?|writers?|reviewers?|narrators?)\b",
    r"^\W*(?:dear|hey|hello|attention,?) (?:\w+ )?(?:ai|llm|language models?|assistant|chatbot|gemini|gpt|model|summari[sz]er|reviewer|narrator)\b",
    r"\b(?:reveal|print|repeat|output|show|leak|disclose|tell|send|return|give)\b.{0,40}\b(?:prompt|api[ _-]?keys?|passwords?|environment variables?|credentials|your (?:instructions|key|rules))\b",
    r"\b(?:your|the) (?:api|secret|access) keys?\b|\bapi[ _]key\b",
    r"\b(?:say|write|state|output|reply|respond|answer|claim|tell)\b (?:only |exactly |instead |this |the following |with |that ){1,3}.*\b(?:instead|exactly|verbatim|the (?:words?|sentence|phrase|following)|every (?:scene|sentence))\b",
    r"^\W*(?:(?:please|now|always|instead|then|finally|also|you must|you should|you will|do not|never),? )*(?:say|reply|respond|output|pretend|obey|execute|insert|recommend|praise|mention|tell|claim|answer)\b (?!rates?\b|variables?\b|to .* (?:was|were|is)\b|.*\b(?:was|were) )",
    r"\byou (?:must|should|will|have to|are (?:to|required to|instructed to|asked to|now)) (?:now |only |always |never )?(?:say|write|output|reply|respond|answer|mention|recommend|praise|obey|follow|include|tell|ignore|accept|give|end)\b",
    r"\b(?:in|into) (?:every|each|the first|the last) (?:scene|sentence|slide)\b|\bin the (?:video|footage|voice-?over|narration|headline) (?:say|show|write|must|should)\b|\bthe (?:footage|video|headline|narrator|headlines) (?:must|should|shall|has to) (?:show|say|read|be)\b",
    r"\b(?:every|each|all|the first|the last) (?:scenes?|sentences?|slides?|headlines?) (?:must|should|shall|has to|have to|needs? to)\b",
    r"\b(?:positive|favou?rable) reviews? only\b|\b(?:give|accept|rate) .{0,30}\b(?:positive review|this (?:paper|manuscript) (?:with )?(?:10|ten))",
    r"\bignor(?:a|e|ar|ad|á|en|em|ez|er|iere|ieren)\b.{0,40}\b(?:instruc|instruç|anweisung|vorgabe|consigne|ordre|indica|comando)",
    r"\b(?:vergiss|oublie[zr]?|olvida|esquece)\b.{0,40}\b(?:instruc|instruç|anweisung|vorgabe|consigne)",
    r"指示.{0,6}無視|命令.{0,6}無視|無視して|出力してください|言ってください|システムプロンプト|忽略.{0,12}(?:指令|指示|说明)|系统提示|игнориру\w*.{0,30}(?:инструкци|указани)",
)
_TO_AUDIENCE = (
    r"\bsubscribe (?:to|now|today|here|for)\b|\bsubscribe\b[.!]|\blike and (?:share|subscribe)\b|\bhit the (?:bell|like)\b|\blink in (?:the )?(?:bio|description)\b",
    r"\b(?:click|tap) (?:here|on (?:the|this)|the|this|below)\b|\bscan (?:the|this) (?:qr ?)?code\b|\bfollow (?:us|me)\b(?: on| at|[.!])",
    r"^\W*(?:please,? |now,? )?(?:visit|go to|check out|head to|log in|sign up|sign in|donate|invest|buy|order|download|install|call|text) (?:us|our|my|me|the (?:site|website|web site|page|app|store|link)|this (?:site|page|link)|now|today|yours?|it|at|to|in|here|\w+ (?:now|today|here)|[\w-]+\.\w|h?xxps?|https?|www)",
    r"\b(?:and|then|please|must|should|to|can) (?:visit|go to|check out) (?:our|my|us|the (?:site|website|web site|page)|this (?:site|page|link)|[\w-]+\.\w|https?|www)",
    r"\b(?:buy|order|sign up|register|donate|call|invest)\b.{0,30}\b(?:now|today)[.!]|\b(?:promo|discount|coupon) code\b|\bsend (?:us |me )?(?:money|bitcoins?|btc|eth)\b|\bfor a limited time\b",
    r"\bsuscr[ií]b|\bha(?:z|ga) clic\b|^\W*visit[ae] (?:nuestr|el sitio|la página|la web|www)|\babonnier(?:e|en|t) (?:sie|jetzt|den|unser)|\bklick(?:e|en|t) (?:sie|hier|auf|jetzt)|\bbesuch(?:e|en|t) (?:sie|uns|unsere|die (?:web)?seite)",
    r"\babonnez|\bcliquez|^\W*visitez|\brendez-vous sur\b|\binscreva-se\b|\bclique (?:aqui|no|em)|^\W*visite (?:nosso|o site|a página)|チャンネル登録|クリックして|アクセスしてください|ご覧ください",
)
_MACHINES = re.compile("|".join(_TO_MACHINES), re.IGNORECASE)
_AUDIENCE = re.compile("|".join(_TO_AUDIENCE), re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOOKALIKES = ("CYRILLIC", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL", "LISU")


def foreign_matter(text: str) -> list[str]:
    """What in the text is no prose about a paper, in words for the reader; empty: nothing."""
    plain = _plain(text)
    found = (
        ("it holds hidden signs", bool(_HIDDEN.search(text))),
        ("it holds a pictogram", bool(_EMOJI.search(text))),
        ("it holds an address", bool(_LINK.search(plain))),
        ("it holds markup", bool(_MARKUP.search(text))),
        ("it holds a formula", bool(_FORMULA.search(text))),
        ("it holds encoded text", bool(_ENCODED.search(text))),
        ("its letters only look like Latin ones", _disguised(text)),
        ("it speaks to a machine", _speaks_to_machines(plain)),
        ("it speaks to the audience", bool(_AUDIENCE.search(plain))),
    )
    return [reason for reason, there in found if there]


def addresses_a_machine(text: str) -> bool:
    """Whether a model could take the text for an instruction."""
    plain = _plain(text)
    return _speaks_to_machines(plain) or bool(_ENCODED.search(text)) or _disguised(text)


def purified(text: str, phrases: Phrases) -> str:
    """A passage without the sentences that address a machine or the audience; others stay as they are."""
    if not _addresses(text):
        return text
    return " ".join(span.text for span in sentences.split(text, phrases) if not _addresses(span.text))


def _addresses(text: str) -> bool:
    return addresses_a_machine(text) or bool(_AUDIENCE.search(_plain(text)))


def washed(text: str) -> str:
    """A name or title for display, without links, markup and hidden signs; others stay as they are."""
    clean = _HIDDEN.sub("", text)
    clean = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", clean)
    clean = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", clean)
    clean = re.sub(r"<(script|style)\b.*?(?:</\1>|$)", "", clean, flags=re.IGNORECASE | re.DOTALL)
    clean = re.sub(r"</?[a-z!?][^<>]*>|\{\{.*?\}\}|\$\{.*?\}|\{%.*?%\}|<%.*?%>", "", clean, flags=re.IGNORECASE)
    clean = re.sub(r"(?:\b[a-z][a-z0-9+.-]*://|\bwww\.)\S*|\b(?:javascript|data):\S*", "", clean, flags=re.IGNORECASE)
    clean = _EMOJI.sub("", clean)
    clean = re.sub(r"^\s*[=+@|](?=\s*\w)", "", clean)
    return text if clean == text else " ".join(clean.split())


def _speaks_to_machines(plain: str) -> bool:
    return bool(_MACHINES.search(plain) or _TURN.search(plain))


def _plain(text: str) -> str:
    """One spelling for what is written to slip through: wide letters, hidden signs, letters that look alike."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(re.sub(r"[\u200b-\u200d\u00ad]", "", shown).translate(_LATIN).replace("’", "'").split())


_LATIN = str.maketrans("аеорсухіјѕԁһӏАВЕКМНОРСТХІЈЅ", "aeopcyxijsdhlABEKMHOPCTXIJS")


def _disguised(text: str) -> bool:
    """Whether a word mixes Latin letters with ones that look like them."""
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        names = [unicodedata.name(letter, "") for letter in word]
        strange = [name.startswith(_LOOKALIKES) for name in names]
        if any(strange) and (
            any(name.startswith("LATIN") for name in names) or any("MATHEMATICAL" in name for name in names)
        ):
            return True
    return False
