"""Hostile XML bytes as an element tree without namespaces, entities or comments."""

from __future__ import annotations

from html.entities import html5
from typing import Any

from chassis.errors import SourceError
from lxml import etree

Element = Any
"""lxml's element: the library has no types of its own."""

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ENTITY_LIMIT = 200


def parse_xml(content: bytes) -> Element:
    """The root of an XML document, parsed without reading anything from outside of it."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        if "unknown error" in str(error):
            # How libxml2 says that it was given no more memory.
            raise MemoryError from error
        raise _unreadable(error) from error
    _settle_entities(root)
    for element in root.iter(etree.Element):
        _drop_namespaces(element)
    return root


def _unreadable(error: etree.XMLSyntaxError) -> SourceError:
    if "ntity" in str(error) and "not defined" not in str(error):
        return _entities(str(error))
    if "huge" in str(error).lower() or "depth" in str(error).lower():
        return SourceError(
            "source.xml-too-complex",
            "This XML file is nested or sized beyond any real paper; please give the paper in another format.",
            str(error),
        )
    return SourceError(
        "source.xml-broken",
        "This XML file is damaged or cut off; please download it again.",
        str(error),
    )


def _entities(detail: str) -> SourceError:
    return SourceError(
        "source.xml-entities",
        "This XML file defines entities that point outside of it or multiply its size, which is refused;"
        " please give the paper as its publisher offers it.",
        detail,
    )


def _settle_entities(root: Element) -> None:
    """Put the text of harmless entities where they are named; what expands or reads from outside is refused."""
    references = list(root.iter(etree.Entity))
    if not references:
        return
    dtd = root.getroottree().docinfo.internalDTD
    declared = {entity.name: entity.content for entity in dtd.iterentities()} if dtd is not None else {}
    for reference in references:
        name = reference.name
        text = declared[name] if name in declared else html5.get(f"{name};", "")
        if text is None or "&" in text.replace("&#", "") or "<" in text or len(text) > _ENTITY_LIMIT:
            raise _entities(f"&{name};")
        _replace(reference, text)


def _replace(node: Element, text: str) -> None:
    parent, before = node.getparent(), node.getprevious()
    text += node.tail or ""
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    node.tail = None
    parent.remove(node)


def _drop_namespaces(element: Element) -> None:
    if element.tag[0] == "{":
        element.tag = element.tag.rpartition("}")[2]
    for name in element.attrib:
        if name[0] == "{" and name != XML_LANG:
            plain = name.rpartition("}")[2]
            if plain not in element.attrib:
                element.set(plain, element.attrib[name])
