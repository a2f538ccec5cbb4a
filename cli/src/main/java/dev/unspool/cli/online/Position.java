// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

/**
 * How much of a stream was consumed.
 *
 * @param records of any kind; those that cannot be used count too
 * @param line of the stream's newest record, since it began anew last
 * @param offset bytes up to the end of that record; 0 where the stream is no file
 * @param mark what that place is recognised by after a restart; empty where it is not
 */
public record Position(long records, long line, long offset, String mark) {
  public static final Position BEGINNING = new Position(0, 0, 0, "");
}
