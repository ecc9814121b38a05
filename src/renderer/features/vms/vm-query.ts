import type { Vm } from '../../../shared/domain/index.ts'

/** One condition of a query. `any`: the text anywhere that a person would look for it. */
export interface Condition {
  readonly field: 'any' | 'name' | 'status' | 'host' | 'os' | 'address' | 'mac' | 'cpus' | 'memory' | 'id'
  readonly operator: '=' | '!=' | '>' | '<' | '~'
  readonly value: string
}

const FIELDS: Readonly<Record<string, Condition['field']>> = {
  name: 'name',
  status: 'status',
  host: 'host',
  os: 'os',
  ip: 'address',
  address: 'address',
  mac: 'mac',
  cpus: 'cpus',
  vcpus: 'cpus',
  memory: 'memory',
  id: 'id',
  uuid: 'id',
}

const TERM = /([a-z]+)\s*(!=|=|>|<|~)\s*("[^"]*"|\S+)|"([^"]*)"|(\S+)/gi

/**
 * Reads "status=up and host=node1 web": conditions that all must hold. Unknown field names are taken as text to look for.
 * Values may be quoted; `memory` is in GiB. Pure.
 */
export function parseQuery(text: string): readonly Condition[] {
  const conditions: Condition[] = []
  for (const [whole, name, operator, value, quoted, word] of text.matchAll(TERM)) {
    const field = name === undefined ? undefined : FIELDS[name.toLowerCase()]
    if (field !== undefined && operator !== undefined && value !== undefined) {
      conditions.push({ field, operator: operator as Condition['operator'], value: value.replaceAll('"', '') })
    } else if (word?.toLowerCase() !== 'and') {
      conditions.push({ field: 'any', operator: '~', value: quoted ?? word ?? whole })
    }
  }
  return conditions
}

/** The tab of all machines in a place's address, with what they are filtered by. Pure. */
export function tabOfQuery(query: string): string {
  return `vms?${new URLSearchParams({ q: query })}`
}

/** The query in such a tab; empty when there is none. Addresses can be typed, so it takes any text. Pure. */
export function queryOfTab(tab: string): string {
  return new URLSearchParams(tab.slice(tab.indexOf('?') + 1)).get('q') ?? ''
}

const KIB_PER_GIB = 1_048_576

/** Whether a VM meets all conditions. `hostName` is its host's. Pure. */
export function matchesQuery(vm: Vm, hostName: string, conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => meets(vm, hostName, condition))
}

function meets(vm: Vm, hostName: string, { field, operator, value }: Condition): boolean {
  if (field === 'cpus' || field === 'memory') {
    const number = Number(value)
    const own = field === 'cpus' ? vm.vcpus : vm.memoryKiB / KIB_PER_GIB
    if (operator === '>') return own > number
    if (operator === '<') return own < number
    return (own === number) === (operator !== '!=')
  }
  const texts = textsOf(vm, hostName, field)
  const wanted = value.toLocaleLowerCase()
  if (operator === '~' || field === 'any') return texts.some((text) => text.toLocaleLowerCase().includes(wanted))
  return texts.some((text) => text.toLocaleLowerCase() === wanted) === (operator !== '!=')
}

function textsOf(vm: Vm, hostName: string, field: Condition['field']): readonly string[] {
  const addresses = vm.nics.flatMap((nic) => nic.addresses)
  const macs = vm.nics.map((nic) => nic.macAddress)
  switch (field) {
    case 'name':
      return [vm.name]
    case 'status':
      return [vm.status]
    case 'host':
      return [hostName]
    case 'os':
      return vm.operatingSystem === null ? [] : [vm.operatingSystem]
    case 'address':
      return addresses
    case 'mac':
      return macs
    case 'id':
      return [vm.id]
    default:
      return [vm.name, vm.title ?? '', hostName, vm.status, vm.operatingSystem ?? '', vm.id, ...addresses, ...macs]
  }
}
