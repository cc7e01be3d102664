"""How gunicorn serves the portal. Every setting that a site may want to change comes from the environment.

`make run` uses one process, `make serve` two; threads carry the waiting for the database.
"""

import contextlib
import ctypes
import os
from pathlib import Path

host = os.environ.get("HOST") or "127.0.0.1"
port = os.environ.get("PORT") or "8000"
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Loaded once, before the processes part: they share what never changes, and a fresh one is there at once.
preload_app = True
# More waiting connections than this are refused at once, so that an overload stays short.
backlog = 256
timeout = 30
keepalive = 5
# What was begun is finished within this time after SIGTERM.
graceful_timeout = 10
# Fresh processes now and then keep slow leaks of libraries from adding up; the jitter keeps them from going together.
max_requests = 20_000
max_requests_jitter = 2_000
# A heartbeat file on a slow disk can stop a process for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a private file, by gunicorn itself.
# How many proxies are to be believed is the portal's own setting; gunicorn believes none.
forwarded_allow_ips = ""
# Signals steer the server; a second way in is not needed.
control_socket_disable = True
# Requests are logged by the portal or the proxy in front, without addresses that hold secrets.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")

# glibc gives each thread a heap of its own, and none of them back: two are enough where one thread runs at a time, and take
# a third less room.
M_ARENA_MAX = -8
with contextlib.suppress(AttributeError, OSError):  # other C libraries have no such thing
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
