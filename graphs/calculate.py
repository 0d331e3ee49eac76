"""Program-aided answers: a closed language of names, numbers and arithmetic, worked out in decimals.

A program is lines of `name = expression` or an expression; the last line is the result. There are numbers, the operators
`+ - * / // % **`, brackets, names given before, and the functions `min max abs round floor ceil sum`. Nothing else parses, and
nothing is ever handed to the interpreter.

Covers: length, depth, size of numbers, powers, division by zero.
Does not cover: whether the program fits the question; the steps are shown for that.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext

from rag_app.errors import CalculationError

MAX_PROGRAM_CHARS = 2000
MAX_LINES = 40
MAX_NODES = 400
MAX_DEPTH = 40
MAX_EXPONENT = 1000
_CONTEXT = Context(prec=34, Emax=10_000, Emin=-10_000)


@dataclass(frozen=True, slots=True)
class Calculation:
    """A result and how it came about: one `name = value` or `expression = value` per line of the program."""

    result: Decimal
    steps: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The result with thousands separators, at most six decimals and no trailing zeros."""
        return shown_number(self.result)


def shown_number(value: Decimal) -> str:
    """A number as a person writes it: `1,234.5`; at most six decimals."""
    rounded = value.quantize(Decimal("0.000001")) if abs(value) < Decimal("1e20") else value
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def calculate(program: str) -> Calculation:
    """Work a program out.

    Raises:
        CalculationError: names what the language does not have, or which limit was passed.
    """
    if len(program) > MAX_PROGRAM_CHARS:
        raise CalculationError(f"the program has {len(program)} characters, but {MAX_PROGRAM_CHARS} are allowed")
    lines = [line.strip() for line in program.strip().splitlines() if line.strip() and not line.strip().startswith("#")]
    if not lines or len(lines) > MAX_LINES:
        raise CalculationError(f"the program has {len(lines)} lines, but 1 to {MAX_LINES} are expected")
    names: dict[str, Decimal] = {}
    steps: list[str] = []
    value = Decimal(0)
    with localcontext(_CONTEXT):
        for line in lines:
            name, expression = _parse(line)
            try:
                value = _value(expression, names, 0)
            except DecimalException as error:
                raise CalculationError(f"{line!r} cannot be worked out: {type(error).__name__}") from error
            if name is not None:
                names[name] = value
            steps.append(f"{line} = {shown_number(value)}" if not _is_plain(expression) else line)
    return Calculation(+value, tuple(steps))


def _parse(line: str) -> tuple[str | None, ast.expr]:
    try:
        tree = ast.parse(line, mode="exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CalculationError(f"{line[:80]!r} is no arithmetic; write `name = expression`") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise CalculationError(f"{line[:80]!r} is too long a formula; split it into lines")
    match tree.body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
            return name, value
        case [ast.Expr(value=value)]:
            return None, value
    raise CalculationError(f"{line[:80]!r} is no arithmetic; write `name = expression`")


def _value(node: ast.expr, names: Mapping[str, Decimal], depth: int) -> Decimal:
    if depth > MAX_DEPTH:
        raise CalculationError(f"brackets are nested deeper than {MAX_DEPTH}")
    match node:
        case ast.Constant(value=bool()):
            raise CalculationError("True and False are no numbers")
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.Name(id=name):
            if name not in names:
                raise CalculationError(f"{name!r} has no value; known: {', '.join(names) or 'none'}")
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names, depth + 1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, names, depth + 1)
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _value(left, names, depth + 1), _value(right, names, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            least, most, function = _FUNCTIONS[name]
            if not least <= len(args) <= most:
                raise CalculationError(f"{name} takes {least} to {most} numbers, not {len(args)}")
            return function(*(_value(arg, names, depth + 1) for arg in args))
    raise CalculationError(
        f"{ast.unparse(node)[:80]!r} is outside the language: numbers, names, + - * / // % ** and {', '.join(_FUNCTIONS)}"
    )


def _binary(operator: ast.operator, left: Decimal, right: Decimal) -> Decimal:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div() | ast.FloorDiv() | ast.Mod() if right == 0:
            raise CalculationError("division by zero")
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return (left / right).to_integral_value(ROUND_FLOOR)
        case ast.Mod():
            return left - right * (left / right).to_integral_value(ROUND_FLOOR)
        case ast.Pow():
            if abs(right) > MAX_EXPONENT:
                raise CalculationError(f"the exponent {right} is beyond {MAX_EXPONENT}")
            return left**right
    raise CalculationError(f"the operator {type(operator).__name__} is outside the language")


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Half away from zero, as money is rounded."""
    if places != places.to_integral_value() or not -30 <= places <= 30:
        raise CalculationError(f"round takes a whole number of places from -30 to 30, not {places}")
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)


def _sum(*values: Decimal) -> Decimal:
    return sum(values, Decimal(0))


def _is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


_FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Decimal]]] = {
    "min": (1, 20, min),
    "max": (1, 20, max),
    "sum": (1, 20, _sum),
    "abs": (1, 1, abs),
    "round": (1, 2, _round),
    "floor": (1, 1, lambda value: value.to_integral_value(ROUND_FLOOR)),
    "ceil": (1, 1, lambda value: value.to_integral_value(ROUND_CEILING)),
}
