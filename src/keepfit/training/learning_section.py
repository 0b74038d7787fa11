"""Would more rows help: the part of a training's page, and the sentence, that say it."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.evaluation import METRICS
from keepfit.reporting import Block, Bullets, Section
from keepfit.reporting.figures import Curve, curve_chart
from keepfit.training.learning_curve import LearningCurve


def learning_sections(curve: LearningCurve | None) -> Iterator[Section]:
    """Compose the curve with its sentence; nothing where none was asked for."""
    if curve is None:
        return
    title = METRICS[curve.metric].title
    points = [(float(point.rows), point.score.value) for point in curve.points]
    ends = [(point.score.low, point.score.high) for point in curve.points]
    chart = curve_chart(
        "Learning", [Curve("the best recipe", points, ends)], x_name="training rows", y_name=title, is_share=False
    )
    blocks: list[Block] = [chart]
    if curve.left_out:
        blocks.append(Bullets([f"Not fitted: {one}." for one in curve.left_out]))
    lead = "The best recipe, fitted on a part of the training rows and scored on the same held-out rows."
    yield Section("Would more rows help?", blocks, lead=f"{learning_sentence(curve)} {lead}")


def learning_sentence(curve: LearningCurve) -> str:
    """Say what the last rows added."""
    if curve.gain is None:
        return "No share of the training rows could be fitted."
    fewer, whole = curve.points[-2:]
    gain, title = curve.gain, METRICS[curve.metric].title
    change = f"From {fewer.rows:,} to {whole.rows:,} training rows, {title}"
    number = f"{abs(gain.value):.4f} (95 % interval of the gain: {gain.low:+.4f} to {gain.high:+.4f})"
    if gain.low > 0:
        return f"{change} improves by {number}: more rows of the same kind are likely to help."
    if gain.high < 0:
        return f"{change} worsens by {number}: more rows of the same kind are not what it lacks."
    way = "improves" if gain.value >= 0 else "worsens"
    return f"{change} {way} by {number}, which may be chance: more rows of the same kind are not shown to help."
