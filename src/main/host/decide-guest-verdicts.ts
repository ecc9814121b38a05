import type { Host, HostId, Vm } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import type { GuestIdentity } from '../hosts/index.ts'
import type { Verdict } from './survey/index.ts'

/** How many a text names. */
const NAMED_MAX = 5

/** What is known from the other hosts. */
export interface KnownMachines {
  readonly vms: ReadonlyMap<string, Pick<Vm, 'id' | 'name' | 'hostId' | 'nics'>>
  readonly hosts: ReadonlyMap<HostId, Pick<Host, 'name'>>
}

/**
 * Which machines of a host are known from other hosts already, by UUID. Two definitions are what an unfinished migration or a copied host
 * leaves; started on both, they write to one disk. Pure.
 */
export function decideKnownVms(guests: readonly GuestIdentity[] | null, { vms, hosts }: KnownMachines): Verdict | null {
  if (guests === null) return null
  const known = guests.flatMap(({ uuid, name }) => {
    const vm = vms.get(uuid)
    return vm === undefined ? [] : [`${name} (${hosts.get(vm.hostId)?.name ?? vm.hostId})`]
  })
  return {
    warning: known.length === 0 ? null : new AppError('host.vms-elsewhere', { vms: named(known), count: known.length }),
    detail: null,
  }
}

/** Which network cards of its machines have an address that another machine of the inventory has. Pure. */
export function decideKnownMacs(
  guests: readonly GuestIdentity[] | null,
  { vms, hosts }: KnownMachines,
): Verdict | null {
  if (guests === null) return null
  const owners = new Map<string, { readonly uuid: string; readonly name: string }>()
  for (const { id, name, hostId, nics } of vms.values()) {
    const owner = { uuid: id, name: `${name} (${hosts.get(hostId)?.name ?? hostId})` }
    for (const { macAddress } of nics) owners.set(macAddress.toLowerCase(), owner)
  }
  const clashes = guests.flatMap(({ uuid, name, macAddresses }) =>
    macAddresses.flatMap((macAddress) => {
      const owner = owners.get(macAddress.toLowerCase())
      return owner === undefined || owner.uuid === uuid ? [] : [`${macAddress}: ${name}, ${owner.name}`]
    }),
  )
  const params = { clashes: named(clashes, '; '), count: clashes.length }
  return { warning: clashes.length === 0 ? null : new AppError('host.macs-elsewhere', params), detail: null }
}

function named(names: readonly string[], separator = ', '): string {
  const shown = names.slice(0, NAMED_MAX).join(separator)
  return names.length > NAMED_MAX ? `${shown}${separator}…` : shown
}
