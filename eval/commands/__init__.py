"""Commands of `jornada` that are about evals, a file each."""
