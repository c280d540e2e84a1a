import { describe, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';
import { findForbiddenNames, scanText, whyForbidden } from './forbidden.ts';

describe('the words that name what Vantage must never know', () => {
  it('occur in no table, model pack or API schema of this repository', () => {
    expect(findForbiddenNames(REPOSITORY_ROOT)).toEqual([]);
  });

  it.each([
    'faceEmbedding',
    'face_id',
    'FaceRecognition',
    'person_id',
    'personId',
    'PERSON_REID',
    'pedestrian-features',
  ])('are found in %s, however it is spelled', (name) => expect(whyForbidden(name)).toBeDefined());

  it.each([
    'gender',
    'age',
    'ageGroup',
    'subject_ethnicity',
    'id_card',
    'nationalId',
    'populationRegister',
    'gait_vector',
  ])('are found in %s, an attribute or a register of persons', (name) => expect(whyForbidden(name)).toBeDefined());

  it.each([
    'faceMask',
    'face_mask_detection',
    'surfaceId',
    'interfaceName',
    'person',
    'personCount',
    'stillAgeMs',
    'maxAge',
  ])('are not found in %s, which means something else', (name) => expect(whyForbidden(name)).toBeUndefined());

  it('are found in SQL columns, and named with file and line', () => {
    const sql = 'CREATE TABLE sightings (\n  plate text,\n  face_embedding vector(512)\n);';
    expect(scanText('storage/migrations/0009-x.sql', sql)).toEqual([
      {
        file: 'storage/migrations/0009-x.sql',
        line: 3,
        name: 'face_embedding',
        because: 'face recognition is out of scope for good',
      },
    ]);
  });

  it('are found in a schema field and in a model slot that is written as a string', () => {
    const schema =
      "export const Track = Type.Object({\n  personId: Type.String(),\n  slot: Type.Literal('face-recognition'),\n});";
    expect(scanText('api/contract/tracks.ts', schema).map(({ line, name }) => `${line} ${name}`)).toEqual([
      '2 personId',
      '3 face-recognition',
    ]);
  });

  it('may be said in comments and in sentences', () => {
    const source = "// no faceEmbedding here\n/* nor personId */\nconst text = 'has no person id and no gender';\n";
    expect(scanText('analyzers/a.ts', source)).toEqual([]);
    expect(scanText('storage/a.sql', '-- never a person_id\nSELECT 1;')).toEqual([]);
  });
});
