"""Results as JSON: every decimal as text with all its digits, every day as YYYY-MM-DD, an unknown with its reason."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from footwall.desk import told

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def json_text(value: object) -> str:
    """`value` as JSON for people and programs: values as the journal has them, and every field of a record."""
    return json.dumps(told(value, _every_field), ensure_ascii=False, indent=2)


def _every_field(record: "DataclassInstance") -> Mapping[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
