"""Links that show one trunk: made, opened, opened wrongly and too often, and revoked."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse

from trunks.leakcheck.acting import into_mistakes
from trunks.leakcheck.markers import Kind
from trunks.leakcheck.scene import Scene
from trunks.leakcheck.visitors import SHARE_VISITOR, found_in
from trunks.models import Share, Trunk

# The page that shows a link that was just made, and the page behind one, whose form leads to itself.
LINK = frozenset({Kind.SHARE_TOKEN})
# Who makes a link types the passphrase in sight, to pass it on.
TYPED = frozenset({Kind.PASSPHRASE})


def share(scene: Scene) -> None:
    """Make links of each kind, and open them."""
    operator, visitor = scene.visitors["operator"], scene.visitors[SHARE_VISITOR]
    passphrase = scene.report.markers.add_made_up(Kind.PASSPHRASE)
    trunk = Trunk.objects.filter(pbx=scene.pbx, kind="register").select_related("pbx").get()
    make = reverse("share-new", args=[trunk.pbx.slug, trunk.remote_id])
    form = {
        "label": "Carrier",
        "shows": "live",
        "with_bindings": "on",
        "with_usernames": "on",
        "lasts": "24",
        "agreed": "on",
    }
    secret = {**form, "passphrase": passphrase}
    bad = {**secret, "lasts": "7"}
    operator.ask("share-new", make, method="POST", data=bad, form="invalid", allowed=TYPED)
    into_mistakes(operator, "share-new", make, secret)
    for data in (form, {**form, "shows": "pinned"}, secret):
        # Its token is known only afterwards, so this one page is not searched for it.
        answer, _ = operator.ask("share-new", make, method="POST", data=data, allowed=LINK)
        _learn(scene, answer)
    if len(scene.share_tokens) != 3:
        scene.report.find("the check itself", "no link was shared, so none can be looked for")
        return
    urls = [reverse("share", args=[token]) for token in scene.share_tokens]
    for url in urls:
        visitor.ask("share", url, allowed=LINK)
        visitor.ask("share", f"{url}?next={url}", method="HEAD")
    for typed in (passphrase, f"{passphrase}!"):
        data = {"passphrase": typed}
        visitor.ask("share", urls[2], method="POST", data=data, allowed=LINK)
        into_mistakes(visitor, "share", urls[2], data)
    for _ in range(6):
        wrong = {"passphrase": f"{passphrase}?"}
        visitor.ask("share", urls[2], method="POST", data=wrong, form="error 429", allowed=LINK)
    operator.ask("shares", reverse("shares"), headers={"Referer": urls[0]})
    revoke = reverse("share-revoke", args=[Share.objects.latest("pk").pk])
    operator.ask("share-revoke", revoke, method="POST", data={})
    visitor.ask("share", urls[2], form="revoked", allowed=LINK)


def _learn(scene: Scene, answer: HttpResponseBase) -> None:
    """Look for the token of a link from now on."""
    if token := found_in(answer, r"/s/(pbxs_[\w-]+)/"):
        scene.share_tokens.append(token)
        scene.report.markers.add(Kind.SHARE_TOKEN, token)
