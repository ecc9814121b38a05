import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan, HostCheck, HostInstall } from '../../../shared/contract/index.ts'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import type { StepOutcome, WizardStep } from '../../components/wizard/index.ts'
import { Wizard } from '../../components/wizard/index.ts'
import { addNotice, closeDialog, rememberDialog, useEngineClient, useEntity } from '../../stores/index.ts'
import { CheckList } from './CheckList.tsx'
import { InstallPage } from './InstallPage.tsx'

const hasFailed = ({ outcome }: HostCheck) => outcome === 'failed'

interface Found {
  readonly checks: readonly HostCheck[]
  /** What could be installed about what has failed, and what that would do; null: nothing. */
  readonly install: { readonly what: HostInstall; readonly plan: CommandPlan } | null
}

type Nothing = Record<string, never>
type Outcome = StepOutcome<Nothing>

/** Checks a host of the inventory as a new one is, and installs what it lacks. */
export function CheckHostDialog({ hostId }: { readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return host === undefined ? null : <CheckHost host={host} />
}

function CheckHost({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const form = useForm<Nothing>()
  const [found, setFound] = useState<Found | null>(null)
  const [isInstalling, setInstalling] = useState(false)
  const target = { hostId: host.id }

  const check = async (signal: AbortSignal): Promise<Outcome> => {
    const result = await client.call('host.check', target, { signal })
    if (signal.aborted) return { kind: 'next' }
    if (!result.ok) return { kind: 'failed', error: result.error, field: null }
    const { checks, install: what } = result.value
    const plan = what === null ? null : await client.plan('host.install', { ...target, install: what })
    const install = what === null || plan?.ok !== true ? null : { what, plan: plan.value }
    setFound({ checks, install })
    return { kind: 'go', to: install === null ? 'review' : 'install' }
  }
  const install = async (signal: AbortSignal): Promise<Outcome> => {
    if (found?.install == null) return check(signal)
    const isOpen = rememberDialog()
    setInstalling(true)
    const result = await client.call('host.install', { ...target, install: found.install.what })
    setInstalling(false)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'host.install', subject: host.name, error: result.error })
      return { kind: 'finished' }
    }
    return result.ok ? check(signal) : { kind: 'failed', error: result.error, field: null }
  }
  const state = found === null ? 'looking' : found.checks.some(hasFailed) ? 'failed' : 'passed'
  const close = async (): Promise<Outcome> => {
    closeDialog()
    return { kind: 'finished' }
  }
  const steps: readonly WizardStep<Nothing>[] = [
    {
      id: 'review',
      title: t('hosts:add.page.review'),
      description: t(`hosts:checkHost.${state}`),
      fields: [],
      content: <div aria-live="polite">{found === null ? null : <CheckList checks={found.checks} />}</div>,
      isEnd: state === 'passed',
      next:
        state === 'passed'
          ? { label: t('common:close'), run: close }
          : {
              label: t('hosts:add.checkAgain'),
              busy: t('hosts:add.checking'),
              run: (_values, signal) => check(signal),
            },
    },
    {
      id: 'install',
      title: t('hosts:add.page.install'),
      description: t(isInstalling ? 'hosts:add.step.installing' : 'hosts:add.step.install'),
      fields: [],
      isSkipped: found === null || found.install === null,
      content:
        found === null || found.install === null ? null : (
          <InstallPage address={host.address} checks={found.checks} plan={found.install.plan} />
        ),
      next: {
        label: t('hosts:install.do'),
        busy: t('hosts:install.doing'),
        isFinal: true,
        run: (_values, signal) => install(signal),
      },
    },
  ]
  return (
    <Wizard
      title={t('hosts:checkHost.title', { name: host.name })}
      form={form}
      steps={steps}
      runsAtOnce
      onStartOver={null}
      onClose={closeDialog}
    />
  )
}
