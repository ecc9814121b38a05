import { z } from 'zod'
import {
  storageDomainIdSchema,
  templateIdSchema,
  versionNameSchema,
  vmDescriptionSchema,
  vmIdSchema,
  vmNameSchema,
} from '../domain/index.ts'
import { defineCommand } from './define-command.ts'

const theTemplate = ({ templateId }: { readonly templateId: string }) => [{ kind: 'template', id: templateId }] as const

export const vmClone = defineCommand({
  name: 'vm.clone',
  summary:
    'Makes another VM like one that is down, or like one as it was at a snapshot: its own name, UUID, MAC addresses and disks.',
  input: z.object({
    vmId: vmIdSchema,
    name: vmNameSchema,
    /** As it was then; the only way while it runs. */
    snapshotId: z.string().min(1).max(4_096).optional(),
    /** Layers on the disks of a snapshot, which stay as they are; else copies that lie on nothing. */
    thin: z.boolean().default(false),
    /** Where the copies go; default: each beside its original. */
    storageDomainId: storageDomainIdSchema.optional(),
  }),
  output: z.object({ vmId: vmIdSchema }),
  permission: 'vm.create',
  kind: 'task',
  objects: ({ vmId }) => [{ kind: 'vm', id: vmId }],
})

export const templateCreate = defineCommand({
  name: 'template.create',
  summary:
    'Makes a template of a VM that is down, or as it was at a snapshot: its disks are copied, and only read from then on.',
  input: z
    .object({
      vmId: vmIdSchema,
      /** Left out for a version of a template, which has its name. */
      name: vmNameSchema.optional(),
      description: vmDescriptionSchema.default(''),
      /** A new version of that template. */
      versionOf: templateIdSchema.optional(),
      versionName: versionNameSchema.default(''),
      snapshotId: z.string().min(1).max(4_096).optional(),
      /** Where its disks go; default: each beside its original. */
      storageDomainId: storageDomainIdSchema.optional(),
      /** Removes what a Linux guest knows itself by (machine ID, host keys, leases, logs), with virt-sysprep on the host. */
      seal: z.boolean().default(false),
    })
    .refine(({ name, versionOf }) => name !== undefined || versionOf !== undefined, {
      path: ['name'],
      message: 'needed where it is no version of a template',
    }),
  output: z.object({ templateId: templateIdSchema, sealed: z.boolean().optional() }),
  permission: 'template.create',
  kind: 'task',
  objects: ({ vmId }) => [{ kind: 'vm', id: vmId }],
})

export const templateEdit = defineCommand({
  name: 'template.edit',
  summary: 'Changes name, description or version name of a template; a name is that of all its versions.',
  input: z.object({
    templateId: templateIdSchema,
    /** The revision that the edit was begun on: it is refused when somebody changed the template meanwhile. */
    revision: z.number().int().optional(),
    name: vmNameSchema.optional(),
    description: vmDescriptionSchema.optional(),
    versionName: versionNameSchema.optional(),
  }),
  output: z.object({ templateId: templateIdSchema }),
  permission: 'template.edit',
  kind: 'instant',
  objects: theTemplate,
})

export const templateRemove = defineCommand({
  name: 'template.remove',
  summary: 'Removes a version of a template with its disks, unless machines lie on them.',
  input: z.object({ templateId: templateIdSchema }),
  output: z.object({}),
  permission: 'template.delete',
  kind: 'task',
  objects: theTemplate,
})
