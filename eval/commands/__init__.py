"""The commands `jornada eval`, `jornada gold` and `jornada prompts`; no logic."""

import typer

from eval.commands import eval_diff, eval_runs, evaluate, gold_check, gold_tie, prompts
from eval.commands.prompts import list_prompts

__all__ = ["eval_app", "gold_app", "list_prompts", "prompts_app"]

eval_app = typer.Typer(invoke_without_command=True, add_completion=False)
eval_app.callback(epilog=evaluate.EPILOG)(evaluate.evaluate)
eval_app.command("runs", epilog=eval_runs.EPILOG)(eval_runs.list_eval_runs)
eval_app.command("diff", epilog=eval_diff.EPILOG)(eval_diff.diff_eval_runs)

gold_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check hand-made labels against their texts."
)
gold_app.command("check", epilog=gold_check.EPILOG)(gold_check.check_gold)
gold_app.command("tie", epilog=gold_tie.EPILOG)(gold_tie.tie_gold)

prompts_app = typer.Typer(add_completion=False)
prompts_app.command(epilog=prompts.EPILOG)(list_prompts)
