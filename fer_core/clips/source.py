"""Opening the file of a clip: what there is to read in it, or a sentence why not."""

import io
import os
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Real
from pathlib import Path
from typing import IO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from fer_core.clips.file_view import FileView
from fer_core.files import reason
from fer_core.types import ClipError, OptionError

ClipSource = str | os.PathLike[str] | bytes | IO[bytes]

# The containers that hold clips. Playlists, which name other files or addresses, are none of them:
# whoever hands in a clip must not get at the machine's own files. Nor are pictures.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,live_flv,ogg,m4v,h263,"
    "h264,hevc,vvc,av1,obu,ivf,dv,mxf,gxf,nut,rm,wtv,nsv,yuv4mpegpipe,"
    "mp3,wav,w64,flac,aac,ac3,eac3,amr,amrnb,amrwb,aiff,caf,au,wv,ape"  # to say "only sound"
)
PICTURE_BRANDS = {"avif", "avis", "heic", "heix", "heim", "heis", "mif1", "msf1"}
KNOW_LENGTH = {"mov", "matroska", "avi", "asf", "flv"}  # other containers can but guess
BROADCAST = {"mpegts", "mpeg"}  # their times go on where nothing is shown
JOINABLE = {*BROADCAST, "matroska", "flv"}
DECODING_THREADS = 4  # each of them holds frames
BLOCK_PX = 64  # the longest side of a decoder's blocks
USUAL_BITS = 24  # of a pixel: those of ten-bit colours at half the sharpness, or less
USUAL_RATE, HIGHEST_RATE = Fraction(25), 240


@dataclass(frozen=True)
class ClipLimits:
    """How much of a clip is used.

    max_seconds: what comes later is left out. max_side_px: larger frames are reduced until the
    longer side has this many pixels. max_source_side_px: clips with more pixels than a square of
    this side are refused, and with more than half as many of 48 bits: a decoder holds 20 frames.
    Raises OptionError for a value out of range.
    """

    max_seconds: float = 1800.0
    max_side_px: int = 1920
    max_source_side_px: int = 4096

    def __post_init__(self) -> None:
        if not (isinstance(self.max_seconds, Real) and self.max_seconds > 0):
            raise OptionError(f"The limit is {self.max_seconds!r} seconds; give more than 0.")
        side, most = self.max_side_px, self.max_source_side_px
        if not (isinstance(side, Integral) and isinstance(most, Integral) and 16 <= side <= most):
            raise OptionError(f"Frames are to be reduced to {side!r} px; give 16 to {most!r} px.")


@dataclass(frozen=True, eq=False)
class OpenedClip:
    """A clip's file. video: the stream of its frames. sound: that of its sound, or None.

    file: the bytes; its `error` is set where reading failed. resources: closes file and container.
    """

    file: FileView
    container: InputContainer
    video: VideoStream
    sound: AudioStream | None
    resources: ExitStack

    @property
    def _streams(self) -> list[VideoStream | AudioStream]:
        return [self.video, self.sound] if self.sound else [self.video]

    @property
    def time_base(self) -> Fraction:
        """The seconds of a tick of the frames' times."""
        return self.video.time_base or Fraction(1, 90_000)

    @property
    def rate(self) -> Fraction:
        """Frames a second, about."""
        rate = self.video.guessed_rate or self.video.average_rate
        return rate if rate and 0 < rate <= HIGHEST_RATE else USUAL_RATE

    @property
    def start_seconds(self) -> Fraction:
        """The time that the file gives to the first thing in it."""
        starts = [
            stream.start_time * stream.time_base
            for stream in self._streams
            if stream.start_time is not None and stream.time_base
        ]
        return min(starts, default=Fraction(0))

    @property
    def video_seconds(self) -> float | None:
        """When the last frame ends, as the file states it; None where it states nothing."""
        if self.video.duration:
            end = ((self.video.start_time or 0) + self.video.duration) * self.time_base
            return float(end - self.start_seconds)
        return self.stated_seconds

    @property
    def stated_seconds(self) -> float | None:
        """The length of frames and sound that the file states; None where it states none."""
        lengths = [
            float(stream.duration * stream.time_base)
            for stream in self._streams
            if stream.duration and stream.time_base
        ]
        if "avi" in self.container.format.name:  # states frames; the rest comes from its size
            lengths.append(float(self.video.frames / (self.video.average_rate or self.rate)))
        if not lengths and self.container.duration:
            lengths.append(self.container.duration / av.time_base)
        return max(lengths, default=None) or None

    @property
    def joinable(self) -> bool:
        """Whether files of this kind may be joined end to end, so that their times jump."""
        return not JOINABLE.isdisjoint(self.container.format.name.split(","))

    @property
    def broadcast(self) -> bool:
        """Whether times that leap forward are a jump, and no picture that stands still."""
        return not BROADCAST.isdisjoint(self.container.format.name.split(","))

    @property
    def knows_length(self) -> bool:
        """Whether the stated length is no estimate, and is that of the streams that are read."""
        alone = len(self.container.streams) == len(self._streams)
        kinds = self.container.format.name.split(",")
        return not KNOW_LENGTH.isdisjoint(kinds) and (alone or self.video.duration is not None)


