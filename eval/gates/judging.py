"""Every gate and every variant."""

from collections.abc import Iterable, Mapping, Sequence

from eval.gates.bounds import judge_bound
from eval.gates.contrasts import judge_contrast
from eval.gates.gate import Better, Gate, GateResult, NoWorse
from eval.gates.reference import Reference
from eval.runs.variant import VariantResult


def judge_gates(
    gates: Iterable[Gate], variants: Sequence[VariantResult], references: Mapping[str, Reference]
) -> tuple[GateResult, ...]:
    """Hold every variant against every gate; `references` has what gates name.

    A gate that names a variant of this eval is about all others. One that names the only variant,
    or none of these, is about an earlier run.
    """
    results: list[GateResult] = []
    for gate in gates:
        if isinstance(gate, NoWorse | Better):
            results += judge_contrast(gate, references[gate.run], variants)
        else:
            results += [judge_bound(gate, variant) for variant in variants]
    return tuple(results)
