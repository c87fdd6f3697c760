"""A Pitlane with its demo shop for tests: `pitlane up` in a folder of its own, on free ports."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

START_SECONDS = 60


class Suite:
    """`with Suite(binary) as suite`: suite.address, suite.token(), suite.call(). `listen` may name
    a port, for a suite that is started again; `arguments` go to `pitlane up`."""

    def __init__(self, binary, data=None, listen="127.0.0.1:0", arguments=()):
        self.binary = binary
        self.own_folder = None if data else tempfile.TemporaryDirectory()
        self.data = data or self.own_folder.name
        self.listen = listen
        self.arguments = list(arguments)
        self.process = self.address = None
        self.said = []

    def __enter__(self):
        command = [self.binary, "up", "--data", self.data, "--listen", self.listen, "--admin",
                   "127.0.0.1:0", *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            self.said.append(line)
            match = re.search(r"gateway +(\S+) \(", line)
            self.address = match[1] if match else self.address
            if "Ctrl-C stops it" in line:
                break
        watchdog.cancel()
        if self.address is None:
            self.__exit__()
            raise RuntimeError("pitlane up did not start:\n" + "".join(self.said))
        # Read on, so that its log never blocks it.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.own_folder is not None:
            self.own_folder.cleanup()

    def token(self, role="owner"):
        with open(os.path.join(self.data, "identity", f"{role}.token"), encoding="utf-8") as file:
            return file.read().strip()

    def open(self, path, body=None, headers=None):
        """An answer of the gateway, whatever its status: status, headers, body."""
        request = urllib.request.Request(f"http://{self.address}{path}", data=body,
                                         headers=headers or {})
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read()

    def call(self, path, request, **headers):
        """A unary call by Connect: status, answer."""
        status, _, body = self.open(path, json.dumps(request).encode(),
                                    {"Content-Type": "application/json",
                                     "Authorization": f"Bearer {self.token()}", **headers})
        return status, json.loads(body)
