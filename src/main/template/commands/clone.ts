import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ParsedInput } from '../../../shared/contract/index.ts'
import { hostIdSchema, type Vm, type VmId, vmIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { diskLock, domainLock, firstRefusal, runAsRoot } from '../../disk/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { decideTakesVms } from '../../host/index.ts'
import { type HostLink, refreshEverywhere, shellQuote } from '../../hosts/index.ts'
import { findSnapshot } from '../../snapshot/index.ts'
import {
  decideMacs,
  decideNameFree,
  defineDomain,
  findVariablesFile,
  hostName,
  inactiveXmlOf,
  inspectDomain,
  newDiskId,
  requireVm,
  undefineDomain,
  vmSubject,
  withXmlErrors,
} from '../../vm/index.ts'
import { type CloneSource, decideClonable, decideCloneSource } from '../clone-source.ts'
import { type DiskCopy, decideCopies } from '../decide-copies.ts'
import { makeDiskStep, planCopies } from '../make-disk-step.ts'
import { hasTpm, writeClone } from '../write-clone.ts'
import { type CloneDependencies, readSnapshots } from './dependencies.ts'

const EVENT_WITHIN_MS = 60_000
const COPY_VARIABLES_MS = 60_000
/** Stands for the clone where it is only asked whether there could be one. */
const NOBODY = vmIdSchema.parse('00000000-0000-4000-8000-000000000000')

const cloneSchema = z.object({
  macAddresses: z.array(z.string()),
  disks: z.array(z.object({ target: z.string(), path: z.string(), format: z.string() })),
})

type Context = StepContext<'vm.clone'>

interface Resolved {
  readonly source: CloneSource
  readonly copies: readonly DiskCopy[]
  readonly macAddresses: readonly string[]
}

/** Makes a VM like another one, on its host: disks first, then the definition with an identity of its own. */
export function createVmClone({
  hosts,
  ownActions,
  machineDisks,
  known,
}: CloneDependencies): OperationHandler<'vm.clone'> {
  const expect = ({ ids, user, isRow }: Context, kind: 'vm.defined' | 'vm.undefined') =>
    ownActions.expect(cloneIdOf({ ids }), {
      kinds: [kind],
      user,
      command: 'vm.clone',
      silent: !isRow,
      withinMs: EVENT_WITHIN_MS,
    })
  const resolve = (model: ModelSnapshot, input: ParsedInput<'vm.clone'>, cloneId: VmId) =>
    resolveClone(model, input, cloneId, known.of(input.vmId))

  return {
    name: 'vm.clone',
    ids: ['vmId'],
    subject: (model, input, ids) =>
      ids?.vmId === undefined ? vmSubject(model, input) : { kind: 'vm', id: ids.vmId, name: input.name },
    admit: async (_identity, input, model) => {
      await readSnapshots({ hosts, known }, model, input)
      return null
    },
    refresh: async ({ input, model }) => {
      await refreshEverywhere(hosts.list(), input.vmId)
      await readSnapshots({ hosts, known }, model(), input)
    },
    validate: (model, input) => {
      const early = decideClonable(model, input.vmId, input.snapshotId)
      // What its snapshots are like now is only known once they were read anew: the plan refuses what they do not allow.
      if (early !== null || input.snapshotId !== undefined) return early
      const resolved = resolve(model, input, NOBODY)
      return resolved instanceof AppError ? resolved : null
    },
    auditParams: ({ name, thin, snapshotId }) => ({ name, thin, ...(snapshotId === undefined ? {} : { snapshotId }) }),
    plan: (model, input, ids) => {
      const cloneId = cloneIdOf({ ids })
      const resolved = resolve(model, input, cloneId)
      if (resolved instanceof AppError) throw resolved
      const { source, copies, macAddresses } = resolved
      const { vm } = source
      const { datacenterId } = model.clusters.get(vm.clusterId) ?? { datacenterId: '' }
      const disks = copies.map(({ target, path, made }) => ({ target, path, format: made.definition.format }))
      return {
        locks: [
          exclusive(`vm:${vm.id}`),
          exclusive(`vm:${cloneId}`),
          exclusive(`vm-name:${datacenterId}:${input.name.toLowerCase()}`),
          ...[...macAddresses].sort().map((mac) => exclusive(`mac:${mac}`)),
          ...locksOn(source, copies),
          shared(`host:${vm.hostId}`),
        ],
        touches: [vmSubject(model, input), { kind: 'vm', id: cloneId, name: input.name }],
        steps: [
          ...planCopies(model, copies),
          {
            action: 'define',
            hostId: vm.hostId,
            text: { key: 'defining-clone', params: { vm: input.name, host: hostName(model, vm.hostId) } },
            data: { macAddresses: [...macAddresses], disks },
          },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      'make-disk': makeDiskStep(machineDisks),
      define: {
        run: async (context) => {
          const ended = expect(context, 'vm.defined')
          try {
            await define(context)
          } finally {
            ended()
          }
          return null
        },
        undo: async (context) => {
          const ended = expect(context, 'vm.undefined')
          try {
            await undefineDomain(hosts.get(hostIdSchema.parse(context.step.hostId)), cloneOf(context))
          } finally {
            ended()
          }
        },
        inspect: (context) =>
          inspectDomain(
            hosts,
            { hostId: context.step.hostId, vmId: cloneIdOf(context) },
            ({ persistent }) => persistent,
          ),
      },
    },
    output: ({ ids }) => ({ vmId: cloneIdOf({ ids }) }),
  }

  async function define(context: Context): Promise<void> {
    const { step, model, say } = context
    const original = requireVm(model(), context.input.vmId)
    const link = hosts.get(hostIdSchema.parse(step.hostId))
    const clone = cloneOf(context)
    const { macAddresses, disks } = cloneSchema.parse(step.data)
    const now = await inactiveXmlOf(link, original)
    const xml = context.input.snapshotId === undefined ? now : await xmlAt(link, original, context.input.snapshotId)
    const written = withXmlErrors(original, () =>
      writeClone(xml, {
        ...clone,
        macAddresses,
        generationId: randomUUID(),
        disks: new Map(disks.map(({ target, ...disk }) => [target, disk])),
      }),
    )
    if (withXmlErrors(original, () => hasTpm(xml))) say('clone-without-tpm-state', { vm: clone.name })
    // Its original has it, whatever of it the schema does not know.
    await defineDomain(link, clone, written, { validates: false })
    try {
      await copyVariables(link, { id: clone.vmId, name: clone.name, hostId: link.id }, now)
    } catch (error) {
      await undefineDomain(link, clone)
      throw error
    }
  }

  async function xmlAt(link: HostLink, vm: Vm, snapshotId: string): Promise<string> {
    const found = findSnapshot(vm, await known.read(link, vm), snapshotId)
    if (found instanceof AppError) throw found
    if (found.domainXml !== null) return found.domainXml
    throw new AppError('vm.definition-unreadable', { name: vm.name, detail: `snapshot ${snapshotId}` })
  }
}

/** What its firmware remembers of boot entries and keys. The place of its own libvirt has decided with its definition. */
async function copyVariables(
  link: HostLink,
  clone: Pick<Vm, 'id' | 'name' | 'hostId'>,
  originalXml: string,
): Promise<void> {
  const from = withXmlErrors(clone, () => findVariablesFile(originalXml, []))
  if (from === null) return
  const xml = await inactiveXmlOf(link, clone)
  const to = withXmlErrors(clone, () => findVariablesFile(xml, []))
  if (to === null || to === from) return
  const copy = `f=${shellQuote(from)}; t=${shellQuote(to)}; [ -f "$f" ] || exit 0; umask 077; cp -p -- "$f" "$t.virtdeck" && mv -f -- "$t.virtdeck" "$t" || { rm -f -- "$t.virtdeck"; exit 1; }`
  await runAsRoot(link, copy, { path: to, timeoutMs: COPY_VARIABLES_MS })
}

/** Decides all of a clone before anything is done. Errors as values. Pure. */
function resolveClone(
  model: ModelSnapshot,
  { vmId, name, snapshotId, thin, storageDomainId }: ParsedInput<'vm.clone'>,
  cloneId: VmId,
  snapshots: ReturnType<CloneDependencies['known']['of']>,
): Resolved | AppError {
  const vm = model.vms.get(vmId)
  if (vm !== undefined && snapshotId !== undefined && snapshots === null) {
    return new AppError(
      'snapshot.unread',
      { name: vm.name, hostName: hostName(model, vm.hostId) },
      { subject: vm.name },
    )
  }
  const source = decideCloneSource(model, vmId, { snapshotId, snapshots: snapshots ?? [] })
  if (source instanceof AppError) return source
  const host = model.hosts.get(source.vm.hostId)
  const cluster = model.clusters.get(source.vm.clusterId)
  if (host === undefined) return new AppError('host.not-found', { hostId: source.vm.hostId })
  if (cluster === undefined) return new AppError('cluster.not-found', { clusterId: source.vm.clusterId })
  const refusal = firstRefusal(decideTakesVms(host), decideNameFree(model, cluster.datacenterId, name))
  if (refusal !== null) return refusal
  const copies = decideCopies(model, source, {
    name,
    diskIdOf: (index) => newDiskId(cloneId, index),
    thin,
    storageDomainId: storageDomainId ?? null,
    readOnly: false,
    action: 'vm.clone',
  })
  if (copies instanceof AppError) return copies
  const away = copies.find(
    ({ domain }) => !domain.connections.some((each) => each.hostId === host.id && each.status === 'connected'),
  )
  if (away !== undefined) {
    const params = { name: source.vm.name, hostName: host.name, domainName: away.domain.name }
    return new AppError('clone.host-without-domain', params, { subject: source.vm.name, hostId: host.id })
  }
  const wanted = Array.from({ length: source.nicCount }, () => undefined)
  const macAddresses = decideMacs(model, cluster, { vmId: cloneId, name, wanted })
  return macAddresses instanceof AppError ? macAddresses : { source, copies, macAddresses }
}

/** The originals are held as long as they are read, and their domains; a base that others lie on as well stays free. */
export function locksOn({ disks }: CloneSource, copies: readonly DiskCopy[]) {
  const originals = disks.flatMap(({ disk }) => disk ?? [])
  const domains = new Set([
    ...originals.map(({ storageDomainId }) => storageDomainId),
    ...copies.map(({ domain }) => domain.id),
  ])
  return [
    ...[...domains].sort().map(domainLock),
    ...originals
      .filter(({ readOnly }) => !readOnly)
      .map(({ id }) => id)
      .sort()
      .map(diskLock),
  ]
}

function cloneIdOf({ ids }: Pick<Context, 'ids'>): VmId {
  return vmIdSchema.parse(ids.vmId)
}

function cloneOf(context: Pick<Context, 'ids' | 'input'>) {
  return { vmId: cloneIdOf(context), name: context.input.name }
}
