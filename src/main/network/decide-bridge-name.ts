import { createHash } from 'node:crypto'
import { INTERFACE_NAME_LIMIT } from '../../shared/domain/index.ts'

/** Whole names that the kernel takes, and that no NIC, bond, bridge or tap is called by itself. */
const PLAIN = /^[A-Za-z][\w-]*$/
const TAKEN_BY_SYSTEMS =
  /^(?:lo|all|default|bonding_masters|(?:eth|en|wl|ww|ib|sl|usb|bond|team|br-|virbr|vnet|macvtap|tap|tun|veth|docker|dummy|ovs|wg)[\w-]*)$/i
const HASH_LENGTH = 5

/**
 * What the bridge of a network is called on hosts: the network's own name where Linux takes it (`IFNAMSIZ`: 15 characters), else what
 * of it fits, with five characters that tell it from others. `taken`: bridges of the datacenter's other networks. Pure.
 */
export function decideBridgeName(name: string, taken: ReadonlySet<string>): string {
  if (name.length <= INTERFACE_NAME_LIMIT && PLAIN.test(name) && !TAKEN_BY_SYSTEMS.test(name) && !taken.has(name)) {
    return name
  }
  const readable = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '')
    .slice(0, INTERFACE_NAME_LIMIT - HASH_LENGTH - 2)
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash('sha256').update(`${name}\n${attempt}`).digest('hex').slice(0, HASH_LENGTH)
    // The letter before keeps it from being a number or one of the system's own names.
    const made = `n${readable}-${digest}`
    if (!taken.has(made)) return made
  }
}
