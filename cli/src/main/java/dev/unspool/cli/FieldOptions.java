// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the fields of a line are written. */
final class FieldOptions {
  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      description = FormatOptions.SEPARATOR + "Default: a comma.")
  @Nullable String separator;

  @Option(
      names = "--decimal",
      paramLabel = "CHAR",
      description = FormatOptions.DECIMAL + "Default: a point.")
  @Nullable String decimal;

  /** Whether anything is said. */
  boolean given() {
    return separator != null || decimal != null;
  }
}
