// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param start number of the start, from 1
 * @param iteration of that start, from 1
 * @param rmse root mean square of the training residuals, in the target's own units; normalised if
 *     there are several targets
 * @param validation the same of a simulation of the validation part, where there is one
 * @param normalised whether the errors are in the model's units; null where not
 * @param lambda damping
 * @param seconds since the beginning of all
 */
public record FitStep(
    int start,
    int iteration,
    double rmse,
    @Nullable Double validation,
    @Nullable Boolean normalised,
    double lambda,
    double seconds) {

  /** The same, whatever time it took. */
  public FitStep timeless() {
    return new FitStep(start, iteration, rmse, validation, normalised, lambda, 0);
  }

  /** What a fit is whose weights so far are of this step, in a sentence. */
  public String standing() {
    return "the fit is unfinished: best so far, of start %s, iteration %s, train RMSE %s%s%s"
        .formatted(
            start,
            iteration,
            Numbers.of(rmse),
            validation == null ? "" : ", validation " + Numbers.of(validation),
            normalised == null ? "" : " (normalised)");
  }
}
