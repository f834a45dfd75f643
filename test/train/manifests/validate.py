"""Reads TrainJobs as JSON from stdin, `[{"name", "job"}]`, and prints what is wrong with each, `[{"name", "problem"}]`.

Kubeflow's published models pass over fields they do not know, where a cluster would refuse them, so a job has to come
back from its model exactly as it went in.
"""

import json
import sys
from typing import Any

from kubeflow_trainer_api.models import TrainerV1alpha1TrainJob
from pydantic import ValidationError


def problem_of(job: dict[str, Any]) -> str | None:
    try:
        model = TrainerV1alpha1TrainJob.from_dict(job)
    except (ValidationError, ValueError, TypeError, AttributeError) as error:
        return " ".join(str(error).split())[:300]
    return difference(job, json.loads(model.to_json()), "job")


def difference(given: Any, understood: Any, where: str) -> str | None:
    if isinstance(given, dict) and isinstance(understood, dict):
        for key in sorted({*given, *understood}):
            if key not in understood:
                return f"{where}.{key} is not in the schema"
            found = difference(given.get(key), understood[key], f"{where}.{key}")
            if found:
                return found
        return None
    if isinstance(given, list) and isinstance(understood, list) and len(given) == len(understood):
        pairs = enumerate(zip(given, understood, strict=True))
        return next((found for at, (a, b) in pairs if (found := difference(a, b, f"{where}[{at}]"))), None)
    return None if given == understood else f"{where} is read as {understood!r} instead of {given!r}"


print(json.dumps([{"name": one["name"], "problem": problem_of(one["job"])} for one in json.load(sys.stdin)]))
