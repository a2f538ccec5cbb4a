// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.util.ArrayList;
import java.util.List;

/** Fields of a table on one line, as they are printed, and as the command line names columns. */
public final class CsvLine {
  private CsvLine() {}

  /** A name, in quotes if it needs them. */
  public static String quoted(String name) {
    return name.matches("(?s).*[\",\r\n].*") ? "\"" + name.replace("\"", "\"\"") + "\"" : name;
  }

  /** Names for people: those that need them in quotes. */
  public static String list(List<String> names) {
    return String.join(", ", names.stream().map(CsvLine::quoted).toList());
  }

  /**
   * The fields of a line, without surrounding blanks: separated by commas, in double quotes where
   * they have a comma in them, with a quote in them written twice.
   *
   * @throws IllegalArgumentException if a quote is not closed, or something stands beside it
   */
  public static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    boolean closed = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
          field.append(c);
          i++;
        } else {
          quoted = false;
          closed = true;
        }
      } else if (c == ',') {
        fields.add(field.toString().strip());
        field.setLength(0);
        closed = false;
      } else if (c == '"' && field.toString().isBlank() && !closed) {
        quoted = true;
        field.setLength(0);
      } else if (!closed) {
        field.append(c);
      } else if (!Character.isWhitespace(c)) {
        throw new IllegalArgumentException("'%s' stands behind a closing quote".formatted(c));
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("a double quote is not closed");
    }
    fields.add(field.toString().strip());
    return fields;
  }
}
