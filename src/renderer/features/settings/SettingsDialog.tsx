import {
  Button,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Switch,
  TextInput,
} from '@patternfly/react-core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { defaultSettings, type Settings } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { DialogFrame } from '../../components/dialog/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import {
  addNotice,
  closeDialog,
  LANGUAGES,
  type Language,
  rememberDialog,
  setPreferences,
  type ThemePreference,
  useEngineClient,
  useEntity,
  usePreferences,
} from '../../stores/index.ts'
import { NUMBER_SETTINGS, type NumberSetting, readNumberSetting } from './number-settings.ts'

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' }
const THEMES: readonly ThemePreference[] = ['system', 'light', 'dark']

/** What this browser prefers, and what the inventory is set to. */
export function SettingsDialog() {
  const { t } = useTranslation()
  const client = useEngineClient()
  const preferences = usePreferences()
  const settings: Settings = useEntity('settings', 'settings') ?? defaultSettings
  const [texts, setTexts] = useState<Partial<Record<NumberSetting, string>>>({})
  const [confirmForced, setConfirmForced] = useState<boolean | null>(null)
  const [error, setError] = useState<WireError | null>(null)

  const numbers = NUMBER_SETTINGS.map((setting) => ({
    ...setting,
    text: texts[setting.id] ?? String(settings[setting.id] / setting.scale),
  }))
  const wrong = numbers.filter((setting) => readNumberSetting(setting, setting.text) === null)

  const save = async () => {
    if (wrong.length > 0) return
    const changes: Partial<Settings> = {
      // Only what was typed here: somebody else may have changed the others meanwhile.
      ...Object.fromEntries(
        numbers
          .filter(({ id }) => texts[id] !== undefined)
          .map((setting) => [setting.id, readNumberSetting(setting, setting.text)]),
      ),
      ...(confirmForced === null ? {} : { confirmForcedActions: confirmForced }),
    }
    const isOpen = rememberDialog()
    const result = await client.call('settings.set', changes)
    if (!isOpen()) {
      if (!result.ok) addNotice({ command: 'settings.set', subject: null, error: result.error })
    } else if (result.ok) closeDialog()
    else setError(result.error)
  }
  return (
    <DialogFrame
      size="medium"
      title={t('settings:title')}
      footer={
        <>
          <Button type="submit" form="settings-form" isDisabled={wrong.length > 0}>
            {t('common:save')}
          </Button>
          <Button variant="link" onClick={closeDialog}>
            {t('common:close')}
          </Button>
        </>
      }
    >
      <Form
        id="settings-form"
        isHorizontal
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <h2 className="vd-dialog__section">{t('settings:browser.title')}</h2>
        <FormGroup label={t('settings:browser.language')} fieldId="settings-language">
          <FormSelect
            id="settings-language"
            value={preferences.language}
            onChange={(_event, language) => setPreferences({ language: language as Language })}
          >
            {LANGUAGES.map((language) => (
              <FormSelectOption key={language} value={language} label={LANGUAGE_NAMES[language]} />
            ))}
          </FormSelect>
        </FormGroup>
        <FormGroup label={t('settings:browser.theme')} fieldId="settings-theme">
          <FormSelect
            id="settings-theme"
            value={preferences.theme}
            onChange={(_event, theme) => setPreferences({ theme: theme as ThemePreference })}
          >
            {THEMES.map((theme) => (
              <FormSelectOption key={theme} value={theme} label={t(`settings:theme.${theme}`)} />
            ))}
          </FormSelect>
        </FormGroup>
        <FormGroup label={t('settings:browser.confirmActions')} fieldId="settings-confirm-actions">
          <Switch
            id="settings-confirm-actions"
            aria-label={t('settings:browser.confirmActions')}
            isChecked={preferences.confirmActions}
            onChange={(_event, checked) => setPreferences({ confirmActions: checked })}
          />
        </FormGroup>
        <h2 className="vd-dialog__section">{t('settings:inventory.title')}</h2>
        <FormGroup label={t('settings:inventory.confirmForcedActions')} fieldId="settings-confirm">
          <Switch
            id="settings-confirm"
            aria-label={t('settings:inventory.confirmForcedActions')}
            isChecked={confirmForced ?? settings.confirmForcedActions}
            onChange={(_event, checked) => setConfirmForced(checked)}
          />
        </FormGroup>
        {numbers.map((setting) => {
          const id = `settings-${setting.id}`
          const invalid = wrong.some((other) => other.id === setting.id)
          return (
            <FormGroup key={setting.id} label={t(`settings:inventory.${setting.id}`)} fieldId={id}>
              <TextInput
                id={id}
                className="vd-number"
                inputMode="numeric"
                value={setting.text}
                validated={invalid ? 'error' : 'default'}
                aria-describedby={`${id}-help`}
                onChange={(_event, value) => setTexts({ ...texts, [setting.id]: value })}
              />
              <FormHelperText>
                <HelperText id={`${id}-help`}>
                  <HelperTextItem variant={invalid ? 'error' : 'default'}>
                    {t(`settings:help.${setting.id}`)} {t('settings:range', { min: setting.min, max: setting.max })}
                  </HelperTextItem>
                </HelperText>
              </FormHelperText>
            </FormGroup>
          )
        })}
      </Form>
      {error === null ? null : (
        <div className="vd-failure" role="alert">
          <ErrorDetails error={error} />
        </div>
      )}
    </DialogFrame>
  )
}
