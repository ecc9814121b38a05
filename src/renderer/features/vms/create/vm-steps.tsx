import type { CommandPlan } from '../../../../shared/contract/index.ts'
import { TextAreaField, TextField } from '../../../components/fields/index.ts'
import { PlanPage, type WizardAction, type WizardStep } from '../../../components/wizard/index.ts'
import { BootPage } from './BootPage.tsx'
import { CloudInitPage } from './CloudInitPage.tsx'
import type { PageProps } from './field-parts.ts'
import { GeneralPage } from './GeneralPage.tsx'
import { PartsPage } from './PartsPage.tsx'
import { ProcessorPage } from './ProcessorPage.tsx'
import type { VmChoices } from './use-vm-choices.ts'
import type { VmForm } from './vm-fields.ts'

/** The pages of the wizard that creates a machine; the last one is what will happen. */
export function buildVmSteps(
  parts: PageProps & {
    readonly choices: VmChoices
    readonly knownModels: readonly string[]
    readonly machineTypes: readonly string[]
    readonly plan: CommandPlan | null
    readonly onPlan: WizardAction<VmForm>['run']
    readonly finish: WizardAction<VmForm>
  },
): readonly WizardStep<VmForm>[] {
  const { form, choices, plan, finish, t } = parts
  const page = (id: 'general' | 'processor' | 'boot' | 'devices' | 'cloudInit' | 'custom' | 'plan') => ({
    id,
    title: t(`newvm:page.${id}.title`),
    description: t(`newvm:page.${id}.description`),
    next: { label: t('common:wizard.next'), run: async () => ({ kind: 'next' as const }) },
  })
  const general = [
    'name',
    'clusterId',
    'templateId',
    'operatingSystem',
    'memory',
    'vcpus',
    'diskKind',
    'diskDomainId',
    'diskSizeGiB',
    'diskId',
    'nic',
    'nicName',
    'moreDisks',
    'moreNics',
    'source',
    'mediumId',
    'kernelPath',
    'initrdPath',
    'commandLine',
  ] as const
  const processor = ['cpuModel', 'sockets', 'cores', 'threads', 'maxVcpus', 'maxMemory', 'pinning', 'numa'] as const
  const boot = ['machineType', 'firmware', 'tpm', 'clock', 'bootOrder'] as const
  const devices = ['diskSerial', 'nicMac', 'hostDevices', 'sharedFolders'] as const
  const cloudInit = [
    'hostName',
    'user',
    'passwordHash',
    'sshKeys',
    'packages',
    'runCommands',
    'address',
    'gateway',
    'nameServers',
    'userData',
    'networkConfig',
  ] as const
  const custom = ['title', 'description', 'customDevices', 'customDomain'] as const
  return [
    { ...page('general'), fields: general, content: <GeneralPage form={form} choices={choices} t={t} /> },
    {
      ...page('processor'),
      fields: processor,
      content: <ProcessorPage form={form} knownModels={parts.knownModels} t={t} />,
    },
    { ...page('boot'), fields: boot, content: <BootPage form={form} machineTypes={parts.machineTypes} t={t} /> },
    { ...page('devices'), fields: devices, content: <PartsPage form={form} t={t} /> },
    { ...page('cloudInit'), fields: cloudInit, content: <CloudInitPage form={form} t={t} /> },
    {
      ...page('custom'),
      fields: [...general, ...processor, ...boot, ...devices, ...cloudInit, ...custom],
      content: (
        <>
          <TextField control={form.control} name="title" label={t('newvm:label.title')} />
          <TextField control={form.control} name="description" label={t('newvm:label.description')} />
          <TextAreaField
            control={form.control}
            name="customDevices"
            label={t('newvm:label.customDevices')}
            hint={t('newvm:hint.customDevices')}
            rows={6}
          />
          <TextAreaField
            control={form.control}
            name="customDomain"
            label={t('newvm:label.customDomain')}
            hint={t('newvm:hint.customDomain')}
            rows={6}
          />
        </>
      ),
      next: { label: t('newvm:create.plan'), busy: t('newvm:create.planning'), run: parts.onPlan },
    },
    {
      ...page('plan'),
      fields: [],
      content: plan === null ? <p className="vd-subtle">{t('newvm:page.plan.none')}</p> : <PlanPage plan={plan} />,
      next: finish,
    },
  ]
}
