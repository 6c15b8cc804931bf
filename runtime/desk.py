"""The desk's web server, in a thread of the process: it stops with it, and a taken port is said at once."""

import errno
import socket
import threading

import uvicorn
from fastapi import FastAPI

from config.operator import Server
from domain.errors import EarnestError

GRACE_SECONDS = 1


class PortTaken(EarnestError):
    """The desk can't listen where the settings say; end what listens there, or choose another port."""


class Desk:
    """Serves one application until stopped."""

    def __init__(self, app: FastAPI, settings: Server) -> None:
        """Listen nowhere yet."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._settings = settings
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="earnest-desk", daemon=True)

    def start(self) -> None:
        """Listen and serve; raises PortTaken when something else listens there."""
        self._socket = self._listen()
        self._thread.start()

    def stop(self) -> None:
        """Let requests end for a second, then close."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=GRACE_SECONDS + 1)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def _listen(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            listening.close()
            mend = "write an address of this machine under server.host"
            if error.errno != errno.EADDRNOTAVAIL:
                mend = "end what does, or change server.port"
            raise PortTaken(f"The desk can't listen on {host}:{port} ({error.strerror}); {mend}.") from None
        return listening
