// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import org.jspecify.annotations.Nullable;

/**
 * Everything that is needed to build a run again: {@code config.json}.
 *
 * @param format of this file; 1
 * @param csv the table, for forecasts
 * @param text the text, for language models; exactly one of the two is there
 * @param network the network
 * @param training how it is trained
 */
public record RunConfig(
    int format,
    @Nullable CsvConfig csv,
    @Nullable TextConfig text,
    NetworkConfig network,
    TrainingConfig training) {
  /** The format written. */
  static final int FORMAT = 1;

  /** A run over a table. */
  public static RunConfig of(CsvConfig csv, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, csv, null, network, training);
  }

  /** A run over a text. */
  public static RunConfig of(TextConfig text, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, null, text, network, training);
  }

  /** The same with other data. */
  public RunConfig with(CsvConfig other) {
    return new RunConfig(format, other, null, network, training);
  }

  /** The same with other data. */
  public RunConfig with(TextConfig other) {
    return new RunConfig(format, null, other, network, training);
  }

  /** The same trained differently. */
  public RunConfig with(TrainingConfig other) {
    return new RunConfig(format, csv, text, network, other);
  }

  /** Where the data are. */
  public String file() {
    if (csv != null) {
      return csv.file();
    }
    return text == null ? "" : text.file();
  }
}
