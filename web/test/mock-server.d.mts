export interface Mock {
  url: string;
  /** Sends a frame to every open stream; a snapshot is also what new streams begin with. */
  send(event: string, data: object): void;
  /** What new streams begin with from now on. */
  remember(snapshot: object): void;
  silence(): void;
  /** What a path of the API answers from now on. */
  tell(path: string, body: object, status?: number): void;
  close(): Promise<void>;
}
export function startMock(options?: { port?: number; country?: object; heartbeatMs?: number }): Promise<Mock>;
