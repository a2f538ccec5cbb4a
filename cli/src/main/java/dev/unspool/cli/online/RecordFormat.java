// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.UsageException;

/**
 * How the lines of a stream are written.
 *
 * @param kind of the lines
 * @param separator between fields; of CSV
 * @param decimal before the decimals, a point or a comma; of CSV
 */
public record RecordFormat(Kind kind, char separator, char decimal) {
  /** What a line is. */
  public enum Kind {
    /** Fields with separators between them; the first line names them. */
    CSV,
    /** A JSON object. */
    JSON
  }

  /** Checks the characters. */
  public RecordFormat {
    UsageException.require(
        separator < 128 && separator != '"' && separator != '\n' && separator != '\r',
        "--separator must be a character of ASCII, and no quote or line break, found '%s'"
            .formatted(separator));
    UsageException.require(
        decimal == '.' || decimal == ',',
        "--decimal must be '.' or ',', found '%s'".formatted(decimal));
    UsageException.require(
        kind == Kind.CSV || (separator == ',' && decimal == '.'),
        "--separator and --decimal are for --format csv");
  }
}
