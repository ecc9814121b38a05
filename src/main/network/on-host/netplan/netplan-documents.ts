import type { HostNetworkFacts, LinkFacts } from '../host-facts.ts'
import type { YamlValue } from './format-yaml.ts'

export type Definition = Readonly<Record<string, YamlValue>>

/** After all that a host or its installer has: netplan merges its files in the order of their names. */
export const OWN_NETPLAN_PATH = '/etc/netplan/90-virtdeck.yaml'

/** A mapping of a document; empty where it is none. Pure. */
export function toDefinition(value: unknown, key: string): Definition {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Definition) : {}
}

/** What netplan calls a NIC: its name, or the id of a definition that matches it. Pure. */
export function netplanIdOf({ links, managers }: HostNetworkFacts, name: string): string {
  const link = links.find((each) => each.name === name)
  const all = managers.netplan.flatMap(({ document }) =>
    Object.entries(toDefinition(toDefinition(document, 'network'), 'ethernets')),
  )
  return all.find(([id, definition]) => fits(id, definition, name, link))?.[0] ?? name
}

/** What files of others say of a NIC. Pure. */
export function definitionsByOthers(facts: HostNetworkFacts, name: string): readonly Definition[] {
  const id = netplanIdOf(facts, name)
  return facts.managers.netplan.flatMap(({ path, document }) => {
    const ethernets = toDefinition(toDefinition(document, 'network'), 'ethernets')
    return path === OWN_NETPLAN_PATH || ethernets[id] === undefined ? [] : [toDefinition(ethernets, id)]
  })
}

/** Pure. */
export function isDefinedByOthers(facts: HostNetworkFacts, name: string): boolean {
  return definitionsByOthers(facts, name).length > 0
}

function fits(id: string, definition: YamlValue, name: string, link: LinkFacts | undefined): boolean {
  const { match, 'set-name': setName } =
    typeof definition === 'object' && definition !== null ? (definition as Definition) : {}
  if (setName === name) return true
  if (match === undefined || match === null) return id === name
  const matched = toDefinition({ match }, 'match')
  const mac = typeof matched.macaddress === 'string' ? matched.macaddress.toLowerCase() : null
  return matched.name === name || (mac !== null && mac === link?.macAddress.toLowerCase())
}
