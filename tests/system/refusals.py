"""What the tests of bad requests share: a refusal, and a server that must not
be harmed by it."""
from dataclasses import dataclass, field

from driver import JSON, NDJSON, Checks, Server, finish, limit_time, thing, \
    until
from raw_http import exchange, request

AS_JSON = "Content-Type: " + JSON
AS_NDJSON = "Content-Type: " + NDJSON
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
GOOD_ITEM = '{"ns":"n","id":"1","type":"T"}'
GOOD_BODY = '{"type":"import-things","items":[' + GOOD_ITEM + ']}'
IMPORT = "/batch?type=import-things"


@dataclass
class Case:
    """A request that must be refused."""
    name: str
    data: bytes
    status: int
    code: str
    # What the sentence of the error must contain.
    says: tuple = ()
    headers: dict = field(default_factory=dict)


class Target:
    """A server with something to lose, and what it must look like."""

    def __init__(self, *arguments):
        self.server = Server(*arguments)
        self.server.request("PUT", "/things/keep/sentinel",
                            thing("keep", "sentinel", data={"n": [1.10]}))
        self.server.run("import-things", [thing("keep", "other")])
        # A job with a dead letter, one that has not ended, one that is gone.
        self.ended = self.server.run("import-things", [{}, thing("keep", "3")]
                                     )["id"]
        self.letter = self.ended + ".0"
        self.open = self.server.submit("transform-data", [1], options={
            "delaySeconds": 86400})
        self.gone = self.server.run("transform-data", [])["id"]
        self.server.change_letters("DELETE", "/batch/" + self.gone)
        self.picture = self.look()

    def look(self):
        """Everything a refused request could have changed."""
        return [self.server.get(path).body for path in
                ("/stats", "/things/keep", "/things/n", "/things/smuggled",
                 "/batch?limit=500", "/dead-letters?limit=500",
                 "/dead-letters/" + self.letter)]

    def check_unharmed(self, checks, name):
        server = self.server
        if not checks(server.is_running(), f"{name}: the server is still "
                      f"there; its log ends: {server.log()[-300:]}"):
            server.start()
        checks.equal(server.request("GET", "/health").status, 200,
                     f"{name}: health")
        now = self.look()
        if not checks(now == self.picture,
                      f"{name}: nothing has changed: {self.difference(now)}"):
            # One case must not spoil the picture for those behind it.
            until(self.is_idle, "the end of jobs that should not be")
            self.picture = self.look()

    def difference(self, now):
        return [f"{new[:150]} instead of {old[:150]}"
                for old, new in zip(self.picture, now) if old != new][:2]

    def is_idle(self):
        stats = self.server.stats()
        return stats["pending"] + stats["processing"] <= 1


def check_refusal(checks, case, answer):
    if not checks(answer and answer.status == case.status, f"{case.name}: "
                  f"status {case.status} expected: {str(answer)[:300]}"):
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    sentence = problem.get("error")
    checks(answer.headers.get("content-type") == "application/problem+json"
           and problem.get("success") is False
           and problem.get("status") == answer.status
           and isinstance(sentence, str) and sentence,
           f"{case.name}: a problem document: {answer}")
    checks.equal(problem.get("code"), case.code, f"{case.name}: code")
    checks(problem.get("requestId")
           and problem["requestId"] == answer.headers.get("x-request-id"),
           f"{case.name}: the requestId {problem.get('requestId')} is "
           f"X-Request-Id {answer.headers.get('x-request-id')}")
    named = f"{sentence} {problem.get('errors', '')}"
    for text in case.says:
        checks(text in named, f"{case.name}: {text!r} is said in {named!r}")
    for name, value in case.headers.items():
        checks.equal(answer.headers.get(name), value, f"{case.name}: {name}")


def run_cases(checks, target, cases):
    for case in cases:
        try:
            answer = exchange(target.server, case.data)
        except TimeoutError:
            answer = None
        check_refusal(checks, case, answer)
        target.check_unharmed(checks, case.name)


def post(body, *headers, path="/batch"):
    return request("POST", path, *(headers or (AS_JSON,)), body=body)


def run_refusals(groups, *alone):
    """Runs groups on one target, and those that bring servers of their own."""
    limit_time(220)
    checks = Checks()
    target = Target()
    for group in groups:
        checks.run_group(group, target)
    for group in alone:
        checks.run_group(group)
    finish(checks)
