"""The graph of a pipeline that ends with trees, and where it can be, without what stands before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keepfit.errors import TrainingError
from keepfit.scoring.graph import OUTPUT
from keepfit.training.finished import finished
from keepfit.training.nodes import INPUT, OPSET, Nodes, probabilities_output
from keepfit.training.pipeline_sources import pipeline_sources
from keepfit.training.sources import column_fillers, folded
from keepfit.training.steps import register_steps
from keepfit.training.tree_node import tree_node
from keepfit.training.trees import Tree, merged


def tree_graph(front: Any, width: int, trees: Sequence[Tree], base: float, *, is_mean: bool) -> bytes:
    """Return the graph of trees over a fitted front.

    The trees ask the matrix itself where every feature follows from one column of it; else the front is converted.

    Parameters
    ----------
    front
        A pipeline without its estimator.
    width
        Columns of the matrix.
    trees, base
        The trees over the front's features, and what their leaves add to.
    is_mean
        Whether the mean of the leaves is the probability; otherwise their sum is its logit.
    """
    nodes = Nodes("trees")
    sources = pipeline_sources(front)
    fillers = None if sources is None else column_fillers(sources, width)
    if sources is None or fillers is None:
        model = converted(front, width)
        (made,) = (output.name for output in model.graph.output)
    else:
        model, made = None, nodes.filled(INPUT, fillers)
        trees = [folded(tree, sources) for tree in trees]
    nodes.nodes.append(tree_node([(0, 1.0, merged(tree)) for tree in trees], [base], made, "sums", is_mean=is_mean))
    (nodes.both_classes if is_mean else nodes.both_logits)("sums", OUTPUT)
    if model is None:
        return finished(nodes.model(width))
    nodes.append_to(model.graph)
    del model.graph.output[:]
    model.graph.output.append(probabilities_output())
    return finished(model)


def converted(part: Any, width: int, options: dict[str, Any] | None = None) -> Any:
    """Return what skl2onnx makes of a fitted pipeline over a float32 matrix.

    Raises
    ------
    TrainingError
        When it has no converter for a part.
    """
    from skl2onnx import to_onnx  # noqa: PLC0415 - heavy, and only for those who train
    from skl2onnx.common.data_types import FloatTensorType  # noqa: PLC0415 - as above

    register_steps()
    matrix = [(INPUT, FloatTensorType([None, width]))]
    try:
        return to_onnx(part, initial_types=matrix, options=options, target_opset=OPSET)
    except Exception as error:  # its exceptions have no common base, and a part may be another package's
        said = str(error).strip().partition("\n")[0]
        raise TrainingError(
            f"no graph can hold it ({type(error).__name__}: {said[:200]})",
            where="export",
            hint='leave it out, or declare [project] pipelines = "apart"',
        ) from error
