"""What our own objects say of themselves, and errors of the PBX client of where they come from.

Logs and error pages show either one day, so that nothing secret may be in them.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from traceback import TracebackException

from django.conf import settings
from django.utils import timezone

from trunks.keyring import Keyring
from trunks.leakcheck.report import Asked
from trunks.leakcheck.scene import Scene
from trunks.leakcheck.world import bad_answers, told_tokens
from trunks.services.held_passwords import HeldPassword
from trunks.yeastar import Connection, PbxClient, PbxError, SipPassword, TargetPolicy, Trust


def speak(scene: Scene) -> None:
    """Have everything that holds a secret describe itself, and let the client fail in each way."""
    known = scene.known
    connection = Connection(
        base_url=scene.device.base_url,
        username=scene.device.username,
        password_md5=known.digest,
        trust=Trust.PLAIN,
    )
    password = SipPassword(known.sip_passwords[0])
    holders: list[object] = [
        connection,
        password,
        HeldPassword(known.digest, "pbx:8088", timezone.now()),
        Keyring.read(settings.PBXDASH_KEYS),
    ]
    for holder in holders:
        said = f"{holder!r} {holder}"
        scene.report.look("objects", said, asked=Asked(format=type(holder).__name__))
    _pickle(scene, password)
    for name, fault in bad_answers(known).items():
        scene.device.fault = fault
        _fail(scene, connection, name)
    scene.device.fault = None
    if "urllib3" not in scene.ears.logs.names:
        scene.report.find("the check itself", "urllib3 logs nothing any more, so it proves nothing")
    # Neither tells a token or password as things are; should one of them ever, the level still keeps it in.
    loggers: dict[str, dict[str, str]] = settings.LOGGING["loggers"]  # type: ignore[assignment]
    for name in ("urllib3", "django"):
        if loggers[name]["level"] == "DEBUG":
            scene.report.find("log settings", f"{name} is logged at debug level")


def _pickle(scene: Scene, password: SipPassword) -> None:
    try:
        kept = pickle.dumps(password)
    except TypeError:
        return
    scene.report.look("objects", kept, asked=Asked(format="pickled"))


def _fail(scene: Scene, connection: Connection, name: str) -> None:
    client = PbxClient(
        connection,
        fingerprint=lambda _password: "",
        targets=TargetPolicy(allow_loopback=True),
    )
    calls: tuple[Callable[[], object], ...] = (client.trunks, lambda: client.sip_password("1"))
    for call in calls:
        try:
            call()
        except PbxError as error:
            trace = _without_callers(error)
            told_tokens(scene.report.markers, scene.device)
            said = "\n".join(TracebackException.from_exception(trace, capture_locals=True).format())
            asked = Asked(route="client", format=f"trace: {name}")
            scene.report.look("traces of the client", said, asked=asked)
    client.close()


def _without_callers(error: PbxError) -> PbxError:
    """Leave out our own frames here, whose variables hold the secrets."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return error.with_traceback(trace)
