// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is redrawn in place. */
final class TerminalBar implements ProgressReport {
  private static final int PARTS = 1000;
  private static final int REDRAW_MILLIS = 250;

  private final ProgressBar bar;

  TerminalBar(int columns) {
    this.bar =
        new ProgressBarBuilder()
            .setTaskName("Training")
            .setInitialMax(PARTS)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .hideEta()
            // The width is given: finding it out would load a terminal library.
            .setConsumer(new ConsoleProgressBarConsumer(System.err, columns))
            .build();
  }

  @Override
  public void show(Report report, double done, double validation) {
    if (Double.isNaN(done)) {
      bar.maxHint(-1);
    } else {
      bar.stepTo(Math.round(PARTS * Math.min(1, done)));
    }
    bar.setExtraMessage(" " + ProgressLines.describe(report, validation));
  }

  @Override
  public void close() {
    bar.close();
  }
}
