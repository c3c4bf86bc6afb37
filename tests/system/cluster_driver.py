"""Worker nodes as processes: what the tests of the cluster share."""
import os
import signal
import subprocess
import threading

from driver import BATCHD, _end_with_parent, temporary_folder, until


class Node:
    """A `batchd join` at a time."""

    def __init__(self, coordinator, name, *arguments, start=True):
        self.coordinator, self.name = coordinator, name
        self.arguments = arguments
        self.log_path = os.path.join(temporary_folder(), "log")
        self.process = None
        if start:
            self.start()

    def command(self):
        return [BATCHD, "join", self.coordinator, "--name", self.name,
                *self.arguments]

    def launch(self):
        """Starts the process without waiting until it has joined."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log,
                preexec_fn=_end_with_parent)
        return self

    def start(self, seconds=30):
        self.launch()
        return self.await_joined(seconds)

    def await_joined(self, seconds=30):
        limit = threading.Timer(seconds, self.process.kill)
        limit.start()
        line = self.process.stdout.readline().decode()
        limit.cancel()
        if line != f"batchd joined {self.coordinator} as {self.name}\n":
            self.kill()
            raise RuntimeError(f"{self.name} did not join in {seconds} s: "
                               f"{line!r}; its log ends: {self.log()[-1000:]}")
        return self

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        return self._end(signal.SIGKILL)

    def stop(self):
        """SIGTERM. Answers the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number):
        if self.is_running():
            self.process.send_signal(number)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status


def nodes(server):
    """The nodes of a cluster by name."""
    answer = server.get("/cluster/nodes").json()["nodes"]
    return {node["id"]: node for node in answer}


def await_state(server, name, state, seconds=60):
    def reached():
        node = nodes(server).get(name)
        return node if node and node["state"] == state else None
    return until(reached, f"{name} is {state}", seconds)
