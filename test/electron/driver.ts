import type { Page } from 'playwright-core'

/** A line of the native menu as a person sees it. */
export interface SeenMenuItem {
  readonly label: string
  readonly enabled: boolean
  readonly checked: boolean | null
}

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface LaunchOptions {
  /** A folder with package.json and out/. */
  readonly appDir: string
  readonly dataDir: string
  readonly locale?: 'en-US' | 'ko-KR'
  /** False: a Linux desktop without a keyring. */
  readonly keyring?: boolean
  readonly env?: Readonly<Record<string, string>>
}

/** A running app, whichever way it is run. Windows that are open for nobody (the driver's own) are not among its pages. */
export interface DrivenApp {
  /** The app's pages whose address ends so; `app://virtdeck` counts as `/`. */
  pages(): readonly Page[]
  menuItem(id: string): Promise<SeenMenuItem | null>
  menuTitles(): Promise<readonly string[]>
  chooseMenuItem(id: string): Promise<void>
  bounds(): Promise<Bounds>
  setBounds(bounds: Bounds): Promise<void>
  /** Messages of dialogs that the app showed. */
  dialogs(): Promise<readonly string[]>
  /** The next dialog is answered with this button, and not with Cancel. */
  answerNextDialog(button: number): Promise<void>
  /** The process that the engine is in; null while there is none. */
  enginePid(): Promise<number | null>
  /** What was begun, in this order: windows and processes. Null where that cannot be seen. */
  begun(): Promise<readonly string[] | null>
  /** Closes the main window as a person does; resolves with the exit code. */
  closeMain(): Promise<number>
  /** Ends it at once, whatever state it is in. */
  kill(): Promise<void>
  /** The main process and its windows are gone from one moment to the other. */
  crashMain(): Promise<void>
}

/** One way to run the app. */
export interface Driver {
  readonly name: string
  /** Whether `keyring: true` gives it a system's key store, and `keyring: false` none. */
  readonly keyring: { readonly canBeThere: boolean; readonly canLack: boolean }
  launch(options: LaunchOptions): Promise<DrivenApp>
  /** Starts the app a second time on the same folder; resolves with its exit code. */
  launchSecond(options: LaunchOptions): Promise<number>
}
