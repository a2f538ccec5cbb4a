// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.PrintWriter;
import java.util.function.IntSupplier;

/**
 * Where a command speaks. All that a command prints goes through here, so that no name of a file or
 * a column can steer a terminal.
 *
 * @param out results, and nothing else
 * @param err progress and everything meant for people
 * @param quiet whether progress is left out
 * @param outIsTerminal whether people read {@code out}; a program gets data exactly as they are
 * @param terminal whether {@code err} is a terminal, on which a bar can be redrawn
 * @param columns width of that terminal now
 */
public record Console(
    PrintWriter out,
    PrintWriter err,
    boolean quiet,
    boolean outIsTerminal,
    boolean terminal,
    IntSupplier columns) {

  /** One whose results go to a program, and whose terminal is never resized. */
  public Console(PrintWriter out, PrintWriter err, boolean quiet, boolean terminal, int columns) {
    this(out, err, quiet, false, terminal, () -> columns);
  }

  /** A line for people, unless they want quiet. */
  public void note(String line) {
    if (!quiet) {
      err.println(Visible.line(line));
      err.flush();
    }
  }

  /** A line about something that is not as it should be, but no reason to stop. */
  public void warn(String line) {
    err.println("unspool: " + Visible.line(line));
    err.flush();
  }

  /** A line of the result, or several. */
  public void result(String text) {
    out.println(Visible.text(text));
    out.flush();
  }

  /** A row of a table that is the result. */
  public void row(String row) {
    out.println(data(row));
    out.flush();
  }

  /** A text that is the result and comes bit by bit. */
  public Appendable text() {
    return new LiveText(this);
  }

  /** Data as they are to be printed. */
  String data(String text) {
    return outIsTerminal ? Visible.text(text) : text;
  }
}
