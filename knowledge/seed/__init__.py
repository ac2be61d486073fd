"""Seed records: the YAML files under `knowledge/territories` (format: docs/records.md)."""

from knowledge.seed.check import check
from knowledge.seed.load import Loaded, load
from knowledge.seed.problems import Problem, SeedProblems

__all__ = ["Loaded", "Problem", "SeedProblems", "check", "load"]
