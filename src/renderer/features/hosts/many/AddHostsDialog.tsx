import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useRef, useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandPlan } from '../../../../shared/contract/index.ts'
import type { ClusterId } from '../../../../shared/domain/index.ts'
import { Name } from '../../../components/Name.tsx'
import {
  forgetDraft,
  keepDraft,
  PlanPage,
  readDraft,
  type StepOutcome,
  Wizard,
  type WizardStep,
} from '../../../components/wizard/index.ts'
import { useSelectedIds } from '../../../kinds/index.ts'
import { addNotice, closeDialog, rememberDialog, useCollection, useEngineClient } from '../../../stores/index.ts'
import { askedDigests } from '../asked-digests.ts'
import { ClusterSelect, useClusterChoices } from '../ClusterSelect.tsx'
import { AuthenticationFields, ModeField, UserFields } from '../ReachFields.tsx'
import { type ReachForm, SECRET_FIELDS } from '../reach-form.ts'
import { decideObstacle, type ListedHost, mergeUnconfirmed, toBeAdded } from './check-many.ts'
import { HostSourceFields, useOffered } from './HostSourceFields.tsx'
import { EMPTY_MANY_FORM, type ManyForm, manyFormSchema, namedBy, toAddMany, toCheck } from './many-form.ts'
import { type Adding, isRefused, OutcomePage } from './OutcomePage.tsx'
import { useCheckMany } from './use-check-many.ts'
import { VerdictPage } from './VerdictPage.tsx'

const DRAFT = 'host.add-many'

type Outcome = StepOutcome<ManyForm>

