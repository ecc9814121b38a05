import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import { DialogFrame, FormDialog } from '../../../components/dialog/index.ts'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { TextField } from '../../../components/fields/index.ts'
import { useCollection, useEntity } from '../../../stores/index.ts'
import { type LimitForm, limitFormSchema, limitsOf, readLimitForm } from './limit-form.ts'
import { useDeviceCommand } from './use-device-command.ts'

const FIELDS = ['totalMiB', 'readMiB', 'writeMiB', 'totalOperations', 'readOperations', 'writeOperations'] as const

/** Says how much a machine may do to one of its disks each second. */
export function LimitDiskDialog({ vmId, target }: { readonly vmId: VmId; readonly target: string }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const { entities, error } = useCollection('vm.stored-xml', vmId)
  const stored = entities.get('stored')
  if (vm === undefined) return null
  if (stored !== undefined) return <LimitDisk vm={vm} target={target} now={readLimitForm(stored.xml, target)} />
  return (
    <DialogFrame size="small" title={t('vms:hardware.limit.title', { target, name: vm.name })} footer={null}>
      {error === null ? <EmptyPage title={t('common:loading')} busy /> : <ErrorDetails error={error} />}
    </DialogFrame>
  )
}

function LimitDisk({ vm, target, now }: { readonly vm: Vm; readonly target: string; readonly now: LimitForm }) {
  const { t } = useTranslation()
  const form = useForm<LimitForm>({ resolver: zodResolver(limitFormSchema), defaultValues: now })
  const { isBusy, error, run } = useDeviceCommand('vm.limit-disk', vm.name)
  return (
    <FormDialog
      title={t('vms:hardware.limit.title', { target, name: vm.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit((values) => run({ vmId: vm.id, target, limits: limitsOf(values) }))()}
    >
      <p>{t('vms:hardware.limit.body')}</p>
      {FIELDS.map((name) => (
        <TextField key={name} control={form.control} name={name} label={t(`vms:hardware.limit.${name}`)} />
      ))}
    </FormDialog>
  )
}
