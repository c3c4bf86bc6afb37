"""Keeps the folders in their order: codecs, storage, actors, gateway. A folder
includes only itself and those before it, and each library of others stays
where it belongs."""
import pathlib
import re
import sys

ORDER = ["codecs", "storage", "actors", "gateway"]
# Headers of others, and the files that may include them.
LIBRARIES = {
    r"<simdjson": r"codecs/(json_reader|items)\.cpp",
    r"<rocksdb/": r"(storage|tests/storage|benchmarks)/.*rocksdb.*",
    r"<httplib": r"gateway/(http|cli)/.*|benchmarks/.*|"
                 r"actors/embedders/providers/http_transport\.cpp",
    r"<lua\.": r"actors/transforms/lua/.*",
    r"<CLI/": r"gateway/(cli/.*|batchd\.cpp)|benchmarks/.*|"
              r"tests/system/batchd_crashing\.cpp",
    r"<caf/": r"actors/.*|tests/(actors|consumer)/.*|benchmarks/actors/.*",
    r"<caf/(io|openssl)/":
        r"actors/cluster/.*|tests/actors/(api|cluster)/.*|tests/consumer/.*|"
        r"tests/actors/own_types_network_test\.cpp|"
        r"benchmarks/actors/sleeping_worker\.cpp",
}
# Headers that are installed, and programs that see nothing else.
PUBLIC = r"(codecs|actors)/include/batch/[a-z_]+\.hpp|tests/consumer/.*"
# What those may include: each other, CAF, the standard library.
PUBLIC_MAY = {
    "codecs": r"<(batch/(error_code|job_state)\.hpp|[a-z_]+)>",
    "actors": r"<(batch/[a-z_]+\.hpp|caf/.*|[a-z_]+)>",
    "tests": r"<(batch/[a-z_]+\.hpp|caf/.*|[a-z_]+)>|\"[a-z_]+\.hpp\"",
}
# What may stand at the top besides the dot files.
TOP = {"CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md",
       "LICENSE", "dev", "cmake", "docs", "tests", "benchmarks", "build",
       "compile_commands.json", "batch-data", *ORDER}


def faults(root):
    for entry in sorted(root.iterdir()):
        if entry.name not in TOP and not entry.name.startswith("."):
            yield f"{entry.name}: does not belong at the top"
    folders = ORDER + ["tests", "benchmarks"]
    for path in sorted(p for f in folders for p in (root / f).rglob("*")
                       if p.suffix in (".hpp", ".cpp")):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        folder = name.split("/")[0]
        for used in re.findall(r'^#include "([a-z_]+)/', text, re.M):
            if folder in ORDER and used in ORDER \
                    and ORDER.index(used) > ORDER.index(folder):
                yield f"{name}: {folder}/ must not include {used}/"
            if folder in ORDER and used not in ORDER:
                yield f"{name}: includes {used}/, which is no part of it"
        if re.fullmatch(PUBLIC, name):
            for used in re.findall(r"^#include (\S+)", text, re.M):
                if not re.fullmatch(PUBLIC_MAY[folder], used):
                    yield f"{name}: {used} is not installed with it"
        for header, where in LIBRARIES.items():
            if re.search(r"^#include " + header, text, re.M) \
                    and not re.fullmatch(where, name):
                yield f"{name}: {header} belongs only into {where}"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(faults(root))
    for fault in found:
        print(fault)
    sys.exit(1 if found else 0)


main()
