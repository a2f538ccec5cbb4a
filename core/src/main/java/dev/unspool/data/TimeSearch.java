// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for columns that say when rows are: all that can be read as times in the first rows, and
 * are not the same in all of them. Plain numbers are seconds or milliseconds only under a name that
 * says so; year, month, day, hour and minute say it together.
 *
 * @param header names of the columns
 * @param without columns that are something else
 * @param format how times are written; null for the usual form
 * @param leftOut rows that are skipped, whatever their time is
 */
record TimeSearch(
    CsvHeader header, List<String> without, @Nullable String format, Predicate<CsvRecord> leftOut) {
  private static final int LOOKED_AT = 200;
  private static final List<String> PARTS = List.of("year", "month", "day", "hour", "minute");
  private static final Pattern NAME =
      Pattern.compile("(.*[^a-z])?(time|timestamp|ts|date|datetime|epoch|unix)([^a-z].*)?");
  private static final Set<String> BEST = Set.of("time", "timestamp", "datetime", "date", "ds");

  /** The possibilities; the header is the first of the records. */
  List<List<String>> in(Iterator<CsvRecord> records) {
    List<CsvRecord> rows = first(records);
    var found = new ArrayList<List<String>>();
    for (String name : header.names()) {
      if (header.isUnique(name) && !without.contains(name) && isTime(List.of(name), rows)) {
        found.add(List.of(name));
      }
    }
    List<String> parts = parts();
    if (found.isEmpty() && format == null && parts.size() > 1 && isTime(parts, rows)) {
      found.add(parts);
    }
    List<List<String>> best =
        found.stream().filter(names -> BEST.contains(lower(names.getFirst()))).toList();
    return best.size() == 1 ? best : found;
  }

  /** Columns that look like times, and are not in the form. */
  List<TimeGuess> unread(Iterator<CsvRecord> records) {
    List<CsvRecord> rows = first(records);
    var found = new ArrayList<TimeGuess>();
    for (String name : header.names()) {
      if (header.isUnique(name) && !without.contains(name) && !isTime(List.of(name), rows)) {
        List<String> column = List.of(name);
        TimeGuess guess =
            guess(name, rows.stream().map(row -> header.texts(row, column)[0]).toList());
        if (guess != null) {
          found.add(guess);
        }
      }
    }
    return found;
  }

  private @Nullable TimeGuess guess(String name, List<String> all) {
    List<String> texts = all.stream().filter(text -> !text.isEmpty()).toList();
    if (texts.stream().distinct().count() < 2) {
      return null;
    }
    if (TimeForms.areLikely(texts)) {
      List<String> formats = TimeForms.reading(texts);
      if (!formats.isEmpty()) {
        return new TimeGuess(name, texts.getFirst(), formats);
      }
    }
    var reader = new TimeText(format, null);
    boolean named = isNamedAsTime(name);
    List<String> unread =
        all.stream()
            .filter(
                text ->
                    (isNumber(text) && !(named && isPlausible(text))) || reader.read(text) != null)
            .toList();
    return unread.isEmpty() || 2 * unread.size() > all.size()
        ? null
        : new TimeGuess(name, unread.getFirst(), List.of());
  }

  private List<CsvRecord> first(Iterator<CsvRecord> records) {
    List<CsvRecord> rows = header.first(records, LOOKED_AT);
    rows.removeIf(leftOut);
    return rows;
  }

  private List<String> parts() {
    var parts = new ArrayList<String>();
    for (String part : PARTS) {
      List<String> named =
          header.names().stream().filter(name -> lower(name).equals(part)).toList();
      if (named.size() != 1 || without.contains(named.getFirst())) {
        break;
      }
      parts.add(named.getFirst());
    }
    return parts;
  }

  private boolean isTime(List<String> names, List<CsvRecord> rows) {
    boolean named = isNamedAsTime(names.getFirst());
    var text = new TimeText(format, null);
    var times = new HashSet<Long>();
    for (CsvRecord row : rows) {
      String[] texts = header.texts(row, names);
      String joined = TimeText.join(texts);
      boolean number = format == null && isNumber(joined);
      if ((number && !(named && isPlausible(joined))) || text.read(texts) != null) {
        return false;
      }
      times.add(text.millis());
    }
    return times.size() > 1;
  }

  private static boolean isNamedAsTime(String column) {
    return NAME.matcher(lower(column)).matches();
  }

  /** Whether a text is a number, of one kind of decimals or the other. */
  private static boolean isNumber(String text) {
    return !Double.isNaN(NumberText.parse(text, '.')) || !Double.isNaN(NumberText.parse(text, ','));
  }

  /** Whether a number is a time between 1980 and 2100, in seconds or milliseconds. */
  private static boolean isPlausible(String number) {
    if (!TimeText.isNumber(number)) {
      return false;
    }
    double seconds = Double.parseDouble(number);
    seconds = seconds > 1e11 ? seconds / 1000 : seconds;
    return seconds > 3.1e8 && seconds < 4.2e9;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
