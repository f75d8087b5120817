"""Rewrites the container of a video: picture and sound as they are, index in front, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import av.container
from av.stream import Stream

from medsos.content.materials import refused

SHIFT_SECONDS = 0.06
"""Sound may come this much off the picture; the eye begins to see it at about twice as much."""

_FORMATS = {".mp4": "mp4", ".mov": "mov"}
# Without "bitexact" the library writes its own version into the file.
_INDEX_IN_FRONT = {"movflags": "+faststart", "fflags": "+bitexact"}
NO_EDIT_LIST = {**_INDEX_IN_FRONT, "movflags": "+faststart+negative_cts_offsets", "use_editlist": "0"}


def clean_video(source: Path, target: Path, *, name: str) -> None:
    """Write `source` anew without re-encoding; the same source always gives the same bytes.

    Kept are the first picture and the first sound track with their turn and colours. Everything else is left
    out: place, device and time of the recording, and tracks of subtitles, positions or sensors. An edit
    list goes too (contract 4.5), unless it hides frames that somebody cut off or keeps sound and picture
    together.

    :param name: what people call the file, for the message.
    :raises MaterialError: the tracks do not fit into a file of this kind.
    """
    timing = _timing(source)
    needs_edit_list = timing.hides_frames or abs(timing.sound_late) > SHIFT_SECONDS
    options = _INDEX_IN_FRONT if needs_edit_list else NO_EDIT_LIST
    try:
        with (
            av.open(str(source), format="mov") as old,
            av.open(str(target), "w", format=_FORMATS[target.suffix], options=dict(options)) as new,
        ):
            tracks = {track.index: new.add_stream_from_template(track) for track in kept_tracks(old)}
            picture = old.streams.video[0]
            # HEVC plays on Apple's devices only under the mark that they wrote themselves.
            tracks[picture.index].codec_context.codec_tag = picture.codec_context.codec_tag
            for packet in old.demux(*kept_tracks(old)):
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream.index]
                    new.mux(packet)
    except (av.FFmpegError, ValueError):
        raise refused(
            name, "tidak dapat ditata ulang. Simpan ulang sebagai MP4 dengan kodek H.264 lalu kirim lagi."
        ) from None


def kept_tracks(container: av.container.InputContainer) -> list[Stream]:
    """The first picture and the first sound track that can be read."""
    sound = [track for track in container.streams.audio if track.codec_context is not None]
    return [*container.streams.video[:1], *sound[:1]]


@dataclass(frozen=True)
class _Timing:
    """What an edit list does: whether it hides frames, and seconds that sound begins after the picture."""

    hides_frames: bool
    sound_late: float


def _timing(source: Path) -> _Timing:
    with av.open(str(source), format="mov") as container:
        begins: dict[str, float] = {}
        hides = False
        for packet in container.demux(*kept_tracks(container)):
            if packet.pts is None or packet.time_base is None:
                continue
            kind, begin = packet.stream.type, float(packet.pts * packet.time_base)
            begins[kind] = min(begins.get(kind, begin), begin)
            hides = hides or (kind == "video" and packet.is_discard)
    return _Timing(hides, begins.get("audio", 0.0) - begins.get("video", 0.0) if len(begins) == 2 else 0.0)
