// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the rows of a file, and refuses or skips the bad ones.
 *
 * @param path for messages
 * @param fields of the first line
 * @param bad what is done with bad ones
 */
record CsvRows(Path path, int fields, BadRows bad) {

  /** Takes rows, one after the other. */
  interface Taker {
    /**
     * Takes a row.
     *
     * @return why it cannot be used, or null
     * @throws DataException if it makes the whole file useless
     */
    @Nullable String take(CsvRow row) throws IOException;

    /**
     * Takes rows between others in which there is nothing.
     *
     * @return whether they are rows; else they are bad
     */
    default boolean takeEmpty(long count) throws IOException {
      return false;
    }

    /** Takes note of a row that is skipped. */
    default void skipped(CsvRow row) throws IOException {}
  }

  /** Reads every row and returns how many were skipped. */
  long read(Iterator<CsvRow> csv, Taker taker) throws IOException {
    boolean inHeader = true;
    // Rows without anything are missing numbers, unless nothing but such rows follows.
    long emptyLine = 0;
    long emptyRows = 0;
    String emptyProblem = "";
    long rows = 0;
    long skipped = 0;
    while (csv.hasNext()) {
      CsvRow row = csv.next();
      String problem = row.problem();
      if (row.isEmpty()) {
        // A blank line between rows of several columns is none of them.
        if (!inHeader && (!row.isBlank() || fields == 1)) {
          if (emptyRows++ == 0) {
            emptyLine = row.line();
            emptyProblem =
                row.isBlank() || problem == null ? "the line is blank, expected a number" : problem;
          }
        }
        continue;
      }
      if (inHeader) {
        inHeader = false;
        continue;
      }
      if (emptyRows > 0) {
        if (taker.takeEmpty(emptyRows)) {
          rows += emptyRows;
        } else {
          skip(emptyLine, emptyProblem, true);
          skipped += emptyRows;
        }
        emptyRows = 0;
      }
      if (problem == null) {
        problem = taker.take(row);
      }
      if (problem == null) {
        rows++;
      } else {
        skip(row.line(), problem, row.isOnlyMissing());
        taker.skipped(row);
        skipped++;
      }
    }
    if (rows == 0) {
      throw DataException.in(
          path,
          skipped == 0
              ? "there is nothing below the line of column names, expected rows of numbers"
              : "all %s rows are bad; read it without --skip-bad-rows to see why"
                  .formatted(skipped));
    }
    return skipped;
  }

  /** Refuses a bad row, unless they are skipped. */
  private void skip(long line, String problem, boolean missing) throws DataException {
    if (!bad.skip()) {
      throw DataException.at(
          path, line, problem + "; " + (missing ? bad.ofMissing() : bad.advice()));
    }
  }
}
