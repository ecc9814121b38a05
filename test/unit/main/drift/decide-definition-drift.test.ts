import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideDefinitionDrift } from '../../../../src/main/drift/index.ts'
import type { StoredDefinition } from '../../../../src/main/inventory/index.ts'
import { HOST_A, VM_ID } from '../vm/make-model.ts'

const read = (xml: string, readAt: number) => ({ hostId: HOST_A, vmId: VM_ID, name: 'web', xml, readAt })
const domain = (memoryKiB: number, more = '') =>
  `<domain type='kvm'>\n  <name>web</name>\n  <uuid>${VM_ID}</uuid>\n  <memory unit='KiB'>${memoryKiB}</memory>\n  <vcpu>1</vcpu>\n` +
  `  <os><type arch='x86_64' machine='pc'>hvm</type></os>${more}\n</domain>\n`

/** What is stored after a host has told these, one after the other. */
function storeAll(texts: readonly string[]): StoredDefinition {
  const [first = '', ...others] = texts
  return others.reduce<StoredDefinition>(
    (stored, xml, index) => {
      const now = read(xml, index + 2)
      return { ...now, drift: decideDefinitionDrift(stored, now) }
    },
    { ...read(first, 1), drift: null },
  )
}

test('what was not known before has nothing to differ from', () => {
  expect(decideDefinitionDrift(null, read('<a/>', 1))).toBeNull()
})

test('a change keeps both versions and says what of it is read', () => {
  expect(storeAll([domain(1024), domain(2048)]).drift).toEqual({
    knownXml: domain(1024),
    knownAt: 1,
    noticedAt: 2,
    changes: [{ what: 'memory', device: null, now: 1024, next: 2048 }],
  })
})

test.each([
  ['the lines are laid out in another way', [domain(1024), domain(1024).replaceAll('\n  ', '\n\t')], null],
  ['it is as it was', [domain(1), domain(2), domain(1)], null],
  ['it changed twice', [domain(1), domain(2), domain(3)], { knownAt: 1, noticedAt: 2, changes: [{ now: 1, next: 3 }] }],
  ['nothing of it is read', [domain(1), domain(1, '<clock/>')], { knownAt: 1, changes: [] }],
  ['it cannot be read', [domain(1), '<domain'], { knownAt: 1, changes: [] }],
  ['it was too long to keep', [domain(1, ' '.repeat(600_000)), domain(2)], { knownXml: null, changes: [{ next: 2 }] }],
] as const)('when %s', (_what, texts, drift) => {
  if (drift === null) expect(storeAll(texts).drift).toBeNull()
  else expect(storeAll(texts).drift).toMatchObject(drift)
})

test('whatever a host tells: the first version stays the known one, and drift is there exactly while it tells another', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('<a/>', '<b/>', '<c/>'), { minLength: 1, maxLength: 8 }), (texts) => {
      const { xml, drift } = storeAll(texts)
      expect(xml).toBe(texts.at(-1))
      expect(drift === null).toBe(texts[0] === texts.at(-1))
      if (drift !== null) expect(drift.knownXml).toBe(texts[0])
    }),
  )
})
