import type { ManagerVerdict } from './decide-manager.ts'
import type { HostNetworkFacts } from './host-facts.ts'
import { isNic } from './host-picture.ts'
import { interfacesFiles, OWN_INTERFACES_PATH, parseInterfaces } from './ifupdown/parse-interfaces.ts'
import { isDefinedByOthers } from './netplan/netplan-documents.ts'
import { isOwnCopy, isOwnNetworkdFile } from './networkd/render-networkd.ts'

/**
 * The NICs that the host configures by itself, as far as its manager says so: what they have stays theirs while only VLANs are put on them. Pure.
 */
export function findOwnConfigured(facts: HostNetworkFacts, { manager }: ManagerVerdict): ReadonlySet<string> {
  const isConfigured = CONFIGURED[manager as keyof typeof CONFIGURED]?.(facts) ?? (() => false)
  return new Set(facts.links.filter((link) => isNic(link) && isConfigured(link.name)).map(({ name }) => name))
}

type IsConfigured = (facts: HostNetworkFacts) => (name: string) => boolean

const CONFIGURED: Readonly<Record<'ifupdown' | 'networkd' | 'network-manager' | 'netplan', IsConfigured>> = {
  ifupdown: ({ files }) => {
    const others = interfacesFiles(files).filter((path) => path !== OWN_INTERFACES_PATH)
    const names = new Set(
      others
        .flatMap((path) => parseInterfaces(files.get(path) ?? ''))
        .flatMap(({ kind, names: of }) => (kind === 'iface' ? of : [])),
    )
    return (name) => names.has(name)
  },
  networkd:
    ({ managers: { networkd }, files }) =>
    (name) => {
      const file = networkd?.get(name)?.file ?? null
      return file !== null && (!isOwnNetworkdFile(file) || isOwnCopy(files.get(file)))
    },
  'network-manager':
    ({ managers: { networkManager } }) =>
    (name) => {
      const connection = networkManager?.get(name)?.connection ?? ''
      return connection !== '' && !connection.startsWith('virtdeck-')
    },
  netplan: (facts) => (name) => isDefinedByOthers(facts, name),
}
