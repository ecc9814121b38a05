export { decidePlotTimes, orderSamples } from './order-samples.ts'
export { PlotCard } from './PlotCard.tsx'
export { TrafficPlots } from './TrafficPlots.tsx'
