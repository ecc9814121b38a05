import { expect, test } from 'vitest'
import { formatTopic } from '../../../../src/main/shell/cli/format-topic.ts'
import { diskIdSchema, storageDomainIdSchema } from '../../../../src/shared/domain/index.ts'

test('disks are a table: how much each takes of its size, who uses it, and whether anybody registered it', () => {
  const id = diskIdSchema.parse('a5374834-26da-4b3c-8f75-c28544c1d81a')
  const medium = {
    id,
    storageDomainId: storageDomainIdSchema.parse('514646fd-de01-477b-b46a-f875db5aa4ae'),
    fileName: 'some.iso',
    path: '/mnt/iso/some.iso',
    alias: 'some',
    name: 'some',
    description: '',
    registered: false,
    kind: 'image' as const,
    format: 'iso' as const,
    virtualBytes: 3 * 1024 ** 2,
    allocatedBytes: 1.5 * 1024 ** 2,
    backingPath: null,
    shareable: false,
    readOnly: true,
    discard: false,
    status: 'ok' as const,
    usedBy: [],
    revision: 0,
    volumeId: null,
    asOf: 1,
  }
  const large = { ...medium, name: 'large', registered: true, virtualBytes: 2 * 1024 ** 3, allocatedBytes: null }
  const [head, first, second] = formatTopic('disks', [medium, large]).split('\n')
  expect(head).toMatch(/^NAME +KIND +FORMAT +STATUS +TAKEN +USED BY +PATH +ID$/)
  expect(first).toMatch(/^some +image +iso +ok \(not registered\) +1\.5\/3\.0 MiB +- +\/mnt\/iso\/some\.iso +a5374834/)
  expect(second).toMatch(/^large +image +iso +ok +- +- /)
})

test('snapshots are a table: which the machine goes on from, of what kind each is and what it takes', () => {
  const inside = {
    id: 'one',
    name: 'one',
    createdAt: 1_000_000_000_000,
    state: 'shutoff',
    description: null,
    parent: null,
    isCurrent: false,
    kind: 'internal' as const,
    hasMemory: false,
    disks: ['vda'],
    sizeBytes: null,
  }
  const layered = { ...inside, id: 'two', name: 'two', parent: 'one', isCurrent: true, kind: 'external' as const }
  const [head, first, second] = formatTopic('snapshots', [
    inside,
    { ...layered, hasMemory: true, sizeBytes: 5_000_000, description: 'kernel 6.1' },
  ]).split('\n')
  expect(head).toMatch(/^NAME +PARENT +TAKEN +KIND +MEMORY +SIZE +DESCRIPTION$/)
  expect(first).toMatch(/^one +- +2001-09-09 \d\d:\d\d:\d\d +internal +no +-/)
  expect(second).toMatch(/^two \(current\) +one +2001-09-09 .* +external +yes +5 MiB +kernel 6\.1$/)
})
