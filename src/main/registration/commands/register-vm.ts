import { z } from 'zod'
import { diskDefinitionSchema, diskIdSchema, type StorageDomain, vmIdSchema } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, inspectNothing, type OperationHandler, type StepContext, shared } from '../../engine/index.ts'
import { domainReference, type HostLink } from '../../hosts/index.ts'
import { domainSubject } from '../../storage/index.ts'
import type { RegistrationDependencies } from '../dependencies.ts'
import { decideDefiner, decideRegister, findUsableDomain, placeOf, readDescribed } from '../rules.ts'

type Context = StepContext<'storage.register-vm'>

const LOOK_TIMEOUT_MS = 5 * 60_000
const CALL_TIMEOUT_MS = 30_000
/** VIR_DOMAIN_UNDEFINE_NVRAM: firmware variables that libvirt made for it go, too. */
const UNDEFINE_NVRAM = 4

const lookedSchema = z.object({ name: z.string(), xml: z.string(), disks: z.array(diskDefinitionSchema) })

/**
 * Registers a machine that a domain describes: its disks, with the ids that they had, and its definition on a host of the cluster. What the
 * description and the disks would have a host do is looked at first.
 */
export function createStorageRegisterVm({
  registry,
  contents,
  disks,
}: RegistrationDependencies): OperationHandler<'storage.register-vm'> {
  return {
    name: 'storage.register-vm',
    subject: domainSubject,
    validate: decideRegister,
    auditParams: ({ vmId, clusterId }) => ({ vmId, clusterId }),
    plan: (model, { storageDomainId, vmId, clusterId }) => {
      const domain = requireDomain(model, storageDomainId)
      const params = { name: domain.name }
      const hostId = decideDefiner(model, clusterId, domain)?.id ?? null
      return {
        locks: [shared(`storage:${storageDomainId}`), shared(`cluster:${clusterId}`), exclusive(`vm:${vmId}`)],
        touches: [domainSubject(model, { storageDomainId })],
        steps: [
          { action: 'look', text: { key: 'looking-at-description', params } },
          { action: 'register', text: { key: 'registering-disks', params } },
          { action: 'define', hostId, text: { key: 'defining-vm', params } },
        ],
      }
    },
    afterCrash: 'undo',
    steps: {
      look: { timeoutMs: LOOK_TIMEOUT_MS, run: look, inspect: inspectNothing },
      register: {
        run: async ({ results }) => {
          for (const disk of lookedSchema.parse(results.look).disks) await disks.register(disk)
          return null
        },
        undo: async ({ results }) => {
          for (const { id } of lookedSchema.parse(results.look).disks) await disks.forget(id)
        },
        inspect: async ({ results, model }) => {
          const looked = lookedSchema.parse(results.look)
          return looked.disks.some(({ id }) => model().disks.get(id)?.registered === true) ? 'done' : 'absent'
        },
      },
      define: {
        run: async (context) => {
          const link = hostOf(context)
          const { xml } = lookedSchema.parse(context.results.look)
          await link.control().call('DOMAIN_DEFINE_XML_FLAGS', { xml, flags: 0 }, { timeoutMs: CALL_TIMEOUT_MS })
          await link.refreshDomain(context.input.vmId)
          return null
        },
        undo: async (context) => {
          const link = hostOf(context)
          const dom = domainReference({ name: lookedSchema.parse(context.results.look).name, uuid: context.input.vmId })
          await link
            .control()
            .call('DOMAIN_UNDEFINE_FLAGS', { dom, flags: UNDEFINE_NVRAM }, { timeoutMs: CALL_TIMEOUT_MS })
          await link.refreshDomain(context.input.vmId)
        },
        inspect: async (context) =>
          (await hostOf(context).refreshDomain(context.input.vmId)) === null ? 'absent' : 'done',
      },
    },
    output: ({ input: { vmId } }) => ({ vmId: vmIdSchema.parse(vmId) }),
  }

  function hostOf({ step }: Context): HostLink {
    return registry.get(step.hostId as HostLink['id'])
  }

  async function look({ input, model, signal }: Context): Promise<z.infer<typeof lookedSchema>> {
    const { storageDomainId, vmId } = input
    const domain = requireDomain(model(), storageDomainId)
    const described = (await contents.fetchVms(storageDomainId, signal)).find(({ id }) => id === vmId)
    if (described === undefined) throw new AppError('storage.vm-not-described', { name: domain.name, vmId })
    const read = readDescribed(described, placeOf(model(), domain, described.folder))
    if (read === null) throw new AppError('storage.vm-unfit', { name: domain.name, vmName: vmId, parts: 'xml' })
    const { definition, registrable } = read
    if (registrable.unfit.length > 0) {
      const parts = registrable.unfit.slice(0, 8).join(', ')
      throw new AppError('storage.vm-unfit', { name: domain.name, vmName: definition.name, parts })
    }
    const domains = [...model().storageDomains.values()].filter(
      ({ datacenterId }) => datacenterId === domain.datacenterId,
    )
    const found = []
    for (const path of registrable.disks) {
      const own = domains.find(({ targetPath }) => path.startsWith(`${targetPath}/`))
      if (own === undefined) continue
      const fileName = path.slice(own.targetPath.length + 1)
      const isThere = model()
        .disks.where('storageDomainId', own.id)
        .some((disk) => disk.fileName === fileName)
      if (!isThere) throw new AppError('disk.file-missing', { fileName, name: own.name })
      const newId = diskIdSchema.parse(crypto.randomUUID())
      const disk = await disks.look(own.id, fileName, newId, signal)
      if (disk !== null) found.push(disk)
    }
    return { name: definition.name, xml: registrable.xml, disks: found }
  }
}

function requireDomain(
  model: Parameters<typeof findUsableDomain>[0],
  storageDomainId: StorageDomain['id'],
): StorageDomain {
  const domain = findUsableDomain(model, storageDomainId)
  if (domain instanceof AppError) throw domain
  return domain
}
