"""Traces of jobs, for OpenTelemetry: `opentelemetry-instrument digest worker`.

Its agent is configured by its own variables (opentelemetry.io: "Environment Variable
Specification") and knows the libraries we use; ours is a span around each job. No argument that
names a person is in it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any


def start_span(
    name: str, args: Mapping[str, Any]
) -> AbstractContextManager[object]:
    """Return a span around some work; nothing where OpenTelemetry is not installed."""
    try:
        from opentelemetry import trace
    except ModuleNotFoundError:
        return nullcontext()
    attributes = {f"digest.{key}": str(value) for key, value in args.items()}
    tracer = trace.get_tracer("digest")
    return tracer.start_as_current_span(f"digest {name}", attributes=attributes)
