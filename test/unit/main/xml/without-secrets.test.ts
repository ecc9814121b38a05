import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutSecrets } from '../../../../src/main/xml/index.ts'

test('a VNC password is masked and nothing else is touched', () => {
  const xml = readFileSync(new URL('./data/running-domain.xml', import.meta.url), 'utf8')
  expect(xml).toContain("passwd='geheim1'")
  expect(withoutSecrets(xml)).toBe(xml.replace('geheim1', '*****'))
})

test.each([
  [`<graphics passwd="a'>b" port="1"/>`, `<graphics passwd="*****" port="1"/>`],
  [`<!-- <graphics passwd='x'/> -->`, `<!-- <graphics passwd='*****'/> -->`],
  [
    `<qemu:arg value='if=none,password=top,id=a'/><!-- passwd -->`,
    `<qemu:arg value='if=none,password=*****,id=a'/><!-- passwd -->`,
  ],
  [`<qemu:arg value='vnc,password=to&amp;p,,secret key,id=a'/>`, `<qemu:arg value='vnc,password=*****,id=a'/>`],
  [`<qemu:arg value='if=none password=top'/>`, `<qemu:arg value='if=none password=*****'/>`],
  [`<qemu:arg value='a,,b,password-x&#x3d;top'/>`, `<qemu:arg value='a,,b,password-x&#x3d;*****'/>`],
  [`<qemu:arg value='secret,id=s0,data=top'/>`, `<qemu:arg value='secret,id=s0,data=*****'/>`],
  [`<qemu:arg value='secret,id=s0,file=/x,data='/>`, `<qemu:arg value='secret,id=s0,file=/x,data='/>`],
  [`<qemu:arg value='{"qom-type":"secret","data":"top"}'/>`, `<qemu:arg value='*****'/>`],
  [
    `<description>the password is on the fridge</description>`,
    `<description>the password is on the fridge</description>`,
  ],
  [`<secret type='ceph' uuid='a'/>`, `<secret type='ceph' uuid='a'/>`],
  [`<a passwd='x`, `<a passwd='x`],
])('%s becomes %s', (xml, expected) => {
  expect(withoutSecrets(xml)).toBe(expected)
})

test('no password of a graphics server survives, whatever characters it is made of', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (password) => {
      const escaped = password.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/'/g, '&apos;')
      const xml = `<graphics type='vnc' passwd='${escaped}' port='5900'/>`
      expect(withoutSecrets(xml)).toBe("<graphics type='vnc' passwd='*****' port='5900'/>")
    }),
  )
})

test.each([
  ['a name that does not end', (run: string) => `<a ${run}`],
  ['a value that does not end', (run: string) => `<a b="${run}`],
  ['a value of one word', (run: string) => `<a b="${run}"/>`],
])('%s, however long, is looked at once', (_title, wrap) => {
  for (const word of ['password', 'pass-', 'x pass,,']) {
    const xml = wrap(word.repeat(50_000))
    expect(withoutSecrets(xml)).toBe(xml)
  }
})
