import { Button, FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StorageDomainId } from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { describedBy, FieldFrame } from '../../components/fields/index.ts'
import { TimesIcon, UploadIcon } from '../../components/icons.ts'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { closeDialog, setDock, useEngineClient } from '../../stores/index.ts'
import { DomainSelect } from './DomainSelect.tsx'
import { startUpload } from './transfers/index.ts'
import { useDomainChoices } from './use-domain-choices.ts'

const ANY = ['data', 'iso', 'export'] as const

/** Chooses files of this computer, and sends them into a domain. Once they are on their way, the dock tells of them. */
export function UploadDialog(props: {
  readonly storageDomainId: StorageDomainId | null
  readonly files: readonly File[]
}) {
  const { t } = useTranslation()
  const client = useEngineClient()
  const id = useId()
  const choices = useDomainChoices(ANY)
  const [chosen, setChosen] = useState(props.storageDomainId)
  const [files, setFiles] = useState(props.files)
  const [alias, setAlias] = useState('')
  const [sha256, setSha256] = useState('')
  const [isAsked, setAsked] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const domainId = chosen ?? choices[0]?.id ?? null
  const isOne = files.length === 1
  const sum = sha256.trim().toLowerCase()
  const isSumWrong = isOne && sum !== '' && !/^[0-9a-f]{64}$/.test(sum)
  const submit = () => {
    setAsked(true)
    if (domainId === null || files.length === 0 || isSumWrong) return
    closeDialog()
    setDock({ dockTab: 'transfers', dockOpen: true })
    for (const file of files) {
      const target = { storageDomainId: domainId, ...(isOne ? { alias: alias.trim() } : {}) }
      void startUpload(client, { target, file, ...(isOne ? { sha256: sum } : {}) })
    }
  }
  const sumError = isAsked && isSumWrong ? 'disks:form.sha256Wrong' : null
  return (
    <FormDialog
      size="medium"
      title={t('disks:upload.title')}
      label={files.length > 1 ? t('disks:upload.do', { count: files.length }) : t('disks:upload.title')}
      isBusy={false}
      isDisabled={domainId === null || files.length === 0}
      error={null}
      onSubmit={submit}
    >
      <p className="vd-subtle">{t('disks:upload.body')}</p>
      <DomainSelect choices={choices} value={domainId} onChange={setChosen} />
      <FormGroup label={t('disks:upload.files')} fieldId={id}>
        <input
          ref={picker}
          id={id}
          type="file"
          multiple
          hidden
          aria-label={t('disks:upload.choose')}
          onChange={({ target }) => {
            setFiles(addFiles(files, [...(target.files ?? [])]))
            target.value = ''
          }}
        />
        <Button
          variant="secondary"
          size="sm"
          icon={<UploadIcon />}
          autoFocus={files.length === 0}
          onClick={() => picker.current?.click()}
        >
          {t('disks:upload.choose')}
        </Button>
        <FileList files={files} onRemove={(gone) => setFiles(files.filter((file) => file !== gone))} />
      </FormGroup>
      {isOne ? (
        <>
          <FieldFrame id={`${id}-alias`} label={t('disks:column.name')} hint={t('disks:form.aliasHint')} error={null}>
            <TextInput
              id={`${id}-alias`}
              value={alias}
              maxLength={120}
              onChange={(_event, value) => setAlias(value)}
              {...describedBy(`${id}-alias`, t('disks:form.aliasHint'), null)}
            />
          </FieldFrame>
          <FieldFrame id={`${id}-sum`} label="SHA-256" hint={t('disks:form.sha256Hint')} error={sumError}>
            <TextInput
              id={`${id}-sum`}
              value={sha256}
              spellCheck={false}
              autoComplete="off"
              validated={sumError === null ? 'default' : 'error'}
              onChange={(_event, value) => setSha256(value)}
              {...describedBy(`${id}-sum`, t('disks:form.sha256Hint'), sumError)}
            />
          </FieldFrame>
        </>
      ) : null}
    </FormDialog>
  )
}

/** Those that were chosen already, and these; a file that is chosen twice is one. Pure. */
export function addFiles(files: readonly File[], added: readonly File[]): readonly File[] {
  const known = new Set(files.map(({ name, size }) => `${size} ${name}`))
  return [...files, ...added.filter(({ name, size }) => !known.has(`${size} ${name}`))]
}

function FileList(props: { readonly files: readonly File[]; readonly onRemove: (file: File) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ul className="vd-files" aria-label={t('disks:upload.files')}>
      {props.files.map((file) => (
        <li key={`${file.size} ${file.name}`}>
          <Name>{file.name}</Name> <span className="vd-subtle">{format.bytes(file.size)}</span>
          <Button
            variant="plain"
            size="sm"
            icon={<TimesIcon />}
            aria-label={t('disks:upload.leaveOut', { name: file.name })}
            onClick={() => props.onRemove(file)}
          />
        </li>
      ))}
    </ul>
  )
}
