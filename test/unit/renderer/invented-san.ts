import { type HostId, type Lun, lunPathOf, type Vm } from '../../../src/shared/domain/index.ts'
import { guid, inventError } from './invented.ts'

const GIB = 1_073_741_824

/**
 * What a portal serves, and what both hosts see on it: an empty LUN, one with a file system, and one that the second host does not see. The
 * password "wrong" is refused. Null: it was asked for something else.
 */
export function inventSanAnswer(command: string, { chapPassword }: Readonly<Record<string, unknown>>): unknown {
  const [fast, slow] = ['fast', 'slow'].map((name) => `iqn.2003-01.org.example:${name}`)
  const portal = '10.0.0.5:3260'
  if (command === 'storage.discover-targets') return { targets: [fast, slow].map((target) => ({ portal, target })) }
  if (command !== 'storage.list-luns') return null
  if (chapPassword === 'wrong') {
    const error = inventError('storage.chap-refused', { hostName: 'node1.lab', target: fast ?? '' })
    return { luns: [], failures: [{ hostId: guid(1, 1), hostName: 'node1.lab', error }] }
  }
  const lun = (number: number, hosts: readonly number[], use: Lun['use']): Lun => ({
    lunId: `naa.6001405${number.toString().padStart(9, '0')}`,
    sizeBytes: number * 100 * GIB,
    vendor: 'LIO-ORG',
    model: `lun-${number}`,
    use,
    storageDomainId: null,
    hosts: hosts.map((host) => ({
      hostId: guid(1, host) as HostId,
      device: `/dev/sd${'xabc'[number] ?? 'z'}`,
      sizeBytes: number * 100 * GIB,
    })),
    onAllHosts: hosts.length === 2,
  })
  return {
    luns: [
      lun(1, [1, 2], { kind: 'free', name: null }),
      lun(2, [1, 2], { kind: 'file-system', name: 'xfs' }),
      lun(3, [1], { kind: 'free', name: null }),
    ],
    failures: [],
  }
}

/** A machine that was given a whole LUN. */
export function withLun(vm: Vm, lunId: string): Vm {
  const disk = { target: 'vdz', bus: 'virtio', device: 'disk', sourceType: 'block', format: 'raw' } as const
  return { ...vm, disks: [...vm.disks, { ...disk, source: lunPathOf(lunId), readOnly: false }] }
}
