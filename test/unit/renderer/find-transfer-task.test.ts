import { describe, expect, it } from 'vitest'
import { findTransferTask } from '../../../src/renderer/features/disks/transfers/find-transfer-task.ts'
import type { Transfer } from '../../../src/renderer/features/disks/transfers/transfer-store.ts'
import type { Task, TaskId } from '../../../src/shared/domain/index.ts'
import { guid, inventHost, inventTask, inventVm } from './invented.ts'
import { inventDisk, inventStorageDomain } from './invented-storage.ts'

const domain = inventStorageDomain(1)
const disk = inventDisk(1)
const upload: Transfer = {
  id: guid(8, 1),
  direction: 'upload',
  place: { kind: 'storage-domain', id: domain.id },
  fileName: 'debian.iso',
  totalBytes: 10,
  doneBytes: 0,
  bytesPerSecond: null,
  phase: 'moving',
  error: null,
  diskId: null,
}
const vm = inventVm(1, inventHost(1).id)

function taskOf(number: number, change: Partial<Task> & { readonly fileName?: string }): Task {
  const { fileName = 'debian.iso', ...rest } = change
  const step = { id: 'receive', hostId: null, cancellable: true, goesOn: false, phase: 'running', error: null } as const
  return inventTask(number, vm, {
    command: 'disk.upload',
    subject: { kind: 'storage-domain', id: domain.id, name: domain.name },
    status: 'running',
    steps: [{ ...step, text: { key: 'receiving', params: { fileName } } }],
    ...rest,
  })
}

describe('findTransferTask', () => {
  const idOf = (number: number) => guid(3, number) as TaskId

  it('finds the task of a file on its way into a domain, among others', () => {
    const other = inventStorageDomain(2)
    const tasks = [
      taskOf(1, { fileName: 'other.iso' }),
      taskOf(2, { subject: { kind: 'storage-domain', id: other.id, name: other.name } }),
      taskOf(3, {}),
      taskOf(4, { command: 'disk.upload-url' }),
    ]
    expect(findTransferTask(tasks, upload)).toBe(idOf(3))
  })

  it('takes the latest that is open: an earlier try of the same file has ended', () => {
    const tasks = [
      taskOf(1, { status: 'failed', order: 9 }),
      taskOf(2, { order: 5 }),
      taskOf(3, { order: 7 }),
      taskOf(4, { status: 'cancelled', order: 8 }),
    ]
    expect(findTransferTask(tasks, upload)).toBe(idOf(3))
  })

  it('finds a download by its disk', () => {
    const download: Transfer = { ...upload, direction: 'download', diskId: disk.id }
    const subject = { kind: 'disk', id: disk.id, name: disk.name } as const
    expect(findTransferTask([taskOf(1, { command: 'disk.download', subject })], download)).toBe(idOf(1))
    expect(findTransferTask([taskOf(1, {})], download)).toBeNull()
  })

  it('finds that of a volume of a host by the host and its name', () => {
    const host = inventHost(1)
    const subject = { kind: 'host', id: host.id, name: host.name } as const
    const volume: Transfer = { ...upload, place: { kind: 'host', id: host.id } }
    const tasks = [
      taskOf(1, { command: 'host-volume.upload', subject }),
      taskOf(2, { command: 'host-volume.upload', subject, fileName: 'other.iso' }),
      taskOf(3, { command: 'host-volume.download', subject }),
      taskOf(4, {}),
    ]
    expect(findTransferTask(tasks, volume)).toBe(idOf(1))
    expect(findTransferTask(tasks, { ...volume, direction: 'download' })).toBe(idOf(3))
  })
})
