import { zodResolver } from '@hookform/resolvers/zod'
import { type Control, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { CommandInput } from '../../../../shared/contract/index.ts'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, SelectField, TextField } from '../../../components/fields/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'
import { networkChoices } from '../create/part-choices.ts'
import { useVmChoices, type VmChoices } from '../create/use-vm-choices.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const schema = z
  .object({
    /** `network:` or `profile:` with an id, or one of `libvirt`, `bridge`, `user`; empty: it stays where it is. */
    nic: z.string(),
    nicName: z.string().trim(),
    linkUp: z.boolean(),
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
    defaultValues: { nic: networkChoices(choices, t)[0]?.value ?? 'libvirt', nicName: 'default', linkUp: true },
  })
  const { isBusy, error, run } = useDialogCommand('vm.add-nic', vm.name)
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
  return vm === undefined || nic === undefined ? null : <EditNic vm={vm} nic={nic} />
}

function EditNic({ vm, nic }: { readonly vm: Vm; readonly nic: Vm['nics'][number] }) {
  const { t } = useTranslation()
  const choices = useVmChoices(vm.clusterId)
  const form = useForm<NicForm>({
    resolver: zodResolver(schema),
    defaultValues: { nic: '', nicName: '', linkUp: nic.linkUp },
  })
  const { isBusy, error, run } = useDialogCommand('vm.edit-nic', vm.name)
  return (
    <FormDialog
      title={t('vms:hardware.editNic.title', { macAddress: nic.macAddress, name: vm.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error}
      onSubmit={() =>
        void form.handleSubmit((values) => {
          const network = networkOf(values)
          return run({
            vmId: vm.id,
            macAddress: nic.macAddress,
            ...(network === null ? {} : { network }),
            ...(values.linkUp === nic.linkUp ? {} : { linkUp: values.linkUp }),
          })
        })()
      }
    >
      <NicFields
        control={form.control}
        choices={choices}
        stays={t('vms:hardware.editNic.stays', { network: nic.source ?? nic.type })}
      />
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
