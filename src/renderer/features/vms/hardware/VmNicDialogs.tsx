import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { type Control, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { CommandInput } from '../../../../shared/contract/index.ts'
import type { Vm, VmId, VnicQos } from '../../../../shared/domain/index.ts'
import { DialogFrame, FormDialog } from '../../../components/dialog/index.ts'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { CheckField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useCollection, useEntity } from '../../../stores/index.ts'
import { networkChoices } from '../create/part-choices.ts'
import { useVmChoices, type VmChoices } from '../create/use-vm-choices.ts'
import { changeAverages, readNicLimits } from './nic-limits.ts'
import { useDeviceCommand } from './use-device-command.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const rate = z
  .string()
  .trim()
  .regex(/^([1-9]\d{0,8})?$/, 'vms:hardware.limit.wrong')
const schema = z
  .object({
    /** `network:` or `profile:` with an id, or one of `libvirt`, `bridge`, `user`; empty: it stays where it is. */
    nic: z.string(),
    nicName: z.string().trim(),
    linkUp: z.boolean(),
    /** KiB a second; empty: not limited. */
    inbound: rate,
    outbound: rate,
  })
  .superRefine(({ nic, nicName }, context) => {
    if ((nic !== 'libvirt' && nic !== 'bridge') || nicName !== '') return
    context.addIssue({ code: 'custom', path: ['nicName'], message: 'newvm:wrong.networkMissing' })
  })
type NicForm = z.output<typeof schema>

/** Gives a machine one more network card. */
export function AddVmNicDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <AddNic vm={vm} />
}

function AddNic({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const choices = useVmChoices(vm.clusterId)
  const form = useForm<NicForm>({
    resolver: zodResolver(schema),
    defaultValues: {
      nic: networkChoices(choices, t)[0]?.value ?? 'libvirt',
      nicName: 'default',
      linkUp: true,
      inbound: '',
      outbound: '',
    },
  })
  const { isBusy, error, run } = useDeviceCommand('vm.add-nic', vm.name)
  return (
    <FormDialog
      title={t('vms:hardware.addNic.title', { name: vm.name })}
      label={t('vms:hardware.addNic.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() =>
        void form.handleSubmit((values) => {
          const nic = networkOf(values)
          return nic === null ? null : run({ vmId: vm.id, nic: { ...nic, linkUp: values.linkUp } })
        })()
      }
    >
      <NicFields control={form.control} choices={choices} stays={null} />
    </FormDialog>
  )
}

/** Plugs a card into another network, or its cable in or out. */
export function EditVmNicDialog({ vmId, macAddress }: { readonly vmId: VmId; readonly macAddress: string }) {
  const vm = useEntity('vms', vmId)
  const nic = vm?.nics.find((each) => each.macAddress === macAddress)
  const { t } = useTranslation()
  const { entities, error } = useCollection('vm.stored-xml', vmId)
  const stored = entities.get('stored')
  if (vm === undefined || nic === undefined) return null
  if (stored !== undefined) return <EditNic vm={vm} nic={nic} now={readNicLimits(stored.xml, macAddress)} />
  return (
    <DialogFrame size="small" title={t('vms:hardware.editNic.title', { macAddress, name: vm.name })} footer={null}>
      {error === null ? <EmptyPage title={t('common:loading')} busy /> : <ErrorDetails error={error} />}
    </DialogFrame>
  )
}

function EditNic(props: { readonly vm: Vm; readonly nic: Vm['nics'][number]; readonly now: VnicQos }) {
  const { t } = useTranslation()
  const { vm, nic } = props
  // As the person saw it when they began.
  const [now] = useState(props.now)
  const choices = useVmChoices(vm.clusterId)
  const form = useForm<NicForm>({
    resolver: zodResolver(schema),
    defaultValues: {
      nic: '',
      nicName: '',
      linkUp: nic.linkUp,
      inbound: String(now.inbound?.averageKiBps ?? ''),
      outbound: String(now.outbound?.averageKiBps ?? ''),
    },
  })
  const { isBusy, error, run } = useDeviceCommand('vm.edit-nic', vm.name)
  return (
    <FormDialog
      title={t('vms:hardware.editNic.title', { macAddress: nic.macAddress, name: vm.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() =>
        void form.handleSubmit((values) => {
          const network = networkOf(values)
          const qos = changeAverages(now, values)
          return run({
            vmId: vm.id,
            macAddress: nic.macAddress,
            ...(network === null ? {} : { network }),
            ...(values.linkUp === nic.linkUp ? {} : { linkUp: values.linkUp }),
            ...(qos === undefined ? {} : { qos }),
          })
        })()
      }
    >
      <NicFields
        control={form.control}
        choices={choices}
        stays={t('vms:hardware.editNic.stays', { network: nic.source ?? nic.type })}
      />
      <TextField
        control={form.control}
        name="inbound"
        label={t('vms:hardware.editNic.inbound')}
        hint={t('vms:hardware.editNic.rateHint')}
      />
      <TextField control={form.control} name="outbound" label={t('vms:hardware.editNic.outbound')} />
    </FormDialog>
  )
}

function NicFields(props: {
  readonly control: Control<NicForm>
  readonly choices: VmChoices
  /** What it is called to leave the card where it is; null: that is no choice. */
  readonly stays: string | null
}) {
  const { t } = useTranslation()
  const { control, choices, stays } = props
  const nic = useWatch({ control, name: 'nic' })
  return (
    <>
      <SelectField
        control={control}
        name="nic"
        label={t('newvm:label.nic')}
        choices={[...(stays === null ? [] : [{ value: '', label: stays }]), ...networkChoices(choices, t)]}
      />
      {nic === 'libvirt' || nic === 'bridge' ? (
        <TextField control={control} name="nicName" label={t(`newvm:label.nicName.${nic}`)} isRequired />
      ) : null}
      <CheckField control={control} name="linkUp" label={t('newvm:label.nicLinkUp')} />
    </>
  )
}

/** What a card is plugged into, as the command takes it; null: it stays. Pure. */
function networkOf({ nic, nicName }: NicForm): CommandInput<'vm.add-nic'>['nic'] | null {
  if (nic === '') return null
  if (nic === 'libvirt') return { libvirtNetwork: nicName }
  if (nic === 'bridge') return { bridge: nicName }
  const [kind, id = ''] = nic.split(':')
  if (kind === 'profile') return { vnicProfileId: id }
  return kind === 'network' ? { networkId: id } : { user: true }
}
