// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Names of a file's columns, without surrounding blanks. Those that nobody asks for may be empty or
 * occur several times.
 *
 * @param names in order
 * @param line in which they stand, from 1
 */
record CsvHeader(List<String> names, long line) {

  /** Whether each of these columns is there, once. */
  boolean hasAll(List<String> columns) {
    return columns.stream().allMatch(column -> names.indexOf(column) >= 0 && isUnique(column));
  }

  boolean isUnique(String column) {
    return names.indexOf(column) == names.lastIndexOf(column);
  }

  /** The names for a message, each once, empty ones left out. */
  String described() {
    var named = new ArrayList<String>();
    for (String name : names) {
      if (!name.isEmpty() && !named.contains(name)) {
        named.add(name);
      }
    }
    String quotes =
        named.stream().anyMatch(name -> name.indexOf(',') >= 0)
            ? " (in --target and --input, a name with a comma stands in double quotes)"
            : "";
    return (named.isEmpty() ? "none with a name" : Table.quoted(named)) + quotes;
  }
}
