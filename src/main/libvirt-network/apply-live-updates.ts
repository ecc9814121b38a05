import { type HostLink, isLibvirtError } from '../hosts/index.ts'
import { parseNetwork } from '../xml/index.ts'
import { decideLiveUpdates, type LiveUpdate } from './decide-live-updates.ts'
import type { ToldNetwork } from './fetch-networks.ts'

const CALL_TIMEOUT_MS = 60_000
/** `virNetworkUpdateCommand` and `virNetworkUpdateSection`. */
const COMMANDS = { delete: 2, add: 3 } as const
const SECTIONS = { 'dhcp-host': 4, 'dhcp-range': 5, 'dns-host': 10 } as const
/** `VIR_NETWORK_UPDATE_AFFECT_LIVE`: the definition is written already, with more than this call could. */
const LIVE = 1
/** `VIR_DRV_FEATURE_NETWORK_UPDATE_HAS_CORRECT_ORDER`, libvirt 7.2: before it, the wire has the two numbers the other way round. */
const FEATURE_CORRECT_ORDER = 16

/**
 * Changes a running network to its definition, as far as libvirt can. What it refuses stays pending: the definition has it. Errors:
 * those of a libvirt call that was not answered.
 */
export async function applyLiveUpdates(link: Pick<HostLink, 'family'>, network: ToldNetwork): Promise<void> {
  const driver = link.family('network')
  const limits = { timeoutMs: CALL_TIMEOUT_MS }
  const net = { name: network.name, uuid: network.id }
  const { xml } = await driver.call('NETWORK_GET_XML_DESC', { net, flags: 0 }, limits)
  const updates = decideLiveUpdates(parseNetwork(xml), parseNetwork(network.xml))
  if (updates.length === 0) return
  const { supported } = await driver.call('CONNECT_SUPPORTS_FEATURE', { feature: FEATURE_CORRECT_ORDER }, limits)
  for (const update of updates) {
    try {
      await driver.call('NETWORK_UPDATE', { net, ...encodeUpdate(update, supported !== 0), flags: LIVE }, limits)
    } catch (error) {
      if (!isLibvirtError(error)) throw error
    }
  }
}

/** A change as it goes over the wire. Pure. */
export function encodeUpdate({ command, section, parentIndex, xml }: LiveUpdate, isOrderCorrect: boolean) {
  const [first, second] = [COMMANDS[command], SECTIONS[section]]
  const order = isOrderCorrect ? { command: first, section: second } : { command: second, section: first }
  return { ...order, parentIndex, xml }
}
