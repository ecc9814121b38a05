import { zodResolver } from '@hookform/resolvers/zod'
import { FormFieldGroupExpandable, FormFieldGroupHeader } from '@patternfly/react-core'
import { useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import {
  KNOWN_FILTERS,
  type Network,
  type NetworkId,
  type VnicProfile,
  type VnicProfileId,
} from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { ChangedMeanwhile } from '../../components/ChangedMeanwhile.tsx'
import { FormDialog } from '../../components/dialog/index.ts'
import { CheckField, SelectField, TextField } from '../../components/fields/index.ts'
import { addNotice, closeDialog, useDialogCommand, useEntity } from '../../stores/index.ts'
import {
  NO_FILTER,
  type ProfileForm,
  profileChangesOf,
  profileFieldsOf,
  profileFormOf,
  profileFormSchema,
} from './profile-form.ts'
import { useMachinesWith } from './use-machines-with.ts'

/** Creates a vNIC profile of a network. */
export function CreateProfileDialog({ networkId }: { readonly networkId: NetworkId }) {
  const network = useEntity('networks', networkId)
  return network === undefined ? null : <CreateProfileForm network={network} />
}

function CreateProfileForm({ network }: { readonly network: Network }) {
  const { t } = useTranslation()
  const form = useForm<ProfileForm>({ resolver: zodResolver(profileFormSchema), defaultValues: profileFormOf(null) })
  const { isBusy, error, run } = useDialogCommand('vnic-profile.create', form.watch('name'))
  return (
    <FormDialog
      size="medium"
      title={t('networks:profile.createTitle', { name: network.name })}
      label={t('networks:create.do')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void form.handleSubmit((values) => run({ ...profileFieldsOf(values), networkId: network.id }))()}
    >
      <ProfileFields form={form} />
    </FormDialog>
  )
}

/** Changes a vNIC profile. */
export function EditProfileDialog({ vnicProfileId }: { readonly vnicProfileId: VnicProfileId }) {
  const profile = useEntity('vnic-profiles', vnicProfileId)
  return profile === undefined ? null : <EditProfileForm profile={profile} />
}

function EditProfileForm({ profile }: { readonly profile: VnicProfile }) {
  const { t } = useTranslation()
  // What the person saw when they began: only what they changed of it is sent, and on which revision.
  const [base, setBase] = useState(profile)
  const [loaded, setLoaded] = useState<WireError | null>(null)
  const form = useForm<ProfileForm>({ resolver: zodResolver(profileFormSchema), defaultValues: profileFormOf(profile) })
  const users = useMachinesWith(base.id)
  const { isBusy, error, run } = useDialogCommand('vnic-profile.edit', base.name, (refusal) => {
    // The profile is changed; a machine could not be told. Its task says which.
    if (refusal.code !== 'batch.partly-failed') return
    closeDialog()
    addNotice({ command: 'vnic-profile.edit', subject: base.name, error: refusal })
  })
  const save = (revision: number) =>
    void form.handleSubmit((values) => run({ ...profileChangesOf(base, values), vnicProfileId: base.id, revision }))()
  return (
    <FormDialog
      size="medium"
      title={t('networks:profile.editTitle', { name: base.name })}
      label={t('common:save')}
      isBusy={isBusy}
      error={error === loaded ? null : error}
      failureActions={
        error?.code === 'vnic-profile.changed-meanwhile' ? (
          <ChangedMeanwhile
            onLoad={() => {
              form.reset(profileFormOf(profile))
              setBase(profile)
              setLoaded(error)
            }}
            onSaveAnyway={() => save(profile.revision)}
          />
        ) : null
      }
      onSubmit={() => save(base.revision)}
    >
      {users.length === 0 ? null : (
        <p className="vd-subtle">{t('networks:profile.usersHint', { count: users.length })}</p>
      )}
      <ProfileFields form={form} />
    </FormDialog>
  )
}

function ProfileFields({ form }: { readonly form: UseFormReturn<ProfileForm> }) {
  const { t } = useTranslation()
  const { control } = form
  const chosen = form.watch('filter')
  const known: readonly string[] = [NO_FILTER, ...KNOWN_FILTERS]
  const filters = known.includes(chosen) ? known : [...known, chosen]
  return (
    <>
      <TextField control={control} name="name" label={t('networks:label.name')} isRequired autoFocus />
      <TextField control={control} name="description" label={t('networks:label.description')} />
      <SelectField
        control={control}
        name="filter"
        label={t('networks:label.filter')}
        hint={t('networks:form.filterHint')}
        choices={filters.map((value) => ({
          value,
          label: value === NO_FILTER ? t('networks:profile.noFilter') : value,
        }))}
      />
      {(['macSpoofing', 'trunk', 'portMirroring', 'passthrough'] as const).map((flag) => (
        <CheckField
          key={flag}
          control={control}
          name={flag}
          label={t(`networks:label.${flag}`)}
          hint={t(`networks:profileAbout.${flag}`)}
        />
      ))}
      <FormFieldGroupExpandable
        toggleAriaLabel={t('networks:profile.limits')}
        header={
          <FormFieldGroupHeader
            titleText={{ text: t('networks:profile.limits'), id: 'profile-limits' }}
            titleDescription={t('networks:form.limitsHint')}
          />
        }
      >
        {(['inbound', 'outbound'] as const).map((way) =>
          (['Average', 'Peak', 'Burst'] as const).map((part) => (
            <TextField
              key={`${way}${part}`}
              control={control}
              name={`${way}${part}`}
              label={t(`networks:profile.limit.${way}${part}`)}
            />
          )),
        )}
      </FormFieldGroupExpandable>
    </>
  )
}
