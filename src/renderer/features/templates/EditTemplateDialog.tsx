import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import {
  type Template,
  type TemplateId,
  versionNameSchema,
  vmDescriptionSchema,
  vmNameSchema,
} from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { TextField } from '../../components/fields/index.ts'
import { describeError } from '../../i18n/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z.object({ name: vmNameSchema, versionName: versionNameSchema, description: vmDescriptionSchema })
type EditForm = z.infer<typeof formSchema>

/** Changes what a template is called and described as. */
export function EditTemplateDialog({ templateId }: { readonly templateId: TemplateId }) {
  const template = useEntity('templates', templateId)
  return template === undefined ? null : <EditFields template={template} />
}

function EditFields({ template }: { readonly template: Template }) {
  const { t } = useTranslation()
  // What the person saw when they began.
  const [{ id: templateId, revision, name, versionName, description }] = useState(template)
  const form = useForm<EditForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { name, versionName, description },
  })
  const { control } = form
  const { isBusy, error, run } = useDialogCommand('template.edit', name, (refusal) => {
    if (refusal.code !== 'template.name-taken') return
    form.setError('name', { message: describeError(refusal, t).title }, { shouldFocus: true })
  })
  return (
    <FormDialog
      size="medium"
      title={t('templates:edit.title', { name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit((values) => run({ templateId, revision, ...values }))()}
    >
      <TextField
        control={control}
        name="name"
        label={t('templates:label.name')}
        hint={t('templates:edit.nameHint')}
        isRequired
        autoFocus
      />
      <TextField control={control} name="versionName" label={t('templates:label.versionName')} />
      <TextField control={control} name="description" label={t('templates:label.description')} />
    </FormDialog>
  )
}
