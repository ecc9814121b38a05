import { CheckField, SelectField, TextAreaField, TextField } from '../../../components/fields/index.ts'
import { type PageProps, plainChoices } from './field-parts.ts'

/** How disk and card are built in, and everything else that a machine may have. */
export function PartsPage({ form, t }: PageProps) {
  const { control } = form
  const select = (
    name: 'diskBus' | 'diskCache' | 'nicModel' | 'video' | 'sound' | 'usbRedirections',
    values: readonly string[],
  ) => <SelectField control={control} name={name} label={t(`newvm:label.${name}`)} choices={plainChoices(t, values)} />
  const check = (
    name: 'nicLinkUp' | 'serialConsole' | 'guestAgent' | 'rng' | 'tablet' | 'panic' | 'vsock' | 'smartCard',
  ) => <CheckField control={control} name={name} label={t(`newvm:label.${name}`)} />
  return (
    <>
      {form.watch('diskKind') === 'none' ? null : (
        <>
          {select('diskBus', ['', 'virtio', 'scsi', 'sata', 'ide', 'usb'])}
          {form.watch('diskKind') !== 'new' ? null : (
            <>
              <SelectField
                control={control}
                name="diskFormat"
                label={t('disks:column.format')}
                choices={plainChoices(t, ['qcow2', 'raw'])}
              />
              <SelectField
                control={control}
                name="diskAllocation"
                label={t('disks:form.allocation')}
                choices={(['', 'thin', 'preallocated'] as const).map((value) => ({
                  value,
                  label: value === '' ? t('newvm:auto') : t(`clusters:value.disk.${value}`),
                }))}
              />
            </>
          )}
          {select('diskCache', ['none', 'writeback', 'writethrough', 'directsync'])}
          <TextField control={control} name="diskSerial" label={t('newvm:label.diskSerial')} />
        </>
      )}
      {form.watch('nic') === 'none' ? null : (
        <>
          {select('nicModel', ['', 'virtio', 'e1000e', 'e1000', 'rtl8139', 'vmxnet3', 'igb'])}
          <TextField control={control} name="nicMac" label={t('newvm:label.nicMac')} hint={t('newvm:hint.nicMac')} />
          {check('nicLinkUp')}
        </>
      )}
      <SelectField
        control={control}
        name="graphics"
        label={t('newvm:label.graphics')}
        choices={(['', 'vnc', 'spice', 'none'] as const).map((value) => ({
          value,
          label: value === '' ? t('newvm:auto') : t(`newvm:graphics.${value}`),
        }))}
      />
      {check('serialConsole')}
      {select('video', ['', 'virtio', 'vga', 'bochs', 'qxl', 'cirrus', 'none'])}
      {select('sound', ['none', 'ich9', 'ich6', 'ac97'])}
      <SelectField
        control={control}
        name="watchdog"
        label={t('newvm:label.watchdog')}
        hint={t('newvm:hint.watchdog')}
        choices={(['', 'reset', 'shutdown', 'poweroff', 'pause', 'dump', 'inject-nmi', 'none'] as const).map(
          (value) => ({
            value,
            label: value === '' ? t('newvm:watchdog.off') : t(`newvm:watchdog.${value}`),
          }),
        )}
      />
      {check('guestAgent')}
      {check('rng')}
      {check('tablet')}
      {check('panic')}
      {check('vsock')}
      {check('smartCard')}
      {form.watch('graphics') === 'spice' ? select('usbRedirections', ['0', '1', '2', '4']) : null}
      <TextAreaField
        control={control}
        name="hostDevices"
        label={t('newvm:label.hostDevices')}
        hint={t('newvm:hint.hostDevices')}
        rows={2}
      />
      <TextAreaField
        control={control}
        name="sharedFolders"
        label={t('newvm:label.sharedFolders')}
        hint={t('newvm:hint.sharedFolders')}
        rows={2}
      />
    </>
  )
}
