"""Who is champion while a stream goes on, and how its challenger takes over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keepfit.bundle import Bundle
from keepfit.errors import KeepfitError, StreamError
from keepfit.journal import Journal
from keepfit.registry import promotions
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.course import Answerer
from keepfit.workflows.stream.making_version import make_version, register_again, version_of_batch
from keepfit.workflows.stream.opening import OpenStream, answerer
from keepfit.workflows.tracking_attempts import Attempts


class Succession:
    """The champion of a stream.

    Parameters
    ----------
    rooms, journal
        The project.
    opened
        The stream.
    attempts
        Told what MLflow could not be.
    say
        Told what a person should know.

    Raises
    ------
    StreamError
        When the champion takes other columns than the stream.
    """

    def __init__(
        self, rooms: Rooms, journal: Journal, opened: OpenStream, attempts: Attempts, say: Callable[[str], None]
    ) -> None:
        self._rooms, self._journal, self._opened, self._attempts, self._say = rooms, journal, opened, attempts, say
        self.champion = self._answerer(rooms.store.champion())

    def follow(self) -> None:
        """Look who is champion: somebody may have promoted another, or rolled back.

        Raises
        ------
        StreamError
            When it takes other columns than the stream.
        """
        pointer = self._rooms.store.pointer("champion")
        if pointer is not None and pointer.version != self.champion.version:
            self.champion = self._answerer(self._rooms.store.pointed(pointer))
            self._say(f"v{pointer.version} is champion now, by another's word")

    def take_over(self, facts: BatchFacts, *, is_resumed: bool = False) -> BatchFacts:
        """Let the challenger of a batch take over as declared; return the batch with what became of it.

        Whatever forbids it is told with the batch, and the comparison begins anew: the same is not tried again at the
        next one.

        Parameters
        ----------
        facts
            The newest batch, after which the challenger is better.
        is_resumed
            Whether some of it may have been done before an end that nobody asked for.
        """
        course = self._opened.course
        try:
            facts = self._taken_over(facts, is_resumed=is_resumed)
        except KeepfitError as error:
            facts = replace(facts, refusal=str(error))
            self._say(f"batch {facts.number}: the challenger is better, and cannot take over: {error}")
        if facts.promoted is None:
            course.compare_anew()
        return facts

    def _taken_over(self, facts: BatchFacts, *, is_resumed: bool) -> BatchFacts:
        bundle = version_of_batch(self._rooms, self._opened.origin, facts.number) if is_resumed else None
        if bundle is None:
            bundle = make_version(self._rooms, self._opened.origin, self._opened.course, facts, self._attempts)
        else:
            register_again(self._rooms, bundle, self._attempts)
        version = bundle.facts.version
        if self._rooms.project.stream.takes_over == "proposes":
            self._say(
                f"batch {facts.number}: v{version} is better, `keepfit promote {version}`: {facts.takeover.reason}"
            )
            return replace(facts, proposed=version)
        ledger = promotions(self._journal, self._rooms.project.name)
        if bundle.digest not in (entry.digest for entry in ledger):  # it may have been rolled back since
            self._promote(bundle, facts)
        self.champion = self._answerer(self._rooms.store.champion())
        self._opened.course.follow(self.champion)
        if self.champion.version == version:
            self._say(f"batch {facts.number}: v{version} is champion: {facts.takeover.reason}")
        return replace(facts, promoted=version)

    def _promote(self, bundle: Bundle, facts: BatchFacts) -> None:
        registry = self._rooms.registry(self._journal)
        now = registry.repair()
        promoted = registry.promote(
            bundle.facts.version,
            actor=self._rooms.actor,
            reason=f"stream, batch {facts.number}: {facts.takeover.reason}",
            evidence={
                "batch": facts.to_dict(),
                "protocol": bundle.facts.protocol,
                "learnt": self._learnt(facts.number),
            },
            expected=facts.champion if now else None,  # with any other it was not compared
        )
        if promoted.mirror_fault:
            self._say(f"MLflow's alias does not say so yet: {promoted.mirror_fault}")

    def _learnt(self, until: int) -> list[dict[str, object]]:
        """Return the batches that were learnt since the version before: where they came from, and how many rows."""
        found: list[dict[str, object]] = []
        for facts in reversed(self._opened.journey.history):
            if facts.promoted is not None:
                break
            if facts.number <= until:
                found.append({"batch": facts.number, "name": facts.name, "key": facts.key, "rows": facts.rows})
        return found[::-1]

    def _answerer(self, bundle: Bundle) -> Answerer:
        ours, theirs = (
            {(at, one.name, one.kind, one.format, one.categories) for at, one in enumerate(signature.columns)}
            for signature in (self._opened.origin.signature, bundle.facts.signature)
        )
        if ours != theirs:
            changed = ", ".join(sorted({name for _, name, *_ in ours ^ theirs}))
            raise StreamError(
                f"v{bundle.facts.version} is champion, and takes other columns than this stream ({changed})",
                where=str(self._opened.states.folder),
                hint="promote a version that takes the same, or begin anew with --restart",
            )
        return answerer(bundle, self._rooms)
