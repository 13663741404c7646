import type { TopicRecord } from '../../scenarios/topic-records.ts';

/** The header of every record that a chaos run invents. Its copies of the mesh's own records do not carry it. */
export const FOREIGN_MARK = 'x-injected-by';

/** Whether a record came through the mesh's own relay, or is a copy of one that did. */
export const isOfTheMesh = ({ headers }: Pick<TopicRecord, 'headers'>): boolean => !(FOREIGN_MARK in headers);
