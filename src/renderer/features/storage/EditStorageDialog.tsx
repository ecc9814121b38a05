import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { CommandInput } from '../../../shared/contract/index.ts'
import type { StorageDomain, StorageDomainId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { FormDialog } from '../../components/dialog/index.ts'
import { TextField } from '../../components/fields/index.ts'
import { useDialogCommand, useEntity } from '../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const BYTES_PER_GIB = 1_073_741_824

const editSchema = z.object({
  name: z.string().trim().min(1, 'storage:form.nameMissing').max(64, 'clusters:form.tooLong'),
  description: z.string().trim().max(4_096, 'clusters:form.tooLong'),
  warningFreePercent: z
    .string()
    .trim()
    .regex(/^\d{1,2}$/, 'storage:form.percentWrong'),
  criticalFreeGib: z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, 'storage:form.gibWrong'),
  mountOptions: z
    .string()
    .trim()
    .max(1_024, 'clusters:form.tooLong')
    .regex(/^[\w=.,:/@+-]*$/, 'storage:form.optionsWrong'),
})
type EditForm = z.infer<typeof editSchema>

/** Changes what a domain is called, when it warns, and, while it is out of use, how it is mounted. */
export function EditStorageDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId }) {
  const domain = useEntity('storage-domains', storageDomainId)
  return domain === undefined ? null : <EditStorageForm domain={domain} />
}

function EditStorageForm({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(domain)
  const [loaded, setLoaded] = useState<WireError | null>(null)
  const form = useForm<EditForm>({ resolver: zodResolver(editSchema), defaultValues: formOf(domain) })
  const { isBusy, error, run } = useDialogCommand('storage.edit', base.name)
  const isMounted =
    domain.storage.kind === 'nfs' || (domain.storage.kind === 'posix' && domain.storage.source !== undefined)
  const mayMount = domain.status === 'maintenance' || domain.status === 'unattached'
  const save = (revision: number) => void form.handleSubmit((values) => run({ ...changesOf(base, values), revision }))()
  return (
    <FormDialog
      size="medium"
      title={t('storage:edit.title', { name: base.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error === loaded ? null : error}
      failureActions={
        error?.code === 'storage.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset(formOf(domain))
              setBase(domain)
              setLoaded(error)
            }}
            onSaveAnyway={() => save(domain.revision)}
          />
        ) : null
      }
      onSubmit={() => save(base.revision)}
    >
      <TextField control={form.control} name="name" label={t('storage:label.name')} isRequired autoFocus />
      <TextField control={form.control} name="description" label={t('storage:label.description')} />
      <TextField
        control={form.control}
        name="warningFreePercent"
        label={t('storage:label.warningFreePercent')}
        hint={t('storage:form.warningHint')}
      />
      <TextField
        control={form.control}
        name="criticalFreeGib"
        label={t('storage:label.criticalFree')}
        hint={t('storage:form.criticalHint')}
      />
      {isMounted && mayMount ? (
        <TextField
          control={form.control}
          name="mountOptions"
          label={t('storage:label.mountOptions')}
          hint={t('storage:form.optionsHint')}
        />
      ) : null}
      {isMounted && !mayMount ? <p className="vd-subtle">{t('storage:form.optionsLater')}</p> : null}
    </FormDialog>
  )
}

function optionsOf({ storage }: Pick<StorageDomain, 'storage'>): string {
  return 'mountOptions' in storage ? (storage.mountOptions ?? '') : ''
}

function formOf(domain: StorageDomain): EditForm {
  return {
    name: domain.name,
    description: domain.description,
    warningFreePercent: String(domain.warningFreePercent),
    criticalFreeGib: String(Math.round(domain.criticalFreeBytes / BYTES_PER_GIB)),
    mountOptions: optionsOf(domain),
  }
}

/** What a person changed of what they saw. */
function changesOf(base: StorageDomain, values: EditForm): CommandInput<'storage.edit'> {
  const was = formOf(base)
  const is = editSchema.parse(values)
  return {
    storageDomainId: base.id,
    ...(is.name === was.name ? {} : { name: is.name }),
    ...(is.description === was.description ? {} : { description: is.description }),
    ...(is.warningFreePercent === was.warningFreePercent ? {} : { warningFreePercent: Number(is.warningFreePercent) }),
    ...(is.criticalFreeGib === was.criticalFreeGib
      ? {}
      : { criticalFreeBytes: Number(is.criticalFreeGib) * BYTES_PER_GIB }),
    ...(is.mountOptions === was.mountOptions ? {} : { mountOptions: is.mountOptions }),
  }
}
