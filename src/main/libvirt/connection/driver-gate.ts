import type { ProcedureIdentity } from '../protocol/procedure.ts'

/** The drivers that a hypervisor's daemon opens only when the first call to one of them comes. */
const SECONDARY_DRIVERS: readonly (readonly [driver: string, names: RegExp])[] = [
  ['storage', /_STORAGE_|^STORAGE_/],
  ['network', /_NETWORKS?(_|$)|^NETWORK_/],
  ['node-device', /_NODE_DEVICES?(_|$)|^NODE_DEVICE_|^NODE_(NUM_OF|LIST)_DEVICES$/],
  ['nwfilter', /_NWFILTERS?(_|$)|_NWFILTER_BINDINGS$|^NWFILTER_/],
  ['secret', /_SECRETS?(_|$)|^SECRET_/],
  ['interface', /_INTERFACES(_|$)|^INTERFACE_/],
]

const driverByProcedure = new Map<string, string | null>()

/** The secondary driver that answers a procedure; null for those of the connection's own. */
export function secondaryDriverOf(procedure: string): string | null {
  const known = driverByProcedure.get(procedure)
  if (known !== undefined) return known
  const isOwn = procedure.startsWith('DOMAIN_') || procedure.startsWith('QEMU_')
  const found = isOwn ? undefined : SECONDARY_DRIVERS.find(([, names]) => names.test(procedure))
  const driver = found?.[0] ?? null
  driverByProcedure.set(procedure, driver)
  return driver
}

/**
 * Lets the first call to each secondary driver go alone. A modular daemon opens its connection to that driver within the
 * first call, without a lock: two at once open it twice, and the daemon dies when the client leaves (libvirt 11.3).
 */
export class DriverGate {
  readonly #open = new Set<string>()
  readonly #opening = new Set<string>()

  admits({ name }: ProcedureIdentity): boolean {
    const driver = secondaryDriverOf(name)
    return driver === null || !this.#opening.has(driver)
  }

  sent({ name }: ProcedureIdentity): void {
    const driver = secondaryDriverOf(name)
    if (driver !== null && !this.#open.has(driver)) this.#opening.add(driver)
  }

  answered({ name }: ProcedureIdentity, ok: boolean): void {
    const driver = secondaryDriverOf(name)
    if (driver === null || !this.#opening.delete(driver) || !ok) return
    this.#open.add(driver)
  }
}
