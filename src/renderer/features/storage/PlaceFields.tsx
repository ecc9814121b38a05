import type { TFunction } from 'i18next'
import { useEffect } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { RadioField, SelectField, TextField } from '../../components/fields/index.ts'
import type { LunPurpose } from './decide-lun-choice.ts'
import { LunFields } from './LunFields.tsx'
import { type StorageForm, splitNfsPlace } from './storage-form.ts'
import type { LunSearch } from './use-lun-search.ts'
import type { StorageChoices } from './use-storage-choices.ts'

interface FieldsProps {
  readonly form: UseFormReturn<StorageForm>
  readonly t: TFunction
}

/** The datacenter that it is to serve. */
export function DatacenterField({ form, choices, t }: FieldsProps & { readonly choices: StorageChoices }) {
  return (
    <SelectField
      control={form.control}
      name="datacenterId"
      label={t('storage:label.datacenter')}
      choices={choices.datacenters.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}

/** What kind of storage it is, and where. "server:/export" in either field fills both. */
export function PlaceFields({
  form,
  isLocal,
  search,
  purpose,
  t,
}: FieldsProps & { readonly isLocal: boolean; readonly search: LunSearch; readonly purpose: LunPurpose }) {
  const { control, setValue, watch } = form
  const kind = watch('kind')
  const server = watch('server')
  const path = watch('export')
  useEffect(() => {
    const parts = splitNfsPlace(server) ?? splitNfsPlace(path)
    if (parts === null) return
    setValue('server', parts.server)
    setValue('export', parts.export)
  }, [server, path, setValue])
  // The datacenter decides whether its storage is shared: what cannot be is not offered.
  useEffect(() => {
    if ((kind === 'local') !== isLocal) setValue('kind', isLocal ? 'local' : 'nfs')
  }, [kind, isLocal, setValue])
  return (
    <>
      {isLocal ? null : (
        <RadioField
          control={control}
          name="kind"
          label={t('storage:label.kind')}
          hint={t(`storage:form.about.${kind}`)}
          choices={(['nfs', 'posix', 'iscsi', 'fc'] as const).map((value) => ({
            value,
            label: t(`storage:kind.${value}`),
          }))}
        />
      )}
      {kind === 'iscsi' || kind === 'fc' ? (
        <LunFields form={form} search={search} purpose={purpose} t={t} />
      ) : kind === 'nfs' ? (
        <>
          <TextField
            control={control}
            name="server"
            label={t('storage:label.server')}
            hint={t('storage:form.serverHint')}
            placeholder="nfs.example.com"
            isRequired
          />
          <TextField
            control={control}
            name="export"
            label={t('storage:label.export')}
            placeholder="/exports/data"
            isRequired
          />
        </>
      ) : (
        <TextField
          control={control}
          name="path"
          label={t('storage:label.path')}
          hint={isLocal ? t(`storage:form.localHint.${purpose}`) : t(`storage:form.pathHint.${purpose}`)}
          placeholder={isLocal ? '/var/lib/virtdeck/data' : '/mnt/data'}
          isRequired
        />
      )}
    </>
  )
}

/** How it is mounted, for those who want to say. */
export function MountFields({ form, t }: FieldsProps) {
  const { control, watch } = form
  const kind = watch('kind')
  const source = watch('source')
  if (kind === 'local') return <p className="vd-subtle">{t('storage:form.nothingAdvanced')}</p>
  if (kind === 'iscsi' || kind === 'fc') return <p className="vd-subtle">{t('storage:form.nothingMounted')}</p>
  return (
    <>
      {kind === 'nfs' ? (
        <SelectField
          control={control}
          name="version"
          label={t('storage:label.nfsVersion')}
          hint={t(watch('version') === '3' ? 'storage:form.version3' : 'storage:form.versionHint')}
          choices={(['auto', '4.2', '4.1', '3'] as const).map((value) => ({
            value,
            label: value === 'auto' ? t('storage:version.auto') : value,
          }))}
        />
      ) : (
        <>
          <TextField
            control={control}
            name="source"
            label={t('storage:label.source')}
            hint={t('storage:form.sourceHint')}
            placeholder="gluster.example.com:/volume"
          />
          {source.trim() === '' ? null : (
            <SelectField
              control={control}
              name="fileSystem"
              label={t('storage:label.fileSystem')}
              choices={[
                { value: 'glusterfs', label: 'GlusterFS' },
                { value: 'cifs', label: 'SMB / CIFS' },
              ]}
            />
          )}
        </>
      )}
      {kind === 'nfs' || source.trim() !== '' ? (
        <TextField
          control={control}
          name="mountOptions"
          label={t('storage:label.mountOptions')}
          hint={t('storage:form.optionsHint')}
          placeholder="noatime,nosuid"
        />
      ) : null}
    </>
  )
}
