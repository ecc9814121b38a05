import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { CheckField, SelectField, TextAreaField, TextField } from '../../../components/fields/index.ts'
import type { WizardAction, WizardStep } from '../../../components/wizard/index.ts'
import { LABELS, writeBootOrder } from './edit-fields.ts'
import type { VmEditForm } from './vm-edit-form.ts'

const BOOT_ORDERS = ['disk', 'disk,cdrom', 'disk,cdrom,network', 'cdrom,disk', 'network,disk', 'cdrom', 'network']
const VIDEO_MODELS = ['virtio', 'vga', 'bochs', 'qxl', 'cirrus', 'none']

interface EditStepParts {
  readonly form: UseFormReturn<VmEditForm>
  /** What can only be changed then. */
  readonly isDown: boolean
  readonly isRunning: boolean
  readonly finish: WizardAction<VmEditForm>
  readonly summary: ReactNode
  readonly t: TFunction
}

/** The pages of the dialog; each can be the last one that a person looks at. */
export function buildEditSteps(parts: EditStepParts): readonly WizardStep<VmEditForm>[] {
  const { finish, summary, t } = parts
  const next: WizardAction<VmEditForm> = { label: t('common:wizard.next'), run: async () => ({ kind: 'next' }) }
  const page = (id: 'general' | 'processor' | 'boot' | 'screen' | 'changes') => ({
    id,
    title: t(`vms:edit.page.${id}.title`),
    description: t(`vms:edit.page.${id}.description`),
    next,
  })
  return [
    {
      ...page('general'),
      fields: ['name', 'title', 'description', 'autostart'],
      content: <GeneralFields {...parts} />,
    },
    {
      ...page('processor'),
      fields: ['memory', 'maxMemory', 'vcpus', 'maxVcpus', 'sockets', 'cores', 'threads', 'applyNow'],
      content: <ProcessorFields {...parts} />,
    },
    { ...page('boot'), fields: ['firmware', 'boot', 'bootMenu'], content: <BootFields {...parts} /> },
    { ...page('screen'), fields: ['graphics', 'video'], content: <ScreenFields {...parts} /> },
    { ...page('changes'), fields: [], content: summary, next: finish },
  ]
}

function GeneralFields({ form: { control }, isDown, t }: EditStepParts) {
  return (
    <>
      <TextField
        control={control}
        name="name"
        label={t(LABELS.name)}
        isRequired
        autoFocus
        {...(isDown ? {} : { hint: t('vms:edit.whenDown') })}
      />
      <TextField control={control} name="title" label={t(LABELS.title)} />
      <TextAreaField control={control} name="description" label={t(LABELS.description)} rows={3} />
      <CheckField control={control} name="autostart" label={t(LABELS.autostart)} />
    </>
  )
}

function ProcessorFields({ form: { control }, isRunning, t }: EditStepParts) {
  return (
    <>
      <TextField control={control} name="memory" label={t(LABELS.memory)} hint={t('newvm:hint.memory')} isRequired />
      <TextField control={control} name="maxMemory" label={t(LABELS.maxMemory)} hint={t('vms:edit.most')} isRequired />
      <TextField control={control} name="vcpus" label={t(LABELS.vcpus)} isRequired />
      <TextField control={control} name="maxVcpus" label={t(LABELS.maxVcpus)} hint={t('vms:edit.most')} isRequired />
      <TextField control={control} name="sockets" label={t(LABELS.sockets)} hint={t('vms:edit.topology')} />
      <TextField control={control} name="cores" label={t(LABELS.cores)} />
      <TextField control={control} name="threads" label={t(LABELS.threads)} />
      {isRunning ? (
        <CheckField
          control={control}
          name="applyNow"
          label={t('vms:edit.applyNow')}
          hint={t('vms:edit.applyNowHint')}
        />
      ) : null}
    </>
  )
}

function BootFields({ form, isDown, t }: EditStepParts) {
  const { control } = form
  const { firmware, boot } = form.formState.defaultValues ?? {}
  const orders = boot === undefined || BOOT_ORDERS.includes(boot) ? BOOT_ORDERS : [boot, ...BOOT_ORDERS]
  return (
    <>
      {firmware === '' ? null : (
        <SelectField
          control={control}
          name="firmware"
          label={t(LABELS.firmware)}
          {...(isDown ? {} : { hint: t('vms:edit.whenDown') })}
          choices={(['bios', 'uefi', 'uefi-secure'] as const).map((value) => ({
            value,
            label: t(`newvm:firmware.${value}`),
          }))}
        />
      )}
      <SelectField
        control={control}
        name="boot"
        label={t(LABELS.boot)}
        choices={orders.map((value) => ({ value, label: writeBootOrder(value, t) }))}
      />
      <CheckField control={control} name="bootMenu" label={t(LABELS.bootMenu)} />
    </>
  )
}

function ScreenFields({ form, t }: EditStepParts) {
  const { control } = form
  const { graphics, video = '' } = form.formState.defaultValues ?? {}
  const models = VIDEO_MODELS.includes(video) ? VIDEO_MODELS : [video, ...VIDEO_MODELS]
  return (
    <>
      {graphics === '' ? null : (
        <SelectField
          control={control}
          name="graphics"
          label={t(LABELS.graphics)}
          choices={['vnc', 'spice', 'none'].map((value) => ({
            value,
            label: value === 'none' ? t('vms:machine.none') : value.toUpperCase(),
          }))}
        />
      )}
      <SelectField
        control={control}
        name="video"
        label={t(LABELS.video)}
        choices={models.map((value) => ({ value, label: value === 'none' ? t('vms:machine.none') : value }))}
      />
    </>
  )
}
