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
  /** What becomes of each when the app ends: its host goes on with it, or it is taken up at the next start. */
  readonly runningTasksDetail: (
    tasks: readonly { readonly command: string; readonly name: string; readonly goesOn: boolean }[],
  ) => string
  /** At quitting: the engine does not say what is under way. */
  readonly engineSilent: string
  readonly engineSilentDetail: string
  readonly engineGivenUp: (times: number) => string
  readonly engineGivenUpDetail: (reason: string, dataDir: string) => string
  readonly startAgain: string
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
  runningTasksDetail: (tasks) =>
    listTasks(tasks, 'goes on at its host', 'is interrupted', (left) => `and ${left} more`) +
    '\n\nQuitting cancels nothing: Virtdeck looks at all of them again at its next start.',
  engineSilent: 'The engine does not answer',
  engineSilentDetail:
    'Tasks may still be running. Quitting ends the engine; what was at work is looked at again at the next start.',
  engineGivenUp: (times) => `The engine ended unexpectedly ${times} times in a row`,
  engineGivenUpDetail: (reason, dataDir) =>
    `${reason}\n\nYour machines are not touched by this. What happened is in virtdeck.log and virtdeck-window.log in ${dataDir}.`,
  startAgain: 'Start again',
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
  runningTasksDetail: (tasks) =>
    listTasks(tasks, '호스트에서 계속됨', '중단됨', (left) => `외 ${left}개`) +
    '\n\n종료해도 취소되지는 않습니다. 다음에 시작할 때 Virtdeck이 모두 다시 확인합니다.',
  engineSilent: '엔진이 응답하지 않습니다',
  engineSilentDetail:
    '아직 실행 중인 작업이 있을 수 있습니다. 종료하면 엔진도 끝나며, 진행 중이던 작업은 다음에 시작할 때 다시 확인합니다.',
  engineGivenUp: (times) => `엔진이 연속으로 ${times}번 예기치 않게 종료되었습니다`,
  engineGivenUpDetail: (reason, dataDir) =>
    `${reason}\n\n가상 머신에는 영향이 없습니다. 자세한 내용은 ${dataDir}의 virtdeck.log와 virtdeck-window.log에 있습니다.`,
  startAgain: '다시 시작',
  keyFileTitle: '이 컴퓨터에는 키 저장소가 없습니다',
  keyFileDetail:
    '호스트 암호는 인벤토리 옆의 파일에 있는 키로 암호화되며, 이 파일은 본인만 읽을 수 있습니다. 시스템이 키를 보관하게 하려면 키링(GNOME Keyring 또는 KWallet)을 설치하고 잠금을 푸십시오.',
  understood: '확인',
  describeError: (error) => formatError(error, koreanErrorTexts),
}

/** More lines than this make a dialog that nobody reads. */
const LISTED_TASKS = 8

function listTasks(
  tasks: Parameters<ShellTexts['runningTasksDetail']>[0],
  goesOn: string,
  interrupted: string,
  more: (left: number) => string,
): string {
  const lines = tasks
    .slice(0, LISTED_TASKS)
    .map((task) => `${task.command} (${task.name}): ${task.goesOn ? goesOn : interrupted}`)
  if (tasks.length > LISTED_TASKS) lines.push(more(tasks.length - LISTED_TASKS))
  return lines.join('\n')
}

/** The shell's texts in the language of the system ("ko-KR" → Korean); English for all others. */
export function shellTexts(locale: string): ShellTexts {
  return locale.toLowerCase().startsWith('ko') ? korean : english
}
