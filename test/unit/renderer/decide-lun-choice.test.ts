import { expect, it } from 'vitest'
import { decideLunChoice } from '../../../src/renderer/features/storage/decide-lun-choice.ts'
import type { StorageDomainId } from '../../../src/shared/domain/index.ts'

const free = { use: { kind: 'free', name: null }, storageDomainId: null, onAllHosts: true } as const
const domain = {
  use: { kind: 'domain', name: 'd' },
  storageDomainId: 'd' as StorageDomainId,
  onAllHosts: true,
} as const
const other = { use: { kind: 'partitions', name: 'gpt' }, storageDomainId: null, onAllHosts: true } as const

it.each([
  ['an empty LUN makes a new domain', free, 'create', null],
  ['one that holds something does not', other, 'create', 'in-use'],
  ['nor one that holds a domain', domain, 'create', 'in-use'],
  ['nor one that a host does not see', { ...free, onAllHosts: false }, 'create', 'not-on-all'],
  ['a domain is imported', domain, 'import', null],
  ['an empty LUN is not', free, 'import', 'no-domain'],
  ['nor what somebody else has made', other, 'import', 'no-domain'],
  ['nor a domain that a host does not see', { ...domain, onAllHosts: false }, 'import', 'not-on-all'],
] as const)('%s', (_what, lun, purpose, obstacle) => {
  expect(decideLunChoice(lun, purpose)).toBe(obstacle)
})
