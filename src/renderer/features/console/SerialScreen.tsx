import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { encodeShellSize, encodeShellText } from '../../../shared/contract/index.ts'
import type { ConsoleChannel, ConsoleChannelSocket } from '../../stores/index.ts'
import { type BoundedTerminal, createBoundedTerminal } from './bounded-terminal.ts'
import { resetTerminalModes } from './terminal-modes.ts'
import { withStyleStandIns } from './terminal-styles.ts'

/** Lines kept above the screen. */
const SCROLLBACK_LINES = 5_000

const DARK: ITheme = { background: '#151515', foreground: '#e0e0e0', cursor: '#e0e0e0', selectionBackground: '#4d4d4d' }
const LIGHT: ITheme = {
  background: '#ffffff',
  foreground: '#151515',
  cursor: '#151515',
  selectionBackground: '#b9dafc',
  // The 16 colours are made for black; these stay readable on white.
  black: '#151515',
  red: '#a60000',
  green: '#204d00',
  yellow: '#73480b',
  blue: '#004d99',
  magenta: '#6a1a8a',
  cyan: '#005f60',
  white: '#4d4d4d',
  brightBlack: '#4d4d4d',
  brightRed: '#b1380b',
  brightGreen: '#3d7317',
  brightYellow: '#8a5a00',
  brightBlue: '#0066cc',
  brightMagenta: '#8b3fb0',
  brightCyan: '#147878',
  brightWhite: '#383838',
}

/** What the toolbar does with the terminal. */
export interface SerialControls {
  focus(): void
  /** The selected text, or all that is kept when nothing is. */
  copyText(): string
  paste(text: string): void
  clear(): void
  /** Takes back the modes that a program has set; the text stays. */
  reset(): void
}

interface SerialScreenProps {
  readonly channel: ConsoleChannel | null
  readonly dark: boolean
  readonly onConnected: () => void
  /** A host's shell, which is told how large its terminal is. Default: a VM's port, which takes bytes alone. */
  readonly isShell?: boolean
  readonly label: string
  readonly ref: Ref<SerialControls>
}

/** A serial port of a VM as a terminal. What was written stays when the connection ends. */
export function SerialScreen({ channel, label, isShell = false, dark, onConnected, ref }: SerialScreenProps) {
  const { t } = useTranslation()
  const target = useRef<HTMLDivElement>(null)
  const terminal = useRef<Terminal | null>(null)
  const output = useRef<BoundedTerminal | null>(null)
  const socket = useRef<ConsoleChannelSocket | null>(null)
  const latest = useRef({ dark, onConnected, t })
  latest.current = { dark, onConnected, t }

  useEffect(() => {
    const place = target.current
    if (place === null) return
    const created = new Terminal({
      scrollback: SCROLLBACK_LINES,
      fontFamily: 'ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: 14,
      screenReaderMode: true,
      minimumContrastRatio: 4.5,
      theme: latest.current.dark ? DARK : LIGHT,
    })
    const fit = new FitAddon()
    created.loadAddon(fit)
    withStyleStandIns(document, () => created.open(place))
    terminal.current = created
    output.current = createBoundedTerminal(created, (bytes) =>
      latest.current.t('console:serial.leftOut', { kibibytes: Math.ceil(bytes / 1024) }),
    )
    const observer = new ResizeObserver(() => fit.fit())
    observer.observe(place)
    const encoder = new TextEncoder()
    const sendMessage = (message: Uint8Array) => {
      if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(message)
    }
    const send = (data: Uint8Array) => sendMessage(isShell ? encodeShellText(data) : data)
    if (isShell) created.onResize(({ cols, rows }) => sendMessage(encodeShellSize(cols, rows)))
    created.onData((data) => send(encoder.encode(data)))
    created.onBinary((data) => send(Uint8Array.from(data, (character) => character.charCodeAt(0))))
    created.attachCustomKeyEventHandler((event) => !copiesSelection(event, created))
    created.focus()
    return () => {
      observer.disconnect()
      terminal.current = null
      output.current = null
      created.dispose()
    }
  }, [isShell])

  useEffect(() => {
    if (terminal.current !== null) terminal.current.options.theme = dark ? DARK : LIGHT
  }, [dark])

  useEffect(() => {
    terminal.current?.textarea?.setAttribute('aria-label', label)
  }, [label])

  useEffect(() => {
    if (channel === null) return
    const attached = channel.attach()
    socket.current = attached
    let isOpen = false
    attached.onmessage = ({ data }) => {
      const shown = terminal.current
      // The window may have another size than the one that was asked for.
      if (!isOpen && isShell && shown !== null) attached.send(encodeShellSize(shown.cols, shown.rows))
      isOpen = true
      // The engine sends an empty message when the port is open.
      latest.current.onConnected()
      return output.current?.write(new Uint8Array(data))
    }
    return () => {
      socket.current = null
      attached.close()
    }
  }, [channel, isShell])

  useImperativeHandle(ref, () => ({
    focus: () => terminal.current?.focus(),
    copyText: () => textOf(terminal.current),
    paste: (text) => terminal.current?.paste(text),
    clear: () => terminal.current?.clear(),
    reset: () => {
      // Nothing of a new guest is read with the modes of the one before.
      if (terminal.current !== null) output.current?.hold(resetTerminalModes(terminal.current))
    },
  }))

  return <div ref={target} className="vd-console__serial" data-testid="serial-terminal" />
}

/** Ctrl+Shift+C copies, as terminals have it; Ctrl+C belongs to the guest. */
function copiesSelection(event: KeyboardEvent, terminal: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey || event.code !== 'KeyC') return false
  event.preventDefault()
  // Refused by the browser: the toolbar's button says so.
  if (terminal.hasSelection()) navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
  return true
}

function textOf(terminal: Terminal | null): string {
  if (terminal === null) return ''
  if (terminal.hasSelection()) return terminal.getSelection()
  const { active } = terminal.buffer
  const lines = Array.from(
    { length: active.length },
    (_, index) => active.getLine(index)?.translateToString(true) ?? '',
  )
  return lines.join('\n').trimEnd()
}
