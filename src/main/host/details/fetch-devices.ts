import type { HostDevice } from '../../../shared/domain/index.ts'
import { type HostLink, isLibvirtError } from '../../hosts/index.ts'
import { parseNodeDevice, XmlError } from '../../xml/index.ts'

const CALL_TIMEOUT_MS = 20_000
/** `virConnectListAllNodeDeviceFlags`: PCI, USB devices, network cards, storage, mediated devices. */
const LISTED = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 8) | (1 << 14)
/** More than any server has; what a host lists beyond is left out. */
const DEVICES_LIMIT = 4_000
const AT_ONCE = 4

/**
 * Reads the devices of a host, by its node-device driver. Those that go while they are read are left out.
 * Errors: host.driver-absent, host.driver-failed and those of `call`.
 */
export async function fetchDevices(link: HostLink, asOf: number, signal: AbortSignal): Promise<HostDevice[]> {
  const limits = { timeoutMs: CALL_TIMEOUT_MS, signal }
  const driver = link.family('node-device')
  const { devices } = await driver.call('CONNECT_LIST_ALL_NODE_DEVICES', { need_results: 1, flags: LISTED }, limits)
  const waiting = devices.slice(0, DEVICES_LIMIT).map(({ name }) => name)
  const read: HostDevice[] = []
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        const { xml } = await driver.call('NODE_DEVICE_GET_XML_DESC', { name, flags: 0 }, limits)
        const device = parseNodeDevice(xml)
        if (device !== null) read.push({ ...device, asOf })
      } catch (error) {
        if (!isLibvirtError(error) && !(error instanceof XmlError)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return read
}
