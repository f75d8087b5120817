"""Renders a video anew in H.264 and AAC, in the size, frame rate and bit rate that somebody needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.container
import av.filter

from medsos.content.materials import refused
from medsos.content.remux import NO_EDIT_LIST, kept_tracks

SOUND_RATE = 48_000
SOUND_BITS_PER_SECOND = 128_000
KEYFRAME_SECONDS = 2

# Constant quality that the eye hardly tells from the original; the bit rate is capped besides.
_X264 = {"preset": "veryfast", "crf": "20", "profile": "high"}
_TURNS = {90: "transpose=2", 180: "hflip,vflip", 270: "transpose=1"}
_HDR_TRANSFERS = frozenset({16, 18})
"""ITU-T H.273: PQ and HLG, in which current phones film."""
_TO_SDR = "out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709"
_BT709 = 1


@dataclass(frozen=True)
class VideoTarget:
    """What the new video is like. `bits_per_second` caps picture and sound together; None leaves it open.

    Width and height are even numbers of pixels, as shown.
    """

    width: int
    height: int
    fps: Fraction
    bits_per_second: int | None = None


def transcode(source: Path, target: Path, to: VideoTarget, *, name: str) -> None:
    """Write `source` as an MP4 that keeps `to`: upright, 8 bits, 4:2:0, closed groups, index in front.

    What an edit list hides is not carried over. High dynamic range is turned into the usual one.

    :param name: what people call the file, for the message.
    :raises MaterialError: the source cannot be decoded.
    """
    try:
        with (
            av.open(str(source), format="mov") as old,
            av.open(str(target), "w", format="mp4", options=dict(NO_EDIT_LIST)) as new,
        ):
            _render(old, new, to)
    except (av.FFmpegError, ValueError, OSError):
        raise refused(
            name, "tidak dapat disesuaikan. Simpan ulang sebagai MP4 dengan kodek H.264 lalu kirim lagi."
        ) from None


def _render(old: av.container.InputContainer, new: av.container.OutputContainer, to: VideoTarget) -> None:
    tracks = kept_tracks(old)
    old.streams.video[0].thread_type = "AUTO"
    pipes = {
        track.index: _Picture(track, new, to) if track.type == "video" else _Sound(track, new)
        for track in tracks
    }
    for packet in old.demux(*tracks):
        pipe = pipes[packet.stream.index]
        for frame in packet.decode():
            pipe.take(frame)
    for pipe in pipes.values():
        pipe.end()


class _Pipe:
    """From the frames of one track through filters and encoder into the new file."""

    def __init__(self, new: av.container.OutputContainer) -> None:
        self._new = new
        self._graph: av.filter.Graph | None = None
        self._encoder: Any = None

    def take(self, frame: Any) -> None:
        if self._graph is None:
            self._graph = self.filters(frame)
        self._graph.push(frame)
        self._encode()

    def end(self) -> None:
        if self._graph is not None:
            self._graph.push(None)
            self._encode()
        self._new.mux(self._encoder.encode(None))

    def filters(self, first: Any) -> av.filter.Graph:
        raise NotImplementedError

    def _encode(self) -> None:
        for frame in _ready(self._graph):
            self._new.mux(self._encoder.encode(frame))


class _Picture(_Pipe):
    def __init__(self, track: Any, new: av.container.OutputContainer, to: VideoTarget) -> None:
        super().__init__(new)
        self._track, self._to = track, to
        self._hdr = track.codec_context.color_trc in _HDR_TRANSFERS
        encoder = new.add_stream("libx264", rate=to.fps)
        encoder.width, encoder.height, encoder.pix_fmt = to.width, to.height, "yuv420p"
        encoder.options = {**_X264, "g": str(round(KEYFRAME_SECONDS * to.fps)), **_cap(to)}
        _keep_colours(track.codec_context, encoder.codec_context, sdr=self._hdr)
        self._encoder = encoder

    def filters(self, first: av.VideoFrame) -> av.filter.Graph:
        turn = _TURNS.get(first.rotation % 360)
        colours = f":{_TO_SDR}" if self._hdr else ""
        steps = [
            *([turn] if turn else []),
            f"scale={self._to.width}:{self._to.height}:flags=lanczos{colours}",
            f"fps={self._to.fps.numerator}/{self._to.fps.denominator}:start_time=0",
            "setsar=1",
            "format=yuv420p",
        ]
        graph = av.filter.Graph()
        return _chain(graph, graph.add_buffer(template=self._track), ",".join(steps), "buffersink")


class _Sound(_Pipe):
    def __init__(self, track: Any, new: av.container.OutputContainer) -> None:
        super().__init__(new)
        self._track = track
        self._layout = "mono" if track.codec_context.channels == 1 else "stereo"
        self._encoder = new.add_stream("aac", rate=SOUND_RATE, layout=self._layout)
        self._encoder.bit_rate = SOUND_BITS_PER_SECOND

    def filters(self, first: av.AudioFrame) -> av.filter.Graph:
        # Silence fills what is missing at the beginning and in gaps, so that sound stays with the picture.
        steps = (
            f"aresample={SOUND_RATE}:async=1000:first_pts=0,"
            f"aformat=sample_fmts=fltp:channel_layouts={self._layout}"
        )
        graph = av.filter.Graph()
        _chain(graph, graph.add_abuffer(template=self._track), steps, "abuffersink")
        graph.set_audio_frame_size(self._encoder.codec_context.frame_size or 1024)
        return graph


def _chain(graph: av.filter.Graph, begin: Any, steps: str, end: str) -> av.filter.Graph:
    nodes = [begin]
    for step in steps.split(","):
        name, _, arguments = step.partition("=")
        nodes.append(graph.add(name, arguments or None))
    graph.link_nodes(*nodes, graph.add(end)).configure()
    return graph


def _ready(graph: Any) -> Iterator[Any]:
    while True:
        try:
            yield graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return


def _cap(to: VideoTarget) -> dict[str, str]:
    if to.bits_per_second is None:
        return {}
    picture = max(100_000, to.bits_per_second - SOUND_BITS_PER_SECOND)
    return {"maxrate": str(picture), "bufsize": str(picture)}


def _keep_colours(old: Any, new: Any, *, sdr: bool) -> None:
    """Mark the colours as they are; without the marks a player would guess by the size."""
    for mark in ("color_primaries", "color_trc", "colorspace"):
        setattr(new, mark, _BT709 if sdr else getattr(old, mark))
    new.color_range = old.color_range
