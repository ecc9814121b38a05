// noVNC has no types of its own; this is what of its documented API (docs/API.md of the package) is used here.
declare module '@novnc/novnc' {
  interface RfbEvents {
    connect: CustomEvent<Record<string, never>>
    disconnect: CustomEvent<{ clean: boolean }>
    clipboard: CustomEvent<{ text: string }>
    bell: CustomEvent<Record<string, never>>
    desktopname: CustomEvent<{ name: string }>
  }

  /** noVNC takes anything with a WebSocket's shape; it replaces the `on…` handlers. */
  export interface RawChannel {
    binaryType: string
    readonly protocol: string
    readonly readyState: number
    onopen: ((event: Event) => void) | null
    onmessage: ((event: MessageEvent<ArrayBuffer>) => void) | null
    onclose: ((event: CloseEvent) => void) | null
    onerror: ((event: Event) => void) | null
    send(data: Uint8Array): void
    close(): void
  }

  // biome-ignore lint/style/noDefaultExport: it describes a module that has one.
  export default class RFB {
    constructor(target: HTMLElement, channel: RawChannel, options?: { readonly shared?: boolean })
    scaleViewport: boolean
    clipViewport: boolean
    focusOnClick: boolean
    viewOnly: boolean
    showDotCursor: boolean
    background: string
    qualityLevel: number
    compressionLevel: number
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void
    focus(options?: FocusOptions): void
    blur(): void
    disconnect(): void
    sendKey(keysym: number | null, code: string | null, down?: boolean): void
    clipboardPasteFrom(text: string): void
    toBlob(callback: (blob: Blob | null) => void, type?: string): void
  }
}
