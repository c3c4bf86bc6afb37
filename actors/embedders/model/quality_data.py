"""Makes the data that embedders are compared with, out of Debian packages, and
the text that a model of WordNet is trained on. What is in the first is not in
the second.

usage: quality_data.py FOLDER

Needs the packages wordnet-base and dict-gcide, and apt's package lists.
Writes into FOLDER, one example a line, fields parted by tabs:

  pairs.tsv        two glosses of WordNet and how near their synsets are in its
                   tree (Wu and Palmer): A
  sections.tsv     the section and the one-line description of a package: B
  definitions.tsv  a definition of a noun from GCIDE (Webster 1913), and the
                   gloss of WordNet for the same noun: D
  wordnet.txt      text for training, without the synsets of pairs.tsv and
                   definitions.tsv

C are the paraphrases beside this file. All choices are made by a seeded
generator: the same packages give the same files.
"""
import collections
import gzip
import pathlib
import random
import re
import subprocess
import sys

WORDNET = pathlib.Path("/usr/share/wordnet")
GCIDE = pathlib.Path("/usr/share/dictd")
DIGITS = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}

Synset = collections.namedtuple("Synset", "words gloss above related")


def read_synsets():
    """All synsets of WordNet by (part, offset)."""
    found = {}
    for part, letter in PARTS.items():
        for line in open(WORDNET / f"data.{part}", encoding="utf-8"):
            if line.startswith("  "):
                continue
            head, gloss = line.rstrip().split(" | ", 1)
            fields = head.split()
            count = int(fields[3], 16)
            words = [w.replace("_", " ").split("(")[0]
                     for w in fields[4:4 + 2 * count:2]]
            at = 4 + 2 * count
            links = [(fields[i], (fields[i + 2], fields[i + 1])) for i in
                     range(at + 1, at + 1 + 4 * int(fields[at]), 4)]
            found[letter, fields[0]] = Synset(
                words, gloss.split('; "')[0].strip('" '),
                [to for kind, to in links if kind in ("@", "@i")],
                [to for kind, to in links if kind not in ("!", "@", "@i")])
    return found


def chain(synsets, key):
    """The synset and those above it, up to the root of its tree."""
    found = [key]
    while synsets[found[-1]].above:
        found.append(synsets[found[-1]].above[0])
    return found


def nearness(synsets, a, b):
    """Wu and Palmer: twice the depth of what both are, by their depths."""
    up_a, up_b = chain(synsets, a), chain(synsets, b)
    shared = next((x for x in up_a if x in up_b), None)
    if shared is None:
        return 0.0
    return 2 * len(chain(synsets, shared)) / (len(up_a) + len(up_b))


def choose_pairs(synsets, rng, count):
    """Pairs of nouns: near ones, farther ones and strangers alike."""
    nouns = [k for k, x in synsets.items()
             if k[0] == "n" and x.above and len(x.gloss.split()) >= 5]
    below = collections.defaultdict(list)
    for key in nouns:
        for i, up in enumerate(chain(synsets, key)[1:6]):
            below[i, up].append(key)
    found = []
    while len(found) < count:
        a = rng.choice(nouns)
        level = rng.choice((0, 0, 1, 2, 3, 4, None))
        up = chain(synsets, a)
        if level is None or level + 1 >= len(up):
            b = rng.choice(nouns)
        else:
            b = rng.choice(below[level, up[level + 1]] or [a])
        if a != b:
            found.append((a, b, nearness(synsets, a, b)))
    return found


def number(digits):
    value = 0
    for c in digits:
        value = value * 64 + DIGITS.index(c)
    return value


