import { describe, expect, it } from 'vitest';
import { keyOf, matches, parseKey, parseMatch, UnsupportedExpressionError } from './expression.ts';

const event = { id: '1', name: 'a', data: { x: 'k', n: 3, deep: { y: true }, o: {} }, ts: 5 };
const async = { id: '2', name: 'b', data: { x: 'k', n: 4, text: 'a && b' }, ts: 6 };

describe('match expressions', () => {
  it.each([
    ['event.data.x == async.data.x', true],
    ['event.data.n == async.data.n', false],
    ["event.data.x == 'k'", true],
    ['event.data.n == 3', true],
    ['event.data.n == 3.5', false],
    ['event.data.deep.y == true', true],
    ["event.data.x == 'k' && async.data.n == 4", true],
    ["event.data.x == 'k' && async.data.n == 5", false],
    ["async.data.text == 'a && b'", true],
    ['event.name == "a"', true],
    ['event.data.missing == async.data.missing', false],
    ['event.data.o == async.data.o', false],
    ['event.data.constructor == async.data.constructor', false],
  ])('%s is %s', (expression, expected) => {
    expect(matches(parseMatch(expression), event, async)).toBe(expected);
  });

  it.each([
    'event.data.n > 3',
    'event.data.a == event.data.b || event.data.c == 1',
    'event.data.a + "-" == async.data.a',
    'true',
    '',
    'data.x == 1',
    "event.data.x == 'un",
    'event.data.x == &&',
    'event.data.x == 1 &&',
    'event == async',
    'size(event.data.x) == 1',
    "event.data.x == 'it\\'s'",
    '&& event.data.x == 1',
  ])('refuses %j', (expression) => {
    expect(() => parseMatch(expression)).toThrow(UnsupportedExpressionError);
  });
});

describe('concurrency keys', () => {
  it('groups by a field or a constant; an absent field is a group of its own', () => {
    expect(keyOf(parseKey('event.data.x'), event)).toBe('"k"');
    expect(keyOf(parseKey('event.data.none'), event)).toBe('null');
    expect(keyOf(parseKey('"all"'), event)).toBe('all');
  });

  it.each(['async.data.x', 'event.data.a + event.data.b', '1'])('refuses %j', (expression) => {
    expect(() => parseKey(expression)).toThrow(UnsupportedExpressionError);
  });
});
