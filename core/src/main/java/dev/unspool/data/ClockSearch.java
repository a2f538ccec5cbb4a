// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a column with the time of day where what was named says the day only.
 *
 * @param header names of the columns
 * @param time what was named
 */
record ClockSearch(CsvHeader header, TimeColumn time) {
  private static final int LOOKED_AT = 200;
  private static final Pattern CLOCK =
      Pattern.compile("\\d{1,2}:\\d{2}(:\\d{2}([.,]\\d+)?)?( ?[AaPp][Mm])?");
  private static final Pattern HOUR = Pattern.compile("([01]?\\d|2[0-4])(\\.0)?");
  private static final Pattern NAME_OF_HOURS =
      Pattern.compile("(.*[^a-z])?(hours?|hrs?|h|time|stunde|uhrzeit)([^a-z].*)?");
  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.,-]+");

  /** What there is, and how to name both; null without such a column. */
  @Nullable String in(Iterator<CsvRecord> records) {
    List<CsvRecord> rows = header.first(records, LOOKED_AT);
    for (String name : header.names()) {
      if (!name.isEmpty() && header.isUnique(name) && !time.columns().contains(name)) {
        var both = new ArrayList<>(time.columns());
        both.add(name);
        List<String[]> texts = rows.stream().map(row -> header.texts(row, both)).toList();
        if (saysTimeOfDay(name, texts)) {
          return "'%s' has '%s', a time of day: give %s with %s"
              .formatted(
                  name,
                  NumberText.shown(texts.getFirst()[both.size() - 1]),
                  both.size() == 2 ? "both" : "all",
                  options(both, texts));
        }
      }
    }
    return null;
  }

  private static boolean saysTimeOfDay(String name, List<String[]> texts) {
    boolean mayBeHours = NAME_OF_HOURS.matcher(name.toLowerCase(Locale.ROOT)).matches();
    boolean all =
        texts.stream()
            .map(text -> text[text.length - 1])
            .allMatch(
                text ->
                    CLOCK.matcher(text).matches() || (mayBeHours && HOUR.matcher(text).matches()));
    // Where clocks are put back, some are there twice.
    return all && 10 * texts.stream().map(TimeText::join).distinct().count() > 9L * texts.size();
  }

  private String options(List<String> both, List<String[]> texts) {
    var names = both.stream().map(name -> name.indexOf(',') < 0 ? name : '"' + name + '"').toList();
    String joined = String.join(",", names);
    String option =
        "--time " + (PLAIN.matcher(joined).matches() ? joined : "'%s'".formatted(joined));
    List<String> formats =
        time.format() == null
            ? List.of()
            : TimeForms.reading(texts.stream().map(TimeText::join).toList());
    return formats.isEmpty()
        ? option
        : "%s --time-format '%s'".formatted(option, String.join("' or '", formats));
  }
}