/** The wizard that adds several hosts: which, how they are reached, a verdict for each, then all in one call. */
export function AddHostsDialog(props: {
  /** Where they are to belong, as a proposal; null: where what is selected belongs. */
  readonly clusterId: ClusterId | null
}) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const [draft] = useState(() => readDraft<ManyForm>(DRAFT))
  const [isRestored, setRestored] = useState(draft !== null)
  const form = useForm<ManyForm>({
    resolver: zodResolver(manyFormSchema),
    defaultValues: draft ?? EMPTY_MANY_FORM,
    shouldFocusError: false,
  })
  // It has all fields of one host's form that these components use; react-hook-form's type knows no such likeness.
  const reachForm = form as unknown as UseFormReturn<ReachForm>
  const offered = useOffered(form.watch('source'))
  const clusters = useClusterChoices()
  const [selected = null] = useSelectedIds('cluster') as readonly ClusterId[]
  const [chosenCluster, setChosenCluster] = useState(props.clusterId ?? selected)
  const clusterId = chosenCluster ?? clusters[0]?.id ?? null
  const checks = useCheckMany()
  const [allowed, setAllowed] = useState<readonly string[]>([])
  const [allowsAsked, setAllowsAsked] = useState(false)
  const [plan, setPlan] = useState<CommandPlan | null>(null)
  const { entities: tasks } = useCollection('tasks')
  const [adding, setAdding] = useState<Adding | null>(null)
  const isAdded = useRef(false)

  useEffect(
    () => () => {
      if (isAdded.current) forgetDraft(DRAFT)
      else keepDraft(DRAFT, form.getValues(), { defaults: EMPTY_MANY_FORM, secrets: SECRET_FIELDS })
    },
    [form],
  )

  const inputOf =
    (digests = allowed) =>
    ({ candidate, confirmed }: ListedHost) =>
      toCheck(form.getValues(), candidate, { clusterId, allowCommands: digests, hostKey: confirmed })
  const check = async (values: ManyForm): Promise<Outcome> => {
    setAllowsAsked(false)
    checks.begin(namedBy(values, offered?.ok === true ? offered.value.hosts : []), inputOf())
    return { kind: 'next' }
  }
  const checkAgain = () => {
    const digests = allowsAsked ? [...new Set([...allowed, ...askedDigests(mergeUnconfirmed(checks.hosts))])] : allowed
    setAllowed(digests)
    setAllowsAsked(false)
    // Commands that are run now may lead elsewhere than before: nothing that was seen holds on.
    if (digests === allowed) checks.again(inputOf())
    else
      checks.begin(
        checks.hosts.map(({ candidate }) => candidate),
        inputOf(digests),
      )
  }
  const added = toBeAdded(checks.hosts)
  const addInput = (values: ManyForm) =>
    toAddMany(
      values,
      added.map(({ candidate }) => candidate),
      {
        clusterId,
        allowCommands: allowed,
        hostKeys: Object.fromEntries(
          added.flatMap(({ candidate, confirmed }) => (confirmed === null ? [] : [[candidate.address, confirmed]])),
        ),
      },
    )
  const review = async (values: ManyForm): Promise<Outcome> => {
    const result = await client.plan('host.add', addInput(values))
    if (!result.ok) return { kind: 'failed', error: result.error, field: null }
    setPlan(result.value)
    return { kind: 'next' }
  }
  const add = async (values: ManyForm): Promise<Outcome> => {
    const isOpen = rememberDialog()
    const begun: Adding = {
      total: added.length,
      before: new Set(tasks.keys()),
      taskId: null,
      error: null,
      isEnded: false,
    }
    setAdding(begun)
    isAdded.current = true
    void client.call('host.add', addInput(values)).then((result) => {
      const error = result.ok ? null : result.error
      // Closed while they were being added, which goes on: those that came are in the tree.
      if (!isOpen() && error !== null) addNotice({ command: 'host.add', subject: null, error })
      const ended = { ...begun, taskId: result.taskId ?? null, error, isEnded: true }
      if (isRefused(ended)) isAdded.current = false
      setAdding(ended)
    })
    return { kind: 'go', to: 'outcome' }
  }

  const obstacle = decideObstacle(checks)
  const hasBegun = adding !== null && !isRefused(adding)
  const leftOut = checks.hosts.filter(({ isLeftOut }) => isLeftOut).map(({ candidate }) => candidate.address)
  const steps: readonly WizardStep<ManyForm>[] = [
    {
      id: 'hosts',
      title: t('hosts:many.page.hosts'),
      description: t('hosts:many.step.hosts'),
      fields: ['source', 'list', 'chosen'],
      isSkipped: hasBegun,
      content: <HostSourceFields form={form} offered={offered} />,
      next: { label: t('common:wizard.next'), run: async () => ({ kind: 'next' }) },
    },
    {
      id: 'reach',
      title: t('hosts:add.page.reach'),
      description: t('hosts:many.step.reach'),
      fields: ['user', 'port', 'jumpHost', 'authentication', 'privateKeyPath', 'passphrase', 'password'],
      isSkipped: hasBegun,
      content: (
        <>
          <UserFields form={reachForm} />
          <AuthenticationFields form={reachForm} />
          {clusters.length < 2 ? null : (
            <ClusterSelect choices={clusters} value={clusterId} onChange={setChosenCluster} />
          )}
          <ModeField form={reachForm} />
        </>
      ),
      next: { label: t('hosts:add.check'), run: check },
    },
    {
      id: 'verdicts',
      title: t('hosts:many.page.verdicts'),
      description: t('hosts:many.step.verdicts'),
      fields: [],
      isSkipped: hasBegun,
      content: (
        <VerdictPage
          checks={checks}
          allowsCommands={allowsAsked}
          onAllowCommands={setAllowsAsked}
          onAgain={checkAgain}
          onConfirm={(address) => checks.confirm([address], inputOf())}
          onConfirmMatching={(known) => checks.confirmMatching(known, inputOf())}
        />
      ),
      next: allowsAsked
        ? {
            label: t('hosts:add.checkAgain'),
            run: async () => {
              checkAgain()
              return { kind: 'go', to: 'verdicts' }
            },
          }
        : { label: t('common:wizard.next'), isDisabled: obstacle !== null, run: review },
    },
    {
      id: 'review',
      title: t('hosts:add.page.review'),
      description: t('hosts:many.step.review'),
      fields: [],
      isSkipped: hasBegun,
      content: plan === null ? null : <ManyPlan plan={plan} leftOut={leftOut} />,
      next: { label: t('hosts:many.add', { count: added.length }), busy: t('hosts:add.adding'), run: add },
    },
    {
      id: 'outcome',
      title: t('hosts:many.page.outcome'),
      description: t(adding?.isEnded === true ? 'hosts:many.step.ended' : 'hosts:many.step.outcome'),
      fields: [],
      isEnd: true,
      content: adding === null ? null : <OutcomePage adding={adding} />,
      next: {
        label: t('common:close'),
        run: async () => {
          closeDialog()
          return { kind: 'finished' }
        },
      },
    },
  ]
  return (
    <Wizard
      title={t('hosts:many.title')}
      size="large"
      form={form}
      steps={steps}
      onStartOver={
        isRestored
          ? () => {
              form.reset(EMPTY_MANY_FORM)
              setRestored(false)
            }
          : null
      }
      onClose={closeDialog}
    />
  )
}

/** What will happen on each host, and who is left out. */
function ManyPlan({ plan, leftOut }: { readonly plan: CommandPlan; readonly leftOut: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <>
      <p>{t('hosts:many.oneByOne')}</p>
      {plan.rows.map(({ subject, steps, error }) => (
        <details key={subject.id} className="vd-many__plan">
          <summary>
            <Name>{subject.name}</Name>
          </summary>
          {error === null ? <PlanPage plan={{ steps }} /> : null}
        </details>
      ))}
      {leftOut.length === 0 ? null : (
        <p>
          {t('hosts:many.leftOut', { count: leftOut.length })} <bdi>{leftOut.join(', ')}</bdi>
        </p>
      )}
    </>
  )
}
