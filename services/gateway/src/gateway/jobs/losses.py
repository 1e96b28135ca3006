"""Artifacts whose bytes the store has lost: they are made again like those that never were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from artifacts.request import Approval, Options, Reference
from chassis.blobs import Blobs, key_of
from chassis.errors import UsageError
from chassis.events import Outgoing
from chassis.manifest import Entry, Manifest

from chassis import events
from gateway.jobs.sources import keep_json
from gateway.ledger.projection import APPROVAL

_AT_ONCE = 8
_NOBODYS = "0" * 64
"""A digest that no input has: what was made from it is stale, and to be made."""


def lost_of(blobs: Blobs, manifest: Manifest) -> list[Entry]:
    """Artifacts whose bytes are not in the store, or not all of them. Raises Transient: the store is away."""
    entries = list(manifest.entries.values())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sizes = pool.map(blobs.size, [key_of(entry.digest) for entry in entries])
    return [entry for entry, size in zip(entries, sizes, strict=True) if size != entry.size]


def unmade(
    blobs: Blobs, job: Mapping[str, Any], manifest: Manifest, lost: Collection[Entry]
) -> tuple[Manifest, list[Outgoing]]:
    """The manifest in which all that was made together with what is lost is still to be made, and the events of it.

    Raises:
        UsageError: what the job starts from is lost, and nobody can make it.
    """
    for entry in lost:
        if not entry.inputs and not _kept_again(blobs, job, entry):
            message = "The paper of this job is not in the store any more; submit it again."
            raise UsageError("usage.lost", message)
    runs = [(entry.stage, entry.inputs) for entry in lost if entry.inputs]
    doubted = {
        name: replace(entry, inputs=dict.fromkeys(entry.inputs, _NOBODYS))
        for name, entry in manifest.entries.items()
        if (entry.stage, entry.inputs) in runs
    }
    batch = [events.again(job["id"], entry, cause="kicked") for entry in doubted.values()]
    return replace(manifest, entries={**manifest.entries, **doubted}), batch


def _kept_again(blobs: Blobs, job: Mapping[str, Any], entry: Entry) -> bool:
    """Put what the job's row still says into the store again; returns whether that is what was lost."""
    match entry.artifact:
        case "options":
            blob = keep_json(blobs, entry.artifact, Options.model_validate(job["options"]))
        case "source" if job["source_name"]:
            blob = keep_json(blobs, entry.artifact, Reference(reference=job["source_name"]))
        case artifact if artifact == APPROVAL:
            blob = keep_json(blobs, artifact, Approval())
        case _:
            return False
    return blob.digest == entry.digest
