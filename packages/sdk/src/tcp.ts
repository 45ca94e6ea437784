/**
 * TCP as an action sees it: `ctx.tcp`. The platform stands behind it with the egress guard, a bound on connections, and the
 * end of the try, which closes what is still open. An action hands the socket to the driver of its protocol.
 */

/** `net.Socket` of Node, to be handed to a driver. Not its type: the SDK is also for places where there is no Node. */
export type TcpSocket = { destroy(): unknown };

export type TcpTarget = {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
};

export type TcpOptions = {
  /**
   * Speak TLS from the first byte; names are always verified. `ca`: PEM of the authority to trust instead of the public ones.
   * Absent for protocols that begin in plain text and change to TLS by themselves.
   */
  readonly tls?: { readonly ca?: string };
  /**
   * May be opened for some seconds after `signal` has fired: to tell the other side to stop what an earlier connection of
   * this try began there.
   */
  readonly toCancel?: boolean;
};

export type TcpConnection = {
  /** Connected. Closed when the try ends, and some seconds after `signal` has fired. */
  readonly socket: TcpSocket;
  /** The address is on the public internet: what is not encrypted can be read on the way. */
  readonly isPublic: boolean;
};

/**
 * Throws, ready to be passed on: `RetryableError` with code `network`, `timeout` or `overloaded`, `ActionError` with code
 * `egress_denied` or `credential_host_denied`.
 */
export type ActionTcp = {
  connect(target: TcpTarget, options?: TcpOptions): Promise<TcpConnection>;
  /**
   * The address of a host that may be connected to, for a driver that insists on opening its sockets itself: it is to be given
   * this address and not the name, which could lead elsewhere by then. Such sockets are the action's to close.
   */
  addressOf(target: TcpTarget): Promise<{ readonly address: string; readonly isPublic: boolean }>;
};
