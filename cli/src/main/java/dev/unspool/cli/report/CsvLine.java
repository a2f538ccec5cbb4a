// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

/** Fields of a table that is printed. */
public final class CsvLine {
  private CsvLine() {}

  /** A name, in quotes if it needs them. */
  public static String quoted(String name) {
    return name.matches("(?s).*[\",\r\n].*") ? "\"" + name.replace("\"", "\"\"") + "\"" : name;
  }
}
