import { describe, expect, it } from 'vitest'
import { KEY_CODES, keysSchema, parseKeys } from '../../../../src/shared/domain/index.ts'

describe('combinations of keys', () => {
  // linux/input-event-codes.h
  it.each([
    ['Ctrl+Alt+Delete', [29, 56, 111]],
    ['ctrl + alt + f12', [29, 56, 88]],
    ['alt+sysrq+b', [56, 99, 48]],
    ['ctrl+alt+backspace', [29, 56, 14]],
    ['shift+f10', [42, 68]],
    ['super', [125]],
    ['hangul', [122]],
    ['altgr+q', [100, 16]],
    ['enter', [28]],
    ['space', [57]],
    ['0', [11]],
    ['m', [50]],
    ['pagedown', [109]],
  ])('%s', (combination, codes) => {
    expect(parseKeys(combination)).toEqual(codes)
    expect(keysSchema.safeParse(combination).success).toBe(true)
  })

  it.each(['', '+', 'ctrl+', 'ctrl+alt+any', Array.from({ length: 17 }, () => 'a').join('+')])(
    'not %j',
    (combination) => {
      expect(parseKeys(combination)).toBeNull()
      expect(keysSchema.safeParse(combination).success).toBe(false)
    },
  )

  it('no two keys have a code in common', () => {
    expect(new Set(KEY_CODES.values()).size).toBe(KEY_CODES.size)
  })
})
