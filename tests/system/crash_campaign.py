"""Kills the server at chosen steps, and says whether anybody could tell.

A seed draws what clients do and where the server is killed: at fail points
(`BATCH_FAIL_POINT` in the source), at random moments, while it starts again.
When all jobs have ended, what is there has to equal what a run without any
crash leaves. In most runs a kill is a power cut, too: what was not synced is
gone.
"""
import argparse
import concurrent.futures
import multiprocessing
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback

import crash_oracle
import crash_story
import driver
import fail_points
from crash_run import Run
from driver import Checks

# A record of the file that fail points count in (tests/system/fail_point.hpp).
COUNT = struct.Struct("48sQQ")
# The program that is released recounts what the one with fail points has left.
RELEASED = driver.BATCHD
driver.BATCHD = os.path.join(os.path.dirname(driver.BATCHD), "batchd_crashing")


def play(run, threads):
    """Lets the threads of a story take turns."""
    live = []
    for i, thread in enumerate(threads):
        rng = random.Random(f"{run.seed}/{i}")
        live.append(thread(run, rng, f"{thread.__name__}-{i}"))
    while live:
        thread = run.rng.choice(live)
        try:
            next(thread)
        except StopIteration:
            live.remove(thread)
        else:
            time.sleep(0.001)


def settle(run):
    """Waits for the end of all jobs, as somebody who looks after them."""
    end = time.monotonic() + 30
    for plan in run.plans:
        while not plan.ended:
            job = run.look(plan)
            if job is None:
                break
            if job["state"] == "paused":
                run.must("POST", f"/batch/{plan.id}/resume")
            assert time.monotonic() < end, \
                f"{plan.name} does not come to its end: {job}"
            time.sleep(0.002)


def verify(checks, folder):
    ended = subprocess.run([RELEASED, "verify", folder], timeout=60,
                           stdin=subprocess.DEVNULL, capture_output=True,
                           text=True)
    checks.equal(ended.returncode, 0, f"verify: {ended.stderr}")


def run_seed(seed, hits, verbose=False):
    """Answers what is wrong, and the log."""
    points = fail_points.all_points()
    threads, kills, environment, may_vanish = crash_story.draw(seed, points)
    run = Run(seed, kills, environment, hits, verbose)
    run.may_vanish = may_vanish
    run.say(f"seed {seed}: {', '.join(t.__name__ for t in threads)}; "
            f"kills: {', '.join(map(str, kills))}; {environment}")
    checks = Checks()
    try:
        run.start()
        play(run, threads)
        if kills[0].point and kills[0].point.startswith("stop"):
            settle(run)
            run.end(signal.SIGTERM)
        # What was not killed by now is killed here.
        elif run.server.is_running():
            if run.rng.random() < 0.5:
                settle(run)
            run.end(signal.SIGKILL)
        while run.kills:
            run.start()
            if run.rng.random() < 0.7:
                settle(run)
            run.end(signal.SIGKILL)
        run.start()
        settle(run)
        crash_oracle.check_all(checks, run)
        status = run.end(signal.SIGTERM)
        checks.equal(status, 0, "the exit status")
        verify(checks, run.server.folder)
    except Exception as fault:
        at = "".join(traceback.format_tb(fault.__traceback__)[-3:])
        checks(False, f"{type(fault).__name__}: {fault}\n{at}")
    finally:
        if run.timer:
            run.timer.cancel()
        if run.server.process and run.server.is_running():
            run.server.kill()
    if not checks.failed:
        for folder in driver.keep_folders():
            shutil.rmtree(folder, ignore_errors=True)
        return seed, [], run.deaths, checks.passed
    faults = list(checks.faults[:10])
    faults.append(f"the data: {run.server.folder}")
    faults.append(f"the log of the server: {run.server.root}/log")
    faults += run.log
    driver.keep_folders()
    return seed, faults, run.deaths, checks.passed


def run_in_child(arguments):
    seed, folder, verbose = arguments
    # Seeds of one process count in one file, one after the other.
    hits = os.path.join(folder, f"hits-{os.getpid()}")
    return run_seed(seed, hits, verbose)


def read_hits(folder):
    """Passes and kills of all points."""
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            for point, passes, kills in COUNT.iter_unpack(file.read()):
                point = point.rstrip(b"\0").decode()
                if point:
                    old = found.get(point, (0, 0))
                    found[point] = old[0] + passes, old[1] + kills
    return found


def run_seeds(seeds, folder, verbose, jobs):
    """Runs seeds at the same time; yields what became of each."""
    with concurrent.futures.ProcessPoolExecutor(
            jobs, multiprocessing.get_context("fork")) as pool:
        done = [pool.submit(run_in_child, (seed, folder, verbose))
                for seed in seeds]
        for each in concurrent.futures.as_completed(done):
            yield each.result()


def missed_points(folder):
    """The numbers of the points that have killed nobody."""
    hits = read_hits(folder)
    return [number for number, point in enumerate(fail_points.all_points())
            if 0 in hits.get(point, (0, 0))]


def report_points(folder, every_point):
    """Prints all points. Answers whether none was left out, if none may."""
    hits = read_hits(folder)
    missed = missed_points(folder) if every_point else []
    print("fail points: passes, kills")
    for number, point in enumerate(fail_points.all_points()):
        passes, kills = hits.get(point, (0, 0))
        print(f"  {point:28} {passes:9} {kills:6}"
              f"{'  MISSED' if number in missed else ''}")
    return not missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int,
                        help="how many; by default one for each fail point")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int,
                        help="this one alone, printing every step")
    parser.add_argument("--jobs", type=int, default=2,
                        help="seeds that run at the same time")
    parser.add_argument("--every-point", action="store_true",
                        help="fail if a fail point has killed nobody")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    one = arguments.seed is not None
    points = len(fail_points.all_points())
    first = arguments.seed if one else arguments.first
    count = 1 if one else arguments.seeds or points
    folder = tempfile.mkdtemp(prefix="batchd-hits-")
    begin, failed, deaths, passed, ran = time.monotonic(), [], 0, 0, 0
    seed_end = first + count
    seeds = list(range(first, seed_end))
    try:
        while seeds:
            for seed, faults, died, good in run_seeds(
                    seeds, folder, one, arguments.jobs):
                deaths, passed, ran = deaths + died, passed + good, ran + 1
                if faults:
                    failed.append(seed)
                    print(f"FAILED seed {seed}", flush=True)
                    for fault in faults:
                        print("       " + fault, flush=True)
                if ran % 100 == 0:
                    print(f"{ran} seeds, {len(failed)} failed, "
                          f"{time.monotonic() - begin:.0f} s", flush=True)
            # A seed aims at the point of its number, and may miss it on a slow
            # machine: another seed of that point tries again.
            seeds = []
            if arguments.every_point and ran < 2 * count:
                base = -(-seed_end // points) * points
                seed_end = base + points
                seeds = [base + number for number in missed_points(folder)]
        all_met = report_points(folder, arguments.every_point)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{ran} seeds, {len(failed)} failed; {deaths} kills, "
          f"{passed} checks, {time.monotonic() - begin:.0f} s")
    for seed in failed:
        print(f"again with: ./dev crash --seed {seed}")
    sys.exit(1 if failed or not all_met else 0)


if __name__ == "__main__":
    main()
