import RFB from '@novnc/novnc'
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsoleChannel } from '../../stores/index.ts'
import { findLayout, type KeyboardLayout } from './keyboard-layout.ts'
import { KeymapTyping, type SendKey } from './keymap-typing.ts'
import { type Key, strokesOf } from './keysyms.ts'

export type ViewMode = 'scale' | 'actual'

/** What the toolbar does with the screen. */
export interface GraphicsControls {
  focus(): void
  sendCombination(keys: readonly Key[]): void
  sendKey(keysym: number, code: string, down: boolean): void
  /** Gives a text to the guest's clipboard (needs an agent in the guest). */
  sendClipboard(text: string): void
  /** The picture as PNG; null when there is none. */
  takePicture(): Promise<Blob | null>
}

interface GraphicsScreenProps {
  readonly channel: ConsoleChannel | null
  readonly name: string
  readonly view: ViewMode
  /** The layout by which the display finds keys; null: it takes their positions. */
  readonly keymap: string | null
  readonly onConnected: () => void
  readonly onClipboard: (text: string) => void
  /** Says something for a moment in the window. */
  readonly onNote: (text: string) => void
  readonly ref: Ref<GraphicsControls>
}

/** The display of a VM by noVNC. When the connection ends the last picture stays, until the next one comes. */
export function GraphicsScreen(props: GraphicsScreenProps) {
  const { channel, name, view, ref } = props
  const { t } = useTranslation()
  const target = useRef<HTMLDivElement>(null)
  const frozen = useRef<HTMLCanvasElement>(null)
  const rfb = useRef<RFB | null>(null)
  /** Past the display's keymap: for keys that are chosen for it already. */
  const sendRaw = useRef<SendKey | null>(null)
  const latest = useRef({ ...props, t })
  latest.current = { ...props, t }
  const [hasPicture, setHasPicture] = useState(false)
  const [live, setLive] = useState(false)
  const label = t('console:screen.label', { name })

  useEffect(() => {
    const place = target.current
    if (channel === null || place === null) return
    const session = new RFB(place, channel.attach(), { shared: true })
    rfb.current = session
    const { keymap } = latest.current
    const layout = keymap === null ? null : findLayout(keymap)
    sendRaw.current = session.sendKey.bind(session)
    if (layout !== null) typeByLayout(session, layout)
    session.background = ''
    session.scaleViewport = latest.current.view === 'scale'
    session.addEventListener('connect', () => {
      setLive(true)
      setHasPicture(true)
      latest.current.onConnected()
      if (keymap !== null && layout === null)
        latest.current.onNote(latest.current.t('console:keymap.unknown', { keymap }))
      session.focus({ preventScroll: true })
    })
    session.addEventListener('clipboard', ({ detail }) => latest.current.onClipboard(detail.text))
    // It runs before noVNC takes its canvas away: see `ConsoleChannel.closed`.
    void channel.closed.then(() => {
      copyPicture(place.querySelector('canvas'), frozen.current)
      setLive(false)
    })
    return () => {
      rfb.current = null
      sendRaw.current = null
      setLive(false)
      session.disconnect()
    }
  }, [channel])

  useEffect(() => {
    const canvas = target.current?.querySelector('canvas')
    if (canvas === undefined || canvas === null || channel === null) return
    // noVNC's canvas cannot be reached with Tab; here it is the main thing of the window.
    canvas.tabIndex = 0
    canvas.style.outline = ''
    canvas.setAttribute('role', 'application')
    canvas.setAttribute('aria-label', label)
  }, [channel, label])

  useEffect(() => {
    if (rfb.current !== null && channel !== null) rfb.current.scaleViewport = view === 'scale'
  }, [view, channel])

  useImperativeHandle(ref, () => ({
    focus: () => rfb.current?.focus({ preventScroll: true }),
    sendCombination: (keys) => {
      for (const { keysym, code, down } of strokesOf(keys)) sendRaw.current?.(keysym, code, down)
    },
    sendKey: (keysym, code, down) => sendRaw.current?.(keysym, code, down),
    sendClipboard: (text) => rfb.current?.clipboardPasteFrom(text),
    takePicture: () => pictureOf(rfb.current),
  }))

  return (
    <div className={`vd-console__graphics vd-console__graphics--${view}`}>
      <canvas
        ref={frozen}
        className="vd-console__frozen"
        role="img"
        aria-label={t('console:screen.frozen', { name })}
        hidden={live || !hasPicture}
      />
      <div ref={target} className="vd-console__target" data-live={live} />
    </div>
  )
}

/** noVNC sends what is typed through the method that is replaced here. */
function typeByLayout(session: RFB, layout: KeyboardLayout): void {
  const send = session.sendKey.bind(session)
  const typing = new KeymapTyping(layout, send)
  session.sendKey = (keysym, code, down) => {
    // Without a keysym there is no character, and without a direction it is both at once: noVNC comes back for each.
    if (keysym === null || keysym === 0 || down === undefined) send(keysym, code, down)
    else typing.key(keysym, code ?? '', down)
  }
}

function copyPicture(from: HTMLCanvasElement | null, to: HTMLCanvasElement | null): void {
  if (from === null || to === null || from.width === 0 || from.height === 0) return
  to.width = from.width
  to.height = from.height
  to.getContext('2d')?.drawImage(from, 0, 0)
}

function pictureOf(session: RFB | null): Promise<Blob | null> {
  return new Promise((resolve) => {
    if (session === null) resolve(null)
    else session.toBlob(resolve, 'image/png')
  })
}
