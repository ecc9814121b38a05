import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { RadioField, SelectField, TextField } from '../../components/fields/index.ts'
import type { WizardAction, WizardStep } from '../../components/wizard/index.ts'
import type { ClusterForm } from './cluster-form.ts'

/** What can be chosen, as far as it is not the same for all clusters. */
export interface ClusterChoices {
  /** Where it may be; null: that is settled. */
  readonly datacenters: readonly { readonly id: string; readonly name: string }[] | null
  /** Models that the libvirt of the hosts knows. */
  readonly cpuModels: readonly string[]
  /** Machine types that the hosts offer. */
  readonly machineTypes: readonly string[]
  /** What its migrations go over, by name; null: nobody knows yet. */
  readonly migrationNetwork: string | null
}

/** The pages of the wizard that asks what a cluster is to be; the last one is the caller's summary. */
export function buildClusterSteps(parts: {
  readonly form: UseFormReturn<ClusterForm>
  readonly choices: ClusterChoices
  readonly finish: WizardAction<ClusterForm>
  readonly summary: ReactNode
  readonly t: TFunction
}): readonly WizardStep<ClusterForm>[] {
  const { form, choices, finish, summary, t } = parts
  const next: WizardAction<ClusterForm> = { label: t('common:wizard.next'), run: async () => ({ kind: 'next' }) }
  const page = (id: 'general' | 'cpu' | 'memory' | 'migration' | 'defaults' | 'summary') => ({
    id,
    title: t(`clusters:page.${id}.title`),
    description: t(`clusters:page.${id}.description`),
    next,
  })
  return [
    {
      ...page('general'),
      fields: ['name', 'datacenterId', 'description'],
      content: <GeneralFields form={form} choices={choices} t={t} />,
    },
    { ...page('cpu'), fields: ['cpuModel'], content: <CpuFields form={form} choices={choices} t={t} /> },
    {
      ...page('memory'),
      fields: ['memoryOvercommitPercent', 'ksm', 'ballooning'],
      content: <MemoryFields form={form} t={t} />,
    },
    {
      ...page('migration'),
      fields: ['migrationPolicy'],
      content: <MigrationFields form={form} choices={choices} t={t} />,
    },
    {
      ...page('defaults'),
      fields: ['diskAllocation', 'machineType', 'firmware', 'consoleType', 'macFrom', 'macTo'],
      content: <DefaultFields form={form} choices={choices} t={t} />,
    },
    { ...page('summary'), fields: [], content: summary, next: finish },
  ]
}

interface FieldsProps {
  readonly form: UseFormReturn<ClusterForm>
  readonly t: TFunction
}

type ChoosingProps = FieldsProps & { readonly choices: ClusterChoices }

function GeneralFields({ form: { control }, choices: { datacenters }, t }: ChoosingProps) {
  return (
    <>
      <TextField
        control={control}
        name="name"
        label={t('clusters:label.name')}
        hint={t('clusters:form.nameHint')}
        isRequired
        autoFocus
      />
      {datacenters === null ? null : (
        <SelectField
          control={control}
          name="datacenterId"
          label={t('clusters:label.datacenter')}
          choices={datacenters.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <TextField control={control} name="description" label={t('clusters:label.description')} />
    </>
  )
}

function CpuFields({ form: { control }, choices: { cpuModels }, t }: ChoosingProps) {
  return (
    <SelectField
      control={control}
      name="cpuModel"
      label={t('clusters:label.cpuModel')}
      hint={t(cpuModels.length === 0 ? 'clusters:form.cpuLater' : 'clusters:form.cpuHint')}
      choices={[
        { value: '', label: t('clusters:value.cpuDetected') },
        ...cpuModels.map((model) => ({ value: model, label: model })),
      ]}
    />
  )
}

function MemoryFields({ form: { control }, t }: FieldsProps) {
  return (
    <>
      <RadioField
        control={control}
        name="memoryOvercommitPercent"
        label={t('clusters:label.memoryOvercommitPercent')}
        hint={t('clusters:form.overcommitHint')}
        choices={(['100', '150', '200'] as const).map((value) => ({
          value,
          label: t(`clusters:value.overcommit.${value}`),
        }))}
      />
      <SelectField
        control={control}
        name="ksm"
        label={t('clusters:label.ksm')}
        hint={t('clusters:form.ksmHint')}
        choices={(['off', 'across-numa-nodes', 'within-numa-nodes'] as const).map((value) => ({
          value,
          label: t(`clusters:value.ksm.${value}`),
        }))}
      />
      <RadioField
        control={control}
        name="ballooning"
        label={t('clusters:label.ballooning')}
        hint={t('clusters:form.balloonHint')}
        choices={(['on', 'off'] as const).map((value) => ({ value, label: t(`clusters:value.${value}`) }))}
      />
    </>
  )
}

function MigrationFields({ form, choices: { migrationNetwork }, t }: ChoosingProps) {
  const { control } = form
  const policy = form.watch('migrationPolicy')
  return (
    <>
      <SelectField
        control={control}
        name="migrationPolicy"
        label={t('clusters:label.migrationPolicy')}
        hint={t(`clusters:form.migration.${policy}`)}
        choices={(['minimal-downtime', 'suspend-if-needed', 'post-copy', 'very-large-vms'] as const).map((value) => ({
          value,
          label: t(`clusters:value.migration.${value}`),
        }))}
      />
      {migrationNetwork === null ? null : (
        <p className="vd-subtle">{t('clusters:form.networkNote', { network: migrationNetwork })}</p>
      )}
    </>
  )
}

function DefaultFields({ form: { control }, choices: { machineTypes }, t }: ChoosingProps) {
  return (
    <>
      <RadioField
        control={control}
        name="diskAllocation"
        label={t('clusters:label.diskAllocation')}
        choices={(['thin', 'preallocated'] as const).map((value) => ({
          value,
          label: t(`clusters:value.disk.${value}`),
        }))}
      />
      <SelectField
        control={control}
        name="machineType"
        label={t('clusters:label.machineType')}
        choices={[
          { value: '', label: t('clusters:value.auto') },
          ...machineTypes.map((type) => ({ value: type, label: type })),
        ]}
      />
      <SelectField
        control={control}
        name="firmware"
        label={t('clusters:label.firmware')}
        choices={(['auto', 'bios', 'uefi', 'uefi-secure-boot'] as const).map((value) => ({
          value,
          label: t(`clusters:value.firmware.${value}`),
        }))}
      />
      <RadioField
        control={control}
        name="consoleType"
        label={t('clusters:label.consoleType')}
        choices={(['vnc', 'spice', 'headless'] as const).map((value) => ({
          value,
          label: t(`clusters:value.console.${value}`),
        }))}
      />
      <TextField
        control={control}
        name="macFrom"
        label={t('clusters:label.macFrom')}
        hint={t('clusters:form.macHint')}
        placeholder="56:6f:00:00:00:00"
      />
      <TextField control={control} name="macTo" label={t('clusters:label.macTo')} placeholder="56:6f:00:00:ff:ff" />
    </>
  )
}
