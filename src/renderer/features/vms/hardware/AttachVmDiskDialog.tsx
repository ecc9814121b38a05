import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { DiskId, StorageDomainId, Vm, VmId } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, parseSize, RadioField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useFormat } from '../../../i18n/index.ts'
import { addNotice, rememberDialog, useEngineClient, useEntity } from '../../../stores/index.ts'
import { diskChoices, domainChoices } from '../create/part-choices.ts'
import { useVmChoices } from '../create/use-vm-choices.ts'
import { type AttachForm, attachFormSchema } from './attach-form.ts'
import { LunField } from './LunField.tsx'
import { useDeviceCommand } from './use-device-command.ts'

const SOURCES = ['new', 'existing', 'lun'] as const
const BUSES = ['virtio', 'scsi', 'sata', 'usb'] as const

/** Gives a machine a new disk, or one that no machine has. */
export function AttachVmDiskDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <AttachDisk vm={vm} />
}

function AttachDisk({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useEngineClient()
  const choices = useVmChoices(vm.clusterId)
  const form = useForm<AttachForm>({
    resolver: zodResolver(attachFormSchema),
    defaultValues: {
      source: choices.domains.length === 0 ? 'existing' : 'new',
      alias: `${vm.name}-${vm.disks.length + 1}`,
      sizeGiB: '10',
      domainId: choices.domains[0]?.id ?? '',
      diskId: '',
      lunId: '',
      bus: '',
      serial: '',
      shareable: false,
    },
  })
  const { control } = form
  const { isBusy, error, run } = useDeviceCommand('vm.attach-disk', vm.name)
  const [isMaking, setMaking] = useState(false)
  const [failure, setFailure] = useState<WireError | null>(null)
  /** Makes the disk that is to be attached. Null: it was not made, or nobody waits for it any more. */
  const make = async ({ alias, sizeGiB, domainId, shareable }: AttachForm): Promise<DiskId | null> => {
    const isOpen = rememberDialog()
    setMaking(true)
    setFailure(null)
    const made = await client.call('disk.create', {
      storageDomainId: domainId as StorageDomainId,
      alias,
      sizeBytes: parseSize(sizeGiB, 'gib') ?? 0,
      shareable,
      // Several machines at once can only write a disk without QEMU's own tables.
      ...(shareable ? { format: 'raw' as const } : {}),
    })
    if (!isOpen()) {
      if (!made.ok) addNotice({ command: 'disk.create', subject: alias, error: made.error })
      return null
    }
    setMaking(false)
    if (!made.ok) {
      setFailure(made.error)
      return null
    }
    // Should attaching it be refused, another try is about this disk.
    form.setValue('source', 'existing')
    form.setValue('diskId', made.value.diskId)
    return made.value.diskId as DiskId
  }
  const submit = form.handleSubmit(async (values) => {
    const { source, lunId, bus, serial, shareable } = values
    const diskId = source === 'new' ? await make(values) : (values.diskId as DiskId)
    if (diskId === null) return
    await run({
      vmId: vm.id,
      ...(source === 'lun' ? { lunId } : { diskId }),
      ...(bus === '' ? {} : { bus }),
      ...(serial === '' ? {} : { serial }),
      ...(shareable ? { shareable } : {}),
    })
  })
  const source = form.watch('source')
  return (
    <FormDialog
      title={t('vms:hardware.attach.title', { name: vm.name })}
      label={t('vms:hardware.attach.do')}
      isBusy={isBusy || isMaking}
      error={failure ?? error}
      onSubmit={() => void submit()}
    >
      <RadioField
        control={control}
        name="source"
        label={t('newvm:label.disk')}
        choices={SOURCES.map((value) => ({
          value,
          label: value === 'lun' ? t('vms:hardware.attach.lun') : t(`newvm:disk.${value}`),
        }))}
      />
      {source === 'lun' ? <LunField control={control} vm={vm} /> : null}
      {source === 'new' ? (
        <>
          <TextField control={control} name="alias" label={t('disks:column.name')} isRequired />
          <TextField control={control} name="sizeGiB" label={t('newvm:label.diskSize')} isRequired />
          <SelectField
            control={control}
            name="domainId"
            label={t('newvm:label.diskDomain')}
            hint={choices.domains.length === 0 ? t('newvm:hint.noDomain') : undefined}
            choices={domainChoices(choices, t, format)}
          />
        </>
      ) : null}
      {source === 'existing' ? (
        <SelectField
          control={control}
          name="diskId"
          label={t('newvm:label.existingDisk')}
          hint={choices.disks.length === 0 ? t('newvm:hint.noDisk') : undefined}
          choices={diskChoices(choices, t)}
        />
      ) : null}
      <SelectField
        control={control}
        name="bus"
        label={t('newvm:label.diskBus')}
        hint={t('vms:hardware.attach.busHint')}
        choices={['', ...BUSES].map((value) => ({ value, label: value === '' ? t('newvm:auto') : value }))}
      />
      <TextField control={control} name="serial" label={t('newvm:label.diskSerial')} />
      <CheckField control={control} name="shareable" label={t('disks:label.shareable')} />
    </FormDialog>
  )
}
