import { Button, Checkbox, Spinner } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { type UseFormReturn, useController } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { CommandOutput, Result } from '../../../../shared/contract/index.ts'
import { expandHostList } from '../../../../shared/domain/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { RadioField, TextAreaField } from '../../../components/fields/index.ts'
import { useEngineClient } from '../../../stores/index.ts'
import { type ManyForm, SOURCES, type Source, withoutDoubles } from './many-form.ts'

type Candidates = CommandOutput<'host.candidates'>

/** What a source has to choose from; null while it is being read, or for a list that is typed. */
export type Offered = Result<Candidates> | null

/** Reads what a source offers, each time that another one is chosen. */
export function useOffered(source: Source): Offered {
  const client = useEngineClient()
  const [offered, setOffered] = useState<{ readonly source: Source; readonly result: Result<Candidates> } | null>(null)
  useEffect(() => {
    if (source === 'list') return undefined
    const abort = new AbortController()
    void client.call('host.candidates', { source }, { signal: abort.signal }).then((result) => {
      if (!abort.signal.aborted) setOffered({ source, result })
    })
    return () => abort.abort()
  }, [client, source])
  return offered?.source === source ? offered.result : null
}

/** Which hosts: a list that is typed, or some of those that ssh or virt-manager know. */
export function HostSourceFields(props: { readonly form: UseFormReturn<ManyForm>; readonly offered: Offered }) {
  const { t } = useTranslation()
  const { control } = props.form
  const source = props.form.watch('source')
  return (
    <>
      <RadioField
        control={control}
        name="source"
        label={t('hosts:many.source.label')}
        choices={SOURCES.map((value) => ({ value, label: t(`hosts:many.source.${value}`) }))}
      />
      {source === 'list' ? (
        <>
          <TextAreaField
            control={control}
            name="list"
            label={t('hosts:many.list.label')}
            hint={t('hosts:many.list.hint')}
            placeholder={'node[01-20].example.org\nadmin@rack[1-2]-[a,c]:2222'}
            rows={6}
            isRequired
            autoFocus
          />
          <ListPreview list={props.form.watch('list')} />
        </>
      ) : (
        <CandidateChoice form={props.form} offered={props.offered} />
      )}
    </>
  )
}

/** What a list comes to, while it is typed: the count, the first ones and the last. */
function ListPreview({ list }: { readonly list: string }) {
  const { t } = useTranslation()
  const { hosts } = expandHostList(list)
  if (hosts.length === 0) return null
  const names = hosts.map(({ address }) => address)
  const shown = names.length <= 6 ? names : [...names.slice(0, 4), '…', ...names.slice(-1)]
  return (
    <p className="vd-many__preview" aria-live="polite">
      {t('hosts:bulk.hosts', { count: hosts.length })}: <bdi>{shown.join(', ')}</bdi>
    </p>
  )
}

function CandidateChoice({ form, offered }: { readonly form: UseFormReturn<ManyForm>; readonly offered: Offered }) {
  const { t } = useTranslation()
  const { field, fieldState } = useController({ control: form.control, name: 'chosen' })
  if (offered === null) return <Spinner size="md" aria-label={t('common:loading')} />
  if (!offered.ok) return <ErrorDetails error={offered.error} />
  const hosts = withoutDoubles(offered.value.hosts)
  const open = hosts.filter(({ isAdded }) => !isAdded).map(({ address }) => address)
  const chosen = new Set(field.value)
  const all = open.every((address) => chosen.has(address))
  return (
    // biome-ignore lint/a11y/useSemanticElements: PatternFly lays forms out by divisions.
    <div role="group" aria-label={t('hosts:many.choose')} className="vd-many__choice">
      {open.length < 2 ? null : (
        <Button variant="link" isInline size="sm" onClick={() => field.onChange(all ? [] : open)}>
          {all ? t('hosts:many.chooseNone') : t('hosts:many.chooseAll', { count: open.length })}
        </Button>
      )}
      {hosts.length === 0 ? <p>{t('hosts:many.noneThere')}</p> : null}
      {hosts.map(({ address, user, port, isAdded }, index) => (
        <Checkbox
          key={address}
          id={`candidate-${index}`}
          ref={index === 0 ? field.ref : undefined}
          label={
            <>
              <bdi>{address}</bdi>{' '}
              <span className="vd-subtle">
                {[user ?? '', port === null ? '' : String(port), isAdded ? t('hosts:many.isAdded') : '']
                  .filter((word) => word !== '')
                  .join(' · ')}
              </span>
            </>
          }
          isChecked={chosen.has(address)}
          isDisabled={isAdded}
          onChange={(_event, checked) =>
            field.onChange(checked ? [...field.value, address] : field.value.filter((other) => other !== address))
          }
        />
      ))}
      {fieldState.error === undefined ? null : (
        <p className="vd-many__wrong" role="alert">
          {t(fieldState.error.message ?? '')}
        </p>
      )}
      {offered.value.unread.map(({ what, reason }) => (
        <p key={`${what} ${reason}`} className="vd-subtle">
          {t(`hosts:many.unread.${reason}`, { what })}
        </p>
      ))}
    </div>
  )
}
