// What a host says of itself over its shell, and what that means for adding it.

export type { Verdict } from './decide-survey-verdicts.ts'
export { decideClock, decideKvm, decideMemory, decideSpace } from './decide-survey-verdicts.ts'
export { fetchSurvey } from './fetch-survey.ts'
export type { HostSurvey } from './host-survey.ts'
