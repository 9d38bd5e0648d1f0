"""Draws a pack as an SVG: places in layers from the opening down, moves as numbered lines.

The numbers are those of the list of actions beside it. Nothing hangs on colour: what the system does itself
is dashed, an end has a double frame, a place that waits for a child a dotted one. The same pack gives the
same drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from gridsup.errors import Language
from gridsup.procedures.graph import START, by_system
from gridsup.procedures.pack import Pack, Words

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 132.0, 48.0, 36.0, 84.0, 28.0
LINE = 16.0
ROW = {"zh": 9, "en": 19}
"""Characters on a line of a box."""


@dataclass(slots=True)
class Box:
    """A place; ``x``, ``y`` its centre."""

    name: str
    layer: int
    x: float = 0.0
    y: float = 0.0
    out: list[Move] = field(default_factory=list)
    into: list[Move] = field(default_factory=list)


@dataclass(slots=True)
class Move:
    """All acts that lead from one place to another; ``system`` when only the clockwork takes them."""

    origin: str
    to: str
    numbers: list[int]
    system: bool


def numbered(pack: Pack) -> dict[str, int]:
    """Action → its number in the drawing and the list."""
    return {name: number for number, name in enumerate(pack.actions, 1)}


def svg(pack: Pack, language: Language = "zh") -> str:
    """The drawing as one SVG element, to stand inside a page."""
    boxes, moves = layout(pack)
    edges = [point[0] for move in moves for point in _points(boxes, move)]
    left = min(*(box.x - WIDTH / 2 for box in boxes.values()), *edges) - MARGIN
    right = max(*(box.x + WIDTH / 2 for box in boxes.values()), *edges) + MARGIN - left
    bottom = max(box.y for box in boxes.values()) + HEIGHT / 2 + MARGIN
    title = escape(f"{_text(pack.title, language)} v{pack.version}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} 0 {right:.0f} {bottom:.0f}" '
        f'width="{right:.0f}" height="{bottom:.0f}" role="img" aria-label="{title}" font-size="13" '
        f'fill="none" stroke="currentColor"><title>{title}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" '
        'refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" '
        'fill="currentColor" stroke="none"/></marker></defs>',
        *(_curve(boxes, move) for move in moves),
        *(_label(boxes, move) for move in moves),
        *(_box(pack, box, language) for box in boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def layout(pack: Pack) -> tuple[dict[str, Box], list[Move]]:
    """Every place with where it stands, and the moves between two places."""
    moves = list(_moves(pack))
    layers = _layers(pack, moves)
    boxes = {name: Box(name, layers[name]) for name in [START, *pack.states]}
    for move in moves:
        boxes[move.origin].out.append(move)
        boxes[move.to].into.append(move)
    rows = [[box for box in boxes.values() if box.layer == n] for n in range(max(layers.values()) + 1)]
    widest = max(len(row) for row in rows) * (WIDTH + ACROSS) - ACROSS
    for n, row in enumerate(rows):
        if n:
            row.sort(key=lambda box: (_pull(boxes, box), list(boxes).index(box.name)))
        free = (widest - (len(row) * (WIDTH + ACROSS) - ACROSS)) / 2
        for place, box in enumerate(row):
            box.x = MARGIN + free + place * (WIDTH + ACROSS) + WIDTH / 2
            box.y = MARGIN + n * (HEIGHT + DOWN) + HEIGHT / 2
    for box in boxes.values():
        box.out.sort(key=lambda move: boxes[move.to].x)
        box.into.sort(key=lambda move: boxes[move.origin].x)
    return boxes, moves


def _moves(pack: Pack) -> Iterator[Move]:
    numbers, found = numbered(pack), dict[tuple[str, str], Move]()
    for name, action in pack.actions.items():
        for origin in action.from_:
            to = action.to or origin
            if to == origin:
                continue
            move = found.setdefault((origin, to), Move(origin, to, [], True))
            move.numbers.append(numbers[name])
            move.system = move.system and by_system(action)
    yield from found.values()


def _layers(pack: Pack, moves: list[Move]) -> dict[str, int]:
    """How many moves a place is from the opening; ends that live on a side go below what leads there."""
    layers, waiting = {START: 0}, [START]
    while waiting:
        here = waiting.pop(0)
        for move in moves:
            if move.origin == here and move.to not in layers:
                layers[move.to] = layers[here] + 1
                waiting.append(move.to)
    deepest = max(layers.values()) + 1
    return {
        name: deepest if name in pack.states and pack.states[name].end else layers.get(name, deepest)
        for name in [START, *pack.states]
    }


def _pull(boxes: dict[str, Box], box: Box) -> float:
    """Where those above would like the box to stand."""
    above = [boxes[move.origin].x for move in box.into if boxes[move.origin].layer < box.layer]
    return sum(above) / len(above) if above else 0.0


def _ends(boxes: dict[str, Box], move: Move) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Where the line leaves and arrives, spread along the frames, and how far it swings out."""
    a, b = boxes[move.origin], boxes[move.to]
    at = (a.out.index(move) + 1) / (len(a.out) + 1)
    to = (b.into.index(move) + 1) / (len(b.into) + 1)
    x1, x2 = a.x + (at - 0.5) * WIDTH * 0.9, b.x + (to - 0.5) * WIDTH * 0.9
    if b.layer > a.layer:
        top = a.y + (10 if a.name == START else HEIGHT / 2)
        return (x1, top), (x2, b.y - HEIGHT / 2), 0.0
    side = 1 if b.x >= a.x else -1
    swing = (WIDTH / 2 + 22) * side
    if b.layer == a.layer:
        return (x1, a.y + HEIGHT / 2), (x2, b.y + HEIGHT / 2), 0.0
    return (a.x + side * WIDTH / 2, a.y), (b.x + side * WIDTH / 2, b.y), swing


