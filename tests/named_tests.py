#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is every test that tests/README.md names there, in the program it is named with?

A program stands in backticks, its functions behind it or in backticks of their own: `tst_x` one, two\\*, `tst_y one`.
"""
import os
import re
import sys

TESTS = os.path.dirname(os.path.abspath(__file__))
# ctest's names of scripts: their file's name behind the name of the folder's family.
FAMILIES = 'proof|steal|incident|kubernetes|unkind'
PROGRAM = re.compile(r'(tst_\w+|fuzz_\w+|har_of_golden|(?:%s)_\w+)$' % FAMILIES)
FUNCTION = re.compile(r'([a-z]\w+)(\*?)$')


def sources():
    """Texts by program's name."""
    found = {}
    for folder, _, files in os.walk(TESTS):
        for file in files:
            name, kind = os.path.splitext(file)
            if kind in ('.cpp', '.py'):
                with open(os.path.join(folder, file), encoding='utf-8') as opened:
                    found[name] = opened.read()
    return found


def text_of(program, texts):
    return texts.get(program) or texts.get(re.sub('^(%s)_' % FAMILIES, '', program))


def named(line):
    """(program, function or '', whether it is only how the function's name begins) of a line."""
    program = None
    for part in re.findall(r'`[^`]*`|[^`,;|]+', re.sub(r'\([^)]*\)', '', line.replace('\\*', '*'))):
        quoted, words = part[0] == '`', part.strip('` .:').split()
        if quoted and words and PROGRAM.match(words[0]):
            program = words.pop(0)
            yield program, '', False
        elif quoted and not FUNCTION.match(part.strip('`')):
            program = None  # a file, an option
        function = FUNCTION.match(words[0]) if len(words) == 1 and program else None
        if function and re.search('[A-Z_]|[*]$', words[0]) or function and quoted:
            yield program, function.group(1), bool(function.group(2))
        elif function and program.startswith('tst_') and words[0] not in ('steal', 'and', 'golden'):
            yield program, function.group(1), False


def main():
    texts, checked, wrong = sources(), 0, []
    with open(os.path.join(TESTS, 'README.md'), encoding='utf-8') as file:
        lines = file.read().split('\n')
    for number, line in enumerate(lines, 1):
        for program, function, begins in named(line):
            checked += 1
            text = text_of(program, texts)
            if text is None:
                wrong.append('%d: there is no %s' % (number, program))
            elif function and not re.search(r'\b%s%s' % (function, r'\w*\(' if begins else r'\('), text):
                wrong.append('%d: %s has no %s%s' % (number, program, function, '*' if begins else ''))
    print('\n'.join('tests/README.md:' + line for line in wrong) or '%d names, all there' % checked)
    return 1 if wrong or checked < 200 else 0


if __name__ == '__main__':
    sys.exit(main())
