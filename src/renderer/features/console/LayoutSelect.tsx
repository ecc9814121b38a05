import {
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
} from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { LAYOUT_NAMES } from './keyboard-layout.ts'
import { layoutLabel } from './layout-label.ts'

interface LayoutSelectProps {
  readonly value: string
  readonly disabled: boolean
  readonly onChange: (name: string) => void
}

/** Asks for the keyboard layout that the guest has. */
export function LayoutSelect({ value, disabled, onChange }: LayoutSelectProps) {
  const { t, i18n } = useTranslation()
  const options = useMemo(
    () =>
      LAYOUT_NAMES.map((name) => ({ name, label: layoutLabel(name, i18n.language) })).sort((a, b) =>
        a.label.localeCompare(b.label, i18n.language),
      ),
    [i18n.language],
  )
  return (
    <FormGroup label={t('console:paste.layout')} fieldId="paste-layout" className="vd-console__layout">
      <FormSelect
        id="paste-layout"
        value={value}
        isDisabled={disabled}
        onChange={(_event, name) => onChange(name)}
        aria-describedby="paste-layout-help"
      >
        {options.map(({ name, label }) => (
          <FormSelectOption key={name} value={name} label={label} />
        ))}
      </FormSelect>
      <FormHelperText>
        <HelperText id="paste-layout-help">
          <HelperTextItem>{t('console:paste.layoutHelp')}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  )
}
