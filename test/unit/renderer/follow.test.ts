import { expect, test } from 'vitest'
import { filterLines, isAtEnd } from '../../../src/renderer/features/logs/follow.ts'

test.each([
  [900, true],
  [885, true],
  [800, false],
  [0, false],
])('scrolled to %d of 1,000 with 100 in view: at its end %s', (scrollTop, atEnd) => {
  expect(isAtEnd({ scrollTop, clientHeight: 100, scrollHeight: 1_000 })).toBe(atEnd)
})

test('lines with a text in them, whatever its case', () => {
  expect(filterLines('one Error\ntwo\nERROR three\n', 'error')).toBe('one Error\nERROR three')
  expect(filterLines('one\n', '')).toBe('one\n')
})
