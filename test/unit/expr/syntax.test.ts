import { conditions } from './condition-table.ts'

conditions('numbers', null, [
  ['1_000 == 1000', true],
  ['0xff == 255', true],
  ['0o17 == 15', true],
  ['0b101 == 5', true],
  ['.5 == 0.5', true],
  ['1e3 == 1000', true],
  ['1.5.5 == 1', 'unexpected token Number(".5")'],
  ['1a == 1', 'bad number syntax: "1a"'],
  [
    '9223372036854775808 > 0',
    'invalid integer literal: strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ],
])

conditions('strings', null, [
  [`'it\\'s' == "it's"`, true],
  ['`a``b` == "a`b"', true],
  ['`a\nb` == "a\\nb"', true],
  ['"\\x41\\u0042\\u{43}\\U00000044\\105" == "ABCDE"', true],
  ['"\\q" == ""', 'invalid char escape'],
  ['"a', 'literal not terminated'],
  ['b"\\xff" == b"\\377"', true],
  ['b"a" == "a"', 'invalid operation: == (mismatched types []uint8 and string)'],
])

conditions('comments', null, [
  ['true // to the end', true],
  ['1 /* between */ == 1', true],
  ['true # no comment', 'unexpected token Operator("#")'],
  ['1 /* open', 'unclosed comment'],
])

conditions('precedence', null, [
  ['-2 ** 2 == -4', true],
  ['2 ** 3 ** 2 == 512', true],
  ['1 + 2 * 3 == 7', true],
  ['not true or true', true],
  ['true || false && false', true],
  ['1 < 2 < 3', true],
  ['1 < 3 < 2', false],
  ['not 1 in [2]', 'invalid operation: not (mismatched type int)'],
  ['1 not in [2]', true],
  ['1 ?? 2 == 1', 'Operator (==) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.'],
  ['(nil ?? 1) == 1', true],
])

conditions('branches and variables', null, [
  ['true ? false : true', false],
  ['true ?: false', true],
  ['if 1 > 2 { false } else if 1 > 0 { true } else { false }', true],
  ['if true { true }', 'unexpected token EOF'],
  ['let x = 2; let y = x * 2; y == 4', true],
  ['let x = 1; let x = 2; true', 'cannot redeclare variable x'],
  ['let len = 1; true', 'cannot redeclare builtin len'],
  ['let result = 1; true', 'cannot redeclare result'],
  ['1; true', true],
  ['(1; 2) == 2', true],
])

conditions('maps and lists', null, [
  ['{a: 1, "b c": 2}["b c"] == 2', true],
  ['{("a" + "b"): 1}.ab == 1', true],
  ['{a: 1, a: 2}.a == 1', true],
  ['[1, 2, 3][-1] == 3', true],
  ['[1, 2, 3][1:] == [2, 3]', true],
  ['[1, 2, 3][:-1] == [1, 2]', true],
  ['[1,] == [1]', true],
  [
    '{[1]: 2} == {}',
    'a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses (unexpected token Bracket("["))',
  ],
])

conditions('pipes', null, [
  ['"a,b" | split(",") | map(upper(#)) | join("-") == "A-B"', true],
  ['[3, 1] | sort() | first() == 1', true],
  ['1 | len', 'unexpected token EOF'],
])

conditions('what does not parse', null, [
  ['', 'unexpected token EOF'],
  ['1 = 1', 'unexpected token Operator("=")'],
  ['(1', 'unexpected token EOF'],
  ['result.', 'unexpected end of expression'],
  ['result?.', 'unexpected end of expression'],
  ['1 @ 2', "unrecognized character: U+0040 '@'"],
  ['true AND true', 'unexpected token Identifier("AND")'],
  ['all([1])', 'expected at least 2 arguments'],
  ['all([1], # > 0; true)', 'wrap predicate with brackets { and }'],
])
