import type { TextTable } from '../shared/common-text.ts';

export const remedyText = {
  'answer.title': ['整改回复', 'Answer to an inspection'],
  'answer.noLink': ['请打开监管人员发来的完整链接。', 'Open the whole link that the inspector sent you.'],
  'answer.since': ['发现时间', 'Seen since'],
  'answer.deadline': ['整改期限', 'To be put right until'],
  'answer.over': ['期限已过，仍可回复。', 'The time is over; you can still answer.'],
  'answer.asked': ['整改要求', 'What to do'],
  'answer.picture': ['发现时的画面', 'The picture'],
  'answer.text': ['整改情况', 'What you have done'],
  'answer.textHint': ['例如：已盖好垃圾桶并清理周围', 'For example: the bin is closed, the floor around it is clean'],
  'answer.photo': ['拍照或选择照片（可不填）', 'Take or choose a photo (optional)'],
  'answer.photoPreparing': ['正在处理照片…', 'Preparing the photo…'],
  'answer.photoChange': ['换一张照片', 'Another photo'],
  'answer.noPersons': [
    '请只拍整改部位，不要拍到人：照片不会自动遮挡人脸。拍摄地点等信息会在上传时删除。',
    'Show the place only, and nobody in it: faces are not made unrecognisable here. Place and time that the camera wrote into the photo are removed.',
  ],
  'answer.photoLarge': ['照片超过 8 MB，请换一张。', 'The photo is larger than 8 MB; choose another.'],
  'answer.send': ['提交整改', 'Send'],
  'answer.sending': ['正在提交…', 'Sending …'],
  'answer.once': ['只能提交一次，提交后监管人员会验收。', 'You can send once; the inspector then checks it.'],
  'answer.received': ['已收到整改回复', 'Your answer has arrived'],
  'answer.receivedAt': ['收到时间 {{time}}。无需再次提交。', 'Received {{time}}. Nothing more to do.'],
  'answer.validUntil': ['链接有效至 {{time}}', 'This link is valid until {{time}}'],
} as const satisfies TextTable;
