"""What became of each requested channel, and what that makes of the cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.evaluation.log import Log
from medsos.evaluation.rules import Rules
from medsos.offices.model import CHANNELS
from medsos.store.columns import among, read_columns
from medsos.store.models import Evidence, Publication, PublicationAttempt

PUBLISHED = "published"
NOT_UPLOADED = "tidak_diunggah"
PROOF_KINDS = ("screenshot", "manual")
"""Kinds of evidence that satisfy the SOP's “screenshot of every upload”, strongest first: what the system
photographed by itself counts more than what a person handed in. A read-back alone does not satisfy it."""

_STRENGTH = {kind: rank for rank, kind in enumerate((*PROOF_KINDS, "read_back"))}

_KEY = ["cycle_id", "channel"]


def channel_results(session: Session, cycles: pd.DataFrame, log: Log, rules: Rules) -> pd.DataFrame:
    """One row per requested channel of each cycle: the columns of the table `channel_results`.

    :param cycles: `id, office, channels`; the channels as a list each.
    """
    rows = cycles[["id", "office", "channels"]].explode("channels")
    rows = rows.rename(columns={"id": "cycle_id", "channels": "channel"})
    rows = rows[rows["channel"].isin(CHANNELS)].reset_index(drop=True)
    modes = {
        (slug, channel): setup.mode
        for slug in rows["office"].unique()
        for channel, setup in rules.office(slug).channels.items()
    }
    rows["usual_mode"] = [modes[key] for key in zip(rows["office"], rows["channel"], strict=True)]
    ids = cycles["id"].tolist()
    result = rows.merge(_publications(session, ids), on=_KEY, how="left")
    result = result.merge(_attempts(session, ids), on="publication_id", how="left")
    result = result.merge(_proofs(session, result, ids), on="publication_id", how="left")
    begun = log.first(["publish"], "started", ["cycle_id", "part"])[["cycle_id", "part", "at"]]
    begun = begun.astype({"part": "object"}).rename(columns={"part": "channel", "at": "begun"})
    result = result.merge(begun, on=_KEY, how="left")
    result["mode"] = result["mode"].fillna(result["usual_mode"])
    result["state"] = result["state"].fillna(NOT_UPLOADED)
    result["attempts"] = result["attempts"].fillna(0).astype("int64")
    result["upload_seconds"] = (result["published_at"] - result["begun"]).dt.total_seconds()
    return result.drop(columns=["office", "usual_mode", "publication_id", "begun"])


def cycle_statuses(channels: pd.DataFrame, cycle_ids: pd.Index, rejected: pd.Series) -> pd.DataFrame:
    """What the channels make of each cycle.

    :param rejected: by cycle, whether the Kasubbag said no.
    :returns: by cycle: `status` (`ditolak`; `selesai` when every requested channel is up and proved; else
        `tidak_lengkap`), `channels_published`, `channels_total`, and `evidence_complete`: something is up,
        and everything that is up has its picture.
    """
    up = channels["state"].eq(PUBLISHED)
    judged = pd.DataFrame(
        {
            "cycle_id": channels["cycle_id"],
            "up": up,
            "proved": up & channels["evidence_kind"].isin(PROOF_KINDS),
        }
    )
    sums = judged.groupby("cycle_id").agg(total=("up", "size"), up=("up", "sum"), proved=("proved", "sum"))
    sums = sums.reindex(cycle_ids, fill_value=0)
    complete = (sums["up"] > 0) & (sums["proved"] == sums["up"])
    status = np.where(complete & (sums["up"] == sums["total"]), "selesai", "tidak_lengkap")
    return pd.DataFrame(
        {
            "status": np.where(rejected.reindex(cycle_ids, fill_value=False), "ditolak", status),
            "channels_published": sums["up"],
            "channels_total": sums["total"],
            "evidence_complete": complete,
        }
    )


def _publications(session: Session, cycle_ids: Sequence[int]) -> pd.DataFrame:
    """The ledger row of each channel that counts: the one that is up, otherwise the newest."""
    rows = read_columns(
        session,
        select(
            Publication.id.label("publication_id"),
            Publication.cycle_id,
            Publication.channel,
            Publication.mode,
            Publication.state,
            Publication.published_at,
            Publication.permalink,
        ).where(among(session, Publication.cycle_id, cycle_ids)),
    )
    rows["down"] = rows["state"] != PUBLISHED
    rows = rows.sort_values(["down", "publication_id"], ascending=[True, False])
    return rows.drop_duplicates(_KEY).drop(columns="down")


def _attempts(session: Session, cycle_ids: Sequence[int]) -> pd.DataFrame:
    return read_columns(
        session,
        select(PublicationAttempt.publication_id, func.count().label("attempts"))
        .join(Publication)
        .where(among(session, Publication.cycle_id, cycle_ids))
        .group_by(PublicationAttempt.publication_id),
    )


def _proofs(session: Session, results: pd.DataFrame, cycle_ids: Sequence[int]) -> pd.DataFrame:
    """The strongest proof of each publication, and of equal ones the newest; the rule of `proofs_of`."""
    rows = read_columns(
        session,
        select(
            Evidence.id,
            Evidence.publication_id,
            Evidence.kind.label("evidence_kind"),
            Evidence.sha256.label("evidence_sha256"),
            Evidence.source_url,
            Evidence.captured_at,
        )
        .join(Publication)
        .where(among(session, Publication.cycle_id, cycle_ids)),
    )
    rows = rows.merge(results[["publication_id", "permalink"]], on="publication_id")
    rows = rows[(rows["evidence_kind"] != "manual") | (rows["source_url"] == rows["permalink"])]
    rows["strength"] = rows["evidence_kind"].map(_STRENGTH).fillna(len(_STRENGTH))
    rows = rows.sort_values(["strength", "captured_at", "id"], ascending=[True, False, False])
    return rows.drop_duplicates("publication_id")[["publication_id", "evidence_kind", "evidence_sha256"]]


def publication_of(session: Session, cycle_id: int, channel: str) -> Publication | None:
    """The ledger row that counts: the one that is up, otherwise the newest."""
    rows = session.scalars(
        select(Publication)
        .where(Publication.cycle_id == cycle_id, Publication.channel == channel)
        .order_by(Publication.id.desc())
    ).all()
    return next((row for row in rows if row.state == PUBLISHED), rows[0] if rows else None)


def evidence_of(session: Session, publication_id: int) -> Evidence | None:
    """The strongest proof of a publication, and of equal ones the newest."""
    return next(iter(proofs_of(session, publication_id)), None)


def proofs_of(session: Session, publication_id: int) -> list[Evidence]:
    """The newest proof of each kind, strongest first.

    A screenshot that somebody handed in for another address than the one that counts is no proof of it.
    """
    address = session.get_one(Publication, publication_id).permalink
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.publication_id == publication_id)
        .order_by(Evidence.captured_at, Evidence.id)
    ).all()
    newest = {row.kind: row for row in rows if row.kind != "manual" or row.source_url == address}
    return sorted(newest.values(), key=lambda row: _STRENGTH.get(row.kind, len(_STRENGTH)))
