import koreanErrors from '../../../renderer/i18n/ko/errors.json' with { type: 'json' }
import type { WireError } from '../../../shared/errors/index.ts'
import { createErrorTexts, formatError } from '../error-texts.ts'

/** What the shell itself says, outside of any page. */
export interface ShellTexts {
  readonly file: string
  readonly edit: string
  readonly window: string
  readonly quit: string
  readonly cancel: string
  readonly minimize: string
  readonly resetZoom: string
  readonly zoomIn: string
  readonly zoomOut: string
  readonly fullScreen: string
  readonly startFailed: string
  readonly runningTasks: (count: number) => string
  readonly runningTasksDetail: string
  readonly keyFileTitle: string
  readonly keyFileDetail: string
  readonly understood: string
  readonly describeError: (error: WireError) => string
}

const english: ShellTexts = {
  file: 'File',
  edit: 'Edit',
  window: 'Window',
  quit: 'Quit',
  cancel: 'Cancel',
  minimize: 'Minimize',
  resetZoom: 'Actual size',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fullScreen: 'Full screen',
  startFailed: 'Virtdeck could not start',
  runningTasks: (count) => (count === 1 ? 'One task is still running' : `${count} tasks are still running`),
  runningTasksDetail:
    'If you quit now, they are asked to stop. What a host does on its own goes on, and Virtdeck looks at it again at its next start.',
  keyFileTitle: 'This computer offers no key store',
  keyFileDetail:
    'Passwords of hosts are encrypted with a key that lies in a file beside the inventory, readable by you only. Install and unlock a keyring (GNOME Keyring or KWallet) to have the system keep the key.',
  understood: 'Understood',
  describeError: (error) => formatError(error),
}

const koreanErrorTexts = createErrorTexts(koreanErrors)

const korean: ShellTexts = {
  file: '파일',
  edit: '편집',
  window: '창',
  quit: '종료',
  cancel: '취소',
  minimize: '최소화',
  resetZoom: '실제 크기',
  zoomIn: '확대',
  zoomOut: '축소',
  fullScreen: '전체 화면',
  startFailed: 'Virtdeck을 시작하지 못했습니다',
  runningTasks: (count) => `작업 ${count}개가 아직 실행 중입니다`,
  runningTasksDetail:
    '지금 종료하면 작업에 중지를 요청합니다. 호스트가 스스로 하는 일은 계속되며, 다음에 시작할 때 Virtdeck이 다시 확인합니다.',
  keyFileTitle: '이 컴퓨터에는 키 저장소가 없습니다',
  keyFileDetail:
    '호스트 암호는 인벤토리 옆의 파일에 있는 키로 암호화되며, 이 파일은 본인만 읽을 수 있습니다. 시스템이 키를 보관하게 하려면 키링(GNOME Keyring 또는 KWallet)을 설치하고 잠금을 푸십시오.',
  understood: '확인',
  describeError: (error) => formatError(error, koreanErrorTexts),
}

/** The shell's texts in the language of the system ("ko-KR" → Korean); English for all others. */
export function shellTexts(locale: string): ShellTexts {
  return locale.toLowerCase().startsWith('ko') ? korean : english
}
