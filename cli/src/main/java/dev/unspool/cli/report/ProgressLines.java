// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.util.Locale;

/** One plain line a report, for files and pipes. */
final class ProgressLines implements ProgressReport {
  private final Console console;
  private boolean begun;

  ProgressLines(Console console) {
    this.console = console;
  }

  @Override
  public void show(Report report, double done, double validation) {
    begun = true;
    console.note((Double.isNaN(done) ? "" : percent(done) + "  ") + describe(report, validation));
  }

  static String percent(double done) {
    return String.format(Locale.ROOT, "%3d %%", (int) Math.floor(100 * Math.min(1, done)));
  }

  /** The numbers on one line. */
  static String describe(Report report, double validation) {
    var line = new StringBuilder("epoch ").append(report.epoch());
    if (report.loss() != null) {
      line.append("  loss ").append(Numbers.of(report.loss()));
    }
    if (!Double.isNaN(validation)) {
      line.append("  validation ").append(Numbers.of(validation));
    }
    if (report.stepsPerSecond() != null) {
      line.append("  ").append(Math.round(report.stepsPerSecond())).append(" steps/s");
    }
    return line.toString();
  }

  @Override
  public void complete() {
    if (begun) {
      console.note(percent(1) + "  complete");
    }
  }

  @Override
  public void close() {}
}
