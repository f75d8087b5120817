"""Opens the root of the archive, wherever the setting says it is."""

from __future__ import annotations

from urllib.parse import unquote

from airflow.sdk import ObjectStoragePath

from medsos.settings import load_settings


def open_archive_root() -> ObjectStoragePath:
    """The root, on a folder, a bucket or a network share; it is made if need be."""
    url = load_settings().archive_url
    # A file address writes a space as %20, which fsspec would take for part of the folder's name.
    root = ObjectStoragePath(unquote(url) if url.startswith("file:") else url)
    root.mkdir(parents=True, exist_ok=True)
    return root
