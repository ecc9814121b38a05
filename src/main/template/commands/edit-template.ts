import { AppError } from '../../../shared/errors/index.ts'
import { exclusive, type InstantHandler } from '../../engine/index.ts'
import { decideTemplateName, findTemplate, templateSubject } from '../template-rules.ts'
import type { TemplateDependencies } from './dependencies.ts'

/** Changes what a template is called and described as. */
export function createTemplateEdit({ store }: Pick<TemplateDependencies, 'store'>): InstantHandler<'template.edit'> {
  return {
    name: 'template.edit',
    subject: templateSubject,
    validate: (model, { templateId, name }) => {
      const template = findTemplate(model, templateId)
      if (template instanceof AppError) return template
      return name === undefined ? null : decideTemplateName(model, template.datacenterId, name, template.baseId)
    },
    locks: (model, { templateId, name }) => [
      ...(name === undefined
        ? []
        : [exclusive(`template-name:${model.templates.get(templateId)?.datacenterId}:${name.toLowerCase()}`)]),
      exclusive(`template:${templateId}`),
    ],
    auditParams: ({ templateId: _templateId, revision: _revision, ...given }) => ({
      changed: Object.keys(given).join(', '),
    }),
    execute: async ({ input: { templateId, revision, ...changes }, identity }) => {
      await store.edit(templateId, changes, { user: identity.user, base: revision })
      return { templateId }
    },
  }
}
