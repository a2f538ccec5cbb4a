// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;
import java.io.IOException;

/** Where the bytes of a stream come from; one thread reads them. */
interface ByteFeed extends Closeable {
  /** There are no bytes, and never will be. */
  int END = -1;

  /** What was told of the stream comes to nothing: it begins anew, at offset 0. */
  int ANEW = -2;

  /**
   * Takes what is there, waiting for it if need be.
   *
   * @param into written from {@code at} on
   * @param length room for so many bytes, at least 1
   * @param waitMillis how long to wait for the first of them; 0: not at all
   * @return number of bytes, 0 if none came in time; {@link #END} or {@link #ANEW}
   */
  int read(byte[] into, int at, int length, long waitMillis) throws IOException;

  /**
   * What a place is to be recognised by after a restart: empty where it cannot be.
   *
   * @param offset bytes up to it, of the stream since it began anew last
   */
  default String mark(long offset) throws IOException {
    return "";
  }
}
