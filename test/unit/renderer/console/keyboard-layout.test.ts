import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  characterOfKeysym,
  isDeadKey,
  keysymOfCharacter,
} from '../../../../src/renderer/features/console/character-keysyms.ts'
import { findLayout, LAYOUT_NAMES } from '../../../../src/renderer/features/console/keyboard-layout.ts'
import { layoutLabel } from '../../../../src/renderer/features/console/layout-label.ts'

// The package has no entry for it, and no types.
const novncPath = join(import.meta.dirname, '../../../../node_modules/@novnc/novnc/core/input/keysymdef.js')
const { default: novncKeysyms } = (await import(novncPath)) as { default: { lookup(codePoint: number): number } }

describe.each(LAYOUT_NAMES)('the layout %s', (name) => {
  const characters = [...new Set((findLayout(name)?.keys ?? []).map(({ character }) => character))]

  it('gives every character by keys that a display with its keymap finds', () => {
    for (const character of characters.filter((each) => !isDeadKey(each))) {
      const keys = findLayout(name)?.findKeys(character) ?? []
      expect([character, keys.map(({ handle }) => handle)]).not.toEqual([character, []])
      expect([character, keys.some(({ handle }) => handle === null)]).toEqual([character, false])
    }
  })

  it('has the keysyms that noVNC sends', () => {
    for (const character of characters.filter((each) => !isDeadKey(each))) {
      const keysym = keysymOfCharacter(character)
      expect([character, keysym]).toEqual([character, novncKeysyms.lookup(character.codePointAt(0) ?? 0)])
      expect(characterOfKeysym(keysym)).toBe(character)
    }
  })
})

describe('layouts', () => {
  it.each(['constructor', 'xx', '', '__proto__'])('%j is none', (name) => {
    expect(findLayout(name)).toBeNull()
  })

  it.each([
    ['de-ch', 'German (Switzerland) (de-ch)'],
    ['cz', 'Czech (cz)'],
    ['bepo', 'French (bepo)'],
    ['not a tag', 'not a tag'],
  ])('%s is called %s', (name, expected) => {
    expect(layoutLabel(name, 'en')).toBe(expected)
  })
})
