// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.PrintWriter;

/**
 * Where a command speaks.
 *
 * @param out results, and nothing else
 * @param err progress and everything meant for people
 * @param quiet whether progress is left out
 * @param terminal whether {@code err} is a terminal, on which a bar can be redrawn
 * @param columns width of that terminal
 */
public record Console(
    PrintWriter out, PrintWriter err, boolean quiet, boolean terminal, int columns) {

  /** A line for people, unless they want quiet. */
  public void note(String line) {
    if (!quiet) {
      err.println(line);
      err.flush();
    }
  }

  /** A line about something that is not as it should be, but no reason to stop. */
  public void warn(String line) {
    err.println("unspool: " + line);
    err.flush();
  }

  /** A line of the result. */
  public void result(String line) {
    out.println(line);
    out.flush();
  }
}
