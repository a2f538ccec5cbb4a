// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.train.DivergedException;
import java.io.IOException;

/**
 * Gradients that are no longer finite: what is left of the training, and how to go on.
 *
 * @param cause where it happened
 * @param rate a smaller rate, as an option
 * @param folder of the run
 */
record Divergence(DivergedException cause, String rate, RunFolder folder) {
  static Divergence of(DivergedException cause, TrainingConfig config, RunFolder folder) {
    return new Divergence(cause, "--lr " + Numbers.of(config.rate().lr() / 10), folder);
  }

  /**
   * A sentence on the best weights.
   *
   * @throws RunException if there are none
   */
  String describe(TrainingState state) throws IOException {
    if (!state.best.exist()) {
      throw new RunException(
          "training diverged at update %s, before any weights were validated; %s"
              .formatted(cause.update(), wayOut()));
    }
    return "training diverged at update %s; the best weights, of update %s, are kept and judged; %s"
        .formatted(
            cause.update(),
            state.bestUpdate,
            state.bestUpdate < cause.lastMade()
                ? "go on from them with a smaller rate: 'unspool resume %s %s'"
                    .formatted(folder.path(), rate)
                : "their own gradients are not finite, so train anew with --force and a smaller rate, such as "
                    + rate);
  }

  /** What can be done where there are no best weights: what is on disk may have diverged too. */
  private String wayOut() throws IOException {
    long kept = folder.checkpointUpdate();
    if (kept == 0) {
      return "try a smaller rate, such as " + rate;
    }
    return kept < cause.lastMade()
        ? "go on from the last checkpoint with a smaller rate: 'unspool resume %s %s'"
            .formatted(folder.path(), rate)
        : "its checkpoint, of update %s, is none to go on from; train anew with --force and a smaller rate, such as %s"
            .formatted(kept, rate);
  }
}
