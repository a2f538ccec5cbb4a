// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.RunConfig;
import dev.unspool.lm.FitResult;
import dev.unspool.lm.StopReason;

/** Why a fit ended and what to do, in the words of the options that there are for it. */
enum Advice {
  /** For a model that begins with random weights. */
  ANEW,
  /** For one that begins with the weights of another folder. */
  GOING_ON;

  /** The reason to stop that the library does not know. */
  static final String VALIDATION = "validation";

  /** The one for a fit that is so configured. */
  static Advice on(RunConfig config) {
    return config.from() == null ? ANEW : GOING_ON;
  }

  /** What the limit of iterations means where a validation part chooses the weights. */
  static String ofLimit(int best, int iterations) {
    boolean recent = iterations - best <= Math.max(10, iterations / 4);
    return "the validation part last improved at iteration %s of %s; %s"
        .formatted(
            best,
            iterations,
            recent
                ? "more --iterations may improve it further"
                : "what did best there was kept, and more --iterations would hardly help");
  }

  /** How a fit ended, for a sentence; takes and falls back to the reason of a file. */
  static String ending(String reason) {
    for (StopReason known : StopReason.values()) {
      if (known.label().equals(reason)) {
        return ending(known);
      }
    }
    return reason.equals(VALIDATION) ? "stopped by the validation part" : reason;
  }

  private static String ending(StopReason reason) {
    return switch (reason) {
      case GRADIENT, STEP, COST -> "converged";
      case RMSE -> "stopped at the wanted precision";
      case ITERATIONS -> "stopped by the limit of iterations";
      case TIME -> "stopped by the limit of time";
      case CANCELLED -> "interrupted";
      case DAMPING, NO_INFLUENCE -> "stuck";
      case DIVERGED -> "diverged";
      case JACOBIAN_NOT_FINITE -> "stopped by an overflow";
      case UNDERDETERMINED, NOTHING_TO_FIT -> "not begun";
    };
  }

  /** The library's advice, but for what there are options for. */
  String of(FitResult fit) {
    // The library adds how many parameters it is about.
    return fit.advice().replace(fit.reason().advice(), of(fit.reason()));
  }

  /** What a reason means and what to do. */
  String of(StopReason reason) {
    return switch (reason) {
      case ITERATIONS -> "it was still improving; more --iterations would go on";
      case TIME -> "the time of --max-minutes is over; the best model so far was kept";
      case CANCELLED -> "stopped from outside; the best model so far was kept";
      case JACOBIAN_NOT_FINITE ->
          "derivatives overflow although the simulation does not: truncate them by a smaller --k2";
      case RMSE, NOTHING_TO_FIT -> reason.advice();
      default -> this == ANEW ? anew(reason) : goingOn(reason);
    };
  }

  private static String anew(StopReason reason) {
    return switch (reason) {
      case GRADIENT ->
          "a minimum, perhaps a local one; more --starts or another --seed may find a lower one";
      case STEP ->
          "steps have become too small to matter; more --starts or another --seed may find a lower"
              + " minimum";
      case COST ->
          "errors no longer fall; more --starts or another --seed may find a lower minimum";
      case DAMPING ->
          "no step gets ahead however short it is; use fewer --hidden units or delays, --normalise"
              + " standard, or another --seed";
      case DIVERGED ->
          "the simulation diverges with the first weights; use --training series-parallel,"
              + " --normalise standard, more --starts, or another --seed";
      case UNDERDETERMINED -> "use fewer --hidden units or delays, or more rows";
      case NO_INFLUENCE ->
          "no weight has any influence on the outputs: saturated or dead units; use --normalise"
              + " standard or another --seed";
      default -> reason.advice();
    };
  }

  private static String goingOn(StopReason reason) {
    return switch (reason) {
      case GRADIENT ->
          "a minimum, perhaps a local one; other weights to begin with may find a lower one";
      case STEP ->
          "steps have become too small to matter; other weights to begin with may find a lower"
              + " minimum";
      case COST -> "errors no longer fall; other weights to begin with may find a lower minimum";
      case DAMPING ->
          "no step gets ahead however short it is; begin with other weights, such as those of a"
              + " longer training";
      case DIVERGED ->
          "the simulation diverges with the weights that it begins with; give rows like those they"
              + " were made from, or begin with others";
      case UNDERDETERMINED -> "use more rows, smaller --valid and --test, or a smaller model";
      case NO_INFLUENCE ->
          "no weight has any influence on the outputs: saturated or dead units; begin with other"
              + " weights";
      default -> reason.advice();
    };
  }

  /** What may mend a simulation that runs away. */
  String cure() {
    return this == ANEW
        ? "train with --training parallel, more --starts, fewer --hidden units, or inputs that cover that part"
        : "train with --training parallel, or inputs that cover that part";
  }
}
