"""The schema of povod.yml. Every field's description is its entry in docs/configuration.md."""

from __future__ import annotations

import ipaddress
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from povod.config.values import Duration, SecretReference, Size

NAME = re.compile(r"[^\W_][\w.@ -]{0,99}")
LANGUAGE = re.compile(r"[a-z]{2,3}")


def _check_name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError(
            "a name is 1 to 100 letters, digits, spaces or . _ - @, and starts with a letter or digit"
        )
    return value


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # half a bracket, a port that is no number
        usable = False
    if not usable:
        raise ValueError("an address here starts with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("a user name or password does not belong in an address")
    return value


def _check_user_agent(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError(
            "a user agent is one line of ASCII letters, digits and signs: it is sent in a header"
        )
    return value


def _check_language(value: str) -> str:
    if not LANGUAGE.fullmatch(value):
        raise ValueError("a language is its code of two or three small letters, such as en or ru")
    return value


def _check_network(value: str) -> str:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise ValueError("a network is written like 127.0.0.0/8, 10.1.2.0/24 or ::1/128") from None
    return value


Name = Annotated[str, AfterValidator(_check_name)]
Url = Annotated[str, AfterValidator(_check_url)]
Network = Annotated[str, AfterValidator(_check_network)]
Language = Annotated[str, AfterValidator(_check_language)]
UserAgent = Annotated[str, Field(min_length=3), AfterValidator(_check_user_agent)]


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceConfig(Section):
    """Something to read on a schedule."""

    name: Name = Field(description="What you call it. Unique among all sources.")
    url: Url = Field(description="Address of a feed, or of a page that names its feed.")
    kind: Literal["feed"] = Field("feed", description="What kind of source it is.")
    language: Language | None = Field(
        None, description="Two-letter code of its posts' language. Found out post by post when left out."
    )
    interval: Duration | None = Field(
        None, description="How often to read it. When left out, it follows what the source publishes."
    )
    tags: list[str] = Field(default_factory=list, description="Your own words to group sources by.")
    paused: bool = Field(False, description="Keep it, but do not read it.")
    people: Literal["known", "any"] | None = Field(
        None,
        description="Whom signals may be about; see `privacy.people`, whose value it takes when left out.",
    )
    basis: str | None = Field(
        None, description="The lawful basis for `people: any`, in your words. Kept with the source."
    )
    retention: Duration | None = Field(
        None,
        description="How long its posts are kept; see `retention.posts`, whose value it takes when left out.",
    )

    @model_validator(mode="after")
    def _basis_for_any(self) -> SourceConfig:
        if self.people == "any" and not (self.basis or "").strip():
            raise ValueError("'people: any' needs a 'basis:' that says on what lawful ground")
        return self


class ContactsConfig(Section):
    """A file of contacts, read again whenever it has changed."""

    file: Path = Field(
        description="A table (CSV, XLSX), vCards, an mbox, or a folder that is a Maildir. Paths are relative to this "
        "configuration file."
    )
    kind: str = Field(
        "",
        description="What kind of file it is, where its name does not say: `csv`, `xlsx`, `vcard`, `mail`.",
    )
    mapping: dict[str, str] = Field(
        default_factory=dict,
        description="Which column is which field, where the guess is wrong: `field: column`.",
    )
    owner: str = Field("", description="Who looks after these contacts, where the file does not say.")
    region: str = Field(
        "", description="Whose phone numbers without a country code are, such as US; see `region`."
    )


class MeConfig(Section):
    """You, as far as povod needs it: to leave you out of your own contacts, and to find what you share with them."""

    name: str = Field("", description="What owners and colleagues call you.")
    emails: list[str] = Field(
        default_factory=list, description="Your own addresses: no contact is made of them."
    )
    employers: list[str] = Field(default_factory=list, description="Where you work and have worked.")
    schools: list[str] = Field(default_factory=list, description="Where you learned.")
    towns: list[str] = Field(default_factory=list, description="Where you live and come from.")
    interests: list[str] = Field(default_factory=list, description="What you like to talk about.")
    teams: list[str] = Field(default_factory=list, description="Teams and clubs that you are of.")


class RulesConfig(Section):
    """Rules beside those that povod brings along."""

    packs: list[Path] = Field(default_factory=list, description="Folders with rule files of your own.")
    disabled: list[str] = Field(
        default_factory=list, description="Kinds (`layoffs`) or rule ids that are switched off."
    )
    pipelines: dict[Language, str] = Field(
        default_factory=dict,
        description="A trained spaCy pipeline that you have installed, by language, such as `{en: en_core_web_sm}`: "
        "its entities help to tell who is meant. Nothing needs one.",
    )


class FetchConfig(Section):
    """How sources are read: politely, and never past these limits."""

    user_agent: UserAgent = Field(
        "povod/0.1 (+https://povod.example/bot)",
        description="Who is asking. Put an address in it at which the site's owner finds you.",
    )
    processes: int = Field(
        1,
        ge=1,
        le=16,
        description="Crawling processes that share the hosts among them, for many sources and processors.",
    )
    concurrency: int = Field(
        16,
        ge=1,
        le=256,
        description="Requests in flight over all hosts, of each process; one per host at most.",
    )
    min_interval: Duration = Field(
        timedelta(minutes=15), description="Never read a source more often than this."
    )
    max_interval: Duration = Field(timedelta(days=1), description="Read a quiet source at least this often.")
    timeout: Duration = Field(timedelta(seconds=60), description="A whole answer takes no longer than this.")
    max_size: Size = Field(
        10 * 1024**2, description="A whole answer is no larger than this, packed or unpacked."
    )
    max_redirects: int = Field(5, ge=0, le=20, description="Follow no more redirects than this.")
    obey_robots: bool = Field(True, description="Obey robots.txt.")
    jitter: float = Field(0.1, ge=0, le=1, description="Spread reads over this share of the interval.")
    allow_networks: list[Network] = Field(
        default_factory=list,
        description="Private networks that sources may be in. None by default: an address in a feed must "
        "not reach into your own network.",
    )

    @model_validator(mode="after")
    def _interval_order(self) -> FetchConfig:
        if self.min_interval > self.max_interval:
            raise ValueError("min_interval is longer than max_interval")
        return self


class RetentionConfig(Section):
    """How long data is kept."""

    posts: Duration | None = Field(
        timedelta(days=730),
        description="Posts stored longer ago than this are blanked, with what was found in them, unless a lead rests on them. "
        "`null` keeps them for ever.",
    )


class PrivacyConfig(Section):
    """Whom povod may speak of, and of what."""

    people: Literal["known", "any"] = Field(
        "known",
        description="`known`: signals about private people are kept only if they are contacts of yours. "
        "`any` needs a `basis`.",
    )
    basis: str | None = Field(None, description="The lawful basis for `people: any`, in your words.")
    sensitive: bool = Field(
        False, description="Also find illness, bereavement and pregnancy: to be remembered, never pitched on."
    )
    suppression_key: SecretReference | None = Field(
        None,
        description="Secret that hashes of forgotten people are keyed with: `{env: NAME}` or `{file: PATH}`.",
    )

    @model_validator(mode="after")
    def _basis_for_any(self) -> PrivacyConfig:
        if self.people == "any" and not (self.basis or "").strip():
            raise ValueError("'people: any' needs a 'basis:' that says on what lawful ground")
        return self


class MuteConfig(Section):
    """Posts that nobody wants to hear of: whatever is found in them is dropped, and counted."""

    authors: list[str] = Field(
        default_factory=list, description="Words of the author's name or handle, as `author:` has them."
    )
    sites: list[str] = Field(default_factory=list, description="Hosts, with all below them.")
    words: list[str] = Field(
        default_factory=list,
        description="Words in the post: one in all its forms, several side by side and as they are.",
    )
    queries: list[str] = Field(
        default_factory=list, description="Whatever these [queries](saved-searches.md) match."
    )


class LinkingConfig(Section):
    """When a signal is tied to a contact."""

    link_at: float = Field(0.9, gt=0, le=1, description="At or above this probability it is tied by itself.")
    review_at: float = Field(0.5, ge=0, le=1, description="At or above this it waits for a person to decide.")
    weights: Path = Field(
        Path("linking-weights.json"),
        description="The file of weights that `povod links fit --write` writes; without one, those that povod brings along hold.",
    )

    @model_validator(mode="after")
    def _order(self) -> LinkingConfig:
        if self.review_at > self.link_at:
            raise ValueError("review_at is above link_at")
        return self


class WebhookConfig(Section):
    """A web address that every lead is sent to, signed per Standard Webhooks."""

    name: Name = Field(description="What you call it. Unique among targets.")
    url: Url = Field(description="Where leads are sent.")
    secret: SecretReference = Field(
        description="The signing secret (`whsec_...`): `{env: NAME}` or `{file: PATH}`."
    )
    min_score: float = Field(0, ge=0, le=100, description="Send leads with at least this score.")
    kinds: list[str] = Field(default_factory=list, description="Send these kinds only; all when empty.")


class DeliveryConfig(Section):
    """Where leads are delivered to."""

    webhooks: list[WebhookConfig] = Field(default_factory=list, description="Web addresses to send leads to.")


class RunConfig(Section):
    """The loop of `povod run`."""

    every: Duration = Field(timedelta(minutes=1), description="Look this often for what is due.")
    batch: int = Field(500, ge=1, le=10_000, description="Posts processed in one transaction.")


def _database_address(value: Any) -> Any:
    """Refuse a password in the file; accept a plain path for SQLite."""
    if not isinstance(value, str | dict):
        raise ValueError("is a text such as sqlite:///povod.sqlite3, or {env: NAME}")
    if isinstance(value, str):
        try:
            parts = urlsplit(value)
        except ValueError:
            raise ValueError("this is no database address") from None
        if parts.password:
            raise ValueError("a password does not belong in this file; write the address as {env: NAME}")
        if parts.scheme.split("+")[0] not in ("sqlite", "postgresql"):
            raise ValueError("a database address starts with sqlite:/// or postgresql://")
    return value


DatabaseAddress = Annotated[str | SecretReference, BeforeValidator(_database_address)]


class Config(Section):
    """povod.yml"""

    database: DatabaseAddress = Field(
        "sqlite:///povod.sqlite3",
        description="Where everything is kept: `sqlite:///file` (relative to this file) or `postgresql://...`; "
        "`{env: NAME}` when it holds a password.",
    )
    sources: list[SourceConfig] = Field(default_factory=list, description="What to read.")
    contacts: list[ContactsConfig] = Field(default_factory=list, description="Whom you know.")
    me: MeConfig = Field(default_factory=MeConfig, description="You.")
    region: str = Field(
        "",
        description="Whose phone numbers without a country code are, such as US, where a file does not say.",
    )
    rules: RulesConfig = Field(default_factory=RulesConfig, description="What to detect.")
    searches: list[Any] = Field(
        default_factory=list,
        description="Saved searches, each with `name`, `query` and what [saved searches](saved-searches.md) lists.",
    )
    search_files: list[Path] = Field(
        default_factory=list, description="Files with more of them, each with a list `searches:`."
    )
    mute: MuteConfig = Field(default_factory=MuteConfig, description="What is not to be heard of.")
    linking: LinkingConfig = Field(
        default_factory=LinkingConfig, description="When a signal is tied to a contact."
    )
    fetch: FetchConfig = Field(default_factory=FetchConfig, description="How sources are read.")
    retention: RetentionConfig = Field(default_factory=RetentionConfig, description="How long data is kept.")
    privacy: PrivacyConfig = Field(default_factory=PrivacyConfig, description="Whom povod may speak of.")
    deliver: DeliveryConfig = Field(
        default_factory=DeliveryConfig, description="Where leads are delivered to."
    )
    run: RunConfig = Field(default_factory=RunConfig, description="The loop of `povod run`.")
