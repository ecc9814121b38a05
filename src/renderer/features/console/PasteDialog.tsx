import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Progress, TextArea } from '@patternfly/react-core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../i18n/index.ts'
import { readStored, writeStored } from '../../stores/index.ts'
import { DEFAULT_LAYOUT, findLayout } from './keyboard-layout.ts'
import { LayoutSelect } from './LayoutSelect.tsx'
import { layoutLabel } from './layout-label.ts'
import { type Keyboard, planTyping, TYPING_LIMIT, typePlanned } from './typing.ts'

/** Where the browser remembers the layout that was chosen last. */
const LAYOUT_STORED = 'console.layout'

interface PasteDialogProps {
  /** Whether what is sent arrives now. */
  readonly connected: boolean
  /** The layout by which the display finds keys; null: the guest decides. */
  readonly keymap: string | null
  readonly sendKey: (keysym: number, code: string, down: boolean) => void
  readonly sendClipboard: (text: string) => void
  readonly onClose: () => void
}

/** Types a text into the guest as keystrokes, or gives it to the guest's clipboard. */
export function PasteDialog({ connected, keymap, sendKey, sendClipboard, onClose }: PasteDialogProps) {
  const { t, i18n } = useTranslation()
  const [text, setText] = useState('')
  const [fraction, setFraction] = useState<number | null>(null)
  /** How far it came before the connection broke. */
  const [brokenAt, setBrokenAt] = useState<number | null>(null)
  const running = useRef<AbortController | null>(null)
  const [chosenLayout, setChosenLayout] = useState(() => readStored(LAYOUT_STORED, DEFAULT_LAYOUT))
  const keyboard = useMemo(() => keyboardOf(keymap, chosenLayout), [keymap, chosenLayout])
  const plan = useMemo(() => planTyping(text, keyboard), [text, keyboard])
  // A window that closes in the middle must not go on typing.
  useEffect(() => () => running.current?.abort(), [])
  // Keys without a connection go nowhere, and after a new one the rest would come without its beginning.
  useEffect(() => {
    if (connected || fraction === null) return
    running.current?.abort()
    setBrokenAt(fraction)
    setFraction(null)
  }, [connected, fraction])

  const type = () => {
    const controller = new AbortController()
    running.current = controller
    setBrokenAt(null)
    setFraction(0)
    const progress = (typed: number) => {
      if (!controller.signal.aborted) setFraction(typed)
    }
    void typePlanned(plan, sendKey, { signal: controller.signal, progress }).then(() => {
      if (!controller.signal.aborted) onClose()
    })
  }
  const cancel = () => {
    running.current?.abort()
    onClose()
  }
  const cannotType = !connected || plan.tooLong || plan.characters.length === 0 || fraction !== null
  return (
    <Modal isOpen variant="medium" onEscapePress={cancel} aria-labelledby="paste-title" aria-describedby="paste-about">
      <ModalHeader title={t('console:paste.title')} labelId="paste-title" />
      <ModalBody>
        <p id="paste-about">{t('console:paste.about')}</p>
        {keymap === null ? (
          <LayoutSelect
            value={keyboard.layout.name}
            disabled={fraction !== null}
            onChange={(name) => {
              setChosenLayout(name)
              writeStored(LAYOUT_STORED, name)
            }}
          />
        ) : (
          <p>
            {keyboard.decidedBy === 'display'
              ? t('console:keymap.used', { layout: layoutLabel(keymap, i18n.language) })
              : t('console:keymap.unknown', { keymap })}
          </p>
        )}
        <TextArea
          className="vd-console__paste-text"
          aria-label={t('console:paste.text')}
          value={text}
          onChange={(_event, value) => setText(value)}
          isDisabled={fraction !== null}
          rows={8}
          spellCheck={false}
          autoFocus
        />
        {brokenAt === null ? null : (
          <p role="alert">
            {t('console:paste.broken', {
              typed: Math.round(brokenAt * plan.characters.length),
              count: plan.characters.length,
            })}
          </p>
        )}
        <div role="status">
          {plan.tooLong ? <p>{t('console:paste.tooLong', { limit: TYPING_LIMIT })}</p> : null}
          {plan.untypable.length > 0 ? (
            <p>{t('console:paste.untypable', { characters: plan.untypable.slice(0, 20).join(' ') })}</p>
          ) : null}
          {!plan.tooLong && plan.characters.length > 0 ? (
            <p>
              {t('console:paste.duration', {
                duration: formatDuration(Math.max(1_000, plan.durationMs), i18n.language),
              })}
            </p>
          ) : null}
        </div>
        {fraction === null ? null : (
          <Progress
            value={Math.round(fraction * 100)}
            aria-label={t('console:paste.typing')}
            title={t('console:paste.typing')}
          />
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={type} isAriaDisabled={cannotType}>
          {t('console:paste.type')}
        </Button>
        <Button
          variant="secondary"
          isAriaDisabled={!connected || text === '' || fraction !== null}
          onClick={() => {
            sendClipboard(text)
            onClose()
          }}
        >
          {t('console:paste.toClipboard')}
        </Button>
        <Button variant="link" onClick={cancel}>
          {t('common:cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  )
}

/** The keyboard of the display's keymap, or else of the layout that the guest is said to have. */
function keyboardOf(keymap: string | null, guestLayout: string): Keyboard {
  const ofDisplay = keymap === null ? null : findLayout(keymap)
  if (ofDisplay !== null) return { layout: ofDisplay, decidedBy: 'display' }
  const layout = findLayout(keymap === null ? guestLayout : DEFAULT_LAYOUT) ?? findLayout(DEFAULT_LAYOUT)
  if (layout === null) throw new Error(`the layout ${DEFAULT_LAYOUT} is not in the table`)
  return { layout, decidedBy: 'guest' }
}
