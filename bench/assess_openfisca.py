"""The same law as `assess_floats.py`, as variables of OpenFisca-core: a vectorised rules engine in an environment of its own.

    python bench/assess_openfisca.py SOURCE OUT TERMS

It runs under the Python of an environment with requirements/bench-openfisca.lock. Its numbers are floats of 32 bits, as the
engine's variables are.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import assess_floats
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

GIVEN = ("value", "freight", "mass")
DAY = "2025-01-01"


def system(line: dict[str, Any], terms: dict[str, Any]) -> Any:
    """A system of one entity, the line, with a variable for each duty. `line` holds what is no number."""
    entity = build_entity("line", "lines", "A goods line", is_person=True)
    made = TaxBenefitSystem([entity])

    def variable(name: str, formula: Any = None) -> None:
        fields = {"value_type": float, "entity": entity, "definition_period": DateUnit.DAY, "label": name}
        made.add_variable(type(name, (Variable,), fields | ({"formula": formula} if formula else {})))

    def duty(name: str) -> Any:
        def formula(lines: Any, period: Any) -> Any:
            given = {one: lines(one, period) for one in GIVEN}
            return assess_floats.owed({**line, **given}, terms)[name]

        return formula

    for name in GIVEN:
        variable(name)
    for name in ("ordinary_duty", "additional_duty", "floor_duty"):
        variable(name, duty(name))
    variable("total_duty", lambda lines, period: lines("ordinary_duty", period) + lines("additional_duty", period)
             + lines("floor_duty", period))  # fmt: skip
    return made


def main() -> None:
    source, out, terms = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())
    started, lines, writer = time.perf_counter(), 0, None
    for batch in pq.ParquetFile(source).iter_batches(batch_size=1_000_000, columns=list(assess_floats.COLUMNS)):
        table = pa.Table.from_batches([batch])
        line = assess_floats.read(table, terms)
        simulation = SimulationBuilder().build_default_simulation(system(line, terms), len(table))
        for name in GIVEN:
            simulation.set_input(name, DAY, line[name])
        found = {"line_id": table["line_id"], "form": table["form"]}
        for name in ("value", "ordinary_duty", "additional_duty", "floor_duty", "total_duty"):
            amount = np.round(simulation.calculate(name, DAY).astype(np.float64), 2)
            found[name] = pc.cast(pa.array(amount), pa.decimal128(18, 2), safe=False)
        result = pa.table(found)
        writer = writer or pq.ParquetWriter(out, result.schema)
        writer.write_table(result)
        lines += len(table)
    if writer is not None:
        writer.close()
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * 1024}
    print(json.dumps({"kind": "openfisca", "lines": lines, **told}))


if __name__ == "__main__":
    main()
