export { seeded as createRandom } from '../../statistics/random.ts';
export { fillSchema, plainAnswer } from './answers.ts';
export { FakeInference, type FakeInferenceOptions, startFakeInference } from './fake.ts';
export { fairModel, gullibleModel, hostileModel, literalModel } from './models.ts';
export {
  type FakeAnswer,
  type FakeBehaviour,
  type FakeRequest,
  type FakeScript,
  heavyTailMs,
  inTurn,
} from './script.ts';
