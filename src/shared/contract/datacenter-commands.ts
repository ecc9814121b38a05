import { z } from 'zod'
import { datacenterIdSchema, datacenterStorageTypeSchema } from '../domain/index.ts'
import { defineCommand, theSystem } from './define-command.ts'

const theDatacenter = ({ datacenterId }: { readonly datacenterId: string }) =>
  [{ kind: 'datacenter', id: datacenterId }] as const

const nameSchema = z.string().trim().min(1).max(64)
const descriptionSchema = z.string().trim().max(4_096)

export const datacenterCreate = defineCommand({
  name: 'datacenter.create',
  summary: 'Creates a datacenter, empty as yet.',
  input: z.object({
    name: nameSchema,
    description: descriptionSchema.default(''),
    storage: datacenterStorageTypeSchema.default('shared'),
  }),
  output: z.object({ datacenterId: datacenterIdSchema }),
  permission: 'datacenter.create',
  kind: 'instant',
  objects: () => [theSystem],
})

export const datacenterEdit = defineCommand({
  name: 'datacenter.edit',
  summary: 'Changes what a datacenter is called and how it is described.',
  input: z.object({
    datacenterId: datacenterIdSchema,
    /** The revision that the edit was begun on: it is refused when somebody changed the datacenter meanwhile. */
    revision: z.number().int().optional(),
    name: nameSchema.optional(),
    description: descriptionSchema.optional(),
  }),
  output: z.object({ datacenterId: datacenterIdSchema }),
  permission: 'datacenter.edit',
  kind: 'instant',
  objects: theDatacenter,
})

export const datacenterRemove = defineCommand({
  name: 'datacenter.remove',
  summary: 'Removes a datacenter that holds nothing any more.',
  input: z.object({ datacenterId: datacenterIdSchema }),
  output: z.object({}),
  permission: 'datacenter.delete',
  kind: 'instant',
  objects: theDatacenter,
})
