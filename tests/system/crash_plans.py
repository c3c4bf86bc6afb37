"""The jobs of the crash campaign, and what must become of each item."""
import json
import urllib.parse

from driver import JSON, NDJSON

# Beyond any round that an item comes to.
ALWAYS = 60000


class Plan:
    """One submission, and what must come of it."""

    def __init__(self, name, type, items=None, ns=None, **options):
        self.name, self.type = name, type
        # Texts of items, or the namespace whose things are the items.
        self.items, self.ns = items, ns
        self.options = {**options, "labels": {"plan": name}}
        # By index: (True, result), or (False, code of the failure).
        self.outcomes = []
        # By index: the result of an item if it is mended.
        self.results = []
        self.is_ndjson = False
        self.key = None
        # What is known by now.
        self.id = None
        self.ended = None
        self.cancelled = self.deleted = self.purged = False
        # The plan whose dead letters this one tries again, and their indices.
        self.origin, self.origin_indices = None, []
        # Outcomes that the service has reported, by index.
        self.reported = {}

    def add(self, item, outcome, code=None):
        """An item that succeeds with a result, or fails with a code."""
        text = item if isinstance(item, str) else json.dumps(item)
        self.items.append(text)
        self.outcomes.append((code is None, code or outcome))
        self.results.append(outcome)

    def request(self):
        """Path, headers and body."""
        headers = {}
        if self.key:
            headers["Idempotency-Key"] = self.key
        if self.is_ndjson:
            query = urllib.parse.urlencode({
                "type": self.type, "options": json.dumps(self.options)})
            return ("/batch?" + query, {**headers, "Content-Type": NDJSON},
                    "\n".join(self.items).encode())
        source = (f'"input":{{"ns":"{self.ns}"}}' if self.ns
                  else f'"items":[{",".join(self.items)}]')
        body = (f'{{"type":"{self.type}",{source},'
                f'"options":{json.dumps(self.options)}}}')
        return "/batch", {**headers, "Content-Type": JSON}, body.encode()

    @property
    def total(self):
        return len(self.outcomes)

    def failures(self):
        """Codes by index."""
        return {i: x for i, (ok, x) in enumerate(self.outcomes) if not ok}

    def tolerated(self):
        return self.options.get("toleratedFailures", {}).get("count", 0)


def marked(what, rounds):
    return {"how": f"crash-test:{what}:{rounds}"}


class Misbehaviour:
    """Draws what an item does, for jobs with these options."""

    def __init__(self, rng, retries, poison=False, broken=0.0, always=0.05):
        self.rng, self.retries = rng, retries
        self.kinds = [("ok", 10), ("fail", 1.5), ("throttle", 1),
                      ("always", 10 * always), ("broken", 10 * broken),
                      ("exit", 0.2), ("poison", 0.7 if poison else 0)]

    def draw(self):
        """What is put into the item, and the code it fails with, if it
        does."""
        names, weights = zip(*self.kinds)
        kind = self.rng.choices(names, weights)[0]
        if kind == "fail" and self.retries > 0:
            return marked("fail", self.rng.randint(1, self.retries)), None
        if kind == "throttle":
            return marked("throttle", self.rng.randint(1, 2)), None
        if kind == "always":
            return marked("fail", ALWAYS), "internal"
        if kind == "broken":
            return marked("broken", 1), "invalid_item"
        if kind == "exit":
            return marked("exit", 1), None
        if kind == "poison":
            return marked("exit", ALWAYS), "poison"
        return {}, None


def retry_options(rng, **more):
    return {"chunkSize": rng.randint(3, 20), "backoffMs": 1,
            "maxRetries": rng.randint(0, 3), **more}


