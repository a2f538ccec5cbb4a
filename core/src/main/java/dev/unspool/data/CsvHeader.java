// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.Iterator;
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

  /** The first records below the names, as many as are looked at for what they are. */
  List<CsvRecord> first(Iterator<CsvRecord> records, int most) {
    var rows = new ArrayList<CsvRecord>();
    while (records.hasNext() && rows.size() <= most) {
      rows.add(records.next());
    }
    rows.removeIf(row -> row.getStartingLineNumber() <= line);
    return rows;
  }

  /** Some fields of a record, without surrounding blanks; what it does not have is empty. */
  String[] texts(CsvRecord row, List<String> columns) {
    String[] texts = new String[columns.size()];
    for (int i = 0; i < texts.length; i++) {
      int field = names.indexOf(columns.get(i));
      texts[i] = field < row.getFieldCount() ? row.getField(field).strip() : "";
    }
    return texts;
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
