// What a file is, told by its bytes.
export { decideImage, type ImageLimits } from './decide-image.ts'
export type { HeadVerdict, ImageCompression, ImageFormat, ImageHeader, OutsideFile } from './image-header.ts'
export { HEAD_BYTES, readImageHeader } from './read-image-header.ts'
export { isFixedVhd, VHD_FOOTER_BYTES } from './vhd-header.ts'
