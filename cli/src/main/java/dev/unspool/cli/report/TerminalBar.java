// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * A bar that is redrawn in place, as wide as the terminal is at that moment. Without a library: it
 * would draw at its own times and with the width of the beginning.
 */
final class TerminalBar implements ProgressReport {
  /** Room for the ^C of the terminal, which is overwritten when the bar is drawn once more. */
  private static final int MARGIN = 3;

  private static final int LEAST_BAR = 10;
  private static final int LONGEST_BAR = 60;
  private static final String ERASE_TO_END = "\u001b[K";

  private final PrintWriter err;
  private final IntSupplier columns;
  private final long began = System.nanoTime();
  private double done;
  private String loss = "";
  private String validation = "";

  TerminalBar(PrintWriter err, IntSupplier columns) {
    this.err = err;
    this.columns = columns;
    draw();
  }

  @Override
  public void show(Report report, double newDone, double validated) {
    done = newDone;
    loss = report.loss() == null ? "" : "loss " + Numbers.of(report.loss());
    validation = Double.isNaN(validated) ? "" : "validation " + Numbers.of(validated);
    draw();
  }

  @Override
  public void complete() {
    done = 1;
  }

  @Override
  public void close() {
    draw();
    err.println();
    err.flush();
  }

  private void draw() {
    double seconds = (System.nanoTime() - began) * 1e-9;
    int width = Math.max(1, columns.getAsInt() - MARGIN);
    err.print('\r' + line(width, done, Numbers.duration(seconds), loss, validation) + ERASE_TO_END);
    err.flush();
  }

  /**
   * One line. Where it does not fit, the bar gets shorter and then goes, and after it what stands
   * last: half a number would be another one.
   *
   * @param width most characters it may have
   * @param done fraction of the whole, NaN if nobody knows
   * @param parts what is written behind the bar; those that are empty are left out
   */
  static String line(int width, double done, String... parts) {
    var words = new ArrayList<String>();
    words.add("Training");
    if (!Double.isNaN(done)) {
      words.add(ProgressLines.percent(done).strip());
    }
    int head = words.size();
    words.addAll(Stream.of(parts).filter(part -> !part.isEmpty()).toList());
    int room = Math.min(LONGEST_BAR, width - String.join("  ", words).length() - 4);
    if (!Double.isNaN(done) && room >= LEAST_BAR) {
      int full = (int) Math.floor(room * Math.min(1, done));
      words.add(head, "[" + "=".repeat(full) + " ".repeat(room - full) + "]");
    }
    while (words.size() > 1 && String.join("  ", words).length() > width) {
      words.removeLast();
    }
    String line = String.join("  ", words);
    return line.substring(0, Math.min(width, line.length()));
  }
}
