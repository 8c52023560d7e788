"""The rules by which Mozilla's HTTP Observatory grades a site, as far as headers and cookies decide.

From github.com/mdn/mdn-http-observatory (src/analyzer/tests, src/grader/charts.js), version 1.4.8. Left out is what
needs a network: redirects from HTTP, the list of preloaded domains, scripts of other sites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SIX_MONTHS = 15_768_000
BASE, LEAST_FOR_EXTRA = 100, 90
GRADES = (
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (45, "C-"),
    (40, "D+"),
    (30, "D"),
    (25, "D-"),
    (0, "F"),
)
BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
INLINE = {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}


@dataclass(frozen=True)
class Answer:
    """What the rules look at of one answer; names of headers in lower case."""

    headers: Mapping[str, str]
    cookies: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Verdict:
    """Points and grade, and what each rule gave."""

    score: int
    grade: str
    points: Mapping[str, int]


def judge(answer: Answer) -> Verdict:
    """Grade an answer; extra points count only where nothing much is missing."""
    points = {name: rule(answer) for name, rule in RULES.items()}
    score = BASE + sum(number for number in points.values() if number < 0)
    if score >= LEAST_FOR_EXTRA:
        score += sum(number for number in points.values() if number > 0)
    score = max(score, 0)
    return Verdict(score, next(grade for least, grade in GRADES if score >= least), points)


def policy_of(answer: Answer) -> dict[str, set[str]]:
    """Return the directives of the content policy."""
    directives: dict[str, set[str]] = {}
    for part in answer.headers.get("content-security-policy", "").lower().split(";"):
        name, *sources = part.split() or [""]
        if name:
            directives.setdefault(name, set(sources))
    return directives


def content_policy(answer: Answer) -> int:
    policy = policy_of(answer)
    if not policy:
        return -25
    usual = policy.get("default-src", {"*"})
    scripts, styles, objects = (
        policy.get(name, usual) for name in ("script-src", "style-src", "object-src")
    )
    passive = policy.get("img-src", usual) | policy.get("media-src", usual)
    active = set().union(*(policy[name] for name in policy if name not in {"img-src", "media-src"}))
    if scripts & (BROAD | INLINE) or objects & BROAD or _in_clear(active):
        return -20
    if "'unsafe-eval'" in scripts | styles or _in_clear(passive):
        return -10
    if styles & (BROAD | INLINE):
        return 0
    return 10 if policy.get("default-src") == {"'none'"} else 5


def cookies(answer: Answer) -> int:
    worst = 5
    is_kept_on_https = strict_transport(answer) == 0
    for cookie in answer.cookies:
        pair, *flags = (part.strip().lower() for part in cookie.split(";"))
        name = pair.partition("=")[0]
        has_site = any(flag.startswith("samesite=") for flag in flags)
        is_session = "sess" in name or "login" in name
        found = 5 if has_site else 0
        if "secure" not in flags:
            found = min(found, -5 if is_kept_on_https else -20)
            if is_session:
                found = min(found, -10 if is_kept_on_https else -40)
        if "csrf" in name and not has_site:
            found = min(found, -20)
        if is_session and "httponly" not in flags:
            found = min(found, -30)
        worst = min(worst, found)
    return worst if answer.cookies else 0


def strict_transport(answer: Answer) -> int:
    header = answer.headers.get("strict-transport-security", "").lower()
    ages = [part.strip()[8:] for part in header.split(";") if part.strip().startswith("max-age=")]
    if not ages or not ages[0].isdigit() or "," in header:
        return -20
    return 0 if int(ages[0]) >= SIX_MONTHS else -10


def frames(answer: Answer) -> int:
    if "frame-ancestors" in policy_of(answer):
        return 5
    header = answer.headers.get("x-frame-options", "").strip().lower()
    return 5 if header in {"deny", "sameorigin"} else -20


def referrer(answer: Answer) -> int:
    header = answer.headers.get("referrer-policy")
    if header is None:
        return 0
    return 5 if header.split(",")[-1].strip().lower() in PRIVATE_REFERRERS else -5


def content_type(answer: Answer) -> int:
    return 0 if answer.headers.get("x-content-type-options", "").lower() == "nosniff" else -5


def resource_policy(answer: Answer) -> int:
    return _one_of(
        answer, "cross-origin-resource-policy", {"same-origin", "same-site"}, "cross-origin"
    )


def embedder_policy(answer: Answer) -> int:
    good = {"require-corp", "credentialless"}
    return _one_of(answer, "cross-origin-embedder-policy", good, "unsafe-none")


def opener_policy(answer: Answer) -> int:
    good = {"same-origin", "same-origin-allow-popups", "noopener-allow-popups"}
    return _one_of(answer, "cross-origin-opener-policy", good, "unsafe-none")


def shared_with_others(answer: Answer) -> int:
    allowed = answer.headers.get("access-control-allow-origin")
    with_credentials = answer.headers.get("access-control-allow-credentials") == "true"
    return -50 if allowed and with_credentials else 0


def _one_of(answer: Answer, name: str, good: set[str], neutral: str) -> int:
    header = answer.headers.get(name, neutral).strip().lower()
    if header in good:
        return 10
    return 0 if header == neutral else -5


def _in_clear(sources: set[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


RULES = {
    "content policy": content_policy,
    "cookies": cookies,
    "strict transport": strict_transport,
    "frames": frames,
    "referrer": referrer,
    "content type": content_type,
    "resource policy": resource_policy,
    "embedder policy": embedder_policy,
    "opener policy": opener_policy,
    "shared with others": shared_with_others,
}
