import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan } from '../../../../shared/contract/index.ts'
import {
  forgetDraft,
  keepDraft,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardAction,
} from '../../../components/wizard/index.ts'
import { useSelectedIds } from '../../../kinds/index.ts'
import {
  addNotice,
  closeDialog,
  rememberDialog,
  showVm,
  useCollection,
  useEngineClient,
} from '../../../stores/index.ts'
import { useVmChoices } from './use-vm-choices.ts'
import type { VmForm } from './vm-fields.ts'
import { emptyVmForm, fieldOfError, inputOf, VM_FORM_SECRETS, vmFormSchema } from './vm-form.ts'
import { buildVmSteps } from './vm-steps.tsx'

const DRAFT = 'vm.create'

/** The wizard that creates a machine. A name is enough: all else has a default. */
export function CreateVmDialog({ clusterId }: { readonly clusterId: string | null }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const [selected] = useSelectedIds('cluster')
  const { entities: clusters } = useCollection('clusters')
  const { entities: hosts } = useCollection('hosts')
  const [first = ''] = clusters.keys()
  const [startIn] = useState(clusterId ?? selected ?? first)
  const startChoices = useVmChoices(startIn)
  const [empty] = useState(() => {
    const [domain] = startChoices.domains
    // One that hosts do not have yet is no good guess.
    const network = startChoices.networks.find(({ clusters: having }) =>
      having.some((each) => each.clusterId === startIn && each.status === 'operational'),
    )
    const nic = network === undefined ? 'libvirt' : `network:${network.id}`
    return emptyVmForm({ clusterId: startIn, diskDomainId: domain?.id ?? '', nic })
  })
  const [draft] = useState(() => readDraft<VmForm>(DRAFT))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<VmForm>({
    resolver: zodResolver(vmFormSchema),
    // Where it was asked for counts more than where it was asked for an earlier time.
    defaultValues: draft === null ? empty : { ...draft, clusterId: empty.clusterId },
    shouldFocusError: false,
  })
  const isCreated = useRef(false)
  useEffect(
    () => () => {
      if (isCreated.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: empty, secrets: VM_FORM_SECRETS })
    },
    [form, empty],
  )
  const chosen = form.watch('clusterId')
  const choices = useVmChoices(chosen)
  const [plan, setPlan] = useState<CommandPlan | null>(null)
  const planned = async (values: VmForm): Promise<StepOutcome<VmForm>> => {
    const result = await client.plan('vm.create', inputOf(values))
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
    setPlan(result.value)
    return { kind: 'next' }
  }
  const create = async (values: VmForm): Promise<StepOutcome<VmForm>> => {
    const isOpen = rememberDialog()
    const input = inputOf(values)
    const result = await client.call('vm.create', input)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'vm.create', subject: input.name, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: fieldOfError(result.error) }
    isCreated.current = true
    closeDialog()
    showVm(result.value.vmId)
    return { kind: 'finished' }
  }
  const finish: WizardAction<VmForm> = {
    label: t('newvm:create.do'),
    busy: t('newvm:create.busy'),
    isFinal: true,
    run: create,
  }
  const cluster = choices.clusters.find(({ id }) => id === chosen)
  const machineTypes = [...hosts.values()]
    .filter((host) => host.clusterId === chosen)
    .flatMap(({ facts }) => facts?.machineTypes ?? [])
  return (
    <Wizard
      title={t('newvm:create.title')}
      size="large"
      form={form}
      steps={buildVmSteps({
        form,
        choices,
        knownModels: cluster?.cpu.knownModels ?? [],
        machineTypes: [...new Set(machineTypes)],
        plan,
        onPlan: planned,
        finish,
        t,
      })}
      finish={finish}
      onStartOver={
        isRestored
          ? () => {
              form.reset(empty)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}
