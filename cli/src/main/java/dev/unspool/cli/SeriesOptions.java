// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is predicted of a series, from what, and how far ahead: of a table as of a stream. */
abstract class SeriesOptions {
  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description =
          "Columns to predict. A name with a comma in it stands in double quotes: --target '\"temp,"
              + " °C\",load'.")
  @Nullable List<String> target;

  @Option(
      names = "--input",
      paramLabel = "COLUMN",
      description = "Columns to predict from. Default: the targets themselves.")
  @Nullable List<String> input;

  @Option(
      names = "--horizon",
      paramLabel = "ROWS",
      description =
          "How many rows ahead to predict, of a stream rows of the same key; several at once as 1-24"
              + " or 1,5,24, an output each. Default: 1 where a target is also an input, else 0.")
  @Nullable String horizon;
}
