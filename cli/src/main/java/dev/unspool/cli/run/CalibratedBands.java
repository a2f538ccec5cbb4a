// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Combination;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * Bands of a run, of one level.
 *
 * @param bands those to choose from
 * @param level share of truths that shall lie within
 */
public record CalibratedBands(Bands bands, double level) {
  /**
   * Reads them.
   *
   * @param combination whose bands they are; null for those of the model itself
   * @throws UsageException if the run has none of that level
   */
  public static CalibratedBands read(
      RunFolder folder, double level, @Nullable Combination combination) throws IOException {
    UsageException.require(
        level > 0 && level < 1, "--band must be between 0 and 1, such as 0.9, found " + level);
    if (!Files.exists(folder.bands())) {
      throw new UsageException(
          "%s has no bands.json, so nobody knows how wide bands must be; 'unspool evaluate %s --horizon 24' calibrates them"
              .formatted(folder.path(), folder.path()));
    }
    Bands bands = combination != null ? combination.bands() : Bands.read(folder.bands());
    UsageException.require(
        bands.shares().contains(level),
        "--band %s was not calibrated, only %s were; 'unspool evaluate %s --band %s' does"
            .formatted(
                level,
                String.join(", ", bands.shares().stream().map(String::valueOf).toList()),
                folder.path(),
                level));
    return new CalibratedBands(bands, level);
  }

  /** What people should know about them. */
  public String note() {
    return "Bands of %s %% are calibrated %s to %s ahead"
        .formatted(
            Numbers.of(100 * level),
            bands.horizons().getFirst(),
            Numbers.count(bands.horizons().getLast(), "row"));
  }

  /**
   * The band around a prediction.
   *
   * @param outputs of the model that said it
   */
  public Bands.Band around(Prediction prediction, Outputs outputs) {
    return bands.around(prediction, outputs, level);
  }
}
