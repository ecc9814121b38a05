import { expect, test } from 'vitest'
import { restoreSecrets } from '../../../../../src/main/vm/edit/restore-secrets.ts'
import { withoutSecrets } from '../../../../../src/main/xml/index.ts'

const stored = `<domain>
  <graphics type='vnc' passwd='s$1ecret'/>
  <graphics type='spice' passwd='other'/>
</domain>`
const shown = withoutSecrets(stored)

test('passwords that were masked are put back where their lines are as they were', () => {
  expect(shown).not.toContain('ecret')
  expect(restoreSecrets(shown, stored)).toBe(stored)
  expect(restoreSecrets(shown.replace('<domain>', '<domain>\n<new/>'), stored)).toBe(
    stored.replace('<domain>', '<domain>\n<new/>'),
  )
  expect(restoreSecrets(shown.replace('  <graphics', '\t<graphics'), stored)).toBe(
    stored.replace('  <graphics', '\t<graphics'),
  )
})

test('one that was written anew is taken, and one that went stays away', () => {
  const written = shown.replace("type='vnc' passwd='*****'", "type='vnc' passwd='mine'")
  expect(restoreSecrets(written, stored)).toBe(stored.replace('s$1ecret', 'mine'))
  expect(restoreSecrets('<domain/>', stored)).toBe('<domain/>')
})

test('a mask in a line that was changed is not taken for a password', () => {
  expect(restoreSecrets(shown.replace("type='vnc' ", "type='vnc' port='1' "), stored)).toBeNull()
})

test('a mask that could stand for several is not taken for one of them', () => {
  const two = "<domain>\n<graphics passwd='one'/>\n<graphics passwd='two'/>\n</domain>"
  expect(restoreSecrets(withoutSecrets(two), two)).toBeNull()
  const same = two.replace('two', 'one')
  expect(restoreSecrets(withoutSecrets(same), same)).toBe(same)
})
