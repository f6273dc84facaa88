"""What a file is by what it begins with."""

from pathlib import Path


def is_xml(path: Path) -> bool:
    """Whether a file is XML."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return looks_like_xml(file.read(1024))


def looks_like_xml(head: bytes) -> bool:
    """Whether a file that begins so is XML, in whatever encoding."""
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        head = head.removeprefix(mark)
    if b"\0" in head[:4]:  # two bytes for each character
        head = head.replace(b"\0", b"")
    text = head.lstrip(b" \t\r\n")
    return text[:1] == b"<" and (text[1:2].isalpha() or text[1:2] in {b"?", b"!", b"_"})
