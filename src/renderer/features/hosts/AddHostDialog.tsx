import { zodResolver } from '@hookform/resolvers/zod'
import { Alert, Button } from '@patternfly/react-core'
import { useEffect, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan, HostCheck, HostInstall } from '../../../shared/contract/index.ts'
import type { ClusterId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import {
  forgetDraft,
  keepDraft,
  PlanPage,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardStep,
} from '../../components/wizard/index.ts'
import { useSelectedIds } from '../../kinds/index.ts'
import { addNotice, closeDialog, openDialog, rememberDialog, showHost, useEngineClient } from '../../stores/index.ts'
import { askedDigests } from './asked-digests.ts'
import { CheckList } from './CheckList.tsx'
import { ClusterSelect, useClusterChoices } from './ClusterSelect.tsx'
import { AskForCommands } from './ConfigCommands.tsx'
import { FingerprintConfirm } from './Fingerprint.tsx'
import { InstallPage } from './InstallPage.tsx'
import { type OfferedKey, offeredKey } from './offered-key.ts'
import { AddressFields, AuthenticationFields, ModeField, NameField } from './ReachFields.tsx'
import {
  EMPTY_REACH_FORM,
  fieldOfError,
  type ReachForm,
  type ReachInput,
  reachFormSchema,
  SECRET_FIELDS,
  targetOf,
  toReach,
} from './reach-form.ts'

const DRAFT = 'host.add'

/** What was found on the host, and what adding it will do; a plan only where nothing stands in the way. */
interface Found {
  readonly checks: readonly HostCheck[]
  readonly plan: CommandPlan | null
  /** Asks about commands of ssh_config that were not run; null: there are none, or they are allowed. */
  readonly unconfirmed: WireError | null
  /** What could be installed about what has failed, and what that would do; null: nothing. */
  readonly install: { readonly what: HostInstall; readonly plan: CommandPlan } | null
}

/** A key that a host showed, and whether a person has compared it. */
interface ShownKey {
  readonly offered: OfferedKey
  readonly isConfirmed: boolean
}

type AddInput = ReachInput & { readonly name?: string }

const NOTHING_FOUND: Found = { checks: [], plan: null, unconfirmed: null, install: null }

type Outcome = StepOutcome<ReachForm>

/** The wizard that adds a host: how to reach it, its key for confirmation, then what was found and what will be done. */
export function AddHostDialog(props: {
  readonly local: boolean
  /** Where it is to belong, as a proposal; null: where what is selected belongs. */
  readonly clusterId: ClusterId | null
}) {
  const { local } = props
  const { t } = useTranslation()
  const client = useEngineClient()
  const [draft] = useState(() => (local ? null : readDraft<ReachForm>(DRAFT)))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<ReachForm>({
    resolver: zodResolver(reachFormSchema),
    defaultValues: draft ?? EMPTY_REACH_FORM,
    shouldFocusError: false,
  })
  /** Confirmed fingerprints by the target that showed them: nobody compares the same key twice. */
  const [trusted, setTrusted] = useState<ReadonlyMap<string, string>>(new Map())
  const [shownKey, setShownKey] = useState<ShownKey | null>(null)
  const [found, setFound] = useState<Found>(NOTHING_FOUND)
  /** Digests of commands that a person allowed in this dialog, and whether those that are asked about shall be. */
  const [allowed, setAllowed] = useState<readonly string[]>([])
  const [allowsAsked, setAllowsAsked] = useState(false)
  const [isInstalling, setInstalling] = useState(false)
  const isAdded = useRef(false)
  const clusters = useClusterChoices()
  const [selected = null] = useSelectedIds('cluster') as readonly ClusterId[]
  const [chosenCluster, setChosenCluster] = useState(props.clusterId ?? selected)
  const clusterId = chosenCluster ?? clusters[0]?.id ?? null

  useEffect(() => {
    if (local) return undefined
    return () => {
      if (isAdded.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: EMPTY_REACH_FORM, secrets: SECRET_FIELDS })
    }
  }, [local, form])

  const inputOf = (values: ReachForm, keys: ReadonlyMap<string, string>, digests = allowed): AddInput => {
    const cluster = clusterId === null ? {} : { clusterId }
    if (local) return { transport: 'local', address: 'localhost', ...cluster }
    const name = values.name.trim()
    return {
      ...toReach(values, keys.get(targetOf(values)) ?? null),
      ...cluster,
      allowCommands: [...digests],
      ...(name === '' ? {} : { name }),
    }
  }
  const failed = (error: WireError, values: ReachForm): Outcome => {
    const offered = offeredKey(error)
    if (offered === null) return { kind: 'failed', error, field: local ? null : fieldOfError(error, values) }
    setShownKey({ offered, isConfirmed: false })
    return { kind: 'go', to: 'key' }
  }
  const check = async (
    values: ReachForm,
    keys: ReadonlyMap<string, string>,
    signal: AbortSignal,
    digests = allowed,
  ): Promise<Outcome> => {
    const { name: _name, ...reach } = inputOf(values, keys, digests)
    setAllowsAsked(false)
    const result = await client.call('host.check', reach, { signal })
    if (signal.aborted) return { kind: 'next' }
    if (!result.ok) return failed(result.error, values)
    const { checks, unconfirmed } = result.value
    const wrong = checks.find(({ outcome }) => outcome === 'failed')
    if (wrong?.error !== undefined && wrong.error !== null) {
      const outcome = failed(wrong.error, values)
      // What is not run may be what leads to the host: the question comes before what is wrong without it.
      const isAsked = unconfirmed !== null
      if (outcome.kind === 'go' || (outcome.kind === 'failed' && outcome.field !== null && !isAsked)) return outcome
      const { install: what } = result.value
      const plan = what === null || isAsked ? null : await client.plan('host.install', { ...reach, install: what })
      if (what !== null && plan?.ok === true) {
        setFound({ checks, plan: null, unconfirmed, install: { what, plan: plan.value } })
        return { kind: 'go', to: 'install' }
      }
      setFound({ checks, plan: null, unconfirmed, install: null })
      return { kind: 'go', to: 'review' }
    }
    const plan = await client.plan('host.add', inputOf(values, keys, digests))
    if (!plan.ok) return failed(plan.error, values)
    setFound({ checks, plan: plan.value, unconfirmed, install: null })
    return { kind: 'go', to: 'review' }
  }
  const confirmKey = (values: ReachForm, signal: AbortSignal): Promise<Outcome> => {
    const keys = new Map(trusted).set(targetOf(values), shownKey?.offered.fingerprint ?? '')
    setTrusted(keys)
    return check(values, keys, signal)
  }
  const checkAgain = (values: ReachForm, signal: AbortSignal): Promise<Outcome> => {
    const digests = allowsAsked ? [...new Set([...allowed, ...askedDigests(found.unconfirmed)])] : allowed
    setAllowed(digests)
    return check(values, trusted, signal, digests)
  }
  const install = async (values: ReachForm, signal: AbortSignal): Promise<Outcome> => {
    if (found.install === null) return check(values, trusted, signal)
    const isOpen = rememberDialog()
    const { name: _name, ...reach } = inputOf(values, trusted)
    setInstalling(true)
    const result = await client.call('host.install', { ...reach, install: found.install.what })
    setInstalling(false)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'host.install', subject: reach.address, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return { kind: 'failed', error: result.error, field: null }
    return check(values, trusted, signal)
  }
  const add = async (values: ReachForm): Promise<Outcome> => {
    const isOpen = rememberDialog()
    const input = inputOf(values, trusted)
    const result = await client.call('host.add', input)
    if (!isOpen()) {
      // Closed while it was being added, which goes on: a host that came is in the tree, one that did not is told of.
      if (!result.ok) addNotice({ command: 'host.add', subject: input.address, error: result.error })
      return { kind: 'finished' }
    }
    if (!result.ok) return failed(result.error, values)
    isAdded.current = true
    closeDialog()
    showHost(result.value.hostId)
    return { kind: 'finished' }
  }

  const checking = t('hosts:add.checking')
  const isKeyNew = (shownKey?.offered.expected ?? null) === null
  const review: WizardStep<ReachForm> = {
    id: 'review',
    title: t('hosts:add.page.review'),
    description: t(found.plan === null ? 'hosts:add.step.checks' : 'hosts:add.step.review'),
    fields: [],
    content: (
      <div aria-live="polite">
        {found.checks.some(({ check, outcome }) => check === 'kvm' && outcome === 'warning') ? (
          <Alert
            isInline
            variant="warning"
            title={t('hosts:add.emulationOnly')}
            component="h2"
            variantLabel={t('common:error.warning')}
          />
        ) : null}
        {found.unconfirmed === null ? null : (
          <AskForCommands error={found.unconfirmed} allowed={allowsAsked} onChange={setAllowsAsked} />
        )}
        {found.install === null ? <CheckList checks={found.checks} /> : null}
        {found.plan === null || allowsAsked ? null : <PlanPage plan={found.plan} />}
      </div>
    ),
    next:
      found.plan === null || allowsAsked
        ? {
            label: t('hosts:add.checkAgain'),
            busy: checking,
            run: checkAgain,
          }
        : { label: t('hosts:add.add'), busy: t('hosts:add.adding'), isFinal: true, run: add },
  }
  const steps: readonly WizardStep<ReachForm>[] = [
    {
      id: 'reach',
      title: t('hosts:add.page.reach'),
      description: t('hosts:add.step.reach'),
      fields: [
        'address',
        'user',
        'port',
        'jumpHost',
        'authentication',
        'privateKeyPath',
        'passphrase',
        'password',
        'name',
      ],
      content: (
        <>
          <Button
            variant="link"
            isInline
            size="sm"
            className="vd-dialog__other"
            onClick={() => {
              closeDialog()
              openDialog({ kind: 'add-hosts', clusterId: clusterId ?? undefined })
            }}
          >
            {t('hosts:action.addMany')}
          </Button>
          <AddressFields form={form} autoFocus />
          <AuthenticationFields form={form} />
          <NameField form={form} />
          {clusters.length < 2 ? null : (
            <ClusterSelect choices={clusters} value={clusterId} onChange={setChosenCluster} />
          )}
          <ModeField form={form} />
        </>
      ),
      next: {
        label: t('hosts:add.check'),
        busy: checking,
        run: (values, signal) => check(values, trusted, signal),
      },
    },
    {
      id: 'key',
      title: t('hosts:add.page.key'),
      description: t('hosts:add.step.key'),
      fields: [],
      isSkipped: shownKey === null,
      content:
        shownKey === null ? null : (
          <FingerprintConfirm
            offered={shownKey.offered}
            confirmed={shownKey.isConfirmed}
            onConfirm={(isConfirmed) => setShownKey({ ...shownKey, isConfirmed })}
          />
        ),
      next: {
        label: t(isKeyNew ? 'hosts:key.trust' : 'hosts:key.trustChanged'),
        isDanger: !isKeyNew,
        isDisabled: shownKey?.isConfirmed !== true,
        busy: checking,
        run: confirmKey,
      },
    },
    {
      id: 'install',
      title: t('hosts:add.page.install'),
      description: t(isInstalling ? 'hosts:add.step.installing' : 'hosts:add.step.install'),
      fields: [],
      isSkipped: found.install === null,
      content:
        found.install === null ? null : (
          <InstallPage address={form.getValues('address').trim()} checks={found.checks} plan={found.install.plan} />
        ),
      next: { label: t('hosts:install.do'), busy: t('hosts:install.doing'), isFinal: true, run: install },
    },
    review,
  ]
  return (
    <Wizard
      title={local ? t('hosts:add.titleLocal') : t('hosts:add.title')}
      form={form}
      steps={local ? [review] : steps}
      runsAtOnce={local}
      onStartOver={
        isRestored
          ? () => {
              form.reset(EMPTY_REACH_FORM)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}
