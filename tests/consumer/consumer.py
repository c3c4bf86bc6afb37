"""Installs the service, builds a program of somebody else against it, and runs
that with and without a network between."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    print("+", *command, flush=True)
    done = subprocess.run([str(x) for x in command], text=True, timeout=900,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        sys.exit(f"it ended with status {done.returncode}")
    return done.stdout


def check_story(output, more):
    for line in (r"import-things: succeeded, 20000 of 20000 done",
                 r'results: 20000 lines, the first one: \{"index":0,.*',
                 r"export: 20000 lines, the first one: \{\"ns\":\"shop\","
                 r"\"id\":\"p0\",.*",
                 r"import-things: failed, 2 of 2 done",
                 r"  item 1 failed \(invalid_item\): .*",
                 r"count-words: failed, 3 of 3 done",
                 r"  item 2 failed \(rejected\): expected a string",
                 r'results: 3 lines, .*"index":0,"success":true,"result":6.*',
                 *more):
        if not re.search(f"^{line}$", output, re.M):
            sys.exit(f"the output has no line {line!r}")


def check_headers(prefix):
    found = sorted(x.name for x in (prefix / "include/batch").iterdir())
    wanted = ["error_code.hpp", "foreign_worker.hpp", "interface.hpp",
              "job_state.hpp", "messages.hpp", "service.hpp"]
    if found != wanted:
        sys.exit(f"installed headers are {found}, not {wanted}")


def check_server(batchd, consumer):
    """The installed program is a service like any other."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [batchd, "serve", "--data", f"{folder}/data", "--http",
             "127.0.0.1:0", "--cluster", "127.0.0.1:0"],
            text=True, stdout=subprocess.PIPE)
        try:
            ready = server.stdout.readline()
            port = re.search(r" cluster=(\S+)", ready).group(1)
            check_story(run(consumer, f"--connect={port}"), (
                r"stats: 1 jobs completed, 2 failed, 2 dead letters",))
        finally:
            server.terminate()
        if server.wait(60) != 0:
            sys.exit(f"batchd ended with status {server.returncode}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--flags", default="")
    a = parser.parse_args()
    # Kept between runs, so that a second one compiles nothing.
    work = a.build / "consumer"
    prefix = work / "prefix"
    shutil.rmtree(prefix, ignore_errors=True)
    run(a.cmake, "--install", a.build, "--prefix", prefix)
    check_headers(prefix)
    run(a.cmake, "-S", HERE, "-B", work / "build", "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_FLAGS={a.flags}")
    run(a.cmake, "--build", work / "build")
    consumer = work / "build/consumer"
    for mode in ([], ["--remote"]):
        with tempfile.TemporaryDirectory() as folder:
            output = run(consumer, *mode, f"--batch.data={folder}/data")
            check_story(output, (
                r"transform-data: succeeded, 1 of 1 done",
                r'results: 1 lines, .*"success":true,"result":"HELLO".*',
                r"stats: 2 jobs completed, 2 failed, 2 dead letters"))
            if "the service has ended\n" not in output:
                sys.exit("the service has not ended")
    check_server(prefix / "bin/batchd", consumer)


main()
