"""The fail points of the source; as a program, checks that a program to be
released has none of them: fail_points.py PROGRAM."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("codecs", "storage", "actors", "gateway")


def all_points():
    """Names in the order of the alphabet; each stands at one place."""
    names = [name for folder in FOLDERS
             for path in sorted((ROOT / folder).rglob("*.cpp"))
             for name in re.findall(r'BATCH_FAIL_POINT\("([^"]+)"\)',
                                    path.read_text(encoding="utf-8"))]
    doubled = {name for name in names if names.count(name) > 1}
    assert not doubled, f"fail points with one name: {doubled}"
    return sorted(names)


def main():
    program = pathlib.Path(sys.argv[1]).read_bytes()
    found = [name for name in all_points() if name.encode() in program]
    for name in found:
        print(f"{sys.argv[1]} has the fail point {name}")
    print(f"{len(all_points())} fail points, {len(found)} in the program")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
