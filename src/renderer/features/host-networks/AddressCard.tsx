import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Form } from '@patternfly/react-core'
import { type FormEvent, useEffect, useId } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/Card.tsx'
import { SelectField, TextField } from '../../components/fields/index.ts'
import { type Addresses, type AddressForm, addressesOf, addressFormOf, addressFormSchema } from './address-form.ts'

/** Asks how a host gets its addresses in a network. */
export function AddressCard(props: {
  readonly name: string
  readonly addresses: Addresses
  readonly onSave: (addresses: Addresses) => void
  readonly onCancel: () => void
}) {
  const { t } = useTranslation()
  const form = useForm<AddressForm>({
    resolver: zodResolver(addressFormSchema),
    defaultValues: addressFormOf(props.addresses),
  })
  const { control } = form
  const [ipv4Method, ipv6Method] = form.watch(['ipv4Method', 'ipv6Method'])
  const id = useId()
  // A person who works by keyboard goes on here.
  useEffect(() => document.getElementById(id)?.querySelector('select')?.focus(), [id])
  const choices = (methods: readonly ('none' | 'auto' | 'dhcp' | 'static')[]) =>
    methods.map((value) => ({ value, label: t(`networks:method.${value}`) }))
  return (
    <Card title={t('networks:addresses.title', { name: props.name })}>
      <Form
        id={id}
        className="vd-card__text"
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          void form.handleSubmit((values) => props.onSave(addressesOf(values)))()
        }}
      >
        <SelectField control={control} name="ipv4Method" label="IPv4" choices={choices(['none', 'dhcp', 'static'])} />
        {ipv4Method === 'static' ? (
          <>
            <TextField
              control={control}
              name="ipv4Address"
              label={t('networks:addresses.ipv4')}
              placeholder="192.0.2.7/24"
            />
            <TextField control={control} name="ipv4Gateway" label={t('networks:addresses.ipv4Gateway')} />
          </>
        ) : null}
        <SelectField
          control={control}
          name="ipv6Method"
          label="IPv6"
          choices={choices(['none', 'auto', 'dhcp', 'static'])}
        />
        {ipv6Method === 'static' ? (
          <>
            <TextField
              control={control}
              name="ipv6Address"
              label={t('networks:addresses.ipv6')}
              placeholder="2001:db8::7/64"
            />
            <TextField control={control} name="ipv6Gateway" label={t('networks:addresses.ipv6Gateway')} />
          </>
        ) : null}
        <TextField
          control={control}
          name="dns"
          label={t('networks:addresses.dns')}
          hint={t('networks:addresses.dnsHint')}
        />
        <div className="vd-setup__actions">
          <Button type="submit" size="sm">
            {t('networks:addresses.take')}
          </Button>
          <Button variant="link" size="sm" onClick={props.onCancel}>
            {t('common:cancel')}
          </Button>
        </div>
      </Form>
    </Card>
  )
}
