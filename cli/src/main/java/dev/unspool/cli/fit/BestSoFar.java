// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.report.Unwritable;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.model.ParameterLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the best model so far on disk while a fit goes on, so that a kill or a full disk costs
 * moments and not hours: after every start, and between iterations as often as takes no time.
 */
final class BestSoFar {
  private static final double LEAST_SECONDS = 1;

  /** Keeping a model may take one part of so many of the time. */
  private static final double SHARE = 50;

  private final FitRun.Place place;
  private final RunConfig config;
  private final ParameterLayout layout;
  private final Console console;
  private final List<FitStep> steps = new ArrayList<>();
  private int logged;
  private @Nullable FitFolder folder;
  private double @Nullable [] weights;
  private @Nullable FitStep from;
  private double due;
  private boolean failed;

  /**
   * Keeps nothing until there is something.
   *
   * @param layout of the weights; what follows them in a vector that is fitted is not kept
   */
  BestSoFar(FitRun.Place place, RunConfig config, ParameterLayout layout, Console console) {
    this.place = place;
    this.config = config;
    this.layout = layout;
    this.console = console;
  }

  /** Remembers a step for the log. */
  void step(FitStep step) {
    steps.add(step);
  }

  /** All steps so far, in their order. */
  List<FitStep> steps() {
    return steps;
  }

  /**
   * Remembers a better model.
   *
   * @param best its weights; not modified
   * @param step that led to it
   */
  void better(double[] best, FitStep step) {
    weights = best;
    from = step;
  }

  /**
   * Writes what it remembers, if there is a better model than on disk. A disk that is full may have
   * room again later: that is no reason to lose the fit.
   *
   * @param now even if the last time is only moments ago
   */
  void keep(boolean now, double seconds) {
    if (weights == null || from == null || (!now && seconds < due)) {
      return;
    }
    long began = System.nanoTime();
    try {
      folder().keep(config, weights(weights, from));
      weights = null;
      failed = false;
      log();
    } catch (IOException e) {
      if (!failed) {
        console.warn(
            "the best model so far cannot be kept (%s); the fit goes on"
                .formatted(Reason.named(e)));
      }
      failed = true;
    }
    double took = (System.nanoTime() - began) * 1e-9;
    due = seconds + Math.max(LEAST_SECONDS, SHARE * took);
  }

  private void log() {
    int before = logged;
    logged = 0; // after a failed attempt there may be half a line
    try {
      folder().log(steps, before);
      logged = steps.size();
    } catch (IOException _) {
      // Only the log, which is written anew the next time.
    }
  }

  /**
   * Writes the model that the fit came to, its figures and the log.
   *
   * @param say says the figures, which are not lost where they cannot be written
   * @return where they are
   */
  FitFolder finish(double[] theta, FitStep step, Object figures, Runnable say) throws IOException {
    try {
      return finish(theta, step, figures);
    } catch (IOException e) {
      try {
        say.run();
      } catch (Unwritable unsaid) {
        e.addSuppressed(unsaid);
      }
      throw e;
    }
  }

  private FitFolder finish(double[] theta, FitStep step, Object figures) throws IOException {
    FitFolder there = folder();
    FitWeights kept = weights(theta, step);
    there.keep(config, kept);
    there.finish(kept, figures);
    there.log(steps, 0);
    return there;
  }

  private FitWeights weights(double[] theta, FitStep step) {
    return FitWeights.of(config, layout, Arrays.copyOf(theta, layout.size()), step);
  }

  private FitFolder folder() throws IOException {
    FitFolder there = folder;
    if (there == null) {
      there = place.create();
      folder = there;
    }
    return there;
  }

  /** Leaves nothing of a fit that came to nothing. */
  void discard() throws IOException {
    if (folder != null) {
      folder.withdraw();
    }
  }
}
