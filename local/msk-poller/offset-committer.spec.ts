import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OffsetCommitter, type CommitOffsets } from './offset-committer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('OffsetCommitter', () => {
  it('puts marks of one moment into one commit, the newest of each partition', async () => {
    const commit = vi.fn<CommitOffsets>().mockResolvedValue();
    const committer = new OffsetCommitter(commit, vi.fn());
    committer.mark(0, 1);
    committer.mark(1, 5);
    committer.mark(0, 2);
    await committer.flush();
    expect(commit.mock.calls).toEqual([
      [
        [
          { partition: 0, offset: 2 },
          { partition: 1, offset: 5 },
        ],
      ],
    ]);
  });

  it('commits what was marked while a commit was under way', async () => {
    const commit = vi.fn<CommitOffsets>().mockImplementationOnce(() => {
      committer.mark(0, 2);
      return Promise.resolve();
    });
    const committer = new OffsetCommitter(commit.mockResolvedValue(), vi.fn());
    committer.mark(0, 1);
    await committer.flush();
    expect(commit).toHaveBeenLastCalledWith([{ partition: 0, offset: 2 }]);
  });

  it('tries a failed commit again, unless a newer offset has come', async () => {
    const commit = vi.fn<CommitOffsets>().mockRejectedValueOnce(new Error('rebalancing')).mockResolvedValue();
    const log = vi.fn();
    const committer = new OffsetCommitter(commit, log);
    committer.mark(0, 1);
    committer.mark(1, 1);
    await committer.flush();
    expect(log).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(commit).toHaveBeenLastCalledWith([
      { partition: 0, offset: 1 },
      { partition: 1, offset: 1 },
    ]);
  });
});
