"""A TUF client that knows nothing of Footwall reads the public folder; and one key's signature is verified by hand."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from bulletin_samples import BEGUN, DAY, opened, root_of, with_one
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.formats import encode_canonical
from tuf.api.exceptions import DownloadHTTPError, ExpiredMetadataError, RepositoryError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig
from tuf.ngclient._internal import trusted_metadata_set

import footwall

ADDRESS = "https://bulletins.invalid/"


class Shelf(FetcherInterface):
    """Fetches from files that lie here."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = unquote(url.removeprefix(ADDRESS))
        if name not in self.files:
            raise DownloadHTTPError(name, 404)
        yield self.files[name]


def updater(files: Mapping[str, bytes], folder: Path, root: bytes) -> Updater:
    (folder / "metadata").mkdir(exist_ok=True)
    (folder / "targets").mkdir(exist_ok=True)
    return Updater(
        str(folder / "metadata"),
        f"{ADDRESS}metadata/",
        str(folder / "targets"),
        f"{ADDRESS}targets/",
        fetcher=Shelf(files),
        config=UpdaterConfig(prefix_targets_with_hash=False),
        bootstrap=root,
    )


@pytest.fixture
def _on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock stands at the day of the bulletin."""

    class Clock(trusted_metadata_set.datetime.datetime):  # type: ignore[misc, name-defined]
        @classmethod
        def now(cls, tz: object = None) -> object:
            assert tz is not None
            return BEGUN + DAY

    monkeypatch.setattr(trusted_metadata_set.datetime, "datetime", Clock)


@pytest.mark.usefixtures("_on_the_day")
def test_an_updater_of_python_tuf_reads_a_bulletin_and_the_head_of_the_log(tmp_path: Path) -> None:
    files = with_one().files
    client = updater(files, tmp_path, root_of(files))
    client.refresh()
    for path in ("bulletins/1/schedule.json", "bulletins/1/bulletin.xlsx", "log/2.head.json"):
        target = client.get_targetinfo(path)
        assert target is not None, path
        assert Path(client.download_target(target)).read_bytes() == files[f"targets/{path}"]
    assert client.get_targetinfo("bulletins/2/schedule.json") is None


@pytest.mark.usefixtures("_on_the_day")
def test_an_updater_refuses_what_we_refuse(tmp_path: Path) -> None:
    shop = with_one()
    old = dict(shop.files)
    shop.publish(BEGUN + DAY, notice="Later.")
    updater(shop.files, tmp_path, root_of(old)).refresh()
    with pytest.raises(RepositoryError, match="must be >="):
        updater(old, tmp_path, root_of(old)).refresh()
    ended = opened(at=BEGUN - 7 * DAY).files
    (tmp_path / "another").mkdir()
    with pytest.raises(ExpiredMetadataError):
        updater(ended, tmp_path / "another", root_of(ended)).refresh()


def test_a_signature_is_ed25519_over_the_canonical_bytes_of_what_is_signed() -> None:
    """As docs/bulletins.md tells how to verify by hand."""
    files = with_one().files
    root = json.loads(root_of(files))["signed"]
    told = json.loads(files["metadata/timestamp.json"])
    (signature,) = told["signatures"]
    key = root["keys"][signature["keyid"]]
    message = encode_canonical(told["signed"])
    assert message is not None
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["keyval"]["public"])).verify(
        bytes.fromhex(signature["sig"]), message.encode()
    )


def test_a_reader_needs_no_rules_no_database_and_no_writer_of_spreadsheets() -> None:
    code = (
        "import sys; from footwall.bulletin import read_bulletin, verify\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules} | {name for name in sys.modules if name.startswith('footwall.')}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(footwall.__file__).parents[1])},
    )
    assert {"duckdb", "footwall.desk", "footwall.rulebook", "pyarrow", "sqlalchemy", "xlsxwriter"} & set(
        done.stdout.split()
    ) == set()
