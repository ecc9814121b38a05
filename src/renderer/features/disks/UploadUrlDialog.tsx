import { zodResolver } from '@hookform/resolvers/zod'
import { Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { StorageDomainId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { TextField } from '../../components/fields/index.ts'
import { closeDialog, setDock, useRunCommand } from '../../stores/index.ts'
import { DomainSelect } from './DomainSelect.tsx'
import { useDomainChoices } from './use-domain-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const ANY = ['data', 'iso'] as const

const urlFormSchema = z.object({
  url: z
    .string()
    .trim()
    .max(2_000, 'clusters:form.tooLong')
    .regex(/^https?:\/\/[\x21-\x7e]+$/, 'disks:form.urlWrong'),
  alias: z.string().trim().max(120, 'clusters:form.tooLong'),
  sha256: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^([0-9a-f]{64})?$/, 'disks:form.sha256Wrong'),
})
type UrlForm = z.infer<typeof urlFormSchema>

/** Has a host fetch an image by itself. */
export function UploadUrlDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId | null }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const choices = useDomainChoices(ANY)
  const [chosen, setChosen] = useState(storageDomainId)
  const [allowHttp, setAllowHttp] = useState(false)
  const form = useForm<UrlForm>({
    resolver: zodResolver(urlFormSchema),
    defaultValues: { url: '', alias: '', sha256: '' },
  })
  const domainId = chosen ?? choices[0]?.id ?? null
  const isPlain = form.watch('url').trim().toLowerCase().startsWith('http:')
  const submit = form.handleSubmit((values) => {
    if (domainId === null) return
    const { url, alias, sha256 } = urlFormSchema.parse(values)
    closeDialog()
    // It takes as long as it takes: the dock tells of it.
    setDock({ dockTab: 'tasks', dockOpen: true })
    void run(
      'disk.upload-url',
      {
        storageDomainId: domainId,
        url,
        allowHttp: isPlain && allowHttp,
        ...(alias === '' ? {} : { alias }),
        ...(sha256 === '' ? {} : { sha256 }),
      },
      url,
    )
  })
  return (
    <FormDialog
      size="medium"
      title={t('disks:url.title')}
      label={t('disks:url.do')}
      isBusy={false}
      isDisabled={domainId === null || (isPlain && !allowHttp)}
      error={null}
      onSubmit={() => void submit()}
    >
      <TextField
        control={form.control}
        name="url"
        label="URL"
        hint={t('disks:url.hint')}
        placeholder="https://example.com/image.iso"
        isRequired
        autoFocus
      />
      {isPlain ? (
        <Checkbox
          id="upload-url-http"
          label={t('disks:url.http')}
          description={t('disks:url.httpAbout')}
          isChecked={allowHttp}
          onChange={(_event, checked) => setAllowHttp(checked)}
        />
      ) : null}
      <DomainSelect choices={choices} value={domainId} onChange={setChosen} />
      <TextField control={form.control} name="sha256" label="SHA-256" hint={t('disks:form.sha256Hint')} />
      <TextField control={form.control} name="alias" label={t('disks:column.name')} hint={t('disks:form.aliasHint')} />
    </FormDialog>
  )
}
