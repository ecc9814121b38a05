import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { type HostId, type HostPool, holdsFiles, hostVolumeNameSchema } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { parseSize, RadioField, SizeField, TextField, type TypedSize } from '../../components/fields/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useCollection, useDialogCommand } from '../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const volumeFormSchema = z.object({
  name: z.string().refine((text) => hostVolumeNameSchema.safeParse(text).success, 'local:pools.form.volumeNameWrong'),
  format: z.enum(['qcow2', 'raw']),
  allocation: z.enum(['thin', 'preallocated']),
})
type VolumeForm = z.infer<typeof volumeFormSchema>

/** Makes an empty volume in a host's pool. */
export function CreateHostVolumeDialog({ hostId, poolId }: { readonly hostId: HostId; readonly poolId: string }) {
  const pool = useCollection('host.pools', hostId).entities.get(poolId)
  return pool === undefined ? null : <VolumeDialog hostId={hostId} pool={pool} />
}

function VolumeDialog({ hostId, pool }: { readonly hostId: HostId; readonly pool: HostPool }) {
  const { t } = useTranslation()
  const bytes = useFormat().bytes
  const isFile = holdsFiles(pool.type)
  const [size, setSize] = useState<TypedSize>({ text: '', unit: 'gib' })
  const [isSizeWrong, setSizeWrong] = useState(false)
  const form = useForm<VolumeForm>({
    resolver: zodResolver(volumeFormSchema),
    defaultValues: { name: '', format: isFile ? 'qcow2' : 'raw', allocation: 'thin' },
  })
  const { isBusy, error, run } = useDialogCommand('host-volume.create', form.watch('name'))
  const sizeBytes = parseSize(size.text, size.unit)
  const submit = form.handleSubmit(async ({ name, ...values }) => {
    if (sizeBytes === null) return
    await run({ hostId, poolId: pool.id, name: name.trim(), sizeBytes, ...values })
  })
  const free =
    pool.availableBytes === null ? {} : { hint: t('local:pools.form.free', { free: bytes(pool.availableBytes) }) }
  return (
    <FormDialog
      title={t('local:pools.form.volumeTitle', { name: pool.name })}
      label={t('local:form.create')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => {
        setSizeWrong(sizeBytes === null)
        void submit()
      }}
    >
      <TextField
        control={form.control}
        name="name"
        label={t('local:pools.volume.name')}
        placeholder={isFile ? 'scratch.qcow2' : 'scratch'}
        isRequired
        autoFocus
      />
      <SizeField
        value={size}
        onChange={setSize}
        error={isSizeWrong && sizeBytes === null ? 'disks:form.sizeWrong' : null}
        {...free}
      />
      {isFile ? (
        <RadioField
          control={form.control}
          name="format"
          label={t('local:pools.volume.format')}
          hint={t(`disks:form.about.${form.watch('format')}`)}
          choices={[
            { value: 'qcow2', label: 'qcow2' },
            { value: 'raw', label: 'raw' },
          ]}
        />
      ) : null}
      {pool.type === 'logical' ? null : (
        <RadioField
          control={form.control}
          name="allocation"
          label={t('disks:form.allocation')}
          hint={t(`disks:form.about.${form.watch('allocation')}`)}
          choices={(['thin', 'preallocated'] as const).map((value) => ({
            value,
            label: t(`clusters:value.disk.${value}`),
          }))}
        />
      )}
    </FormDialog>
  )
}
