import {
  Checkbox,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Radio,
  TextInput,
} from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type ClusterId,
  type HostId,
  type MigrationVerdict,
  migrationPolicySchema,
  type VmId,
} from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { StatusMark } from '../../components/StatusMark.tsx'
import { describeError } from '../../i18n/index.ts'
import { useDialogCommand, useEngine } from '../../stores/index.ts'
import { MigrationEstimateLine } from './MigrationEstimateLine.tsx'
import { useVerdicts } from './use-verdicts.ts'
import { VERDICT_TONES } from './verdict-tones.ts'

const ANY = 'any'
const BY_CLUSTER = ''

/** Where machines go, and how: each host with its verdict, the best one unless somebody chooses. */
export function MigrateDialog(props: {
  readonly vmIds: readonly VmId[]
  readonly hostId: HostId | null
  /** Another cluster than theirs, whose best host is meant where none is named. */
  readonly clusterId: ClusterId | null
}) {
  const { vmIds, hostId } = props
  const { t } = useTranslation()
  const { collections } = useEngine()
  const policyId = useId()
  const bandwidthId = useId()
  const [chosen, setChosen] = useState<HostId | typeof ANY>(hostId ?? ANY)
  const [policy, setPolicy] = useState<string>(BY_CLUSTER)
  const [bandwidth, setBandwidth] = useState('')
  const [copyDisks, setCopyDisks] = useState(false)
  const vms = collections.store('vms').getState().entities
  const knownHosts = collections.store('hosts').getState().entities
  const ownClusters = new Set(vmIds.map((id) => vms.get(id)?.clusterId))
  const isFar = (id: HostId) => !ownClusters.has(knownHosts.get(id)?.clusterId)
  const [otherClusters, setOtherClusters] = useState(props.clusterId !== null)
  // The best host of another cluster is that one's, and the hosts of one cluster are all that is chosen from.
  const farClusterId = otherClusters ? props.clusterId : null
  const wishes = { copyDisks, otherClusters }
  const { hosts, error: unanswered } = useVerdicts(vmIds, wishes)
  const asked = useVerdicts(chosen === ANY ? [] : vmIds, wishes, ...(chosen === ANY ? [] : [chosen]))
  const [first] = vmIds
  const name = (first === undefined ? undefined : vms.get(first)?.name) ?? ''
  const { isBusy, error, run } = useDialogCommand('vm.migrate', name)
  const told = new Map([...(hosts ?? []), ...(asked.hosts ?? [])].map((verdict) => [verdict.hostId, verdict]))
  const areDown = vmIds.every((id) => vms.get(id)?.status === 'down')
  const farClusterName =
    farClusterId === null ? undefined : collections.store('clusters').getState().entities.get(farClusterId)?.name
  const shown = [...told.values()].sort((one, other) => one.hostName.localeCompare(other.hostName))
  const among = shown.filter((verdict) =>
    farClusterId === null ? !isFar(verdict.hostId) : knownHosts.get(verdict.hostId)?.clusterId === farClusterId,
  )
  const canGoAnywhere = among.some(({ verdict }) => verdict !== 'cannot')
  const isPossible = chosen === ANY ? canGoAnywhere : told.get(chosen)?.verdict !== 'cannot'
  const running = vmIds.length === 1 && !areDown ? first : undefined
  const haveLocalDisks = shown.some(({ reasons }) => reasons.some(({ code }) => code === 'migration.local-disk'))
  const limit = Number(bandwidth)
  const isLimitWrong = bandwidth !== '' && !(Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000)
  const clusterId =
    chosen === ANY ? (farClusterId ?? undefined) : isFar(chosen) ? knownHosts.get(chosen)?.clusterId : undefined
  const submit = () => {
    const how = {
      ...(chosen === ANY ? {} : { hostId: chosen }),
      ...(clusterId === undefined ? {} : { clusterId }),
      ...(copyDisks ? { copyDisks } : {}),
      ...(policy === BY_CLUSTER ? {} : { policy: migrationPolicySchema.parse(policy) }),
      ...(bandwidth === '' ? {} : { bandwidthMiBs: limit }),
    }
    if (vmIds.length === 1 && first !== undefined) void run({ vmId: first, ...how })
    else void run({ vmIds: [...vmIds], ...how })
  }
  return (
    <FormDialog
      size="medium"
      title={
        vmIds.length === 1 ? t('vms:migrate.title', { name }) : t('vms:migrate.titleMany', { count: vmIds.length })
      }
      label={t('vms:migrate.do')}
      busyLabel={t('vms:migrate.busy')}
      isBusy={isBusy}
      isDisabled={hosts === null || !isPossible || isLimitWrong}
      error={error ?? unanswered ?? asked.error}
      onSubmit={submit}
    >
      <p>{t(areDown ? 'vms:migrate.bodyDown' : 'vms:migrate.body')}</p>
      <FormGroup role="radiogroup" label={t('vms:migrate.to')} isStack>
        <Radio
          id={`${policyId}-any`}
          name="migrate-to"
          label={farClusterName === undefined ? t('vms:migrate.any') : t('vms:migrate.anyOf', { name: farClusterName })}
          description={hosts !== null && !canGoAnywhere ? t('vms:migrate.nowhere') : t('vms:migrate.anyHint')}
          isChecked={chosen === ANY}
          onChange={() => setChosen(ANY)}
        />
        {shown.map((verdict) => (
          <HostChoice
            key={verdict.hostId}
            id={`${policyId}-${verdict.hostId}`}
            verdict={verdict}
            isChosen={chosen === verdict.hostId}
            onChoose={() => setChosen(verdict.hostId)}
          />
        ))}
      </FormGroup>
      {collections.store('clusters').getState().entities.size > 1 ? (
        <Checkbox
          id={`${policyId}-clusters`}
          label={t('vms:migrate.otherClusters')}
          isChecked={otherClusters}
          onChange={(_event, checked) => {
            setOtherClusters(checked)
            if (!checked && chosen !== ANY && isFar(chosen)) setChosen(ANY)
          }}
        />
      ) : null}
      {haveLocalDisks || copyDisks ? (
        <Checkbox
          id={`${policyId}-disks`}
          label={t('vms:migrate.copyDisks')}
          description={t(areDown ? 'vms:migrate.copyDisksDownHint' : 'vms:migrate.copyDisksHint')}
          isChecked={copyDisks}
          onChange={(_event, checked) => setCopyDisks(checked)}
        />
      ) : null}
      {areDown ? null : (
        <>
          {running === undefined ? null : (
            <MigrationEstimateLine
              vmId={running}
              hostId={chosen === ANY ? null : chosen}
              limitMiBs={bandwidth === '' || isLimitWrong ? null : limit}
            />
          )}
          <FormGroup label={t('vms:migrate.policy')} fieldId={policyId}>
            <FormSelect id={policyId} value={policy} onChange={(_event, value) => setPolicy(value)}>
              <FormSelectOption value={BY_CLUSTER} label={t('vms:migrate.byCluster')} />
              {migrationPolicySchema.options.map((value) => (
                <FormSelectOption key={value} value={value} label={t(`clusters:value.migration.${value}`)} />
              ))}
            </FormSelect>
            <FormHelperText>
              <HelperText>
                <HelperTextItem>
                  {policy === BY_CLUSTER ? t('vms:migrate.byClusterHint') : t(`clusters:form.migration.${policy}`)}
                </HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
          <FormGroup label={t('vms:migrate.bandwidth')} fieldId={bandwidthId}>
            <TextInput
              id={bandwidthId}
              inputMode="numeric"
              value={bandwidth}
              validated={isLimitWrong ? 'error' : 'default'}
              placeholder={t('vms:migrate.unlimited')}
              onChange={(_event, value) => setBandwidth(value.trim())}
            />
          </FormGroup>
        </>
      )}
    </FormDialog>
  )
}

function HostChoice(props: {
  readonly id: string
  readonly verdict: MigrationVerdict
  readonly isChosen: boolean
  readonly onChoose: () => void
}) {
  const { t } = useTranslation()
  const { hostName, verdict, reasons, freeMemoryMiB } = props.verdict
  return (
    <Radio
      id={props.id}
      name="migrate-to"
      isDisabled={verdict === 'cannot' && !props.isChosen}
      label={
        <span className="vd-verdict">
          <StatusMark tone={VERDICT_TONES[verdict]} label={t(`vms:migrate.verdict.${verdict}`)} />
          {hostName}
        </span>
      }
      description={
        reasons.length === 0 ? (
          freeMemoryMiB === null ? null : (
            t('vms:migrate.leaves', { gib: Math.round(freeMemoryMiB / 102.4) / 10 })
          )
        ) : (
          <ul className="vd-verdict__reasons">
            {[...new Set(reasons.map((reason) => describeError(reason, t).title))].slice(0, 4).map((title) => (
              <li key={title}>{title}</li>
            ))}
          </ul>
        )
      }
      isChecked={props.isChosen}
      onChange={props.onChoose}
    />
  )
}
