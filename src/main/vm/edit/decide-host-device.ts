import type { HostDevice, VmDeviceSpec } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'

type HostSpec = Extract<VmDeviceSpec, { readonly host: unknown }>['host']

/** Why a device of a host is handed to no machine. */
type HostDeviceObstacle = 'no-iommu' | 'bridge' | 'disk' | 'network'

/** PCI bridges: https://pcisig.com, class 06h. */
const BRIDGE_CLASS = '06'

/**
 * May a device of a host be handed to a machine? A PCI device goes from the host to the machine whole: not one that the host's own disks or
 * live network cards hang on. Null: yes, or the host says the rest. Pure.
 */
export function decideHostDevice(devices: readonly HostDevice[], spec: HostSpec, hostName: string): AppError | null {
  const name = 'pci' in spec ? spec.pci : 'usb' in spec ? numbersOf(spec.usb) : spec.mediatedDevice.toLowerCase()
  const isIt = (device: HostDevice) => {
    if ('pci' in spec) return device.kind === 'pci' && device.address === name
    if ('usb' in spec) return device.kind === 'usb' && device.numbers === name
    return device.kind === 'mediated' && device.address?.toLowerCase() === name
  }
  const found = devices.find(isIt)
  if (found === undefined) return new AppError('vm.host-device-missing', { hostName, device: name })
  const hint = 'pci' in spec ? obstacleOf(devices, found) : null
  return hint === null ? null : new AppError('vm.host-device-unfit', { hostName, device: name, hint })
}

function obstacleOf(devices: readonly HostDevice[], pci: HostDevice): HostDeviceObstacle | null {
  if (pci.pciClass?.startsWith(BRIDGE_CLASS) === true) return 'bridge'
  const hangsOnIt = devices.filter(({ path }) => path?.includes(`/${pci.address}/`) === true)
  if (hangsOnIt.some(({ kind }) => kind === 'disk')) return 'disk'
  if (hangsOnIt.some(({ kind, isLinkUp }) => kind === 'nic' && isLinkUp === true)) return 'network'
  return pci.iommuGroup === null ? 'no-iommu' : null
}

function numbersOf({ vendorId, productId }: { readonly vendorId: string; readonly productId: string }): string {
  return `${vendorId}:${productId}`
}
