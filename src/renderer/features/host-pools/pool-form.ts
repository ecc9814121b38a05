import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import { HOST_POOL_TYPES, hostPoolNameSchema, hostPoolSourceSchema } from '../../../shared/domain/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formShape = z.object({
  name: z.string().refine((text) => hostPoolNameSchema.safeParse(text).success, 'local:pools.form.nameWrong'),
  type: z.enum(HOST_POOL_TYPES),
  path: z.string(),
  device: z.string(),
  server: z.string(),
  export: z.string(),
  fileSystem: z.enum(['auto', 'nfs', 'glusterfs', 'cifs']),
  volumeGroup: z.string(),
  dataset: z.string(),
  start: z.boolean(),
  autostart: z.boolean(),
})
export type PoolForm = z.infer<typeof formShape>

/** Fields in which a kind of pool can be wrong. */
export const SOURCE_FIELDS = ['path', 'device', 'server', 'export', 'volumeGroup', 'dataset'] as const
type SourceField = (typeof SOURCE_FIELDS)[number]

/** What is typed: of the fields that its kind has, each must be right. */
export const poolFormSchema = formShape.superRefine((form, context) => {
  const parsed = hostPoolSourceSchema.safeParse(sourceOf(form))
  for (const { path } of parsed.error?.issues ?? []) {
    const field = SOURCE_FIELDS.find((each) => each === path[0])
    if (field !== undefined) context.addIssue({ code: 'custom', path: [field], message: messageOf(field) })
  }
})

function messageOf(field: SourceField): string {
  return `local:pools.form.${field === 'path' || field === 'device' ? 'pathWrong' : `${field}Wrong`}`
}

/** A new pool: a folder, as most are. */
export const NEW_POOL: PoolForm = {
  name: '',
  type: 'dir',
  path: '',
  device: '',
  server: '',
  export: '',
  fileSystem: 'auto',
  volumeGroup: '',
  dataset: '',
  start: true,
  autostart: true,
}

/** What the command is given for it. Pure. */
export function poolInputOf(hostId: CommandInput<'host-pool.create'>['hostId'], form: PoolForm) {
  const { name, start, autostart } = form
  return { hostId, name: name.trim(), source: sourceOf(form), start, autostart }
}

function sourceOf(form: PoolForm): CommandInput<'host-pool.create'>['source'] {
  const { type, path, device, server, fileSystem, volumeGroup, dataset } = form
  switch (type) {
    case 'dir':
      return { type, path }
    case 'fs':
      return { type, device, path }
    case 'netfs':
      return { type, server, export: form.export, fileSystem, path }
    case 'logical':
      return { type, volumeGroup }
    case 'zfs':
      return { type, dataset }
  }
}
