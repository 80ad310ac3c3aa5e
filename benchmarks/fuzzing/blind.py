"""Mutations that know nothing of a file: whatever comes of them, nothing may crash or get lost."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Mutation = Callable[[Random, bytes], bytes]
PIECES = (
    *(b'"', b'""', b"'", b"\0", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\n\n", b"|", b"\\"),
    *(b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80\xae", b"\xcc\x81"),
    *(b"{", b"}", b"[", b"\\u0000", b"\\ud800", b"NaN", b"null", b"1e999", b"-0", b"TOTAL"),
    *(b"\x1a", b"\x0b", b"\x0c", b"\x85", b"\xc2\xa0", b"\xe2\x80\x8b", b"PK\x03\x04", b"\x1f\x8b"),
    *(b"';--", b"=1+1", b"%s", b"${x}", b"../", b"\xf0\x9f\x98\x80"),
)
CODECS = ("utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037")


def mutated(random: Random, data: bytes) -> tuple[bytes, str]:
    """Return data after one to four mutations, and their names."""
    names = []
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        mutation = random.choice(MUTATIONS)
        data = mutation(random, data)
        names.append(mutation.__name__.strip("_").replace("_", " "))
    return data, ", ".join(names)


def _at(random: Random, data: bytes) -> int:
    return random.randrange(len(data) + 1)


def _flipped_bits(random: Random, data: bytes) -> bytes:
    spoiled = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8)) if data else 0):
        spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
    return bytes(spoiled)


def _cut_off(random: Random, data: bytes) -> bytes:
    return data[: _at(random, data)]


def _beginning_lost(random: Random, data: bytes) -> bytes:
    return data[min(_at(random, data), random.choice((1, 2, 3, 20, 1_000))) :]


def _hole(random: Random, data: bytes) -> bytes:
    start = _at(random, data)
    return data[:start] + data[start + random.choice((1, 2, 7, 40)) :]


def _inserted(random: Random, data: bytes) -> bytes:
    start = _at(random, data)
    return data[:start] + random.choice(PIECES) * random.choice((1, 1, 1, 2, 9)) + data[start:]


def _replaced(random: Random, data: bytes) -> bytes:
    start, piece = _at(random, data), random.choice(PIECES)
    return data[:start] + piece + data[start + len(piece) :]


def _moved(random: Random, data: bytes) -> bytes:
    first, second = sorted((_at(random, data), _at(random, data)))
    return data[second:] + data[first:second] + data[:first]


def _line_twice(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = random.randrange(len(lines)) if lines else 0
    return b"".join([*lines[:at], *lines[at : at + 1] * 2, *lines[at + 1 :]])


def _line_lost(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = random.randrange(len(lines)) if lines else 0
    return b"".join(lines[:at] + lines[at + 1 :])


def _lines_swapped(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def _other_encoding(random: Random, data: bytes) -> bytes:
    text = data.decode(random.choice(("utf-8", "latin-1")), errors="replace")
    return text.encode(random.choice(CODECS), errors="replace")


def _other_line_ends(random: Random, data: bytes) -> bytes:
    return data.replace(b"\n", random.choice((b"\r", b"\r\n", b"\n\r", b"\r\r\n", b"\n\n")))


def _other_delimiter(random: Random, data: bytes) -> bytes:
    return data.replace(random.choice((b",", b";", b"\t")), random.choice((b";", b",", b"|")))


def _padded(random: Random, data: bytes) -> bytes:
    piece = random.choice((b"\0", b" ", b"\n", b"\x1a", b"\xff"))
    return data + piece * random.choice((1, 2, 512, 5_000))


MUTATIONS: tuple[Mutation, ...] = (
    _flipped_bits,
    _flipped_bits,
    _cut_off,
    _beginning_lost,
    _hole,
    _inserted,
    _inserted,
    _replaced,
    _moved,
    _line_twice,
    _line_lost,
    _lines_swapped,
    _other_encoding,
    _other_line_ends,
    _other_delimiter,
    _padded,
)
