// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import org.jspecify.annotations.Nullable;

/**
 * How well a target is predicted so many rows ahead, beside what costs nothing. A figure that there
 * is none of is null.
 *
 * @param horizon rows ahead
 * @param rows how many were predicted
 * @param rmse root of the mean squared error
 * @param mae mean size of an error
 * @param relative the same as a share of the mean size of a truth
 * @param mase the same in units of what persistence, or with a season seasonal persistence, errs by
 *     from row to row of the training part
 * @param persistenceRmse of repeating the newest value, where it is known
 * @param persistenceMae of the same
 * @param persistenceMase of the same
 * @param constantRmse of always saying the middle of the training part, where it is not known
 * @param constantMae of the same
 * @param constantMase of the same
 * @param season in rows, of seasonal persistence
 * @param seasonalRmse of repeating the value a season before
 * @param seasonalMae of the same
 * @param seasonalMase of the same
 * @param linearRmse of a linear autoregression fitted for this horizon
 * @param linearMae of the same
 * @param linearMase of the same
 * @param crps continuous ranked probability score of a model that says a distribution
 * @param pinball mean loss of the quantiles that a model says
 * @param band share of truths that shall lie in a band
 * @param coverage share that does
 * @param width mean width of the bands
 * @param combinedShare of the model in its mean with the linear autoregression
 * @param combinedRmse of that mean
 * @param combinedMae of the same
 * @param combinedCoverage share of truths in bands of the same level around it
 */
public record HorizonFigures(
    int horizon,
    long rows,
    @Nullable Double rmse,
    @Nullable Double mae,
    @Nullable Double relative,
    @Nullable Double mase,
    @Nullable Double persistenceRmse,
    @Nullable Double persistenceMae,
    @Nullable Double persistenceMase,
    @Nullable Double constantRmse,
    @Nullable Double constantMae,
    @Nullable Double constantMase,
    @Nullable Integer season,
    @Nullable Double seasonalRmse,
    @Nullable Double seasonalMae,
    @Nullable Double seasonalMase,
    @Nullable Double linearRmse,
    @Nullable Double linearMae,
    @Nullable Double linearMase,
    @Nullable Double crps,
    @Nullable Double pinball,
    @Nullable Double band,
    @Nullable Double coverage,
    @Nullable Double width,
    @Nullable Double combinedShare,
    @Nullable Double combinedRmse,
    @Nullable Double combinedMae,
    @Nullable Double combinedCoverage) {

  /**
   * The same beside a combination.
   *
   * @param share of the model
   * @param combined how well that does at the same horizon
   */
  HorizonFigures with(double share, HorizonFigures combined) {
    return new HorizonFigures(
        horizon,
        rows,
        rmse,
        mae,
        relative,
        mase,
        persistenceRmse,
        persistenceMae,
        persistenceMase,
        constantRmse,
        constantMae,
        constantMase,
        season,
        seasonalRmse,
        seasonalMae,
        seasonalMase,
        linearRmse,
        linearMae,
        linearMase,
        crps,
        pinball,
        band,
        coverage,
        width,
        share,
        combined.rmse,
        combined.mae,
        combined.coverage);
  }
}
