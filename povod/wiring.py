"""Builds what the packages need out of the configuration: policies, detector, linker, settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from crawler.policy import FetchPolicy
from leads.contacts.suppression import Suppressions
from leads.linking.linker import Linker
from leads.linking.records import Key, Mention
from leads.linking.renewal import content_version, current_index
from leads.linking.weights import DEFAULT_WEIGHTS, Thresholds
from leads.linking.weights_file import WeightsFault, read_weights
from leads.process import Searching
from leads.settings import ProcessSettings, Target
from models import MuteEntry, Search
from povod.config.load import LoadedConfig
from povod.console import note
from povod.faults import ConfigFaults, UserError, nearest
from triggers.detector import Detector
from triggers.entities import PipelineFault
from triggers.kinds import KINDS
from triggers.loader import load_rules


def load_detector(loaded: LoadedConfig) -> Detector:
    """Load the rules that povod brings along and the user's own.

    Raises:
        triggers.faults.RuleFaults: all that is wrong with them.
        ConfigFaults: a rule that is switched off does not exist, or a spaCy pipeline that the configuration names
            cannot be used.
    """
    rules = loaded.config.rules
    _refuse_unknown_disabled(loaded)
    try:
        return Detector.load(
            [loaded.path(pack) for pack in rules.packs],
            sensitive=loaded.config.privacy.sensitive,
            disabled=rules.disabled,
            pipelines=rules.pipelines or None,
        )
    except PipelineFault as fault:
        raise ConfigFaults([loaded.fault(("rules", "pipelines"), str(fault))]) from None


def _refuse_unknown_disabled(loaded: LoadedConfig) -> None:
    """A misspelled name would leave a rule on that the user believes to be off."""
    config = loaded.config.rules
    if not config.disabled:
        return
    rules = load_rules([loaded.path(pack) for pack in config.packs]).rules
    known = sorted({*KINDS, *(rule.name for rule in rules)})
    known_ids = {rule.id for rule in rules}
    faults = [
        loaded.fault(("rules", "disabled", index), f"there is no rule or kind '{word}'{nearest(word, known)}")
        for index, word in enumerate(config.disabled)
        if word not in known and word not in known_ids
    ]
    if faults:
        raise ConfigFaults(faults)


def fetch_policy(loaded: LoadedConfig) -> FetchPolicy:
    """Return how sources are to be read."""
    fetch = loaded.config.fetch
    return FetchPolicy(
        user_agent=fetch.user_agent,
        concurrency=fetch.concurrency,
        min_interval=fetch.min_interval.total_seconds(),
        max_interval=fetch.max_interval.total_seconds(),
        timeout=fetch.timeout.total_seconds(),
        max_size=fetch.max_size,
        max_redirects=fetch.max_redirects,
        obey_robots=fetch.obey_robots,
        jitter=fetch.jitter,
        allow_networks=tuple(fetch.allow_networks),
    )


def targets(session: Session, loaded: LoadedConfig) -> tuple[Target, ...]:
    """Return where leads are delivered to, those of saved searches to the targets that these name."""
    hooks = loaded.config.deliver.webhooks
    if not hooks:
        return ()
    rows = session.execute(select(Search.name, Search.settings).where(Search.state == "active"))
    named = {
        f"search:{name}": _texts(settings["deliver"]) for name, settings in rows if "deliver" in settings
    }
    return tuple(
        Target(
            hook.name,
            hook.min_score,
            frozenset(hook.kinds),
            asked=frozenset(kind for kind, names in named.items() if hook.name in names),
            elsewhere=frozenset(kind for kind, names in named.items() if hook.name not in names),
        )
        for hook in hooks
    )


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A linker over all contacts and companies, and a version that changes whenever they or its numbers do."""

    linker: Linker
    version: str


def load_linker(session: Session, loaded: LoadedConfig) -> Acquaintance:
    """Return whom the user knows, ready to be linked; the index of them is kept beside the database.

    Raises:
        UserError: the file of fitted weights cannot be used.
    """
    linking = loaded.config.linking
    thresholds = Thresholds(link=linking.link_at, review=linking.review_at)
    try:
        fitted = read_weights(loaded.path(linking.weights))
    except WeightsFault as fault:
        raise UserError(str(fault)) from None
    weights = fitted.weights if fitted else DEFAULT_WEIGHTS
    me = loaded.config.me
    index = current_index(session, loaded.index_file(), note, (me.name, *me.emails))
    linker = Linker.over(index.people, index.organisations, thresholds=thresholds, weights=weights)
    return Acquaintance(linker, content_version(index, repr(thresholds), repr(weights) if fitted else ""))


def load_searches(session: Session, loaded: LoadedConfig, known: Acquaintance) -> Searching | None:
    """Return the saved searches ready for processing, and make stored posts due that a change of them concerns.

    Raises:
        UserError: they do not fit together, or name what is not there.
    """
    kept = select(exists().where(Search.id > 0) | exists().where(MuteEntry.id > 0))
    if not (loaded.searches or loaded.mutes or session.scalar(kept)):
        return None
    from povod import search_book  # noqa: PLC0415 -- most configurations need none of the query language

    return search_book.for_processing(session, loaded, known.linker)


def process_settings(
    session: Session, loaded: LoadedConfig, suppression_key: bytes | None
) -> ProcessSettings:
    """Return what processing needs to be told."""
    suppressions = Suppressions.load(session, suppression_key)
    return ProcessSettings(
        muted=_muted(session, loaded),
        sensitive=loaded.config.privacy.sensitive,
        targets=targets(session, loaded),
        suppressed=partial(_is_suppressed, suppressions.cover) if suppressions else None,
    )


def _muted(session: Session, loaded: LoadedConfig) -> str:
    """What tells one mute list from another; "" while nothing is muted."""
    if not loaded.mutes and session.scalar(select(MuteEntry.id).limit(1)) is None:
        return ""
    from povod import search_book  # noqa: PLC0415 -- most configurations need none of the query language
    from triggers.search.mutes import fingerprint  # noqa: PLC0415

    return fingerprint(search_book.muted(session, loaded))


def _is_suppressed(cover: Callable[[tuple[Key, ...], str, str], bool], mention: Mention) -> bool:
    keys = []
    if mention.handle:
        keys.append(Key("handle", mention.handle, mention.platform))
    if mention.email:
        keys.append(Key("email", mention.email))
    if mention.url:
        keys.append(Key("url", mention.url))
    return cover(tuple(keys), mention.name, mention.company)
