"""Draws the pictures of the documents from a walked zone: `make picture`."""

import sys
from pathlib import Path

import footwall as fw
from footwall.report import zone_summary
from footwall.report.charts import price_chart
from footwall.report.charts_zone import standing_chart
from footwall.report.html import stands
from footwall.report.look import on_white

IMAGES = Path(__file__).parent / "images"


def main(zone: Path, folder: Path = IMAGES) -> None:
    """Write one SVG for each picture, on white, so that it can be read on a page of any colour."""
    summary = zone_summary(fw.open_zone(zone))
    oxide = next(form for form in summary.forms if form.form.form == "ndpr-oxide")
    chart = price_chart(oxide.series)
    if chart is None:
        raise SystemExit("No price of ndpr-oxide is known in this zone: walk it first.")
    folder.mkdir(exist_ok=True)
    for name, image in (("price", chart), ("standing", standing_chart(stands(summary), summary.on))):
        (folder / f"{name}.svg").write_text(on_white(image), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
