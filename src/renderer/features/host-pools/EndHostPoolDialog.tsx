import { Button, Checkbox } from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId, HostPool } from '../../../shared/domain/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { closeDialog, useCollection, useConnection, useRunCommand } from '../../stores/index.ts'
import { usersOfPool } from './pool-users.ts'

type Way = 'stop' | 'remove'

/** Asks before a pool is removed, or one is stopped that running machines use. */
export function EndHostPoolDialog(props: { readonly hostId: HostId; readonly poolId: string; readonly way: Way }) {
  const pool = useCollection('host.pools', props.hostId).entities.get(props.poolId)
  return pool === undefined ? null : <Question hostId={props.hostId} pool={pool} way={props.way} />
}

/** Where machines use it, a person has to say that they may lose it. */
function Question({ hostId, pool, way }: { readonly hostId: HostId; readonly pool: HostPool; readonly way: Way }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const [evenIfUsed, setEvenIfUsed] = useState(false)
  const users = usersOfPool(pool, way === 'stop')
  const confirm = () => {
    closeDialog()
    void run(`host-pool.${way}`, { hostId, poolId: pool.id, evenIfUsed }, pool.name)
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t(`local:pools.${way}.title`, { name: pool.name })}
      footer={
        <>
          <Button variant="danger" isDisabled={!isOpen || (users.length > 0 && !evenIfUsed)} onClick={confirm}>
            {t(`local:${way}.do`)}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      <p>{t(`local:pools.${way}.body`)}</p>
      {users.length === 0 ? null : (
        <Checkbox
          id="host-pool-even-if-used"
          label={t('local:end.evenIfUsed')}
          description={t('local:end.users', { count: users.length, names: users.join(', ') })}
          isChecked={evenIfUsed}
          onChange={(_event, checked) => setEvenIfUsed(checked)}
        />
      )}
    </DialogFrame>
  )
}
