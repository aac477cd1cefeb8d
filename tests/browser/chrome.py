# SPDX-License-Identifier: Apache-2.0
"""Drives a headless Chromium over the pipe of its DevTools protocol: no package is needed.

    with Chrome() as chrome:
        page = chrome.open(Path("model.html"), 1400, 1000)
        page.run("picked.node(3)")
        assert not page.complaints
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30.0  # seconds for an answer

KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        "ArrowDown": 40, "Tab": 9, "Home": 36, "End": 35}


def find() -> str | None:
    """The browser, if there is one."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *NAMES))), None)


class Chrome:
    """A browser of its own profile, gone at the end."""

    def __init__(self, *flags: str) -> None:
        program = find()
        if not program:
            raise FileNotFoundError("no chromium")
        self.profile = tempfile.TemporaryDirectory(prefix="onnxray-browser-", ignore_cleanup_errors=True)
        to_read, self.output = os.pipe()
        self.input, to_write = os.pipe()
        # The child finds its ends at 3 and 4, whatever they are here.
        arguments = [program, "--headless=new", "--remote-debugging-pipe", "--no-first-run",
                     "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-extensions", "--mute-audio",
                     f"--user-data-dir={self.profile.name}", *flags, "about:blank"]
        shell = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'
        self.child = subprocess.Popen(["bash", "-c", shell, "sh", *arguments],
                                      pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.pending = b""
        self.number = 0
        self.pages: dict[str, Page] = {}

    def __enter__(self) -> Chrome:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.call("Browser.close")
            self.child.wait(10)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self.child.kill()
            self.child.wait()
        os.close(self.output)
        os.close(self.input)
        self.profile.cleanup()

    def call(self, method: str, session: str | None = None, /, **params: Any) -> dict[str, Any]:
        """Sends a command and waits for its answer; events on the way go to their pages."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        until = time.monotonic() + PATIENCE
        while True:
            answer = self.receive(until)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def receive(self, until: float) -> dict[str, Any]:
        while b"\0" not in self.pending:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.input], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.input, 1 << 20)
            if not data:
                raise OSError("the browser is gone")
            self.pending += data
        line, self.pending = self.pending.split(b"\0", 1)
        message = json.loads(line)
        page = self.pages.get(message.get("sessionId", ""))
        if page and "method" in message:
            page.event(message["method"], message["params"])
        return message

    def open(self, file: Path | str, width: int, height: int, *, dark: bool = False,
             touch: bool = False, fragment: str = "", ready: bool = True) -> Page:
        """Opens a page and waits until it has drawn."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, target, session)
        page.call("Page.enable")
        page.call("Runtime.enable")
        page.call("Log.enable")
        page.call("Network.enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=touch)
        if touch:
            page.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
        page.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        page.call("Page.navigate", url=Path(file).resolve().as_uri() + fragment)
        if ready:
            page.until("document.documentElement?.dataset.ready === 'yes'")
        return page


# Violations of the policy and errors, from the first line of the page on.
WATCH = """
window.complaints = [];
addEventListener('securitypolicyviolation', e => complaints.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
addEventListener('error', e => complaints.push('error: ' + e.message));
addEventListener('unhandledrejection', e => complaints.push('rejection: ' + e.reason));
"""


class Page:
    """One page; `complaints` is what it, its policy or its console said."""

    def __init__(self, chrome: Chrome, target: str, session: str) -> None:
        self.chrome, self.target, self.session = chrome, target, session
        self.heard: list[str] = []
        self.requests: list[str] = []

    def call(self, method: str, /, **params: Any) -> dict[str, Any]:
        return self.chrome.call(method, self.session, **params)

    def event(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.heard.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled":
            said = str(params["args"][0].get("value"))
            if "willReadFrequently" not in said:
                self.heard.append(f"console: {said}")
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            if "willReadFrequently" not in params["entry"]["text"]:  # that is us
                self.heard.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    @property
    def complaints(self) -> list[str]:
        return self.heard + self.run("window.complaints")

    def run(self, expression: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True, userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(f"{expression[:80]}: "
                               f"{details.get('exception', {}).get('description', details['text'])}")
        return answer["result"].get("value")

    def until(self, expression: str, patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while not self.run(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"never true: {expression}; {self.heard[:3]}")
            time.sleep(0.01)

    def settle(self) -> None:
        """Until nothing is left to draw."""
        self.run("new Promise(done => { let idle = 0; const look = () => { "
                 "idle = board.queued ? 0 : idle + 1; idle > 8 ? done() : setTimeout(look, 16); }; look(); })")

    def key(self, key: str, modifiers: int = 0) -> None:
        """Presses a key: "a", "Enter"; modifiers: 1 Alt, 2 Ctrl, 8 Shift."""
        text = "\r" if key == "Enter" else key if len(key) == 1 and not modifiers & 3 else ""
        code = KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0)
        common = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x: float, y: float, times: int = 1) -> None:
        for n in range(1, times + 1):
            self.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=n)
            self.mouse("mouseReleased", x, y, button="left", clickCount=n)

    def picture(self, file: Path | str) -> None:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        Path(file).write_bytes(base64.b64decode(data))

    def close(self) -> None:
        self.chrome.call("Target.closeTarget", targetId=self.target)
        self.chrome.pages.pop(self.session, None)
