import { Button, Checkbox, Form, FormGroup, TextInput } from '@patternfly/react-core'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandName } from '../../../shared/contract/index.ts'
import type { StorageDomain, StorageDomainId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import {
  closeDialog,
  goTo,
  isShown,
  useConnection,
  useEntity,
  useGroupVerdicts,
  useRunCommand,
} from '../../stores/index.ts'

type Way = 'remove' | 'destroy'

/** Asks before a domain is forgotten, and whether what is in it goes too. Deleting needs its name typed. */
export function RemoveStorageDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId }) {
  const domain = useEntity('storage-domains', storageDomainId)
  return domain === undefined ? null : <Question domain={domain} way="remove" />
}

/** Asks before a domain is forgotten that no host reaches: nothing is done on any host. Its name has to be typed. */
export function DestroyStorageDialog({ storageDomainId }: { readonly storageDomainId: StorageDomainId }) {
  const domain = useEntity('storage-domains', storageDomainId)
  return domain === undefined ? null : <Question domain={domain} way="destroy" />
}

function Question({ domain, way }: { readonly domain: StorageDomain; readonly way: Way }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const isOpen = useConnection() === 'open'
  const command = `storage.${way}` as const
  const refusal = useRefusal(command, domain.id)
  const [deletes, setDeletes] = useState(false)
  const [typed, setTyped] = useState('')
  const isTypedAsked = way === 'destroy' || deletes
  const isReady = isOpen && refusal === null && (!isTypedAsked || typed.trim() === domain.name)
  const confirm = async () => {
    if (!isReady) return
    closeDialog()
    const input = { storageDomainId: domain.id, ...(deletes ? { format: true } : {}) }
    const result = await run(command, input, domain.name)
    // A person who looks at something else by now stays there.
    if (result.ok && isShown({ kind: 'storage-domain', id: domain.id })) goTo({ kind: 'all', tab: 'storage-domains' })
  }
  return (
    <DialogFrame
      size="small"
      isWarning
      isQuestion
      title={t(`storage:${way}.title`, { name: domain.name })}
      footer={
        <>
          <Button variant="danger" isDisabled={!isReady} onClick={() => void confirm()}>
            {t(deletes ? 'storage:remove.doDelete' : `storage:${way}.do`)}
          </Button>
          <Button variant="link" onClick={closeDialog} autoFocus>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {refusal === undefined || refusal === null ? (
        <p>{t(`storage:${way}.body`)}</p>
      ) : (
        <div role="alert">
          <ErrorDetails error={refusal} onLeave={closeDialog} />
        </div>
      )}
      {refusal === null ? (
        <Form
          onSubmit={(event: FormEvent) => {
            event.preventDefault()
            void confirm()
          }}
        >
          {way === 'remove' ? (
            <Checkbox
              id="remove-storage-format"
              label={t('storage:remove.format')}
              description={t('storage:remove.formatAbout', { count: domain.diskCount })}
              isChecked={deletes}
              onChange={(_event, checked) => setDeletes(checked)}
            />
          ) : null}
          {isTypedAsked ? (
            <FormGroup
              fieldId="remove-storage-name"
              label={
                <span>
                  {t('storage:remove.type')} <Name>{domain.name}</Name>
                </span>
              }
            >
              <TextInput
                id="remove-storage-name"
                value={typed}
                autoComplete="off"
                spellCheck={false}
                onChange={(_event, value) => setTyped(value)}
              />
            </FormGroup>
          ) : null}
        </Form>
      ) : null}
    </DialogFrame>
  )
}

/** Why the engine would not do it; null: it would; undefined: it has not said yet. */
function useRefusal(command: CommandName, id: string): WireError | null | undefined {
  const ids = useMemo(() => [id], [id])
  const verdict = useGroupVerdicts({ calls: [{ command, input: {} }], kind: 'storage-domain', ids, list: false })?.[0]
  if (verdict === undefined) return undefined
  return verdict.allowed > 0 ? null : (verdict.refused[0]?.error ?? null)
}
