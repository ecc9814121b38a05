import type { ParsedInput } from '../../../shared/contract/index.ts'
import { AppError, isAppError } from '../../../shared/errors/index.ts'
import type { Clock, ModelSnapshot, OperationHandler } from '../../engine/index.ts'
import { fetchDevices } from '../../host/index.ts'
import { renderPart } from '../../xml/index.ts'
import { onVm } from '../domain-action.ts'
import { withDevice } from '../edit/change-devices.ts'
import { decideHostDevice } from '../edit/decide-host-device.ts'
import { memoryPart, withMemoryModule } from '../edit/memory-modules.ts'
import { aliasOf, plugDevicePart, plugDeviceText, withAlias } from '../edit/plug-devices.ts'
import { decideAction, hostName, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'
import { createDeviceSteps, planDeviceChange, waitingOf } from './device-change.ts'

type AttachInput = ParsedInput<'vm.attach-device'>

const LOOK_TIMEOUT_MS = 20_000

type AttachDependencies = VmEditDependencies & { readonly clock: Clock }

/** Gives a VM a device: memory, a watchdog, random numbers, USB of who looks at its screen, or something of its host. */
export function createAttachDevice(dependencies: AttachDependencies): OperationHandler<'vm.attach-device'> {
  return {
    name: 'vm.attach-device',
    ids: ['deviceId'],
    ...onVm(dependencies.hosts, 'edit'),
    validate: (model, { vmId, device }) => decideAction(model, vmId, 'edit') ?? decideRedirection(model, vmId, device),
    // What a host has is asked of it, when it is asked for.
    admit: async (_identity, input, model) => decideOnHost(dependencies, model, input),
    auditParams: ({ device }) => ({ device: JSON.stringify(device) }),
    plan: (model, { vmId }) => planDeviceChange(model, vmId, { define: 'attaching-device', plug: 'plugging-device' }),
    afterCrash: 'finish',
    steps: createDeviceSteps(dependencies, 'vm.attach-device', ({ input: { device }, ids }) => {
      const alias = aliasOf(ids.deviceId ?? '')
      const part = 'memory' in device ? memoryPart(device.memory) : plugDevicePart(device)
      const has = (xml: string) => plugDeviceText(xml, alias) !== null
      return {
        change: (xml) => {
          if (has(xml)) return xml
          return 'memory' in device
            ? withMemoryModule(xml, device.memory, alias)
            : withDevice(xml, withAlias(part, alias))
        },
        calls: (running) => (has(running) ? [] : [{ kind: 'attach', device: renderPart(withAlias(part, alias)) }]),
      }
    }),
    output: ({ ids, results }) => ({ device: aliasOf(ids.deviceId ?? ''), ...waitingOf(results) }),
  }
}

/** A redirected USB device comes by SPICE. */
function decideRedirection(
  model: ModelSnapshot,
  vmId: AttachInput['vmId'],
  device: AttachInput['device'],
): AppError | null {
  const { name, graphics } = requireVm(model, vmId)
  if (!('usbRedirection' in device) || graphics.some(({ type }) => type === 'spice')) return null
  return new AppError('vm.lacks-device', { name, device: 'spice' }, { subject: name })
}

/** Null as well where its host cannot be asked: then it says so itself. */
async function decideOnHost(
  { hosts, clock }: Pick<AttachDependencies, 'hosts' | 'clock'>,
  model: ModelSnapshot,
  { vmId, device }: AttachInput,
): Promise<AppError | null> {
  const hostId = model.vms.get(vmId)?.hostId
  const link = hostId === undefined ? null : hosts.find(hostId)
  if (!('host' in device) || hostId === undefined || link === null || !link.isLive) return null
  try {
    const devices = await fetchDevices(link, clock.now(), AbortSignal.timeout(LOOK_TIMEOUT_MS))
    return decideHostDevice(devices, device.host, hostName(model, hostId))
  } catch (error) {
    if (!isAppError(error)) throw error
    return error
  }
}
