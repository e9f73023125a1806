"""A real S3 server with one bucket, from npm."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import servers
import tools

PACKAGE = Path(__file__).parent / "settings" / "package.json"


@contextlib.contextmanager
def running(data: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    """Run the server with the bucket `acme` on a folder and yield its address; key and secret are S3RVER.

    With a certificate and its key it speaks TLS.
    """
    folder = tools.node_modules(PACKAGE)
    port = servers.free_port()
    command = [tools.tool("node"), str(folder / "node_modules" / "s3rver" / "bin" / "s3rver.js")]
    command += ["-d", str(data), "-a", "127.0.0.1", "-p", str(port), "--configure-bucket", "acme"]
    if certificate:
        command += ["--cert", str(certificate[0]), "--key", str(certificate[1])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    for line in process.stdout:
        if "listening" in line:
            break
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
