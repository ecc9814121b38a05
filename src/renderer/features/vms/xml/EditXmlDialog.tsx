import { Alert, Button } from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { decideLineDiff, type Vm, type VmId } from '../../../../shared/domain/index.ts'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { LineDiff } from '../../../components/LineDiff.tsx'
import { closeDialog, useCollection, useDialogCommand, useEntity } from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'
import { decideWrongLine } from './decide-wrong-line.ts'
import { XmlTextField } from './XmlTextField.tsx'

interface Stored {
  readonly revision: string
  readonly xml: string
}

/** The stored definition of a machine, to be written by hand. */
export function EditXmlDialog({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', vmId)
  const { entities, error } = useCollection('vm.stored-xml', vmId)
  const stored = entities.get('stored')
  if (vm === undefined) return null
  if (stored !== undefined) return <XmlEditor vm={vm} stored={stored} />
  return (
    <DialogFrame size="large" title={t('vms:editXml.title', { name: vm.name })} footer={null}>
      {error === null ? <EmptyPage title={t('common:loading')} busy /> : <ErrorDetails error={error} />}
    </DialogFrame>
  )
}

function XmlEditor({ vm, stored }: { readonly vm: Vm; readonly stored: Stored }) {
  const { t } = useTranslation()
  // What the person has begun with: a change on top of another one is not written over it unseen.
  const [base, setBase] = useState<Stored>(stored)
  const [text, setText] = useState(stored.xml)
  const [refusedText, setRefusedText] = useState<string | null>(null)
  const [isLeaving, setLeaving] = useState(false)
  const { isBusy, error, run } = useDialogCommand('vm.edit-xml', vm.name)
  const isChanged = text !== base.xml
  const isOvertaken = stored.revision !== base.revision
  if (isOvertaken && !isChanged) {
    setBase(stored)
    setText(stored.xml)
  }
  const save = async () => {
    setRefusedText(text)
    await run({ vmId: vm.id, revision: base.revision, xml: text })
  }
  const wrongLine = error === null || refusedText === null ? null : decideWrongLine(error, refusedText)
  const leave = () => {
    if (isChanged && !isLeaving) setLeaving(true)
    else closeDialog()
  }
  return (
    <DialogFrame
      size="large"
      title={t('vms:editXml.title', { name: vm.name })}
      description={t(whyInactive(vm.status) === null ? 'vms:editXml.bodyRunning' : 'vms:editXml.body')}
      onClose={leave}
      footer={
        <>
          <Button isLoading={isBusy} isDisabled={isBusy || !isChanged} onClick={() => void save()}>
            {isBusy ? t('vms:editXml.busy') : t('common:save')}
          </Button>
          <Button variant="link" isDanger={isLeaving} onClick={leave}>
            {isLeaving ? t('vms:editXml.discard') : t('common:cancel')}
          </Button>
          {isLeaving ? <span role="alert">{t('vms:editXml.unsaved')}</span> : null}
        </>
      }
    >
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
          {wrongLine === null ? null : <p>{t('vms:editXml.line', { line: wrongLine })}</p>}
        </div>
      )}
      {isOvertaken && isChanged ? (
        <Alert
          variant="warning"
          isInline
          title={t('vms:editXml.overtaken')}
          actionLinks={
            <>
              <Button
                variant="link"
                isInline
                onClick={() => {
                  setBase(stored)
                  setText(stored.xml)
                }}
              >
                {t('common:conflict.load')}
              </Button>{' '}
              <Button variant="link" isInline onClick={() => setBase(stored)}>
                {t('vms:editXml.keepMine')}
              </Button>
            </>
          }
        >
          <LineDiff
            label={t('drift:dialog.lines')}
            lines={decideLineDiff(base.xml, stored.xml)}
            none={t('drift:dialog.secretsOnly')}
          />
        </Alert>
      ) : null}
      <XmlTextField label={t('vms:editXml.label')} value={text} wrongLine={wrongLine} onChange={setText} />
    </DialogFrame>
  )
}
