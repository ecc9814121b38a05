import type { Vm } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { domainLock } from '../../disk/index.ts'
import type { Inspection, OperationHandler, StepContext } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { parseEditable } from '../../xml/index.ts'
import { decideMediumFor, mediumPathOf } from '../change/decide-medium-for.ts'
import { inactiveXmlOf, liveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import { findDrive, mediumOf, withMedium } from '../change/drive.ts'
import { onVm, runDomainAction } from '../domain-action.ts'
import { decideAction, planOnVm, requireVm } from '../rules.ts'
import type { VmEditDependencies } from './dependencies.ts'

/** `virDomainDeviceModifyFlags`. */
const LIVE = 1
const CONFIG = 2
/** Also where the guest has locked the tray. */
const FORCE = 4
const CALL_TIMEOUT_MS = 60_000

type Scope = 'now' | 'next'

/** Puts another medium into a VM's drive, or takes it out: in the run, and for the next start. */
export function createChangeCd({ hosts, changeOwn }: VmEditDependencies): OperationHandler<'vm.change-cd'> {
  const linkOf = ({ model, input }: StepContext<'vm.change-cd'>) => {
    const vm = requireVm(model(), input.vmId)
    return { vm, link: hosts.get(vm.hostId) }
  }
  const inspect = async (context: StepContext<'vm.change-cd'>, scope: Scope): Promise<Inspection> => {
    const { vm, link } = linkOf(context)
    const seen = await mediumIn(link, vm, scope)
    return seen === (mediumPathOf(context.model(), wantedOf(context.input)) ?? null) ? 'done' : 'absent'
  }
  const change = async (context: StepContext<'vm.change-cd'>, scope: Scope) => {
    const { vm, link } = linkOf(context)
    const before = await mediumIn(link, vm, scope)
    const path = mediumPathOf(context.model(), wantedOf(context.input)) ?? null
    await put({ context, vm, link, scope, path })
    return before
  }
  // What a run has in its drive is in no stored definition.
  const put = (request: PutRequest) =>
    request.scope === 'now' ? putMedium(request) : changeOwn(request.vm, () => putMedium(request))
  return {
    name: 'vm.change-cd',
    ...onVm(hosts, 'change-cd'),
    validate: (model, input) =>
      decideAction(model, input.vmId, 'change-cd') ??
      decideMediumFor(model, requireVm(model, input.vmId), wantedOf(input)),
    plan: (model, input) => {
      const { status, persistent } = requireVm(model, input.vmId)
      const draft = planOnVm(model, input.vmId, [
        ...(persistent ? [{ action: 'next', key: 'medium-next' }] : []),
        ...(status === 'down' || status === 'suspended' ? [] : [{ action: 'now', key: 'medium-now' }]),
      ])
      const medium = input.diskId === null ? undefined : model.disks.get(input.diskId)
      return medium === undefined ? draft : { ...draft, locks: [...draft.locks, domainLock(medium.storageDomainId)] }
    },
    afterCrash: 'undo',
    steps: {
      next: {
        run: (context) => change(context, 'next'),
        undo: async (context) => {
          const { vm, link } = linkOf(context)
          const before = context.results.next
          await put({ context, vm, link, scope: 'next', path: typeof before === 'string' ? before : null })
        },
        inspect: (context) => inspect(context, 'next'),
      },
      now: { run: (context) => change(context, 'now'), inspect: (context) => inspect(context, 'now') },
    },
    output: () => ({}),
  }
}

function wantedOf({ diskId }: StepContext<'vm.change-cd'>['input']) {
  return diskId === null ? null : { diskId }
}

async function mediumIn(link: HostLink, vm: Vm, scope: Scope): Promise<string | null> {
  const xml = await (scope === 'now' ? liveXmlOf : inactiveXmlOf)(link, vm)
  return withXmlErrors(vm, () => {
    const drive = findDrive(parseEditable(xml))
    if (drive === null) throw new AppError('vm.lacks-device', { name: vm.name, device: 'drive' }, { subject: vm.name })
    return mediumOf(drive)
  })
}

interface PutRequest {
  readonly context: StepContext<'vm.change-cd'>
  readonly vm: Vm
  readonly link: HostLink
  readonly scope: Scope
  readonly path: string | null
}

async function putMedium({ context, vm, link, scope, path }: PutRequest): Promise<void> {
  const xml = await (scope === 'now' ? liveXmlOf : inactiveXmlOf)(link, vm)
  const device = withXmlErrors(vm, () => {
    const document = parseEditable(xml)
    const drive = findDrive(document)
    if (drive === null) throw new AppError('vm.lacks-device', { name: vm.name, device: 'drive' }, { subject: vm.name })
    const changed = withMedium(document, drive, path)
    const now = findDrive(changed)
    return now === null ? '' : changed.text.slice(now.span.start, now.span.end)
  })
  const dom = domainReference({ name: vm.name, uuid: vm.id })
  const flags = (scope === 'now' ? LIVE : CONFIG) | (context.input.force && scope === 'now' ? FORCE : 0)
  await runDomainAction({
    vm,
    action: 'change-cd',
    link,
    model: context.model,
    call: () =>
      link.control().call('DOMAIN_UPDATE_DEVICE_FLAGS', { dom, xml: device, flags }, { timeoutMs: CALL_TIMEOUT_MS }),
    tookEffect: () => null,
  })
}
