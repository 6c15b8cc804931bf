"""What stands outside: the mail server, and the desk where people reach it."""

import smtplib
import ssl
from contextlib import suppress
from socket import create_connection

import httpx

from config.loading import Loaded
from config.operator import Smtp
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong

_TIMEOUT = 5.0


def look_at_mail(loaded: Loaded) -> list[Finding]:
    """Greet the mail server and see that it offers what the settings ask for; nobody logs in and nothing is sent."""
    smtp = loaded.settings.smtp
    if smtp.host is None:
        return [note("mail", "No mail server is set up; digests are pages only.", "To mail them, add smtp.host.")]
    place = f"{smtp.host}:{smtp.port}"
    try:
        with _greet(smtp) as server:
            server.ehlo()
            if smtp.security == "starttls":
                server.starttls(context=ssl.create_default_context())
    except ssl.SSLError as error:
        return [wrong("mail", f"{place} has no certificate that can be trusted ({error.reason}).", "Mend it there.")]
    except smtplib.SMTPNotSupportedError:
        return [wrong("mail", f"{place} doesn't offer starttls.", "Write smtp.security: tls, or none on this machine.")]
    except (OSError, smtplib.SMTPException) as error:
        told = f"{place} can't be reached ({type(error).__name__})."
        return [wrong("mail", told, "Check smtp.host and smtp.port, and that a firewall lets it through.")]
    return [well("mail", f"{place} answers.")]


def look_at_desk(loaded: Loaded) -> list[Finding]:
    """See whether the desk answers where it should, and whether it is served safely."""
    server = loaded.settings.server
    findings = [_look_at_port(server.host, server.port)]
    is_local = server.host in {"127.0.0.1", "::1", "localhost"}
    if not is_local and not server.address.startswith("https:"):
        mend = "Put a reverse proxy with TLS before it and set server.public_url; see docs/deploy.md."
        findings.append(warning("desk", f"It listens on {server.host}, beyond this machine, without TLS.", mend))
    if server.public_url and not server.trusted_proxies:
        mend = "Set server.trusted_proxies to the proxy's address, or every visitor looks like the proxy."
        findings.append(warning("desk", "It is reached through a proxy that isn't trusted.", mend))
    return findings


def _look_at_port(host: str, port: int) -> Finding:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - what people write to listen everywhere
    try:
        create_connection((reached, port), timeout=_TIMEOUT).close()
    except OSError:
        return note("desk", f"Nobody listens on {host}:{port} now.", "Start it with: earnest run")
    shown = f"[{reached}]" if ":" in reached else reached
    with suppress(httpx.HTTPError):
        answer = httpx.get(f"http://{shown}:{port}/healthz", timeout=_TIMEOUT)
        if answer.status_code == httpx.codes.OK:
            return well("desk", f"It answers on {host}:{port}.")
    return wrong("desk", f"Something else listens on {host}:{port}.", "End it, or choose another server.port.")


def _greet(smtp: Smtp) -> smtplib.SMTP:
    host = smtp.host or ""
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(host, smtp.port, timeout=_TIMEOUT, context=ssl.create_default_context())
    return smtplib.SMTP(host, smtp.port, timeout=_TIMEOUT)
