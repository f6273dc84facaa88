"""What `footwall price --certificate` writes: the document that anybody can replay, and the page to read."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footwall.desk import Zone
    from footwall.prices import ReferencePrice


def publish(held: "Zone", reference: "ReferencePrice", known_at: datetime | None, name: Path) -> list[Path]:
    """Write what is published of a price; the names of the files. Raises UsageError where they cannot be written."""
    import rfc8785

    from footwall.desk import publication
    from footwall.errors import UsageError
    from footwall.report import certificate_page

    told = publication(held, reference, known_at)
    stem = name.with_suffix("") if name.suffix in {".json", ".html"} else name
    files = {
        stem.with_name(f"{stem.name}.json"): rfc8785.dumps(told),
        stem.with_name(f"{stem.name}.html"): certificate_page(told, reference, stem.name).encode(),
    }
    for path, content in files.items():
        try:
            path.write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}. Name another file.") from None
    return list(files)
