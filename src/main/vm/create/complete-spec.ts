import {
  diskUseShape,
  type Template,
  type TemplateDisk,
  type VmCreateRequest,
  type VmCreateSpec,
  vmCreateSpecSchema,
} from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot } from '../../engine/index.ts'

/**
 * What was asked for with all that the template says beside it: its disks before those that are asked for, and its hardware where nothing
 * else is said. `templateId` becomes that of the version that is taken. Errors as values: template.…, command.input-invalid where what was
 * asked for does not go with the template. Pure.
 */
export function completeSpec(model: ModelSnapshot, request: VmCreateRequest): VmCreateSpec | AppError {
  const template = decideTemplate(model, request)
  if (template instanceof AppError) return template
  const parsed = vmCreateSpecSchema.safeParse(template === null ? request : withTemplate(request, template))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return new AppError('command.input-invalid', { command: 'vm.create', issues })
}

/** The version of a template that a machine is made of; null: of none. */
function decideTemplate(
  model: ModelSnapshot,
  { templateId, latestVersion, clusterId }: Pick<VmCreateRequest, 'templateId' | 'latestVersion' | 'clusterId'>,
): Template | AppError | null {
  if (templateId === 'blank') return null
  const named = model.templates.get(templateId)
  if (named === undefined) return new AppError('template.not-found', { templateId })
  const versions = [...model.templates.values()].filter(({ baseId }) => baseId === named.baseId)
  const template = latestVersion ? (versions.find(({ isLatest }) => isLatest) ?? named) : named
  const { name, status } = template
  const cluster = model.clusters.get(clusterId)
  if (cluster !== undefined && cluster.datacenterId !== template.datacenterId) {
    return new AppError('template.other-datacenter', { name, otherName: cluster.name })
  }
  return status === 'ok' ? template : new AppError('template.not-whole', { name, status }, { subject: name })
}

function withTemplate(request: VmCreateRequest, { id, hardware, disks }: Template) {
  const { nics, ...rest } = hardware
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  // A TPM is only said where there is one: without it the operating system decides.
  const hardwareSaid = hardware.tpm ? said : { ...said, tpm: undefined }
  const asked = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
  return { ...hardwareSaid, nics, ...asked, templateId: id, disks: [...disks.map(useOf), ...request.disks] }
}

function useOf({ diskId, bus }: TemplateDisk) {
  const known = diskUseShape.bus.safeParse(bus)
  return { diskId, ...(known.success ? { bus: known.data } : {}) }
}
