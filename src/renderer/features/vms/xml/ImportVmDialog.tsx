import { Button, FormGroup, TextInput } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostId } from '../../../../shared/domain/index.ts'
import { DialogFrame } from '../../../components/dialog/index.ts'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { closeDialog, showVm, useDialogCommand, useEntity } from '../../../stores/index.ts'
import { decideWrongLine } from './decide-wrong-line.ts'
import { XmlTextField } from './XmlTextField.tsx'

/** Makes a machine on a host of what `virsh dumpxml` printed elsewhere. */
export function ImportVmDialog({ hostId }: { readonly hostId: HostId }) {
  const { t } = useTranslation()
  const id = useId()
  const host = useEntity('hosts', hostId)
  const [name, setName] = useState('')
  const [xml, setXml] = useState('')
  const [refusedXml, setRefusedXml] = useState('')
  const { isBusy, error, run } = useDialogCommand('vm.import-xml', host?.name ?? '')
  if (host === undefined) return null
  const wrongLine = error === null ? null : decideWrongLine(error, refusedXml)
  const submit = async () => {
    setRefusedXml(xml)
    const wanted = name.trim()
    const made = await run({ hostId, xml, ...(wanted === '' ? {} : { name: wanted }) })
    if (made !== null) showVm(made.vmId)
  }
  return (
    <DialogFrame
      size="large"
      title={t('vms:importXml.title', { host: host.name })}
      description={t('vms:importXml.body')}
      footer={
        <>
          <Button isLoading={isBusy} isDisabled={isBusy || xml.trim() === ''} onClick={() => void submit()}>
            {t('vms:importXml.do')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:cancel')}
          </Button>
        </>
      }
    >
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
          {wrongLine === null ? null : <p>{t('vms:editXml.line', { line: wrongLine })}</p>}
        </div>
      )}
      <FormGroup label={t('vms:importXml.name')} fieldId={id}>
        <TextInput
          id={id}
          value={name}
          autoComplete="off"
          placeholder={t('vms:importXml.asWritten')}
          onChange={(_event, text) => setName(text)}
        />
      </FormGroup>
      <XmlTextField label={t('vms:editXml.label')} value={xml} wrongLine={wrongLine} onChange={setXml} />
    </DialogFrame>
  )
}
