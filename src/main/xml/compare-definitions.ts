import type { PendingChange, VmDisk, VmNic } from '../../shared/domain/index.ts'
import type { DomainDefinition } from './parse-domain.ts'

type Value = PendingChange['now']

/** More than these nobody reads: the XML tab has all. */
const CHANGES_LIMIT = 64

/** Plain values, and what they are called as a change. */
const NAMES = {
  memoryKiB: 'memory',
  maxMemoryKiB: 'maxMemory',
  vcpus: 'vcpus',
  maxVcpus: 'maxVcpus',
  machineType: 'machineType',
  firmware: 'firmware',
  cpuMode: 'cpuMode',
} as const
const PLAIN = Object.keys(NAMES) as readonly (keyof typeof NAMES)[]

/**
 * What of a running domain's definition on disk (`next`) is another one than as it runs (`current`): it takes effect at the next
 * start. Of what only runs have (devices' names, ports, addresses) nothing is told. Pure.
 */
export function compareDefinitions(current: DomainDefinition, next: DomainDefinition): PendingChange[] {
  return [
    ...comparePlain(current, next),
    ...compareText('bootOrder', current, next, ({ bootOrder }) => bootOrder.join(', ')),
    ...compareText('topology', current, next, ({ topology }) =>
      topology === null ? '' : [topology.sockets, topology.cores, topology.threads].join(' × '),
    ),
    ...compareKeyed('disk', mapDisks(current.disks), mapDisks(next.disks)),
    ...compareKeyed('nic', mapNics(current.nics), mapNics(next.nics)),
    ...compareLinks(current.nics, next.nics),
    ...compareRules(current.nics, next.nics),
    ...compareModels(
      current.graphics.map(({ type }) => ({ kind: 'graphics', model: type })),
      next.graphics.map(({ type }) => ({ kind: 'graphics', model: type })),
    ),
    ...compareModels(current.otherDevices, next.otherDevices),
  ].slice(0, CHANGES_LIMIT)
}

function comparePlain(current: DomainDefinition, next: DomainDefinition): PendingChange[] {
  return PLAIN.flatMap((field) => {
    const [now, then] = [current[field], next[field]]
    // libvirt puts a model of its own in the place of this one when it starts.
    if (now === then || then === 'host-model') return []
    // How much a guest has taken of what can be plugged in parts, its definition cannot tell.
    if (field === 'memoryKiB' && [current, next].every(hasMemoryInParts)) return []
    // Where all that there may be is plugged in, now and then, that is one change.
    if (field === 'maxMemoryKiB' && [current, next].every((each) => each.memoryKiB === each.maxMemoryKiB)) return []
    if (field === 'maxVcpus' && [current, next].every((each) => each.vcpus === each.maxVcpus)) return []
    return [{ what: NAMES[field], device: null, now, next: then }]
  })
}

function hasMemoryInParts({ otherDevices }: DomainDefinition): boolean {
  return otherDevices.some(({ kind, model }) => kind === 'memory' && model === 'virtio-mem')
}

/** What is said of neither is no change; what is said of one only was added or removed. */
function compareText(
  what: PendingChange['what'],
  current: DomainDefinition,
  next: DomainDefinition,
  textOf: (definition: DomainDefinition) => string,
): PendingChange[] {
  const [now, then] = [textOf(current), textOf(next)]
  return now === then ? [] : [{ what, device: null, now: now || null, next: then || null }]
}

function compareKeyed(
  what: PendingChange['what'],
  current: ReadonlyMap<string, Value>,
  next: ReadonlyMap<string, Value>,
): PendingChange[] {
  return [...new Set([...current.keys(), ...next.keys()])].flatMap((device) => {
    const [now, then] = [current.get(device) ?? null, next.get(device) ?? null]
    return now === then ? [] : [{ what, device, now, next: then }]
  })
}

/** An empty drive is there all the same. */
function mapDisks(disks: readonly VmDisk[]): ReadonlyMap<string, Value> {
  return new Map(disks.map(({ target, source }) => [target, source ?? '']))
}

function mapNics(nics: readonly VmNic[]): ReadonlyMap<string, Value> {
  return new Map(nics.map(({ macAddress, source, type }) => [macAddress, source ?? type]))
}

function compareLinks(current: readonly VmNic[], next: readonly VmNic[]): PendingChange[] {
  const word = (linkUp: boolean) => (linkUp ? 'up' : 'down')
  return current.flatMap(({ macAddress, linkUp }) => {
    const then = next.find((nic) => nic.macAddress === macAddress)
    if (then === undefined || then.linkUp === linkUp) return []
    return [{ what: 'link', device: macAddress, now: word(linkUp), next: word(then.linkUp) }] as const
  })
}

/** What cards may do. Which revision of a profile that was is told by what is other; of a card that comes, only its profile. */
function compareRules(current: readonly VmNic[], next: readonly VmNic[]): PendingChange[] {
  return next.flatMap((then) => {
    const nic = current.find(({ macAddress }) => macAddress === then.macAddress)
    const rules = [
      ['vnicProfile', nic?.vnicProfile?.id, then.vnicProfile?.id],
      ['filter', (nic ?? then).filter, then.filter],
      ['limits', describeLimits(nic ?? then), describeLimits(then)],
    ] as const
    return rules.flatMap(([what, before = null, after = null]) =>
      before === after ? [] : [{ what, device: then.macAddress, now: before, next: after }],
    )
  })
}

function describeLimits({ qos }: VmNic): string | undefined {
  if (qos === undefined) return undefined
  const direction = (limits: typeof qos.inbound) =>
    limits === null ? '' : [limits.averageKiBps, limits.peakKiBps, limits.burstKiB].map((each) => each ?? '').join('/')
  return `${direction(qos.inbound)} – ${direction(qos.outbound)}`
}

/** Devices without a name of their own: those of a kind that went, each beside one that came, if there is one. */
function compareModels(
  current: DomainDefinition['otherDevices'],
  next: DomainDefinition['otherDevices'],
): PendingChange[] {
  return [...new Set([...current, ...next].map(({ kind }) => kind))].flatMap((kind) => {
    const of = (devices: typeof current) => devices.filter((device) => device.kind === kind).map(({ model }) => model)
    const went = without(of(current), of(next))
    const came = without(of(next), of(current))
    return Array.from({ length: Math.max(went.length, came.length) }, (_unused, index) => ({
      what: 'device' as const,
      device: kind,
      now: went[index] ?? null,
      next: came[index] ?? null,
    }))
  })
}

/** What is in the one list more often than in the other. */
function without(list: readonly string[], others: readonly string[]): string[] {
  const rest = [...others]
  return list.filter((each) => {
    const at = rest.indexOf(each)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