def definition_of(word, entry):
    """The one sense of an entry, unless it has more or is WordNet's."""
    head, _, text = entry.partition(", n.")
    if not text or not head.lower().startswith(word + " \\"):
        return None
    if re.search(r"\b2\. |WordNet|\bSee \{|Same as|Obs\.", text[:1500]):
        return None
    text = re.split(r"\[1913 Webster|\[PJC|\[Century|\n\n", text)[0]
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)|[{}]|^\W*1\. ", " ", text)
    text = " ".join(text.split()).strip(" ;.,")
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) < 6 or any(w.startswith(word[:5]) for w in words):
        return None
    return text


def choose_definitions(synsets, rng, count):
    """Nouns of one meaning that both dictionaries define in other words."""
    meanings = collections.Counter(
        w.lower() for x in synsets.values() for w in x.words)
    index = collections.defaultdict(list)
    for line in open(GCIDE / "gcide.index", encoding="utf-8"):
        word, at, size = line.rstrip("\n").split("\t")
        index[word.lower()].append((number(at), number(size)))
    texts = gzip.open(GCIDE / "gcide.dict.dz").read()
    found = []
    for key, x in sorted(synsets.items()):
        word = x.words[0].lower()
        if (key[0] != "n" or not re.fullmatch("[a-z]{4,}", word)
                or meanings[word] != 1 or len(index[word]) != 1
                or len(x.gloss.split()) < 5):
            continue
        at, size = index[word][0]
        entry = texts[at:at + size].decode("utf-8", "replace")
        text = definition_of(word, entry)
        if text and text.lower() != x.gloss.lower():
            found.append((key, text))
    rng.shuffle(found)
    return found[:count]


def choose_packages(rng, count):
    """Packages of the large sections, as many of each; libraries of one source
    are too much alike, so one of each source."""
    listed = subprocess.run(
        ["apt-cache", "dumpavail"], stdout=subprocess.PIPE, check=True)
    by_section = collections.defaultdict(dict)
    for record in listed.stdout.decode().split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): (.*)$", record, re.M))
        text = fields.get("Description", fields.get("Description-en"))
        if not text or "Section" not in fields:
            continue
        source = fields.get("Source", fields["Package"]).split()[0]
        by_section[fields["Section"]].setdefault(source, text)
    large = sorted((s for s, x in by_section.items()
                    if len(x) >= 250 and s not in ("oldlibs", "debug")))
    found = []
    for section in large:
        texts = sorted(set(by_section[section].values()))
        rng.shuffle(texts)
        found += [(section, x) for x in texts[:count]]
    rng.shuffle(found)
    return found


def words_of(text):
    return " ".join(re.findall(r"[a-z]+|[0-9]+", text.lower()))


def training_lines(synsets, left_out):
    """Two lines a synset: its words with its gloss and what is above it, and
    its words with those of its neighbours."""
    for key, x in synsets.items():
        if key in left_out:
            continue
        above = [w for up in x.above for w in synsets[up].words]
        yield words_of(" ".join(x.words + [x.gloss] + above))
        near = [w for to in x.related if to in synsets and to not in left_out
                for w in synsets[to].words]
        if near:
            yield words_of(" ".join(x.words + near[:20]))


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(line + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    synsets = read_synsets()
    pairs = choose_pairs(synsets, random.Random(1), 4000)
    definitions = choose_definitions(synsets, random.Random(2), 1000)
    packages = choose_packages(random.Random(3), 250)
    left_out = ({x for pair in pairs for x in pair[:2]}
                | {key for key, _ in definitions})
    write_lines(folder / "pairs.tsv",
                (f"{synsets[a].gloss}\t{synsets[b].gloss}\t{near:.6f}"
                 for a, b, near in pairs))
    write_lines(folder / "definitions.tsv",
                (f"{text}\t{synsets[key].gloss}" for key, text in definitions))
    write_lines(folder / "sections.tsv",
                (f"{section}\t{text}" for section, text in packages))
    write_lines(folder / "wordnet.txt", training_lines(synsets, left_out))
    print(f"{len(pairs)} pairs, {len(definitions)} definitions, "
          f"{len(packages)} packages; {len(left_out)} synsets left out")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main()
