import { z } from 'zod'
import type { CommandName } from '../../../shared/contract/index.ts'
import type { Vm, VmId, VmNic } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, PlanDraft, StepContext, StepHandler } from '../../engine/index.ts'
import { domainReference, type HostLink, isLibvirtError, type TypedParameter } from '../../hosts/index.ts'
import { buildNicProfiles, NIC_PROFILES_NAMESPACE, NIC_PROFILES_PREFIX, type NicProfileMark } from '../../xml/index.ts'
import { liveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { marksWith } from '../edit/nic-profiles.ts'
import { readPlugDevices } from '../edit/plug-devices.ts'
import { isRunning, planOnVm, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

/** `virDomainDeviceModifyFlags`. */
const LIVE = 1
/** `VIR_DOMAIN_METADATA_ELEMENT`. */
const METADATA_ELEMENT = 2
const TIMEOUT_MS = 60_000
/** A host under load takes minutes to activate a volume. */
const PLUG_TIMEOUT_MS = 6 * 60_000

const plugSchema = z.object({ waiting: z.boolean(), reason: z.string().nullable() })

type DeviceCommand = Extract<
  CommandName,
  | 'vm.attach-disk'
  | 'vm.detach-disk'
  | 'vm.limit-disk'
  | 'vm.add-nic'
  | 'vm.edit-nic'
  | 'vm.remove-nic'
  | 'vm.attach-device'
  | 'vm.detach-device'
  | 'vm.resize-device'
  | 'vm.sync-nics'
>

/** What is done to devices of a VM. */
export interface DeviceChange {
  /** The definition with the change; the same text where it is so already. */
  readonly change: (xml: string) => string
  /** What libvirt is told about the running domain, by its definition, in this order; none: it is so already. */
  readonly calls: (running: string) => readonly LiveCall[]
  /** Paths of disks that have to be there before it is told. */
  readonly plugs?: readonly string[]
}

export type LiveCall =
  | { readonly kind: 'attach' | 'detach' | 'update'; readonly device: string }
  | { readonly kind: 'limit'; readonly target: string; readonly params: readonly TypedParameter[] }
  /** Which vNIC profiles its cards have. */
  | { readonly kind: 'mark'; readonly marks: readonly NicProfileMark[] }

const CALLS = {
  attach: 'DOMAIN_ATTACH_DEVICE_FLAGS',
  detach: 'DOMAIN_DETACH_DEVICE_FLAGS',
  update: 'DOMAIN_UPDATE_DEVICE_FLAGS',
} as const

/**
 * The steps of a command that changes devices: in the stored definition, of which all else stays as it is, and in the running domain. What
 * the guest or libvirt refuses there waits for the next start.
 */
export function createDeviceSteps<N extends DeviceCommand>(
  dependencies: VmEditDependencies,
  command: N,
  decide: (context: StepContext<N>) => DeviceChange,
): { readonly define: StepHandler<N>; readonly plug: StepHandler<N> } {
  const { hosts, definitions, writeDefinition, activateVolumes } = dependencies
  const linkOf = ({ input, model }: StepContext<N>) => {
    const vm = requireVm(model(), vmIdOf(input))
    return { vm, link: hosts.get(vm.hostId) }
  }
  return {
    define: {
      run: async (context) => {
        const { vm, link } = linkOf(context)
        const { xml: before } = await definitions.read(link, vm)
        const xml = withXmlErrors(vm, () => decide(context).change(before))
        context.memory.set('before', before)
        if (xml !== before) await writeDefinition(context, command, { vm, link, xml })
        return null
      },
      // Only what went before in the same run of the engine is undone: the command itself never needs it after a restart.
      undo: async (context) => {
        const { vm, link } = linkOf(context)
        const before = context.memory.get('before')
        if (typeof before === 'string') await writeDefinition(context, command, { vm, link, xml: before })
      },
      inspect: async (context) => {
        const { vm, link } = linkOf(context)
        const { xml } = await definitions.read(link, vm)
        return withXmlErrors(vm, () => decide(context).change(xml)) === xml ? 'done' : 'absent'
      },
    },
    plug: {
      timeoutMs: PLUG_TIMEOUT_MS,
      run: async (context) => {
        const { vm, link } = linkOf(context)
        const wanted = async () => {
          const running = await liveXmlOf(link, vm)
          return withXmlErrors(vm, () => decide(context).calls(running))
        }
        const calls = await wanted()
        if (calls.length === 0) return { waiting: false, reason: null }
        const endActivation = await activateVolumes(link.id, decide(context).plugs ?? [], context.signal)
        try {
          const refusal = await tellInTurn(link, vm, calls)
          await link.refreshDomain(vm.id)
          if (refusal !== null) return { waiting: true, reason: refusal }
        } finally {
          endActivation()
        }
        // A guest lets go of a device when it likes to.
        const isLeft =
          calls.some(({ kind }) => kind === 'detach') && (await wanted()).some(({ kind }) => kind === 'detach')
        return { waiting: isLeft, reason: null }
      },
      inspect: async (context) => {
        const { vm, link } = linkOf(context)
        const running = await liveXmlOf(link, vm)
        return withXmlErrors(vm, () => decide(context).calls(running)).length === 0 ? 'done' : 'absent'
      },
    },
  }
}

/** What libvirt says against the first that it does not take: those after it are not told. Null: nothing. */
async function tellInTurn(link: HostLink, vm: Vm, calls: readonly LiveCall[]): Promise<string | null> {
  for (const call of calls) {
    const refusal = await tellLibvirt(link, vm, call)
    if (refusal !== null) return refusal
  }
  return null
}

/** What libvirt says against it; null: nothing. */
async function tellLibvirt(link: HostLink, vm: Vm, call: LiveCall): Promise<string | null> {
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const limits = { timeoutMs: TIMEOUT_MS }
  try {
    if (call.kind === 'limit') {
      const request = { dom, disk: call.target, params: call.params, flags: LIVE }
      await link.control().call('DOMAIN_SET_BLOCK_IO_TUNE', request, limits)
    } else if (call.kind === 'mark') {
      const request = {
        dom,
        type: METADATA_ELEMENT,
        key: NIC_PROFILES_PREFIX,
        uri: NIC_PROFILES_NAMESPACE,
        flags: LIVE,
      }
      const metadata = buildNicProfiles(call.marks)
      await link.control().call('DOMAIN_SET_METADATA', { ...request, metadata }, limits)
    } else await link.control().call(CALLS[call.kind], { dom, xml: call.device, flags: LIVE }, limits)
    return null
  } catch (error) {
    if (!isLibvirtError(error)) throw error
    return error.params.message
  }
}

/**
 * Why a device cannot be changed or taken that is known by its name alone: the machine has none such, now or at its next start, or, where an
 * amount is asked of it, none that has so much to give. Null where its host cannot be asked: then it says so itself.
 */
export async function refuseWithout(
  { hosts, definitions }: Pick<VmEditDependencies, 'hosts' | 'definitions'>,
  model: ModelSnapshot,
  vmId: VmId,
  device: string,
  requestedMiB?: number,
): Promise<AppError | null> {
  const vm = model.vms.get(vmId)
  const link = vm === undefined ? null : hosts.find(vm.hostId)
  if (vm === undefined || link === null || !link.isLive || !vm.persistent) return null
  const texts = [(await definitions.read(link, vm)).xml, ...(isRunning(vm) ? [await liveXmlOf(link, vm)] : [])]
  const found = withXmlErrors(vm, () => texts.flatMap(readPlugDevices)).filter(({ id }) => id === device)
  const fits = found.some(
    ({ sizeMiB, requestedMiB: now }) =>
      requestedMiB === undefined || (now !== null && sizeMiB !== null && requestedMiB <= sizeMiB),
  )
  if (fits) return null
  const code = found.length === 0 || requestedMiB === undefined ? 'vm.no-such-device' : 'vm.memory-fixed'
  return new AppError(code, { name: vm.name, device }, { subject: vm.name })
}

/** What tells libvirt which vNIC profile a card of the running domain has; null: none. Nothing where it is so. Throws XmlError. Pure. */
export function markCalls(
  running: string,
  macAddress: string,
  profile: NonNullable<VmNic['vnicProfile']> | null,
): readonly LiveCall[] {
  const marks = marksWith(running, macAddress, profile)
  return marks === null ? [] : [{ kind: 'mark', marks }]
}

/** The plan of such a command. Throws vm.not-found. */
export function planDeviceChange(
  model: ModelSnapshot,
  vmId: VmId,
  keys: { readonly define: string; readonly plug: string },
): PlanDraft {
  return planOnVm(model, vmId, [
    { action: 'define', key: keys.define },
    ...(isRunning(requireVm(model, vmId)) ? [{ action: 'plug', key: keys.plug }] : []),
  ])
}

/** The answer: whether it waits for the next start, and what libvirt said to it. Pure. */
export function waitingOf(results: StepContext<DeviceCommand>['results']): {
  readonly waiting?: boolean
  readonly reason?: string
} {
  const plugged = plugSchema.safeParse(results.plug)
  if (!plugged.success) return {}
  const { waiting, reason } = plugged.data
  return reason === null ? { waiting } : { waiting, reason }
}

function vmIdOf(input: { readonly vmId: VmId }): VmId {
  return input.vmId
}
