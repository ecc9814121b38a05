import { expect, test } from 'vitest'
import { withNewPasswords } from '../../../../src/main/xml/index.ts'

test('screens get new passwords for those that were masked; others, and all else, stay', () => {
  const xml = (first: string) =>
    `<domain><!-- kept --><devices><graphics type='vnc' passwd='${first}'/><graphics type='spice' passwd='own'/><graphics type='vnc'/></devices></domain>`
  expect(withNewPasswords(xml('*****'), () => 'new')).toBe(xml('new'))
  expect(withNewPasswords(xml('old'), () => 'new')).toBe(xml('old'))
})