def import_plan(rng, name, ns, count, ids=None, text=True, ndjson=None,
                poison=False, broken=0.0, always=0.05, invalid=0.05,
                **options):
    """Things with few ids, so that the order of items matters."""
    options = retry_options(rng, **options)
    plan = Plan(name, "import-things", [], **options)
    plan.is_ndjson = rng.random() < 0.5 if ndjson is None else ndjson
    draw = Misbehaviour(rng, options["maxRetries"], poison, broken, always)
    for i in range(count):
        id = f"i{rng.randrange(ids or max(1, count // 2)):03d}"
        one = {"ns": ns, "id": id, "type": "T", "data": {"v": f"{name}/{i}"}}
        if text:
            one["content"] = f"text number {rng.randrange(40)}"
        if rng.random() < invalid:
            if plan.is_ndjson and rng.random() < 0.5:
                plan.add('{"oops', None, "invalid_json")
                continue
            one["id"] = ""
            plan.add(one, None, "invalid_item")
            continue
        extra, code = draw.draw()
        one["data"].update(extra)
        plan.add(one, {"ns": ns, "id": id, "type": "T"}, code)
    return plan


def relate_plan(rng, name, ns, count, **options):
    """Relationships that are pointed to other ends again and again."""
    options = retry_options(rng, **options)
    plan = Plan(name, "import-relationships", [], **options)
    plan.is_ndjson = rng.random() < 0.5
    draw = Misbehaviour(rng, options["maxRetries"])
    for i in range(count):
        one = {"ns": ns, "id": f"r{rng.randrange(max(1, count // 3))}",
               "type": "t", "fromNs": ns, "fromId": f"f{rng.randrange(4)}",
               "toNs": ns, "toId": f"t{rng.randrange(4)}"}
        result = dict(one)
        if rng.random() < 0.05:
            del one["toId"]
            plan.add(one, None, "invalid_item")
            continue
        extra, code = draw.draw()
        plan.add({**one, "data": {"v": i, **extra}}, result, code)
    return plan


def reference_plan(rng, name, type, things, ns, count, **options):
    """Embeddings or exports of things that are named one by one."""
    options = retry_options(rng, **options)
    plan = Plan(name, type, [], **options)
    draw = Misbehaviour(rng, options["maxRetries"])
    for i in range(count):
        if rng.random() < 0.1:
            plan.add({"ns": ns, "id": f"none{i}"}, None, "no_such_thing")
            continue
        id = rng.choice(sorted(things))
        extra, code = draw.draw()
        outcome = things[id]
        if type == "generate-embeddings":
            outcome = {"ns": ns, "id": id}
            if not code and not things[id].get("content"):
                code = "no_text"
        plan.add({"ns": ns, "id": id, **extra}, outcome, code)
    return plan


def namespace_plan(rng, name, type, things, ns, **options):
    """Every thing of a namespace, in the order of its keys."""
    plan = Plan(name, type, None, ns, **retry_options(rng, **options))
    for id in sorted(things):
        outcome = things[id]
        if type == "generate-embeddings":
            outcome = {"ns": ns, "id": id}
            if not things[id].get("content"):
                plan.outcomes.append((False, "no_text"))
                continue
        plan.outcomes.append((True, outcome))
    return plan


def transform_plan(rng, name, into, count, **options):
    """Values that are changed, and put as things where `into` says so."""
    steps = [{"set": {"seen": True}}, {"omit": ["gone"]},
             {"cast": {"/data/n": "integer"}}]
    options = retry_options(rng, transform={"steps": steps}, **options)
    if into:
        options["into"] = into
    plan = Plan(name, "transform-data", [], **options)
    plan.is_ndjson = rng.random() < 0.5
    draw = Misbehaviour(rng, options["maxRetries"])
    for i in range(count):
        one = {"id": f"o{rng.randrange(max(1, count // 2))}", "type": "T",
               "data": {"n": str(i)}, "gone": 1}
        extra, code = draw.draw()
        one["data"].update(extra)
        result = {**one, "seen": True,
                  "data": {**one["data"], "n": i}}
        del result["gone"]
        if into:
            result["ns"] = into
        if rng.random() < 0.05:
            one["data"]["n"] = "none"
            code = code or "transform_failed"
        plan.add(one, result, code)
    return plan
