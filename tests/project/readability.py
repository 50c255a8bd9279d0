"""Readability figures of the package, held against a committed baseline.

Run in `make check`: `python -m tests.project.readability`. It prints each figure beside its
baseline (readability.toml) and exits with 1 where one is worse. After an improvement,
`--update` writes the new figures as the baseline. A figure is a place to look at, never a
target: a line split in two to please it helps nobody.

The figures:

nodes_per_line          syntax nodes (expressions and statements) a line of code
dense_functions         share of functions with a branch on every second line, or more
packed_assignments      share of assignments of a tuple to a tuple
conditional_expressions `a if b else c`, a thousand lines of code
vague_names             share of variables and parameters that do not say what they hold
one_letter_names        share of variables and parameters of one letter
one_word_functions      share of functions named by a single word
question_openings       share of module docstrings that open with a question word
positional_booleans     number of flags that can be passed by position
"""

import argparse
import ast
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path("digest")
BASELINE = Path(__file__).with_name("readability.toml")

#: Figures are compared as they are printed, rounded to this many digits.
DIGITS = 2

VAGUE_NAMES = frozenset(
    "found given given_by held here it kept known left made seen said some stuff them there "
    "thing things those told wanted what who whom".split()
)
QUESTION_WORDS = frozenset(
    "all everybody everything how is nobody somebody those what whatever when where whether "
    "which who whoever whom whose why".split()
)
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.comprehension,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)
NOT_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)
#: From so many branches on, a function can be dense.
MIN_BRANCHES = 5


def main() -> None:
    """Compare the figures with the baseline, or write them as the new one."""
    parser = argparse.ArgumentParser(
        description="Readability against its baseline."
    )
    parser.add_argument(
        "--update", action="store_true", help="write a new baseline"
    )
    options = parser.parse_args()
    figures = measure(PACKAGE)
    if options.update:
        lines = [f"{name} = {value}" for name, value in figures.items()]
        BASELINE.write_text("\n".join(lines) + "\n")
        return
    baseline = tomllib.loads(BASELINE.read_text())
    worse = [name for name, value in figures.items() if value > baseline[name]]
    for name, value in figures.items():
        mark = "  <- worse" if name in worse else ""
        print(f"{name:24} {value:>7} (baseline {baseline[name]}){mark}")
    if worse:
        sys.exit("readability got worse; see tests/project/readability.py")


def measure(package: Path) -> dict[str, float]:
    """Return the figures of a package by name; smaller is better for each."""
    counts: Counter[str] = Counter()
    for path in sorted(package.rglob("*.py")):
        if "migrations" not in path.parts:
            count_module(path, counts)

    def share(part: str, whole: str, scale: int = 100) -> float:
        return round(scale * counts[part] / max(counts[whole], 1), DIGITS)

    return {
        "nodes_per_line": share("nodes", "lines", 1),
        "dense_functions": share("dense", "functions"),
        "packed_assignments": share("packed", "assignments"),
        "conditional_expressions": share("conditionals", "lines", 1000),
        "vague_names": share("vague", "names"),
        "one_letter_names": share("one_letter", "names"),
        "one_word_functions": share("one_word", "functions"),
        "question_openings": share("questions", "docstrings"),
        "positional_booleans": counts["positional_booleans"],
    }


def count_module(path: Path, counts: Counter[str]) -> None:
    """Add what one module holds."""
    tree = ast.parse(path.read_text())
    counts["lines"] += len(lines_of_code(path, tree))
    docstring = ast.get_docstring(tree)
    if docstring:
        counts["docstrings"] += 1
        first_word = re.match(r"[A-Za-z']+", docstring)
        if first_word and first_word[0].lower() in QUESTION_WORDS:
            counts["questions"] += 1
    for node in ast.walk(tree):
        count_node(node, counts)


def lines_of_code(path: Path, tree: ast.Module) -> set[int]:
    """Return the numbers of the lines that are neither blank, comment nor docstring."""
    lines: set[int] = set()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in NOT_CODE:
                lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            docstring = node.body[0]
            lines.difference_update(
                range(docstring.lineno, docstring.end_lineno + 1)
            )
    return lines


def count_node(node: ast.AST, counts: Counter[str]) -> None:
    """Add what one syntax node says."""
    if isinstance(node, (ast.expr, ast.stmt)):
        counts["nodes"] += 1
    if isinstance(node, ast.IfExp):
        counts["conditionals"] += 1
    if isinstance(node, ast.Assign):
        counts["assignments"] += 1
        if isinstance(node.targets[0], ast.Tuple) and isinstance(
            node.value, ast.Tuple
        ):
            counts["packed"] += 1
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        count_name(node.id, counts)
    if isinstance(node, FUNCTIONS):
        count_function(node, counts)


def count_name(name: str, counts: Counter[str]) -> None:
    """Add a variable or parameter."""
    counts["names"] += 1
    if name in VAGUE_NAMES:
        counts["vague"] += 1
    if len(name) == 1 and name != "_":
        counts["one_letter"] += 1


def count_function(
    function: ast.FunctionDef | ast.AsyncFunctionDef, counts: Counter[str]
) -> None:
    """Add a function: its name, its parameters, and how densely it branches."""
    counts["functions"] += 1
    is_special = function.name.startswith("__")
    if not is_special and "_" not in function.name.strip("_"):
        counts["one_word"] += 1
    for parameter in function.args.posonlyargs + function.args.args:
        count_name(parameter.arg, counts)
        annotation = parameter.annotation
        if isinstance(annotation, ast.Name) and annotation.id == "bool":
            counts["positional_booleans"] += 1
    branches = sum(branches_of(function))
    length = function.end_lineno - function.body[0].lineno + 1
    if branches >= MIN_BRANCHES and length <= 2 * branches:
        counts["dense"] += 1


def branches_of(function: ast.AST) -> Iterator[int]:
    """Yield 1 for each branch, and for each `and` or `or` its further operands."""
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            yield 1
        if isinstance(node, ast.BoolOp):
            yield len(node.values) - 1


if __name__ == "__main__":
    main()