def clip_name(source: ClipSource) -> str:
    """What to call a source in a sentence."""
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    return "The clip"


def open_clip(source: ClipSource, name: str, limits: ClipLimits) -> OpenedClip:
    """Open a path, the bytes of a file, or a binary file that can seek, without decoding it.

    Raises ClipError where that is no clip with frames that can be decoded, or one too large.
    """
    with ExitStack() as resources:
        file = FileView(_as_file(source, name, resources))
        container = resources.enter_context(_open_container(file, name))
        if container.metadata.get("major_brand", "").strip() in PICTURE_BRANDS:
            raise ClipError(f"{name} is a picture, not a clip.")
        video = _video_stream(container, name)
        width, height = video.codec_context.width, video.codec_context.height
        most_px, colours = limits.max_source_side_px, video.codec_context.format
        bits = max(colours.padded_bits_per_pixel if colours else 0, USUAL_BITS)
        # A strip is longer than any picture, and takes more room than its pixels.
        if max(width, height) > 2 * most_px or width * height * bits > most_px**2 * USUAL_BITS:
            raise ClipError(
                f"{name} has {width}x{height} pixels of {bits} bits. Clips of up to "
                f"{most_px}x{most_px} pixels of {USUAL_BITS} bits can be read; make it smaller "
                "first."
            )
        # Frames may grow on the way. A decoder counts whole blocks of pixels.
        video.codec_context.options = {"max_pixels": str((most_px + BLOCK_PX) ** 2)}
        video.thread_type, video.thread_count = "AUTO", DECODING_THREADS
        best = container.streams.best("audio")
        sound = best if isinstance(best, AudioStream) and best.codec_context is not None else None
        return OpenedClip(file, container, video, sound, resources.pop_all())


def _as_file(source: ClipSource, name: str, resources: ExitStack) -> IO[bytes]:
    """The source as a file that can seek; one that is opened here is closed with the resources."""
    file = _opened(source, resources)
    if not hasattr(file, "read"):
        kind = type(file).__name__
        raise ClipError(f"A clip was expected (path, bytes or binary file), not {kind}.")
    if hasattr(file, "encoding"):  # temporary files are of no type that tells
        raise ClipError(f"{name} was opened as text. Open it with open(path, 'rb').")
    if getattr(file, "closed", False):
        raise ClipError(f"{name} was closed before it was read. Give a file that is open.")
    if hasattr(file, "seekable") and not file.seekable():
        raise ClipError(
            f"{name} comes as a stream, and cannot be read piece by piece. Save it to a file first."
        )
    return file


def _opened(source: ClipSource, resources: ExitStack) -> IO[bytes]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    if not isinstance(source, str | os.PathLike):
        return source
    path = Path(source)
    try:
        return resources.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise ClipError(f"There is no file at {path}. Check the path.") from error
    except (OSError, ValueError) as error:
        raise ClipError(f"{path} cannot be read as a file: {error}.") from error


def _open_container(file: FileView, name: str) -> InputContainer:
    start = file.read(12)
    file.seek(0)
    cause: Exception | None = None
    try:
        if start:
            # Only the file itself is read, whatever it refers to.
            safety = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
            return av.open(file, "r", container_options=safety, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as error:
        cause = error
    if file.error:
        why = f"cannot be read: {reason(file.error)}."
    elif not start:
        why = "is empty (0 bytes). Choose another file, or save it again."
    elif start[4:8] in (b"ftyp", b"moov", b"mdat"):
        why = (
            "is damaged or cut short: its index cannot be read. Copy or download it again; "
            "a recording that broke off has to be repaired first."
        )
    else:
        why = (
            "is not a video that can be read here. Give a clip such as MP4, MOV, WebM, MKV or AVI."
        )
    raise ClipError(f"{name} {why}") from cause


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    covers = Disposition.attached_pic | Disposition.still_image  # the picture of a song
    streams = [s for s in container.streams.video if not s.disposition & covers]
    if not streams:
        held = "only sound" if container.streams.audio else "nothing to see"
        raise ClipError(f"{name} holds {held}. Give a clip that has a picture.")
    best = container.streams.best("video")
    stream = best if isinstance(best, VideoStream) and best in streams else streams[0]
    if stream.codec_context is None:
        raise ClipError(
            f"{name} has frames that are coded in a way not known here. "
            "Convert it to H.264 (MP4) first."
        )
    return stream
