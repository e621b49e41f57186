import { data, route } from '#core'
import { UploadUrl } from '../schema/file'
import * as fileService from '../service/file'

export const uploadFile = route({
  method: 'post',
  path: '/sys/files/upload',
  title: 'Upload a picture or video',
  description: 'One part named `file`. Its content must be what its extension says.',
  access: 'sys:file:upload',
  upload: { max_size: fileService.MAX_UPLOAD, max_files: 1 },
  reply: data(UploadUrl),
  errors: [
    'file.unknown_type',
    'file.unsupported',
    'file.image_too_large',
    'file.video_too_large',
    'file.content_mismatch',
    'file.write_failed',
    'file.store_missing',
  ],
  // A store may take minutes, and no transaction is to stay open meanwhile, or to keep the file twice.
  prepare: (call, { files }) => fileService.upload(call, files['file']),
  handle: (_call, _input, kept) => kept,
})

export const fileRoutes = [uploadFile]
