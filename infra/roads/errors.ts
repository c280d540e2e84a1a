import { declareErrors } from '#infra/runtime/app-error.ts';

export const roadErrors = declareErrors({
  ROADS_UNREADABLE: {
    kind: 'invalid_argument',
    en: 'The file holds no roads.',
    zh: '文件中没有道路数据。',
    remedyEn: 'Give a GeoJSON FeatureCollection with LineStrings in degrees (RFC 7946).',
    remedyZh: '请提供以度为单位、含 LineString 的 GeoJSON FeatureCollection（RFC 7946）。',
  },
});
