// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.List;

/**
 * A column that looks like a time, in a form that nobody has named.
 *
 * @param column its name
 * @param text the first of its times; of a column in the form that is read, the first that is none
 * @param formats patterns that read what was looked at; several where day and month cannot be told
 *     apart, none of a column in the form that is read
 */
public record TimeGuess(String column, String text, List<String> formats) {
  /** Copies the list. */
  public TimeGuess {
    formats = List.copyOf(formats);
  }

  /** The column with its first time, and what reads it, for a message. */
  public String described() {
    if (formats.isEmpty()) {
      return "'%s' has '%s', which is no time as the others are"
          .formatted(column, NumberText.shown(text));
    }
    return "'%s' has '%s', which --time-format '%s' reads"
        .formatted(column, NumberText.shown(text), String.join("' or '", formats));
  }
}
