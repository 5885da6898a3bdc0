"""The command `jornada gold check`."""

from eval.commands.options import Gold, Texts
from eval.labels.gold import locate_gold
from eval.labels.label_check import check_folder
from eval.report.label_findings import show_label_findings
from pipeline.commands.options import Json, examples
from pipeline.console.exit_status import FAILED

EPILOG = examples(
    "jornada gold check",
    "jornada gold check --gold labels/",
    "jornada gold check --gold labels/ --texts bulletins/ --json",
    "Exit status: 0 no errors, 1 errors, 2 unusable arguments.",
)


def check_gold(*, gold: Gold = None, texts: Texts = None, as_json: Json = False) -> int:
    """See whether labels hold: schema, quotes, values, duplicates; list numbers left unlabelled."""
    findings = check_folder(*locate_gold(gold, texts))
    show_label_findings(findings, as_json=as_json)
    return FAILED if any(finding.is_error for finding in findings) else 0
