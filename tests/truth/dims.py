# SPDX-License-Identifier: Apache-2.0
"""Dimensions as onnxray writes them: numbers, symbols and expressions. Shared by the infer_* tests.

An expression has + - * / // ^, floor, ceil, max, min, mod, parentheses and symbols. A symbol is a
name of letters, digits, '_' and '.', or any text that the caller knows as one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

Dim = int | str | None
Shape = list[Dim] | None
Values = Mapping[str, int]

NAME = re.compile(r"[^\W\d][\w.]*|[^\x00-\x7f]+")
TOKEN = re.compile(r"\s*(?:(\d+)|(//|\*\*|[-+*/^%(),])|(\x00\d+\x00)|([^\W\d][\w.]*))")
WORDS = {"floor": 1, "ceil": 1, "max": 2, "min": 2, "mod": 2}


class Unreadable(ValueError):
    """Not an expression."""


class Unbound(KeyError):
    """A symbol without a value."""


def is_symbol(dim: Dim) -> bool:
    return isinstance(dim, str) and bool(NAME.fullmatch(dim))


class Reader:
    """Evaluates on the way: recursive descent."""

    def __init__(self, text: str, values: Values) -> None:
        self.values = values
        self.odd = sorted((name for name in values if not NAME.fullmatch(name)), key=len,
                          reverse=True)
        for i, name in enumerate(self.odd):
            text = text.replace(name, f"\0{i}\0") if name else text
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise Unreadable(text)
            kind = next(i for i in range(1, 5) if found[i] is not None)
            self.tokens.append(("noxs"[kind - 1], found[kind]))
            at = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if token == "" or (wanted and token not in wanted):
            raise Unreadable(f"{token!r}, expected {wanted}")
        self.at += 1
        return token

    def sum(self) -> Fraction:
        result = self.product()
        while self.peek() in ("+", "-"):
            result = result + self.product() if self.take() == "+" else result - self.product()
        return result

    def product(self) -> Fraction:
        result = self.signed()
        while self.peek() in ("*", "/", "//", "%"):
            sign, other = self.take(), self.signed()
            if sign == "*":
                result *= other
            elif other == 0:
                raise Unbound("division by zero")
            elif sign == "%":
                result -= other * math.floor(result / other)
            else:
                result = result / other if sign == "/" else Fraction(math.floor(result / other))
        return result

    def signed(self) -> Fraction:
        if self.peek() == "-":
            self.take()
            return -self.signed()
        base = self.atom()
        if self.peek() in ("^", "**"):
            self.take()
            return base ** self.signed()
        return base

    def atom(self) -> Fraction:
        kind = self.tokens[self.at][0] if self.at < len(self.tokens) else ""
        token = self.take()
        if kind == "n":
            return Fraction(int(token))
        if kind == "x":
            return Fraction(self.values[self.odd[int(token[1:-1])]])
        if token == "(":
            result = self.sum()
            self.take(")")
            return result
        if kind == "s" and token in WORDS and self.peek() == "(":
            return self.call(token)
        if kind != "s":
            raise Unreadable(token)
        if token not in self.values:
            raise Unbound(token)
        return Fraction(self.values[token])

    def call(self, word: str) -> Fraction:
        self.take("(")
        found = [self.sum()]
        while self.peek() == ",":
            self.take()
            found.append(self.sum())
        self.take(")")
        if word == "floor":
            return Fraction(math.floor(found[0]))
        if word == "ceil":
            return Fraction(math.ceil(found[0]))
        if word == "mod":
            return found[0] - found[1] * math.floor(found[0] / found[1])
        return max(found) if word == "max" else min(found)


def evaluate(dim: int | str, values: Values) -> int | Fraction:
    """Value of a dimension. @raise Unbound, Unreadable"""
    if isinstance(dim, int):
        return dim
    if dim in values:
        return values[dim]
    reader = Reader(dim, values)
    result = reader.sum()
    if reader.at < len(reader.tokens):
        raise Unreadable(dim)
    return int(result) if result.denominator == 1 else result


def symbols(dim: Dim) -> set[str]:
    """Names in an expression."""
    return set() if not isinstance(dim, str) else \
        {name for name in NAME.findall(dim) if name not in WORDS}


def bind(shapes: Iterable[tuple[Shape, list[int]]], values: dict[str, int]) -> None:
    """Gives symbols that stand alone as a dimension the number that is found there."""
    for ours, truth in shapes:
        if ours is None or len(ours) != len(truth):
            continue
        for dim, number in zip(ours, truth):
            if isinstance(dim, str) and is_symbol(dim):
                values.setdefault(dim, number)


def agrees(dim: Dim, number: int, values: dict[str, int]) -> bool | None:
    """Whether a dimension has this value; None: its symbols are not all known."""
    if dim is None:
        return None
    try:
        return evaluate(dim, values) == number
    except Unbound:
        return None
