// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.PrintWriter;
import java.util.function.IntSupplier;

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
  private String losses = "";

  TerminalBar(PrintWriter err, IntSupplier columns) {
    this.err = err;
    this.columns = columns;
    draw();
  }

  @Override
  public void show(Report report, double newDone, double validation) {
    done = newDone;
    String loss = report.loss() == null ? "" : "loss " + Numbers.of(report.loss());
    losses =
        Double.isNaN(validation)
            ? loss
            : "%s, validation %s".formatted(loss, Numbers.of(validation));
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
    err.print('\r' + line(width, done, Numbers.duration(seconds), losses) + ERASE_TO_END);
    err.flush();
  }

  /**
   * One line. Where it does not fit, the bar gets shorter, then goes, then what is written behind.
   *
   * @param width most characters it may have
   * @param done fraction of the whole, NaN if nobody knows
   */
  static String line(int width, double done, String time, String losses) {
    String head = "Training " + (Double.isNaN(done) ? "" : ProgressLines.percent(done) + " ");
    String tail = " " + time + (losses.isEmpty() ? "" : "  " + losses);
    int room = Math.min(LONGEST_BAR, width - head.length() - tail.length() - 2);
    String bar = "";
    if (!Double.isNaN(done) && room >= LEAST_BAR) {
      int full = (int) Math.floor(room * Math.min(1, done));
      bar = "[" + "=".repeat(full) + " ".repeat(room - full) + "]";
    }
    String line = head + bar + (bar.isEmpty() ? tail.strip() : tail);
    return line.length() <= width ? line : line.substring(0, width);
  }
}
