import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { DiskId, Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { SelectField } from '../../../components/fields/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'
import { useVmChoices } from '../create/use-vm-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const BUSES = ['virtio', 'scsi', 'sata', 'usb'] as const
const schema = z.object({
  diskId: z.string().min(1, 'newvm:wrong.diskMissing'),
  bus: z.enum(['', ...BUSES]),
})
type AttachForm = z.output<typeof schema>

/** Gives a machine a disk that no machine has. */
export function AttachVmDiskDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <AttachDisk vm={vm} />
}

function AttachDisk({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { disks } = useVmChoices(vm.clusterId)
  const form = useForm<AttachForm>({ resolver: zodResolver(schema), defaultValues: { diskId: '', bus: '' } })
  const { isBusy, error, run } = useDialogCommand('vm.attach-disk', vm.name)
  return (
    <FormDialog
      title={t('vms:hardware.attach.title', { name: vm.name })}
      label={t('vms:hardware.attach.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() =>
        void form.handleSubmit(({ diskId, bus }) =>
          run({ vmId: vm.id, diskId: diskId as DiskId, ...(bus === '' ? {} : { bus }) }),
        )()
      }
    >
      <SelectField
        control={form.control}
        name="diskId"
        label={t('newvm:label.disk')}
        hint={disks.length === 0 ? t('newvm:hint.noDisk') : undefined}
        choices={[
          { value: '', label: t('newvm:choose') },
          ...disks.map(({ id, alias }) => ({ value: id, label: alias })),
        ]}
      />
      <SelectField
        control={form.control}
        name="bus"
        label={t('newvm:label.diskBus')}
        choices={['', ...BUSES].map((value) => ({ value, label: value === '' ? t('newvm:auto') : value }))}
      />
    </FormDialog>
  )
}