def _points(boxes: dict[str, Box], move: Move) -> tuple[tuple[float, float], ...]:
    """The four points of the line's Bézier curve."""
    (x1, y1), (x2, y2), swing = _ends(boxes, move)
    if swing:
        return (x1, y1), (x1 + swing, y1), (x2 + swing, y2), (x2, y2)
    if y1 == y2:
        deep = 30 + min(abs(x2 - x1), 1000) * 0.06
        return (x1, y1), (x1, y1 + deep), (x2, y2 + deep), (x2, y2)
    reach = (y2 - y1) * 0.45
    bow = _bow(boxes, move)
    return (x1, y1), (x1 + bow, y1 + reach), (x2 + bow, y2 - reach), (x2, y2)


def _bow(boxes: dict[str, Box], move: Move) -> float:
    """How far a line that passes layers swings out, so that it goes beside the boxes on its way."""
    a, b = boxes[move.origin], boxes[move.to]
    passed = [one for one in boxes.values() if a.layer < one.layer < b.layer]
    low, high = min(a.x, b.x) - WIDTH / 2, max(a.x, b.x) + WIDTH / 2
    if not any(low < one.x < high for one in passed):
        return 0.0
    here = a.out.index(move)
    side = -1 if here < len(a.out) / 2 - 0.5 else 1
    return side * (WIDTH * 0.85 + 16 * here)


def _curve(boxes: dict[str, Box], move: Move) -> str:
    p = _points(boxes, move)
    dashed = ' stroke-dasharray="5 4"' if move.system else ""
    path = f"M{p[0][0]:.1f} {p[0][1]:.1f}C{p[1][0]:.1f} {p[1][1]:.1f} {p[2][0]:.1f} {p[2][1]:.1f} "
    tip = f'{p[3][0]:.1f} {p[3][1]:.1f}" marker-end="url(#tip)"'
    return f'<path {_acts(move)} d="{path}{tip}{dashed}/>'


def _acts(move: Move) -> str:
    """Which acts a line stands for, so that a page can point it out."""
    return f'class="move" data-acts="{" ".join(map(str, move.numbers))}"'


def _label(boxes: dict[str, Box], move: Move) -> str:
    """The numbers on the line, nearer to its start where many lines end at one place."""
    p = _points(boxes, move)
    t = 0.3 + 0.12 * (boxes[move.origin].out.index(move) % 3)
    u = 1 - t
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x = sum(w * one[0] for w, one in zip(weights, p, strict=True))
    y = sum(w * one[1] for w, one in zip(weights, p, strict=True))
    text = "·".join(map(str, move.numbers))
    wide = len(text) * 7.5 + 8
    return (
        f'<g {_acts(move)}><rect x="{x - wide / 2:.1f}" y="{y - 9:.1f}" width="{wide:.1f}" height="18" '
        f'rx="4" fill="Canvas" stroke-width="0.5"/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle" font-size="12" '
        f'fill="currentColor" stroke="none">{text}</text></g>'
    )


def _box(pack: Pack, box: Box, language: Language) -> str:
    if box.name == START:
        return f'<circle cx="{box.x:.1f}" cy="{box.y:.1f}" r="10" fill="currentColor" stroke="none"/>'
    state = pack.states[box.name]
    x, y = box.x - WIDTH / 2, box.y - HEIGHT / 2
    dotted = ' stroke-dasharray="2 3"' if state.waits_for == "child" else ""
    found = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{WIDTH}" height="{HEIGHT}" rx="7" fill="Canvas" '
        f'stroke-width="1.5"{dotted}/>'
    ]
    if state.end:
        found.append(
            f'<rect x="{x + 4:.1f}" y="{y + 4:.1f}" width="{WIDTH - 8}" height="{HEIGHT - 8}" rx="4"/>'
        )
    lines = _wrapped(_text(state.title, language), ROW[language])
    top = box.y - (len(lines) - 1) * LINE / 2 + 4.5
    for number, line in enumerate(lines):
        found.append(
            f'<text x="{box.x:.1f}" y="{top + number * LINE:.1f}" text-anchor="middle" fill="currentColor" '
            f'stroke="none">{escape(line)}</text>'
        )
    return "".join(found)


def _wrapped(text: str, most: int) -> list[str]:
    """At most two lines; what is longer ends in an ellipsis (the list has it in full)."""
    if len(text) <= most:
        return [text]
    cut = text.rfind(" ", 0, most + 1) if " " in text[: most + 1] else most
    first, rest = text[:cut].strip(), text[cut:].strip()
    return [first, rest if len(rest) <= most else rest[: most - 1] + "…"]


def _text(words: Words, language: Language) -> str:
    return words.zh if language == "zh" else words.en
