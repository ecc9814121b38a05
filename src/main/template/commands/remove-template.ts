import { z } from 'zod'
import { diskIdSchema, storageDomainIdSchema, type TemplateId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import { diskLock, domainLock, fileHostOf } from '../../disk/index.ts'
import { exclusive, type ModelSnapshot, type OperationHandler } from '../../engine/index.ts'
import { decideRemovable, findTemplate, nameOf, templateSubject } from '../template-rules.ts'
import type { TemplateDependencies } from './dependencies.ts'

const fileSchema = z.object({ id: diskIdSchema, storageDomainId: storageDomainIdSchema, fileName: z.string() })

/** Removes a version of a template: its disks, then what is on record of it. */
export function createTemplateRemove({
  machineDisks,
  store,
}: Pick<TemplateDependencies, 'machineDisks' | 'store'>): OperationHandler<'template.remove'> {
  return {
    name: 'template.remove',
    subject: templateSubject,
    validate: (model, { templateId }) => decideRemovable(model, templateId),
    plan: (model, input) => {
      const template = requireTemplate(model, input.templateId)
      const { disks } = template
      // Those of a domain that is not there any more went with it.
      const files = disks.filter(({ storageDomainId }) => model.storageDomains.has(storageDomainId))
      return {
        locks: [
          exclusive(`template:${template.id}`),
          ...[...new Set(files.map(({ storageDomainId }) => storageDomainId))].sort().map(domainLock),
          ...files
            .map(({ diskId }) => diskId)
            .sort()
            .map(diskLock),
        ],
        touches: [templateSubject(model, input)],
        steps: [
          ...files.map(({ diskId, storageDomainId, fileName }) => ({
            id: `remove-disk:${diskId}`,
            action: 'remove-disk',
            hostId: fileHostOf(model, storageDomainId),
            text: {
              key: 'removing-file',
              params: { fileName, domain: model.storageDomains.get(storageDomainId)?.name ?? storageDomainId },
            },
            data: { id: diskId, storageDomainId, fileName },
          })),
          { action: 'forget', text: { key: 'forgetting-template', params: { template: nameOf(template) ?? '' } } },
        ],
      }
    },
    // A template that is half gone is of use to nobody.
    afterCrash: 'finish',
    steps: {
      'remove-disk': {
        run: async ({ step, model }) => {
          await machineDisks.remove(model, fileSchema.parse(step.data))
          return null
        },
        // Removing again what is gone does no harm: it is done as soon as its domain can be reached again.
        inspect: async ({ step, model }) => {
          await machineDisks.inspect(model, fileSchema.parse(step.data))
          return 'absent'
        },
      },
      forget: {
        run: async ({ input }) => {
          await store.remove(input.templateId)
          return null
        },
        inspect: async ({ input }) => (store.records.has(input.templateId) ? 'absent' : 'done'),
      },
    },
    output: () => ({}),
  }
}

function requireTemplate(model: ModelSnapshot, templateId: TemplateId) {
  const template = findTemplate(model, templateId)
  if (template instanceof AppError) throw template
  return template
}
