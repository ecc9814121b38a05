import type { VmSettings } from '../../shared/domain/index.ts'
import { attributeOf, childOf, childrenOf, type XmlElement } from './xml-tree.ts'

type BootDevice = VmSettings['boot'][number]

const BOOT_KINDS: Readonly<Record<string, BootDevice>> = { hd: 'disk', cdrom: 'cdrom', network: 'network' }

/** What a domain boots from: by the turns of its devices, else by those of kinds. Floppies and devices handed over are left out. */
export function parseBootOrder(os: XmlElement | null, devices: XmlElement | null): BootDevice[] {
  const turns = (devices?.children ?? [])
    .map((device) => ({ kind: kindOf(device), turn: Number(attributeOf(childOf(device, 'boot'), 'order') ?? 0) }))
    .filter(({ turn }) => turn > 0)
    .sort((one, other) => one.turn - other.turn)
    .map(({ kind }) => kind)
  const kinds = childrenOf(os, 'boot').map((boot) => BOOT_KINDS[attributeOf(boot, 'dev') ?? ''] ?? null)
  return [...new Set(turns.length > 0 ? turns : kinds)].filter((kind) => kind !== null)
}

function kindOf({ name, attributes }: XmlElement): BootDevice | null {
  if (name === 'interface') return 'network'
  if (name !== 'disk') return null
  return attributes.device === 'cdrom' ? 'cdrom' : attributes.device === 'floppy' ? null : 'disk'
}

/** What its vCPUs look like; null where QEMU decides. Dies and clusters are left out. */
export function parseTopology(cpu: XmlElement | null): VmSettings['topology'] {
  const topology = childOf(cpu, 'topology')
  if (topology === null) return null
  const of = (name: string) => Number(attributeOf(topology, name) ?? 1)
  return { sockets: of('sockets'), cores: of('cores'), threads: of('threads') }
}
