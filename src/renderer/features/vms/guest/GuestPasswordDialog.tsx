import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import type { Vm, VmId } from '../../../../shared/domain/index.ts'
import { FormDialog } from '../../../components/dialog/index.ts'
import { CheckField, TextField } from '../../../components/fields/index.ts'
import { useDialogCommand, useEntity } from '../../../stores/index.ts'

// The page's CSP forbids the code that zod would generate.
z.config({ jitless: true })

const formSchema = z.object({
  user: z.string().trim().min(1, 'vms:guestPassword.userMissing').max(256),
  password: z.string().min(1, 'vms:guestPassword.passwordMissing').max(1_024),
  hashed: z.boolean(),
})

/** Sets the password of an account in a guest, by its agent. */
export function GuestPasswordDialog({ vmId }: { readonly vmId: VmId }) {
  const vm = useEntity('vms', vmId)
  return vm === undefined ? null : <PasswordForm vm={vm} />
}

function PasswordForm({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const form = useForm<z.infer<typeof formSchema>>({
    resolver: zodResolver(formSchema),
    defaultValues: { user: 'root', password: '', hashed: false },
  })
  const { control } = form
  const { isBusy, error, run } = useDialogCommand('vm.guest-password', vm.name)
  return (
    <FormDialog
      title={t('vms:guestPassword.title', { name: vm.name })}
      label={t('vms:guestPassword.do')}
      busyLabel={t('vms:guestPassword.busy')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit((values) => run({ vmId: vm.id, ...values }))()}
    >
      <p>{t('vms:guestPassword.body')}</p>
      <TextField control={control} name="user" label={t('vms:guestPassword.user')} isRequired />
      <TextField
        control={control}
        name="password"
        label={t('vms:guestPassword.password')}
        isRequired
        isSecret
        autoFocus
      />
      <CheckField
        control={control}
        name="hashed"
        label={t('vms:guestPassword.hashed')}
        hint={t('vms:guestPassword.hashedHint')}
      />
    </FormDialog>
  )
}
